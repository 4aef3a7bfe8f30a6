import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import type { Handler, HandlerError } from '../../../src/application/delivery/handler.ts';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';

const EMPTY = { visible: 0, inFlight: 0 };
const MALFORMED: HandlerError = { type: 'MalformedMessage', reasons: ['currency is missing'] };
const numbered = (count: number) => Array.from({ length: count }, (_, at) => ({ body: `${at}` }));

describe('the consumer', () => {
  it('deletes a message when its handler is done, and reports it once', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x', attributes: { a: '1' } }]);
    const running = world.start((delivery) => {
      expect(delivery).to.include({ body: 'x', receiveCount: 1 });
      expect(delivery.attributes).to.deep.equal({ a: '1' });
      return okAsync({ outcome: 'invoiced', orderId: 'o-1', correlationId: 'c-1' });
    });
    await world.clock.advance(1_000);

    expect(world.queue.counts()).to.deep.equal(EMPTY);
    const [record, ...more] = world.records('message.handled');
    expect(more).to.deep.equal([]);
    expect(record).to.deep.include({ outcome: 'invoiced', orderId: 'o-1', correlationId: 'c-1' });
    expect(record).to.include({ level: 'info', attempt: 1, durationMs: 0 });
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

  it('does not spend a call on each slot that frees by itself', async () => {
    let underWay = 0;
    let most = 0;
    const world = createDeliveryWorld({
      between: (queue, clock) => ({
        ...queue,
        receive: (asked) => {
          underWay += 1;
          most = Math.max(most, underWay);
          return ResultAsync.fromSafePromise(clock.sleep(1_000))
            .andThen(() => queue.receive(asked))
            .andTee(() => (underWay -= 1));
        },
      }),
    });
    await world.queue.send(numbered(100));
    const running = world.start(
      (delivery) => taking(world.clock, 100 + 37 * Number(delivery.body))(delivery),
      { concurrency: 10 },
    );
    await world.clock.advance(120_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(most).to.equal(1);
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
});
