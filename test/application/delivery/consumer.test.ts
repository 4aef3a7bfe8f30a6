import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import type { Handler, HandlerError } from '../../../src/application/delivery/handler.ts';
import type { EntryResult, MessageQueue } from '../../../src/application/ports/messageQueue.ts';
import { createDeliveryWorld, done, SERVICE, taking } from '../../support/delivery.ts';

const EMPTY = { visible: 0, inFlight: 0 };
const MALFORMED: HandlerError = { type: 'MalformedMessage', reasons: ['currency is missing'] };
const numbered = (count: number) => Array.from({ length: count }, (_, at) => ({ body: `${at}` }));

describe('the consumer', () => {
  it('deletes a message when its handler is done, and tells it once', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x', attributes: { a: '1' } }]);
    const running = world.start((delivery) => {
      expect(delivery).to.include({ body: 'x', receiveCount: 1 });
      expect(delivery.attributes).to.deep.equal({ a: '1' });
      return okAsync({ outcome: 'invoiced', orderId: 'o-1', correlationId: 'c-1' });
    });
    await world.clock.advance(1_000);

    expect(world.queue.counts()).to.deep.equal(EMPTY);
    const [told, ...more] = world.records('message.handled');
    expect(more).to.deep.equal([]);
    expect(told).to.deep.include({ outcome: 'invoiced', orderId: 'o-1', correlationId: 'c-1' });
    expect(told).to.include({ level: 'info', attempt: 1, durationMs: 0 });
    await running.drain();
  });

  it('F1: goes on filling the other slots while one message is slow', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'slow' }, ...numbered(40)]);
    const slow = taking(world.clock, 50_000);
    const running = world.start(
      (delivery) => (delivery.body === 'slow' ? slow(delivery) : done()),
      {
        concurrency: 2,
      },
    );
    await world.clock.advance(10_000);

    expect(world.records('message.handled')).to.have.length(40);
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 1 });
    await running.drain();
  });

  it('never holds or asks for more than its slots', async () => {
    const world = createDeliveryWorld();
    await world.queue.send(numbered(100));
    let held = 0;
    let most = 0;
    const work = taking(world.clock, 1_000);
    const running = world.start(
      (delivery) => {
        held += 1;
        most = Math.max(most, held, world.queue.counts().inFlight);
        return work(delivery).andTee(() => (held -= 1));
      },
      { concurrency: 13 },
    );
    await world.clock.advance(60_000);

    expect(most).to.equal(13);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('fills many free slots by several polls at once', async () => {
    const world = createDeliveryWorld({
      between: (queue, clock) => ({
        ...queue,
        receive: (asked) =>
          ResultAsync.fromSafePromise(clock.sleep(1_000)).andThen(() => queue.receive(asked)),
      }),
    });
    await world.queue.send(numbered(50));
    const running = world.start(taking(world.clock, 30_000), { concurrency: 50 });
    await world.clock.advance(2_100);
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 50 });
    await world.clock.advance(60_000);
    await running.drain();
  });

  it('polls several times at once while there is work, and once while there is none', async () => {
    const world = createDeliveryWorld();
    await world.queue.send(numbered(100));
    const running = world.start(taking(world.clock, 20_000), { concurrency: 50, pollMs: 5_000 });
    await world.clock.advance(100);
    expect(world.queue.counts().inFlight).to.equal(50);

    await world.clock.advance(60_000);
    const before = world.receives.length;
    await world.clock.advance(50_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(world.receives.length - before).to.be.within(9, 11);
    await running.drain();
  });

  it('F6: has every slot free again after every kind of end', async () => {
    const world = createDeliveryWorld({ maxReceiveCount: 2 });
    const ends: readonly Handler[] = [
      () => done(),
      () => errAsync(MALFORMED),
      () => errAsync({ type: 'ConflictsExhausted', orderId: 'o' }),
      () => {
        throw new Error('an invariant broke');
      },
    ];
    await world.queue.send(numbered(40));
    const running = world.start(
      (delivery) => ends[Number(delivery.body) % ends.length]?.(delivery) ?? done(),
      { concurrency: 3 },
    );
    await world.clock.advance(3_600_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(world.deadLetter.counts().visible).to.equal(30);

    const most = Math.max(...world.receives.slice(-5).map(({ max }) => max));
    expect(most).to.equal(3);
    await running.drain();
  });

  it('F11: does two messages of equal content both', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'same' }, { body: 'same' }]);
    let handled = 0;
    const running = world.start(() => {
      handled += 1;
      return done();
    });
    await world.clock.advance(1_000);
    expect(handled).to.equal(2);
    await running.drain();
  });

  it('Q6: gives a message to another worker when this one dies with it', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }]);
    await world.queue.receive({ max: 1, waitMs: 0, visibilityMs: 60_000 });
    const running = world.start(() => done());
    await world.clock.advance(59_000);
    expect(world.records('message.handled')).to.deep.equal([]);
    await world.clock.advance(2_000);
    expect(world.records('message.handled')[0]).to.include({ attempt: 2 });
    await running.drain();
  });

  describe('with a message that fails', () => {
    it('tries it again later, each time in a wider range, and at least when it was asked to', async () => {
      const world = createDeliveryWorld();
      await world.queue.send([{ body: 'x' }]);
      const tries: number[] = [];
      const running = world.start(
        ({ receiveCount }) => {
          tries.push(world.clock.now());
          if (receiveCount === 4) return done();
          return errAsync({
            type: 'NotExecuted',
            orderId: 'o-1',
            reason: '429',
            retryAfterMs: 40_000,
          });
        },
        { retryBaseMs: 1_000 },
      );
      await world.clock.advance(600_000);

      expect(tries).to.have.length(4);
      const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
      for (const pause of pauses) expect(pause).to.be.within(40_000, 50_000);
      const [told] = world.records('message.handled');
      expect(told).to.include({ outcome: 'NotExecuted', orderId: 'o-1', level: 'warn' });
      expect(told?.facts).to.include({ disposition: 'Retry', reason: '429' });
      expect(told?.facts?.['delayMs']).to.be.within(40_000, 42_000);
      await running.drain();
    });

    it('survives a handler that throws, and tells where but not what', async () => {
      const world = createDeliveryWorld();
      await world.queue.send([{ body: 'x' }, { body: 'y' }]);
      const running = world.start(({ body, receiveCount }) => {
        if (body === 'x' && receiveCount === 1) throw new TypeError('card 4242 4242 4242 4242');
        return done();
      });
      await world.clock.advance(60_000);

      expect(world.queue.counts()).to.deep.equal(EMPTY);
      const told = world
        .records('message.handled')
        .find(({ outcome }) => outcome === 'HandlerThrew');
      expect(told?.facts).to.include({ error: 'TypeError', disposition: 'Retry' });
      expect(JSON.stringify(told)).to.contain('consumer.test.ts').and.not.to.contain('4242');
      await running.drain();
    });

    it('Q11, F8: puts poison aside at once, with its reason, and spares its batch-mates', async () => {
      const world = createDeliveryWorld();
      const poison = {
        body: '{"type":',
        attributes: { correlationId: 'c-9' },
        groupId: 'customer-7',
      };
      await world.queue.send([{ body: 'good' }, poison, { body: 'good too' }]);
      const running = world.start(({ body }) =>
        body.startsWith('good')
          ? done()
          : errAsync({
              type: 'InvalidOrder',
              orderId: 'o-1',
              reasons: ['no lines', 'no customer'],
            }),
      );
      await world.clock.advance(1_000);

      expect(world.queue.counts()).to.deep.equal(EMPTY);
      const [dead, ...more] = world.deadLetter.dump();
      expect(more).to.deep.equal([]);
      expect(dead).to.include({ body: poison.body, groupId: 'customer-7' });
      const { OriginalMessageId, ...attributes } = dead?.attributes ?? {};
      expect(OriginalMessageId).to.be.a('string');
      expect(attributes).to.deep.equal({
        Reason: 'InvalidOrder; no lines; no customer',
        ErrorType: 'InvalidOrder',
        OrderId: 'o-1',
        Service: `${SERVICE.name}@${SERVICE.version}`,
        FailedAt: '2026-01-01T00:00:00.000Z',
        ReceiveCount: '1',
        correlationId: 'c-9',
      });
      const told = world.records('message.handled').find(({ level }) => level === 'error');
      expect(told?.facts).to.include({ reason: 'InvalidOrder; no lines; no customer' });
      await running.drain();
    });

    it('keeps poison where it is while the dead-letter queue does not take it', async () => {
      let refusals = 2;
      const world = createDeliveryWorld({
        betweenDeadLetter: (queue) => ({
          ...queue,
          send: (messages) => {
            refusals -= 1;
            return refusals < 0 ? queue.send(messages) : errAsync(UNAVAILABLE);
          },
        }),
      });
      await world.queue.send([{ body: 'poison' }]);
      const running = world.start(() => errAsync(MALFORMED));
      await world.clock.advance(10);
      expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 1 });

      await world.clock.advance(60_000);
      expect(world.queue.counts()).to.deep.equal(EMPTY);
      expect(world.deadLetter.counts().visible).to.equal(1);
      expect(world.records('message.dead_letter_failed')).to.have.length(2);
      await running.drain();
    });

    it('Q10: hands a damaged message back unread, while the good ones of its batch are done', async () => {
      const world = createDeliveryWorld({
        between: (queue) => ({
          ...queue,
          receive: (asked) =>
            queue.receive(asked).map((messages) =>
              messages.map((message) => ({
                ...message,
                damaged: message.body === 'damaged' && message.receiveCount === 1,
              })),
            ),
        }),
      });
      await world.queue.send([{ body: 'good' }, { body: 'damaged' }, { body: 'good' }]);
      const read: string[] = [];
      const running = world.start(({ body, receiveCount }) => {
        read.push(`${body} ${receiveCount}`);
        return done();
      });
      await world.clock.advance(60_000);
      expect(read).to.deep.equal(['good 1', 'good 1', 'damaged 2']);
      await running.drain();
    });
  });

  describe('with a queue that fails', () => {
    it('Q7, F7: deletes again what a batch failed to delete, entry by entry', async () => {
      let calls = 0;
      const world = createDeliveryWorld({
        between: (queue) => ({
          ...queue,
          delete: (receipts) => {
            calls += 1;
            if (calls > 1) return queue.delete(receipts);
            const [spared = '', ...others] = receipts;
            const failed: EntryResult = { type: 'Failed', code: 'InternalError', retryable: true };
            expect(spared).not.to.equal('');
            return queue.delete(others).map((results) => [failed, ...results]);
          },
        }),
      });
      await world.queue.send(numbered(5));
      const running = world.start(() => done());
      await world.clock.advance(5_000);

      expect(calls).to.equal(2);
      expect(world.queue.counts()).to.deep.equal(EMPTY);
      expect(world.records('message.delete_failed')).to.deep.equal([]);
      await running.drain();
    });

    it('Q5: tells a delete that fails for good, and the message comes again', async () => {
      let failing = true;
      const world = createDeliveryWorld({
        between: (queue) => ({
          ...queue,
          delete: (receipts) => (failing ? errAsync(UNAVAILABLE) : queue.delete(receipts)),
        }),
      });
      await world.queue.send([{ body: 'x' }]);
      const running = world.start(() => done());
      await world.clock.advance(30_000);
      expect(world.records('message.delete_failed')[0]).to.include({ outcome: 'Unavailable' });
      expect(world.records('message.handled')[0]).to.include({ level: 'info', outcome: 'done' });

      failing = false;
      await world.clock.advance(60_000);
      expect(world.queue.counts()).to.deep.equal(EMPTY);
      expect(world.records('message.handled')).to.have.length(2);
      await running.drain();
    });

    it('deletes in batches: twenty messages that end together cost two calls', async () => {
      const batches: number[] = [];
      const world = createDeliveryWorld({
        between: (queue) => ({
          ...queue,
          delete: (receipts) => {
            batches.push(receipts.length);
            return queue.delete(receipts);
          },
        }),
      });
      await world.queue.send(numbered(20));
      const running = world.start(taking(world.clock, 1_000));
      await world.clock.advance(5_000);
      expect(batches).to.deep.equal([10, 10]);
      await running.drain();
    });

    it('L1: waits longer each time while receiving fails, and goes on when it works again', async () => {
      const tries: number[] = [];
      let failing = true;
      const world = createDeliveryWorld({
        between: (queue, clock) => ({
          ...queue,
          receive: (asked) => {
            if (!failing) return queue.receive(asked);
            tries.push(clock.now());
            return errAsync(UNAVAILABLE);
          },
        }),
      });
      await world.queue.send([{ body: 'x' }]);
      const running = world.start(() => done());
      await world.clock.advance(600_000);
      expect(tries.length).to.be.within(20, 50);
      expect(world.records('receive.failed').length).to.be.within(8, 10);

      failing = false;
      await world.clock.advance(31_000);
      expect(world.queue.counts()).to.deep.equal(EMPTY);
      await running.drain();
    });

    it('Q18: asks a missing queue rarely, and says so once a minute', async () => {
      let tries = 0;
      const missing: MessageQueue['receive'] = () => {
        tries += 1;
        return errAsync({
          type: 'Misconfigured',
          dependency: 'MessageQueue',
          cause: 'no such queue',
        });
      };
      const world = createDeliveryWorld({ between: (queue) => ({ ...queue, receive: missing }) });
      const running = world.start(() => done());
      await world.clock.advance(600_000);
      expect(tries).to.be.within(40, 80);
      const told = world.records('receive.failed');
      expect(told.length).to.be.within(9, 10);
      expect(told[0]).to.include({ level: 'error', outcome: 'Misconfigured' });
      await running.drain();
    });
  });
});

const UNAVAILABLE = {
  type: 'Unavailable',
  dependency: 'MessageQueue',
  cause: '503',
  throttled: false,
} as const;
