import { expect } from 'chai';
import { ResultAsync } from 'neverthrow';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';

const SETTINGS = { drainMs: 20_000, pollMs: 5_000, visibilityMs: 60_000 };
const NEVER_ENDS = () => new ResultAsync<never, never>(new Promise(() => {}));

describe('the drain', () => {
  it('X2: lets what is under way finish', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }, { body: 'y' }]);
    const running = world.start(taking(world.clock, 8_000), SETTINGS);
    await world.clock.advance(1_000);

    const report = await running.drain();

    expect(report).to.include({ finished: 2, handedBack: 0, abandoned: 0, pollsCut: 0 });
    expect(report.durationMs).to.be.within(7_000, 8_000);
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 0 });
    expect(world.records('consumer.drained')[0]?.facts).to.include({
      finished: 2,
      service: 'payments',
    });
  });

  it('X2: asks what takes too long to stop, and releases it at once', async () => {
    // A backoff, if there were one, would be the longest.
    const world = createDeliveryWorld({ random: () => 0.999 });
    await world.queue.send([{ body: 'x' }, { body: 'y' }]);
    const running = world.start(taking(world.clock, 50_000), SETTINGS);
    await world.clock.advance(1_000);

    expect(await running.drain()).to.include({ finished: 0, handedBack: 2, abandoned: 0 });
    expect(world.queue.counts()).to.deep.equal({ visible: 2, inFlight: 0 });
    const records = world.records('message.handled');
    expect(records).to.have.length(2);
    for (const record of records) {
      expect(record).to.include({ outcome: 'Aborted', durationMs: 16_000 });
      expect(record.facts).to.include({ settled: 'Settled', delayMs: 0 });
    }
  });

  it('F4: releases what does not even stop, so that nothing stays hidden', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }, { body: 'y' }]);
    const running = world.start(NEVER_ENDS, SETTINGS);
    await world.clock.advance(1_000);

    const report = await running.drain();

    expect(report).to.include({ finished: 0, handedBack: 2, abandoned: 0 });
    expect(report.durationMs).to.be.at.most(SETTINGS.drainMs);
    expect(world.queue.counts()).to.deep.equal({ visible: 2, inFlight: 0 });
  });

  it('does not settle a released message again when its handler ends', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }]);
    // Deaf to its signal, and done only after the drain.
    const deaf = () => ResultAsync.fromSafePromise(world.clock.sleep(30_000)).andThen(() => done());
    const running = world.start(deaf, SETTINGS);
    await world.clock.advance(1_000);
    expect(await running.drain()).to.include({ handedBack: 1 });

    await world.clock.advance(60_000);
    expect(world.queue.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
    expect(world.clock.sleepers()).to.equal(0);
  });

  it('counts a message once whose handler ends while it is being released', async () => {
    const world = createDeliveryWorld({
      between: (queue, clock) => ({
        ...queue,
        changeVisibility: (entries) =>
          ResultAsync.fromSafePromise(clock.sleep(1_500)).andThen(() =>
            queue.changeVisibility(entries),
          ),
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    // Released from 17.5 s on, ends at 18 s, is visible again at 19 s.
    const deaf = () => ResultAsync.fromSafePromise(world.clock.sleep(19_000)).andThen(() => done());
    const running = world.start(deaf, SETTINGS);
    await world.clock.advance(1_000);
    expect(await running.drain()).to.include({ finished: 0, handedBack: 1, abandoned: 0 });
  });

  it('lets a delete that is under way come to its end', async () => {
    const world = createDeliveryWorld({
      between: (queue, clock) => ({
        ...queue,
        delete: (receipts) =>
          ResultAsync.fromSafePromise(clock.sleep(3_000)).andThen(() => queue.delete(receipts)),
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const deaf = () => ResultAsync.fromSafePromise(world.clock.sleep(17_000)).andThen(() => done());
    const running = world.start(deaf, SETTINGS);
    await world.clock.advance(1_000);
    expect(await running.drain()).to.include({ finished: 1, handedBack: 0, abandoned: 0 });
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 0 });
  });

  it('F5: releases what a poll brings after the stop, and starts no handler for it', async () => {
    let started = 0;
    const world = createDeliveryWorld();
    const running = world.start(() => {
      started += 1;
      return done();
    }, SETTINGS);
    await world.clock.advance(1_000);
    running.stop();
    await world.queue.send([{ body: 'late' }]);

    expect(await running.drain()).to.include({ finished: 0, handedBack: 1, abandoned: 0 });
    expect(started).to.equal(0);
    expect(world.queue.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
  });

  it('awaits its polls: one that is cut off may leave its messages hidden', async () => {
    const world = createDeliveryWorld();
    const running = world.start(() => done(), SETTINGS);
    await world.clock.advance(1_000);
    const report = await running.drain();
    expect(report).to.include({ pollsCut: 0, durationMs: 4_000 });
  });

  it('F4: cuts off a poll that does not end in time, and says so', async () => {
    const world = createDeliveryWorld();
    const running = world.start(() => done(), { ...SETTINGS, pollMs: 20_000, drainMs: 8_000 });
    await world.clock.advance(1_000);
    const report = await running.drain();
    await world.queue.send([{ body: 'x' }]);
    await world.clock.advance(1_000);
    expect(world.queue.dump().map(({ receiveCount }) => receiveCount)).to.deep.equal([0]);
    expect(report).to.include({ pollsCut: 1 });
    expect(world.records('consumer.drained')[0]).to.include({ level: 'warn' });
  });

  it('counts what the queue does not take back as abandoned', async () => {
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        changeVisibility: () => new ResultAsync(new Promise(() => {})),
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(NEVER_ENDS, SETTINGS);
    await world.clock.advance(1_000);
    expect(await running.drain()).to.include({ handedBack: 0, abandoned: 1 });
  });

  it('F4: leaves no timer behind, whatever it held', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }, { body: 'y' }]);
    const running = world.start(taking(world.clock, 3_000), SETTINGS);
    await world.clock.advance(1_000);
    await running.drain();
    expect(world.clock.sleepers()).to.equal(0);
  });

  it('F5: releases what comes in the very moment of the stop', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(() => done(), SETTINGS);
    running.stop();
    expect(await running.drain()).to.include({ finished: 0, handedBack: 1, abandoned: 0 });
    expect(world.queue.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
  });
});
