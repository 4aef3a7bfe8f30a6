import { expect } from 'chai';
import { errAsync, ResultAsync } from 'neverthrow';
import type {
  EntryResult,
  MessageQueue,
  ReceivedMessage,
} from '../../../src/application/ports/messageQueue.ts';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';

const EMPTY = { visible: 0, inFlight: 0 };
const numbered = (count: number) => Array.from({ length: count }, (_, at) => ({ body: `${at}` }));

const UNAVAILABLE = {
  type: 'Unavailable',
  dependency: 'MessageQueue',
  cause: '503',
  throttled: false,
} as const;

describe('the consumer with a queue that fails', () => {
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

  it('Q5: reports a delete that fails for good, and the message comes again', async () => {
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

  it('F7: does not delete with a receipt whose lease has ended', async () => {
    let tries = 0;
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        delete: () => {
          tries += 1;
          return errAsync(UNAVAILABLE);
        },
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const settings = { visibilityMs: 10_000, leaseMs: 8_500 };
    const running = world.start(taking(world.clock, 8_300), settings);
    await world.clock.advance(9_900);
    expect(tries).to.be.within(1, 3);
    expect(world.records('message.delete_failed')).to.have.length(1);
    await running.drain();
  });

  it('deletes in batches: of twenty that end together, the first waits for none', async () => {
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
    expect(batches).to.deep.equal([1, 10, 9]);
    await running.drain();
  });

  it('L1: waits longer each time while receiving fails, and then goes on', async () => {
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
    const records = world.records('receive.failed');
    expect(records.length).to.be.within(9, 10);
    expect(records[0]).to.include({ level: 'error', outcome: 'Misconfigured' });
    await running.drain();
  });

  for (const [what, throws] of [
    ['throws', (): never => thrown()],
    ['rejects', () => new ResultAsync<never, never>(Promise.reject(new TypeError('any')))],
  ] as const) {
    it(`A4: goes on where a receive ${what}, with its backoff`, async () => {
      let tries = 0;
      let failing = true;
      const world = createDeliveryWorld({
        between: (queue) => ({
          ...queue,
          receive: (asked) => {
            tries += 1;
            return failing ? throws() : queue.receive(asked);
          },
        }),
      });
      await world.queue.send([{ body: 'x' }]);
      const running = world.start(() => done());
      await world.clock.advance(600_000);
      expect(tries).to.be.within(20, 60);
      expect(world.records('receive.failed')[0]?.facts).to.include({ cause: 'TypeError' });
      expect(running.health()).to.include({ live: true });

      failing = false;
      await world.clock.advance(31_000);
      expect(world.queue.counts()).to.deep.equal(EMPTY);
      await running.drain();
    });

    it(`A4: finishes with each message where a delete or a dead letter ${what}`, async () => {
      let failing = true;
      const world = createDeliveryWorld({
        between: (queue) => ({
          ...queue,
          delete: (receipts) => (failing ? throws() : queue.delete(receipts)),
        }),
        betweenDeadLetter: (queue) => ({
          ...queue,
          send: (messages) => (failing ? throws() : queue.send(messages)),
        }),
      });
      await world.queue.send([{ body: 'done' }, { body: 'poison' }]);
      const running = world.start(({ body }) =>
        body === 'done' ? done() : errAsync({ type: 'MalformedMessage', reasons: [] }),
      );
      await world.clock.advance(60_000);
      expect(world.records('message.delete_failed')[0]).to.include({ outcome: 'CallThrew' });
      expect(world.records('message.dead_letter_failed')[0]).to.include({ outcome: 'CallThrew' });

      failing = false;
      await world.clock.advance(600_000);
      expect(world.queue.counts()).to.deep.equal(EMPTY);
      expect(world.deadLetter.counts().visible).to.equal(1);
      await running.drain();
    });
  }

  it('A4: handles the batch of a message that breaks an invariant, and counts it', async () => {
    const invariant = {
      messageId: 'm',
      receipt: 'r',
      body: '',
      receiveCount: 1,
      attributes: {},
      sentAt: 0,
      get damaged(): never {
        return thrown();
      },
    };
    const broken = [null, invariant] as unknown as ReceivedMessage[];
    let isFirst = true;
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        receive: (asked) =>
          queue.receive(asked).map((messages) => {
            const all = isFirst ? [...broken, ...messages] : messages;
            isFirst = false;
            return all;
          }),
      }),
    });
    await world.queue.send(numbered(3));
    const running = world.start(() => done());
    await world.clock.advance(120_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(world.records('message.not_held')).to.have.length(1);
    expect(world.records('message.settling_threw')).to.have.length(1);
    const throws = world
      .records('consumer.metrics')
      .flatMap(({ metrics = {} }) => metrics['Throws']?.values ?? []);
    expect(throws.reduce((sum, count) => sum + count, 0)).to.equal(2);
    expect(await running.drain()).to.include({ abandoned: 0, pollsCut: 0 });
  });
});

const thrown = (): never => {
  throw new TypeError('any');
};
