import { expect } from 'chai';
import { ResultAsync } from 'neverthrow';
import type { EntryResult, OutgoingMessage } from '../../../src/application/ports/messageQueue.ts';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';

const EMPTY = { visible: 0, inFlight: 0 };
const SETTINGS = { concurrency: 8, groupShare: 0.25, visibilityMs: 60_000 };
const of = (groupId: string | undefined, count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, at) => ({
    body: `${groupId ?? 'none'} ${at}`,
    ...(groupId === undefined ? {} : { groupId }),
  }));

/** The messages of a kind take longer one by one, so that slots free one by one. */
const watched = (ms: number) => {
  const world = createDeliveryWorld();
  const started: string[] = [];
  const running = world.start((delivery) => {
    const [group = '', at = ''] = delivery.body.split(' ');
    started.push(group);
    return taking(world.clock, ms + 100 * Number(at))(delivery);
  }, SETTINGS);
  return { world, started, running };
};

describe('the slots', () => {
  it('go to others first once a group has its share, whatever came first', async () => {
    const { world, started, running } = watched(10_000);
    await world.queue.send([...of('bulk', 14), ...of('small', 2), ...of('bulk', 20)]);
    await world.clock.advance(10_500);
    const bulk = Array.from({ length: 8 }, () => 'bulk');
    expect(started.slice(0, 12)).to.deep.equal([...bulk, 'small', 'small', 'bulk', 'bulk']);
    await world.clock.advance(100_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('are all for one group while nobody else waits', async () => {
    const { world, started, running } = watched(10_000);
    await world.queue.send(of('bulk', 8));
    await world.clock.advance(1_000);
    expect(started).to.have.length(8);
    await world.clock.advance(60_000);
    await running.drain();
  });

  it('are all taken by a crowd, and it reads on, by ten, to see who waits behind', async () => {
    const { world, started, running } = watched(10_000);
    await world.queue.send(of('bulk', 200));
    await world.clock.advance(5_000);
    expect(started).to.have.length(8);
    expect(world.queue.counts().inFlight).to.equal(18);
    await running.drain();
  });

  it('hold no more than they were made for where no group crowds', async () => {
    const { world, running } = watched(10_000);
    await world.queue.send(of(undefined, 100));
    await world.clock.advance(1_000);
    expect(world.queue.counts().inFlight).to.equal(8);
    await running.drain();
  });

  it('keep the lease of what waits, and release it when asked to stop', async () => {
    const { world, running } = watched(200_000);
    await world.queue.send(of('bulk', 30));
    await world.clock.advance(150_000);
    expect(world.queue.counts().inFlight).to.equal(18);
    expect(world.records('lease.lost')).to.deep.equal([]);
    expect(await running.drain()).to.include({ handedBack: 18, abandoned: 0 });
    expect(world.queue.counts()).to.deep.equal({ visible: 30, inFlight: 0 });
  });

  it('give up what waits when its lease is lost, and do not start it', async () => {
    let isTaken = false;
    const taken: EntryResult = { type: 'Failed', code: 'MessageNotInflight', retryable: false };
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        changeVisibility: (entries) =>
          queue
            .changeVisibility(entries)
            .map((results) => (isTaken ? results.map(() => taken) : results)),
      }),
    });
    await world.queue.send(of('bulk', 18));
    const started: string[] = [];
    const deaf = () =>
      ResultAsync.fromSafePromise(world.clock.sleep(100_000)).andThen(() => done());
    const running = world.start((delivery) => {
      started.push(delivery.body);
      return deaf();
    }, SETTINGS);
    await world.clock.advance(10_000);
    isTaken = true;
    await world.clock.advance(39_000);
    expect(world.records('lease.lost')).to.have.length(18);
    expect(started).to.have.length(8);

    isTaken = false;
    await world.clock.advance(50_900);
    const waiting = world.records('consumer.metrics').at(-1)?.metrics?.['Waiting'];
    expect(waiting?.values).to.deep.equal([0]);
    await running.drain();
  });

  it('release what waits at once when asked to stop', async () => {
    const { world, running } = watched(10_000);
    await world.queue.send(of('bulk', 18));
    await world.clock.advance(1_000);
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 18 });
    running.stop();
    await world.clock.advance(100);
    expect(world.queue.counts()).to.deep.equal({ visible: 10, inFlight: 8 });
    expect(await running.drain()).to.include({ finished: 8, handedBack: 10, abandoned: 0 });
  });

  it('are never held with more bytes than they may', async () => {
    const MIB = 1_048_576;
    const world = createDeliveryWorld({
      between: (queue, clock) => ({
        ...queue,
        receive: (asked) =>
          ResultAsync.fromSafePromise(clock.sleep(100)).andThen(() => queue.receive(asked)),
      }),
    });
    const body = 'x'.repeat(600_000);
    await world.queue.send(Array.from({ length: 100 }, () => ({ body })));
    let held = 0;
    let most = 0;
    const work = taking(world.clock, 1_000);
    const running = world.start(
      (delivery) => {
        held += body.length;
        most = Math.max(most, held, world.queue.counts().inFlight * body.length);
        return work(delivery).andTee(() => (held -= body.length));
      },
      { heldBytesMax: 24 * MIB },
    );
    await world.clock.advance(60_000);
    expect(most).to.be.within(20 * MIB, 24 * MIB);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('take one message at least, however little they may hold', async () => {
    const world = createDeliveryWorld();
    await world.queue.send(of(undefined, 3));
    const running = world.start(taking(world.clock, 1_000), { heldBytesMax: 1 });
    await world.clock.advance(10_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(new Set(world.receives.map(({ max }) => max))).to.deep.equal(new Set([1]));
    await running.drain();
  });
});
