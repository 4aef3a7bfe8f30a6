import type { Consumer, ConsumerHealth, DrainReport } from '../delivery/consumer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RoundReport } from './report.ts';
import type { Reconcile } from './round.ts';

export type ReconcilerSettings = {
  /** The time from the end of one round to the beginning of the next, give or take a quarter. */
  readonly intervalMs: number;
  /** The time from the signal to stop until a round must have ended. */
  readonly drainMs: number;
};

/** The maximum number of commits of each series in one round; the next round goes on from there. */
export const ROUND_COMMITS_MAX = 10_000;
/** A round that takes longer is ended; the cursor keeps its progress. */
export const ROUND_MAX_MS = 600_000;
/** A process that is short of its processor is slow and not stuck. */
const LATE_MAX_MS = 60_000;

/** Makes rounds until it is stopped: a service with the health and drain of a consumer. */
export type ReconcilerDependencies = {
  readonly reconcile: Reconcile;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
  readonly telemetry: Pick<Telemetry, 'record'>;
  readonly settings: ReconcilerSettings;
};

export const createReconciler = (deps: ReconcilerDependencies): Consumer => {
  const { clock, ids, telemetry, settings } = deps;
  let phase: 'new' | 'running' | 'draining' | 'ended' = 'new';
  let moveDueAt = Infinity;
  let newest: RoundReport | undefined;

  const run = async (stop: AbortSignal): Promise<DrainReport> => {
    let stoppedAt: number | undefined;
    const stopRequested = (): void => {
      phase = 'draining';
      stoppedAt = clock.now();
      moveDueAt = stoppedAt + settings.drainMs;
    };
    stop.addEventListener('abort', stopRequested, { once: true });
    if (stop.aborted) stopRequested();
    else phase = 'running';
    let isEnded = true;
    let finished = 0;
    while (!stop.aborted) {
      moveDueAt = clock.now() + ROUND_MAX_MS + settings.drainMs;
      isEnded = await makeRound(deps, stop, (report) => (newest = report));
      if (stop.aborted) finished = isEnded ? 1 : 0;
      else {
        // The jitter keeps reconcilers that were started together from staying together.
        const pauseMs = settings.intervalMs * (0.75 + ids.random() / 2);
        moveDueAt = clock.now() + pauseMs;
        await clock.sleep(pauseMs, stop);
      }
    }
    phase = 'ended';
    const drained = { finished, handedBack: 0, abandoned: isEnded ? 0 : 1, pollsCut: 0 };
    const report = { ...drained, durationMs: clock.now() - (stoppedAt ?? clock.now()) };
    const level = isEnded ? 'info' : 'warn';
    telemetry.record({ level, event: 'reconciler.drained', facts: report });
    return report;
  };

  const unready = (): string | undefined => {
    if (phase !== 'running') return PHASES[phase];
    if (newest === undefined) return 'no round has ended yet';
    const refused = newest.failures.find(({ error }) => error.type === 'Misconfigured');
    return refused === undefined ? undefined : `${refused.part}: misconfigured`;
  };

  return {
    run,
    health: (): ConsumerHealth => {
      const isMoving = phase === 'running' || phase === 'draining';
      const dead =
        isMoving && clock.now() > moveDueAt + LATE_MAX_MS ? `stuck while ${phase}` : undefined;
      const why = dead ?? unready();
      return { ready: why === undefined, live: dead === undefined, reason: why ?? 'reconciling' };
    },
  };
};

/**
 * Makes one round, and ends in time, whatever its calls do. Returns whether the round came to its
 * end.
 */
const makeRound = async (
  { reconcile, clock, telemetry, settings }: ReconcilerDependencies,
  stop: AbortSignal,
  onReport: (report: RoundReport) => void,
): Promise<boolean> => {
  const cut = new AbortController();
  const over = new AbortController();
  const { signal } = cut;
  const limit = async (): Promise<false> => {
    await clock.sleep(ROUND_MAX_MS, AbortSignal.any([stop, over.signal]));
    if (!over.signal.aborted) cut.abort();
    await clock.sleep(settings.drainMs, over.signal);
    return false;
  };
  const work = async (): Promise<true> => {
    const report = await reconcile({ commitsMax: ROUND_COMMITS_MAX, signal });
    if (!signal.aborted) onReport(report);
    return true;
  };
  const isEnded = await Promise.race([work(), limit()]);
  over.abort();
  if (!isEnded) telemetry.record({ level: 'error', event: 'reconcile.round_stuck' });
  else if (cut.signal.aborted && !stop.aborted) {
    telemetry.record({ level: 'warn', event: 'reconcile.round_cut' });
  }
  return isEnded;
};

const PHASES = { new: 'not started', draining: 'draining', ended: 'stopped' } as const;
