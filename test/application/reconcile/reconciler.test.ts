import { expect } from 'chai';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import {
  createReconciler,
  ROUND_COMMITS_MAX,
  ROUND_MAX_MS,
} from '../../../src/application/reconcile/reconciler.ts';
import type { RoundReport } from '../../../src/application/reconcile/report.ts';
import type { RoundOptions } from '../../../src/application/reconcile/round.ts';

const INTERVAL_MS = 300_000;
const DRAIN_MS = 20_000;
const WELL: RoundReport = { series: [], deadLetters: [], reviews: [], pushed: [], failures: [] };

describe('the reconciler as a service', () => {
  it('begins at once, and then runs at the interval, give or take a quarter', async () => {
    const { clock, rounds, start } = setUp();
    const running = start();
    await clock.advance(0);
    expect(rounds.map(({ at }) => at)).to.deep.equal([0]);
    await clock.advance(10 * INTERVAL_MS);
    await running.stop();

    const pauses = rounds.slice(1).map(({ at }, index) => at - (rounds[index]?.at ?? 0));
    expect(pauses).to.have.length.within(8, 13);
    for (const pause of pauses) expect(pause).to.be.within(INTERVAL_MS * 0.75, INTERVAL_MS * 1.25);
    expect(new Set(pauses).size).to.be.greaterThan(1);
    expect(rounds.map(({ options }) => options?.commitsMax)).to.include(ROUND_COMMITS_MAX);
    expect(clock.sleepers()).to.equal(0);
  });

  it('stops at once in a pause, with nothing left behind', async () => {
    const { clock, start } = setUp();
    const running = start();
    await clock.advance(1_000);

    expect(await running.stop()).to.deep.equal({
      finished: 0,
      handedBack: 0,
      abandoned: 0,
      pollsCut: 0,
      durationMs: 0,
    });
    expect(running.health()).to.deep.equal({ ready: false, live: true, reason: 'stopped' });
  });

  it('breaks off a round at the signal, and waits until it has released what it held', async () => {
    const { clock, start } = setUp(async (clocked, { signal } = {}) => {
      await clocked.sleep(60_000, signal);
      await clocked.sleep(500);
      return WELL;
    });
    const running = start();
    await clock.advance(1_000);

    expect(await running.stop()).to.deep.include({ finished: 1, abandoned: 0, durationMs: 500 });
    expect(clock.sleepers()).to.equal(0);
  });

  it('does not wait longer for a round than a drain may take', async () => {
    const { clock, start, records } = setUp(() => new Promise(() => undefined));
    const running = start();
    await clock.advance(1_000);

    const report = await running.stop();

    expect(report).to.deep.include({ finished: 0, abandoned: 1, durationMs: DRAIN_MS });
    expect(records('reconciler.drained')[0]).to.deep.include({ level: 'warn' });
  });

  it('ends a round that takes too long, and makes the next one', async () => {
    const { clock, rounds, start, records } = setUp(async (clocked, { signal } = {}) => {
      await clocked.sleep(Number.MAX_SAFE_INTEGER, signal);
      return WELL;
    });
    const running = start();
    await clock.advance(ROUND_MAX_MS + 2 * INTERVAL_MS);
    expect(rounds).to.have.length(2);
    expect(records('reconcile.round_cut')).to.have.length(1);
    expect(running.health()).to.deep.include({ live: true, ready: false });
    await running.stop();
  });

  it('is ready once a round has ended, and not while something is misconfigured', async () => {
    const missing = {
      type: 'Misconfigured',
      dependency: 'MessageQueue',
      cause: 'QueueDoesNotExist',
    } as const;
    const away = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: 'away',
      throttled: false,
    } as const;
    const failures = [
      [{ part: 'dead letters', error: missing } as const],
      [{ part: 'series INV', error: away } as const],
    ];
    const { clock, start } = setUp(async (clocked) => {
      await clocked.sleep(1_000);
      return { ...WELL, failures: failures.shift() ?? [] };
    });
    const running = start();
    await clock.advance(500);
    expect(running.health().reason).to.equal('no round has ended yet');
    await clock.advance(500);
    expect(running.health()).to.deep.equal({
      ready: false,
      live: true,
      reason: 'dead letters: misconfigured',
    });
    await clock.advance(1.25 * INTERVAL_MS + 1_000);
    // What is away now is tried again in the next round, and no orchestrator can fix it.
    expect(running.health()).to.deep.equal({ ready: true, live: true, reason: 'reconciling' });
    await running.stop();
  });

  it('is not alive once it does not move any more', async () => {
    let isStuck = false;
    const clock = createVirtualClock();
    const { start } = setUp(
      () => Promise.resolve(WELL),
      // A timer that never fires is what a stuck process looks like from within.
      {
        ...clock,
        sleep: (ms, signal) => (isStuck ? new Promise(() => undefined) : clock.sleep(ms, signal)),
      },
    );
    isStuck = true;
    const running = start();
    await clock.advance(INTERVAL_MS);
    expect(running.health().live).to.equal(true);
    await clock.advance(INTERVAL_MS);
    expect(running.health()).to.deep.equal({
      ready: false,
      live: false,
      reason: 'stuck while running',
    });
  });
});

type Round = (
  clock: ReturnType<typeof createVirtualClock>,
  options?: RoundOptions,
) => Promise<RoundReport>;

const setUp = (round: Round = () => Promise.resolve(WELL), clock = createVirtualClock()) => {
  const telemetry = createMemoryTelemetry();
  const rounds: { at: number; options: RoundOptions | undefined }[] = [];
  const service = createReconciler({
    reconcile: (options) => {
      rounds.push({ at: clock.now(), options });
      return round(clock, options);
    },
    clock,
    ids: createMemoryIds(),
    telemetry,
    settings: { intervalMs: INTERVAL_MS, drainMs: DRAIN_MS },
  });
  const start = () => {
    const stop = new AbortController();
    const running = service.run(stop.signal);
    return {
      health: () => service.health(),
      stop: async () => {
        stop.abort();
        await clock.advance(2 * DRAIN_MS);
        return running;
      },
    };
  };
  const records = (event: string) => telemetry.records().filter((record) => record.event === event);
  return { clock, rounds, start, records };
};
