import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import { OPEN_MIN_MS } from '../../../src/application/delivery/circuit.ts';
import { PROBE_MAX_MS } from '../../../src/application/delivery/circuit.ts';
import type { Handler, HandlerError } from '../../../src/application/delivery/handler.ts';
import type { VirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createDeliveryWorld, done, type DeliveryWorldOptions } from '../../support/delivery.ts';

const EMPTY = { visible: 0, inFlight: 0 };
const HOUR_MS = 3_600_000;
const STORE_DOWN: HandlerError & { readonly type: 'Unavailable' } = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: '503',
  throttled: false,
};
const THROTTLED: HandlerError & { readonly type: 'Unavailable' } = {
  ...STORE_DOWN,
  throttled: true,
};
const numbered = (count: number) => Array.from({ length: count }, (_, at) => ({ body: `${at}` }));

const failing =
  (clock: VirtualClock, error: HandlerError, afterMs = 100): Handler =>
  () =>
    ResultAsync.fromSafePromise(clock.sleep(afterMs)).andThen(() => errAsync(error));

/**
 * A world in which the store is down until set otherwise, for handlers and for whoever only asks.
 */
const createWorld = (options: DeliveryWorldOptions = {}) => {
  const state = { down: true, calls: 0, probes: 0 };
  const world = createDeliveryWorld({
    probes: {
      EventStore: () => {
        state.probes += 1;
        return state.down ? errAsync(STORE_DOWN) : okAsync();
      },
    },
    ...options,
  });
  return { ...world, state };
};

/** Down as long as its state says so; counts how often it is called. */
const dependency = (
  clock: VirtualClock,
  state: { down: boolean; calls: number },
  error: HandlerError = STORE_DOWN,
) => {
  const fails = failing(clock, error);
  const works: Handler = () => ResultAsync.fromSafePromise(clock.sleep(100)).andThen(() => done());
  const handle: Handler = (delivery) => {
    state.calls += 1;
    return state.down ? fails(delivery) : works(delivery);
  };
  return handle;
};

