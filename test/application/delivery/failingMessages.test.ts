import { expect } from 'chai';
import { err, errAsync, ok } from 'neverthrow';
import type { HandlerError } from '../../../src/application/delivery/handler.ts';
import { createDeliveryWorld, done, SERVICE } from '../../support/delivery.ts';

const EMPTY = { visible: 0, inFlight: 0 };
const MALFORMED: HandlerError = { type: 'MalformedMessage', reasons: ['currency is missing'] };
const UNAVAILABLE = {
  type: 'Unavailable',
  dependency: 'MessageQueue',
  cause: '503',
  throttled: false,
} as const;

describe('the consumer with a message that fails', () => {
  it('tries again later, in a wider range each time, and no sooner than asked for', async () => {
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
    const [record] = world.records('message.handled');
    expect(record).to.include({ outcome: 'NotExecuted', orderId: 'o-1', level: 'warn' });
    expect(record?.facts).to.include({ disposition: 'Retry', reason: '429' });
    expect(record?.facts?.['delayMs']).to.be.within(40_000, 42_000);
    await running.drain();
  });

  it('is recorded with its chain and its cause, whatever became of it', async () => {
    const world = createDeliveryWorld();
    const attributes = { correlationId: 'c-9', causationId: 'm-8' };
    await world.queue.send([{ body: 'poison', attributes }, { body: 'x' }, { body: 'poison' }]);
    const running = world.start(({ body }) => (body === 'x' ? done() : errAsync(MALFORMED)));
    await world.clock.advance(1_000);

    const records = world.records('message.handled');
    const traced = records.filter(({ correlationId }) => correlationId === 'c-9');
    expect(traced.map(({ causationId }) => causationId)).to.deep.equal(['m-8']);
    const others = records.filter((record) => !traced.includes(record));
    expect(others).to.have.length(2);
    for (const { messageId, ...record } of others) {
      expect(record.correlationId).to.equal(messageId);
      expect(record).to.not.have.property('causationId');
    }
    await running.drain();
  });

  it('survives a handler that throws, and reports where but not what', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }, { body: 'y' }]);
    const running = world.start(({ body, receiveCount }) => {
      if (body === 'x' && receiveCount === 1) throw new TypeError('card 4242 4242 4242 4242');
      return done();
    });
    await world.clock.advance(60_000);

    expect(world.queue.counts()).to.deep.equal(EMPTY);
    const record = world
      .records('message.handled')
      .find(({ outcome }) => outcome === 'HandlerThrew');
    expect(record?.facts).to.include({ error: 'TypeError', disposition: 'Retry' });
    expect(JSON.stringify(record)).to.contain('failingMessages.test.ts').and.not.to.contain('4242');
    await running.drain();
  });

  it('Q11, F8: dead-letters poison at once, with its reason, and spares its batch', async () => {
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
    const record = world.records('message.handled').find(({ level }) => level === 'error');
    expect(record?.facts).to.include({ reason: 'InvalidOrder; no lines; no customer' });
    await running.drain();
  });

  it('Q8: copies poison again when the copy’s answer was lost, and loses nothing', async () => {
    let lost = 1;
    const world = createDeliveryWorld({
      betweenDeadLetter: (queue) => ({
        ...queue,
        send: (messages) =>
          queue.send(messages).andThen((answers) => {
            lost -= 1;
            return lost < 0 ? ok(answers) : err(UNAVAILABLE);
          }),
      }),
    });
    await world.queue.send([{ body: 'poison' }]);
    const running = world.start(() => errAsync(MALFORMED));
    await world.clock.advance(60_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    const copies = world.deadLetter.dump();
    expect(copies).to.have.length(2);
    // By this a reader knows them for one.
    const origins = copies.map(({ attributes }) => attributes['OriginalMessageId']);
    expect(new Set(origins).size).to.equal(1);
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

  it('Q10: returns a damaged message unread, while the rest of its batch is done', async () => {
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
