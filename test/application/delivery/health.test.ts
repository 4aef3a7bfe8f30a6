import { expect } from 'chai';
import { errAsync, ResultAsync } from 'neverthrow';
import type { HandlerError } from '../../../src/application/delivery/handler.ts';
import type { QueueError } from '../../../src/application/ports/messageQueue.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createHealthState } from '../../../src/application/delivery/health.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';

const NEVER = new Promise<never>(() => {});

describe("the consumer's health", () => {
  it('is ready from the first answered receive until it is asked to stop', async () => {
    const world = createDeliveryWorld();
    const running = world.start(taking(world.clock, 10_000));
    expect(running.health()).to.deep.equal({
      ready: false,
      live: true,
      reason: 'the queue has not answered yet',
    });
    await world.clock.advance(6_000);
    expect(running.health()).to.deep.equal({ ready: true, live: true, reason: 'consuming' });
    await world.queue.send([{ body: 'x' }]);
    await world.clock.advance(1_000);

    const drained = running.drain();
    expect(running.health()).to.include({ ready: false, live: true });
    await drained;
    expect(running.health()).to.deep.equal({ ready: false, live: true, reason: 'stopped' });
  });

  it('stays well through hours without a message', async () => {
    const world = createDeliveryWorld();
    const running = world.start(() => done());
    await world.clock.advance(3_600_000);
    expect(running.health()).to.include({ ready: true, live: true });
    await running.drain();
  });

  it('Q18: is live but not ready while the queue is missing, and recovers by itself', async () => {
    let error: QueueError | undefined = {
      type: 'Misconfigured',
      dependency: 'MessageQueue',
      cause: 'no such queue',
    };
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        receive: (asked) => (error === undefined ? queue.receive(asked) : errAsync(error)),
      }),
    });
    const running = world.start(() => done());
    await world.clock.advance(600_000);
    expect(running.health()).to.deep.equal({
      ready: false,
      live: true,
      reason: 'the queue is missing or refuses access',
    });
    error = undefined;
    await world.clock.advance(60_000);
    expect(running.health()).to.include({ ready: true });
    await running.drain();
  });

  it("Q18: is not ready from a dependency's refusal until a handler is served", async () => {
    const world = createDeliveryWorld();
    const refused: HandlerError = {
      type: 'Misconfigured',
      dependency: 'EventStore',
      cause: 'AccessDenied',
    };
    await world.queue.send([{ body: 'x' }]);
    let isRefused = true;
    const running = world.start(() => (isRefused ? errAsync(refused) : done()));
    await world.clock.advance(60_000);
    expect(running.health()).to.deep.equal({
      ready: false,
      live: true,
      reason: 'EventStore is misconfigured',
    });
    isRefused = false;
    await world.clock.advance(600_000);
    expect(running.health()).to.include({ ready: true, reason: 'consuming' });
    await running.drain();
  });

  it('Q12: stays ready and live while a circuit is open', async () => {
    const world = createDeliveryWorld();
    await world.queue.send(Array.from({ length: 20 }, () => ({ body: 'x' })));
    const running = world.start(() =>
      errAsync({ type: 'Unavailable', dependency: 'EventStore', cause: 'x', throttled: false }),
    );
    // A circuit stays open for longer than the loop may stand still.
    for (let seconds = 10; seconds <= 3_600; seconds += 10) {
      await world.clock.advance(10_000);
      expect(running.health(), `${seconds} s`).to.include({ ready: true, live: true });
    }
    await running.drain();
  });

  it('is not live when a poll never comes back', async () => {
    const world = createDeliveryWorld({
      between: (queue) => ({ ...queue, receive: () => new ResultAsync(NEVER) }),
    });
    const running = world.start(() => done());
    await world.clock.advance(120_000);
    expect(running.health()).to.include({ live: true });
    await world.clock.advance(10_000);
    expect(running.health()).to.deep.equal({
      ready: false,
      live: false,
      reason: 'a poll is stuck',
    });
    await running.drain();
  });

  it('is not live when every slot is held by a handler that does not stop', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }, { body: 'y' }]);
    const settings = { concurrency: 2, leaseMs: 120_000 };
    const running = world.start(() => new ResultAsync(NEVER), settings);
    await world.clock.advance(170_000);
    expect(running.health()).to.include({ live: true });
    await world.clock.advance(20_000);
    expect(running.health()).to.include({ ready: false, live: false });
    await running.drain();
  });

  it('is not live when its loop or its drain stands still', async () => {
    const clock = createVirtualClock();
    const state = createHealthState(clock, DEFAULT_DELIVERY_SETTINGS);
    const health = () => state.health(undefined, false);
    await clock.advance(3_600_000);
    expect(health()).to.deep.equal({ ready: false, live: true, reason: 'not started' });
    state.looped();
    state.answered();
    await clock.advance(90_000);
    expect(health()).to.include({ ready: true, live: true });
    await clock.advance(1);
    expect(health()).to.include({ ready: false, live: false, reason: 'stuck while running' });
    state.drains();
    expect(health()).to.include({ live: true, reason: 'draining' });
    await clock.advance(50_001);
    expect(health()).to.include({ live: false, reason: 'stuck while draining' });
  });
});