describe('the consumer with a dependency that fails', () => {
  it('Q12, D7: burns hardly a receive in an outage of hours, then does everything', async () => {
    const world = createWorld({ maxReceiveCount: 8 });
    const { state } = world;
    const handle = dependency(world.clock, state);
    await world.queue.send(numbered(100));
    const running = world.start(handle);
    await world.clock.advance(4 * HOUR_MS);

    // Those that were under way when it began; then it is asked every five minutes at the latest,
    // and no order is.
    // The first is released before the others have failed, and gives its place to one more.
    expect(state.calls).to.be.within(50, 51);
    expect(state.probes).to.be.within(48, 90);
    expect(Math.max(...world.queue.dump().map((each) => each.receiveCount))).to.equal(1);
    expect(world.deadLetter.counts()).to.deep.equal(EMPTY);

    state.down = false;
    await world.clock.advance(400_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(world.deadLetter.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('Q12: polls nothing while the circuit is open, and probes by a read, no order', async () => {
    const world = createWorld();
    const handle = dependency(world.clock, world.state);
    await world.queue.send(numbered(60));
    const running = world.start(handle);
    await world.clock.advance(HOUR_MS);

    const [opened, ...more] = world.records('circuit.opened');
    expect(more).to.deep.equal([]);
    expect(opened).to.deep.include({ level: 'warn' });
    expect(opened?.facts).to.include({
      service: 'payments',
      dependency: 'EventStore',
      trouble: 'Unavailable',
    });
    const again = world.records('circuit.opened_again');
    expect(again.length).to.be.within(10, 30);
    expect(again[0]).to.deep.include({ level: 'info' });
    expect(again[0]?.facts).to.include({ cause: '503', openings: 2 });
    expect(world.state.probes).to.equal(again.length);
    const afterFirst = world.receives.filter(({ at }) => at > Date.UTC(2026, 0, 1) + 2_000);
    expect(afterFirst).to.deep.equal([]);
    await running.drain();
  });

  it('waits no longer for a probe than it may take, and stops while one is under way', async () => {
    const never = new ResultAsync<never, never>(new Promise(() => {}));
    const world = createWorld({ probes: { EventStore: () => never } });
    await world.queue.send(numbered(20));
    const running = world.start(failing(world.clock, STORE_DOWN));
    await world.clock.advance(OPEN_MIN_MS + PROBE_MAX_MS + 2_000);
    expect(world.records('circuit.opened_again')[0]?.facts).to.include({
      cause: 'the probe was not answered in time',
    });
    await world.clock.advance(2 * OPEN_MIN_MS);
    expect(await running.drain()).to.include({ abandoned: 0, pollsCut: 0 });
    expect(world.clock.sleepers()).to.equal(0);
  });

  it('takes a probe that throws for one that failed', async () => {
    const world = createWorld({
      probes: {
        EventStore: () => {
          throw new TypeError('any');
        },
      },
    });
    await world.queue.send(numbered(20));
    const running = world.start(failing(world.clock, STORE_DOWN));
    await world.clock.advance(60_000);
    expect(world.records('circuit.opened_again')[0]?.facts).to.include({ cause: 'TypeError' });
    await running.drain();
  });

  it('case 08: reports once what only a person can fix, and goes on by itself', async () => {
    const refused: HandlerError = {
      type: 'NotExecuted',
      orderId: 'o',
      reason: 'refused to every order: testmode_charges_only',
      trouble: 'Misconfigured',
    };
    let isRefused = true;
    const world = createWorld({
      probes: {
        PaymentGateway: () =>
          isRefused
            ? errAsync({ type: 'Misconfigured', dependency: 'PaymentGateway', cause: 'charges' })
            : okAsync(),
      },
    });
    await world.queue.send(numbered(7));
    const running = world.start(({ body }) =>
      isRefused ? errAsync({ ...refused, orderId: `o-${body}` }) : done(),
    );
    await world.clock.advance(6 * HOUR_MS);
    const errors = world.records('circuit.opened').filter(({ level }) => level === 'error');
    expect(errors).to.have.length(1);
    expect(errors[0]?.facts).to.include({
      dependency: 'PaymentGateway',
      trouble: 'Misconfigured',
    });
    const again = world.records('circuit.opened_again');
    expect(again.filter(({ level }) => level === 'error')).to.deep.equal([]);
    expect(running.health()).to.include({
      ready: false,
      live: true,
      reason: 'PaymentGateway is misconfigured',
    });
    expect(world.records('message.handled').length).to.equal(7);
    expect(world.deadLetter.counts()).to.deep.equal(EMPTY);

    isRefused = false;
    await world.clock.advance(600_000);
    expect(running.health()).to.include({ ready: true });
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('Q12: releases what it holds once, for as long as the circuit stays open', async () => {
    const world = createWorld();
    const slow = failing(world.clock, STORE_DOWN, 1_000);
    const fast = failing(world.clock, STORE_DOWN, 100);
    await world.queue.send([
      ...numbered(3),
      ...numbered(7).map(({ body }) => ({ body: `s${body}` })),
    ]);
    const running = world.start((delivery) =>
      delivery.body.startsWith('s') ? slow(delivery) : fast(delivery),
    );
    await world.clock.advance(1_200);

    const openMs = Number(world.records('circuit.opened')[0]?.facts?.['openMs']);
    const records = world.records('message.handled').slice(-7);
    for (const { facts } of records) {
      expect(facts).to.include({ disposition: 'Pause' });
      // Opened at 100 ms; these end at 1,000 ms.
      expect(facts?.['delayMs']).to.be.within(openMs - 900, openMs + 200);
    }
    await running.drain();
  });

  it('Q12: does not take a release of the open circuit for an attempt', async () => {
    const world = createWorld();
    const { state } = world;
    const handle = dependency(world.clock, state);
    await world.queue.send(numbered(5));
    const running = world.start(handle);
    await world.clock.advance(2 * HOUR_MS);
    state.down = false;
    await world.clock.advance(400_000);

    const attempts = world
      .records('message.handled')
      .filter(({ level }) => level === 'info')
      .map(({ attempt }) => attempt ?? 0);
    expect(attempts).to.have.length(5);
    expect(Math.max(...attempts)).to.be.at.most(2);
    await running.drain();
  });

  it('opens slowly when the probe succeeds', async () => {
    const world = createWorld();
    const { state } = world;
    const handle = dependency(world.clock, state);
    let underWay = 0;
    const seen: number[] = [];
    await world.queue.send(numbered(300));
    const running = world.start((delivery) => {
      underWay += 1;
      if (!state.down) seen.push(underWay);
      return handle(delivery)
        .andTee(() => (underWay -= 1))
        .orTee(() => (underWay -= 1));
    });
    await world.clock.advance(1_000);
    state.down = false;
    await world.clock.advance(60_000);

    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(seen.slice(0, 3)).to.deep.equal([1, 1, 2]);
    for (const [at, count] of seen.slice(0, 63).entries()) expect(count).to.be.at.most(at + 1);
    expect(world.records('circuit.closed')).to.have.length(1);
    await running.drain();
  });

  it("one order's own trouble opens no circuit, be it tried ever so often", async () => {
    const world = createWorld();
    const bad: HandlerError = {
      type: 'OutcomeUnknown',
      orderId: 'o-bad',
      cause: 'timed out',
      trouble: 'Unavailable',
    };
    const fails = failing(world.clock, bad);
    await world.queue.send([{ body: 'bad' }, { body: 'bad' }, { body: 'bad' }, { body: 'bad' }]);
    const running = world.start((delivery) => (delivery.body === 'bad' ? fails(delivery) : done()));
    await world.clock.advance(HOUR_MS);
    await world.queue.send([{ body: 'good' }]);
    await world.clock.advance(1_000);

    expect(world.records('circuit.opened')).to.deep.equal([]);
    expect(world.queue.counts().visible + world.queue.counts().inFlight).to.equal(4);
    await running.drain();
  });

  it('corrupt streams and poison open no circuit either', async () => {
    const world = createWorld();
    const errors: readonly HandlerError[] = [
      { type: 'CorruptStream', streamId: 'order#o', version: 1, why: 'hash' },
      { type: 'MalformedMessage', reasons: [] },
      { type: 'NotExecuted', orderId: 'o', reason: 'invalid request' },
    ];
    await world.queue.send(numbered(30));
    const running = world.start(({ body }) => errAsync(errors[Number(body) % 3] ?? STORE_DOWN));
    await world.clock.advance(HOUR_MS);
    expect(world.records('circuit.opened')).to.deep.equal([]);
    await running.drain();
  });

  it('downstream 429 (D6): does fewer at once, and more again later', async () => {
    const world = createWorld();
    let underWay = 0;
    let most = 0;
    const handle: Handler = () => {
      underWay += 1;
      most = Math.max(most, underWay);
      const refused = underWay > 5;
      return ResultAsync.fromSafePromise(world.clock.sleep(200))
        .andTee(() => (underWay -= 1))
        .andThen(() => (refused ? errAsync(THROTTLED) : done()));
    };
    await world.queue.send(numbered(1_000));
    const running = world.start(handle, { concurrency: 40 });
    await world.clock.advance(25_000);
    most = 0;
    await world.clock.advance(2_000);
    expect(most).to.be.within(1, 12);
    expect(world.records('circuit.opened')).to.deep.equal([]);

    await world.clock.advance(300_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(world.deadLetter.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('D6: a dependency that refuses even one at a time opens its circuit', async () => {
    const world = createWorld();
    await world.queue.send(numbered(50));
    const running = world.start(failing(world.clock, THROTTLED), { concurrency: 4 });
    await world.clock.advance(60_000);
    expect(world.records('circuit.opened').length).to.be.at.least(1);
    await running.drain();
  });

  it('Q12: releases what waits when a circuit opens, unhandled and uncounted', async () => {
    const world = createWorld();
    const { state } = world;
    const fails = failing(world.clock, STORE_DOWN, 1_000);
    await world.queue.send(Array.from({ length: 18 }, () => ({ body: 'x', groupId: 'bulk' })));
    const running = world.start(
      (delivery) => {
        state.calls += 1;
        return state.down ? fails(delivery) : done();
      },
      { concurrency: 8 },
    );
    await world.clock.advance(1_100);
    expect(world.records('circuit.opened')).to.have.length(1);
    // The first is released before the others have failed, and gives its place to one more.
    expect(state.calls).to.be.within(8, 9);
    expect(world.queue.counts().inFlight).to.be.at.least(15);

    state.down = false;
    await world.clock.advance(60_000);
    const handled = world.records('message.handled').slice(8);
    expect(handled.length).to.be.within(18, 19);
    // Those that waited are tried for the first time now, though received for the second.
    expect(handled.filter(({ attempt }) => attempt === 1).length).to.be.at.least(15);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('forgets a message once it is done', async () => {
    const world = createWorld();
    const { state } = world;
    const handle = dependency(world.clock, state);
    await world.queue.send(numbered(10));
    const before = world.queue.dump();
    const running = world.start(handle);
    await world.clock.advance(1_000);
    state.down = false;
    await world.clock.advance(60_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);

    const handledBefore = world.records('message.handled').length;
    for (const message of before) world.queue.adopt({ ...message, receiveCount: 5 });
    await world.clock.advance(10_000);
    const attempts = world.records('message.handled').slice(handledBefore);
    expect(new Set(attempts.map(({ attempt }) => attempt))).to.deep.equal(new Set([6]));
    await running.drain();
  });

  it('D6: takes a probe that is throttled for one that failed', async () => {
    const world = createWorld({ probes: { EventStore: () => errAsync(THROTTLED) } });
    await world.queue.send(numbered(200));
    const running = world.start(failing(world.clock, STORE_DOWN));
    await world.clock.advance(1_000);
    const before = world.records('message.handled').length;
    await world.clock.advance(30_000);
    expect(world.records('message.handled')).to.have.length(before);
    expect(world.records('circuit.opened_again').length).to.be.within(1, 4);
    await running.drain();
  });

  it('is not reassured by a message that needed no dependency', async () => {
    const world = createWorld();
    let error: HandlerError = STORE_DOWN;
    let underWay = 0;
    let most = 0;
    await world.queue.send(numbered(100));
    const running = world.start((delivery) => {
      underWay += 1;
      most = Math.max(most, underWay);
      return failing(world.clock, error)(delivery).orTee(() => (underWay -= 1));
    });
    await world.clock.advance(1_000);
    error = { type: 'MalformedMessage', reasons: [] };
    world.state.down = false;
    most = 0;
    await world.clock.advance(8_000);
    expect(world.deadLetter.counts().visible).to.be.at.least(5);
    expect(most).to.equal(1);
    await running.drain();
  });

  it('probes although a handler that does not stop holds its slot for ever', async () => {
    const world = createWorld();
    const { state } = world;
    const handle = dependency(world.clock, state);
    const never = new ResultAsync<never, never>(new Promise(() => {}));
    await world.queue.send([{ body: 'deaf' }, ...numbered(20)]);
    const running = world.start(
      (delivery) =>
        delivery.body === 'deaf' && delivery.receiveCount === 1 ? never : handle(delivery),
      { leaseMs: 60_000 },
    );
    await world.clock.advance(70_000);
    expect(world.records('circuit.opened')).to.have.length.of.at.least(1);
    state.down = false;
    await world.clock.advance(400_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('does not read on behind a crowd while the slots come back', async () => {
    const world = createWorld();
    const fast = failing(world.clock, STORE_DOWN, 100);
    const slow = failing(world.clock, STORE_DOWN, 60_000);
    const of = (body: string) => ({ body, groupId: 'bulk' });
    await world.queue.send([
      of('slow'),
      of('slow'),
      of('slow'),
      ...numbered(3).map(() => of('fast')),
    ]);
    const running = world.start((delivery) =>
      delivery.body === 'slow' ? slow(delivery) : fast(delivery),
    );
    world.state.down = false;
    await world.clock.advance(6_000);
    const before = world.receives.length;
    await world.clock.advance(40_000);
    expect(world.receives).to.have.length(before);
    await world.clock.advance(40_000);
    expect(world.receives.slice(before).map(({ max }) => max))
      .to.include(1)
      .and.not.include(9);
    await running.drain();
  });

  it('Q5, Q18: does not do everything again and again while deletes are refused', async () => {
    let isRefused = true;
    const world = createWorld({
      between: (queue) => ({
        ...queue,
        delete: (receipts) =>
          isRefused
            ? errAsync({
                type: 'Misconfigured',
                dependency: 'MessageQueue',
                cause: 'AccessDenied',
              } as const)
            : queue.delete(receipts),
      }),
    });
    await world.queue.send(numbered(20));
    const running = world.start(() => done());
    await world.clock.advance(HOUR_MS);
    // Without a circuit: each once in each visibility timeout, 1,200 in all.
    expect(world.records('message.handled').length).to.be.within(20, 120);
    expect(running.health()).to.include({ ready: false, live: true });

    isRefused = false;
    await world.clock.advance(600_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(running.health()).to.include({ ready: true });
    await running.drain();
  });

  it('has a circuit for whatever dependency a handler names', async () => {
    const world = createWorld();
    const { state } = world;
    const handle = dependency(world.clock, state, { ...STORE_DOWN, dependency: 'Telemetry' });
    await world.queue.send(numbered(20));
    const running = world.start(handle);
    await world.clock.advance(1_000);
    expect(world.records('circuit.opened')[0]?.facts).to.include({ dependency: 'Telemetry' });
    state.down = false;
    await world.clock.advance(60_000);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('stops in time while a circuit is open', async () => {
    const world = createWorld();
    await world.queue.send(numbered(20));
    const running = world.start(failing(world.clock, STORE_DOWN));
    await world.clock.advance(2_000);
    const report = await running.drain();
    expect(report).to.include({ abandoned: 0, pollsCut: 0 });
    expect(report.durationMs).to.be.at.most(5_000);
    expect(world.clock.sleepers()).to.equal(0);
  });
});
