import { expect } from 'chai';
import { errAsync } from 'neverthrow';
import type { HandlerError } from '../../../src/application/delivery/handler.ts';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';

const EMPTY = { visible: 0, inFlight: 0 };
const DAY_MS = 86_400_000;
const CONFLICT: HandlerError = { type: 'ConflictsExhausted', orderId: 'o-1' };
const MALFORMED: HandlerError = { type: 'MalformedMessage', reasons: [] };
const OVER_LIMIT = {
  type: 'Unavailable',
  dependency: 'MessageQueue',
  cause: 'OverLimit',
  throttled: true,
} as const;
const TIMED_OUT = { ...OVER_LIMIT, cause: 'TimeoutError', throttled: false };

describe('the consumer and what SQS does', () => {
  it('Q1: brings a message that is delivered twice at once to its end twice', async () => {
    let isFirst = true;
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        receive: (asked) =>
          queue.receive(asked).map((messages) => {
            const twice = isFirst ? messages.flatMap((message) => [message, message]) : messages;
            isFirst = messages.length === 0;
            return twice;
          }),
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(taking(world.clock, 1_000));
    await world.clock.advance(10_000);

    const settled = world.records('message.handled').map(({ facts }) => facts?.['settled']);
    expect(settled).to.deep.equal(['Settled', 'Settled']);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('Q2: takes a message that is days late, and newer ones first, like any other', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'new' }]);
    const late = { messageId: 'm-late', body: 'late', attributes: {}, receiveCount: 0 };
    world.queue.adopt({ ...late, sentAt: world.clock.now() - 13 * DAY_MS });
    const sentAts: number[] = [];
    const running = world.start(({ sentAt }) => {
      sentAts.push(sentAt);
      return done();
    });
    await world.clock.advance(1_000);
    expect(sentAts).to.deep.equal([
      world.clock.now() - 1_000,
      world.clock.now() - 1_000 - 13 * DAY_MS,
    ]);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it("F10: spends no receive of a customer's others on one that is retried", async () => {
    const world = createDeliveryWorld({ maxReceiveCount: 20 });
    const of = (body: string) => ({ body, groupId: 'customer-7' });
    await world.queue.send([of('bad'), of('a'), of('b'), of('c')]);
    const receives: string[] = [];
    const running = world.start(({ body, receiveCount }) => {
      if (body === 'bad') return errAsync(CONFLICT);
      receives.push(`${body} ${receiveCount}`);
      return done();
    });
    await world.clock.advance(2 * 3_600_000);
    expect(receives).to.deep.equal(['a 1', 'b 1', 'c 1']);
    expect(world.deadLetter.dump().map(({ body }) => body)).to.deep.equal(['bad']);
    await running.drain();
  });

  it('Q14: waits while the queue has too much in flight, and settles what it holds', async () => {
    let isOver = false;
    let refusals = 0;
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        receive: (asked) => {
          if (!isOver) return queue.receive(asked);
          refusals += 1;
          return errAsync(OVER_LIMIT);
        },
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(taking(world.clock, 30_000));
    await world.clock.advance(1_000);
    isOver = true;
    await world.clock.advance(600_000);
    expect(refusals).to.be.within(10, 60);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(world.records('circuit.opened')).to.deep.equal([]);

    isOver = false;
    await world.queue.send([{ body: 'y' }]);
    await world.clock.advance(70_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('Q16: goes on with the backoff of a dead letter that was redriven', async () => {
    const world = createDeliveryWorld();
    const attributes = { OriginalMessageId: 'm-0', ReceiveCount: '6', Reason: 'x' };
    await world.queue.send(Array.from({ length: 40 }, () => ({ body: 'redriven', attributes })));
    const running = world.start(({ receiveCount }) =>
      receiveCount === 1 ? errAsync(CONFLICT) : errAsync(MALFORMED),
    );
    await world.clock.advance(100);
    const records = world.records('message.handled');
    expect(new Set(records.map(({ attempt }) => attempt))).to.deep.equal(new Set([7]));
    const delays = records.map(({ facts }) => Number(facts?.['delayMs']));
    // As a seventh attempt: up to a quarter of 2^6 s, and not of 1 s.
    expect(Math.max(...delays)).to.be.within(8_000, 16_000);

    await world.clock.advance(60_000);
    const counts = world.deadLetter.dump().map((dead) => dead.attributes['ReceiveCount']);
    expect(new Set(counts)).to.deep.equal(new Set(['8']));
    await running.drain();
  });

  it('Q17: does a redrive and live traffic side by side', async () => {
    const world = createDeliveryWorld();
    const attributes = { OriginalMessageId: 'm-0', ReceiveCount: '3' };
    const work = taking(world.clock, 1_000);
    const counts = new Map<string, number>();
    const running = world.start(
      (delivery) =>
        work(delivery).andTee(() =>
          counts.set(delivery.body, (counts.get(delivery.body) ?? 0) + 1),
        ),
      { concurrency: 10 },
    );
    for (let second = 0; second < 30; second += 1) {
      await world.queue.send([
        ...Array.from({ length: 4 }, () => ({ body: 'old', groupId: 'old', attributes })),
        ...Array.from({ length: 4 }, (_, at) => ({ body: 'live', groupId: `c-${at}` })),
      ]);
      await world.clock.advance(1_000);
    }
    await world.clock.advance(10_000);
    expect(Object.fromEntries(counts)).to.deep.equal({ old: 120, live: 120 });
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('Q19: gets again what a receive had taken whose answer was lost', async () => {
    let isFirst = true;
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        receive: (asked) => {
          const received = queue.receive(asked);
          const answer = isFirst ? received.andThen(() => errAsync(TIMED_OUT)) : received;
          isFirst = false;
          return answer;
        },
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(() => done(), { visibilityMs: 60_000 });
    await world.clock.advance(59_000);
    expect(world.records('message.handled')).to.deep.equal([]);
    await world.clock.advance(10_000);
    expect(world.records('message.handled')[0]).to.include({ attempt: 2 });
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });
});
