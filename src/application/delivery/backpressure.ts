import type { DeliveryDependencies } from './dependencies.ts';
import { okAsync } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import {
  troubleOf,
  type Dependency,
  type Unavailable,
  type Probe,
  type Probes,
  type DependencyError,
} from '../ports/failures.ts';
import {
  afterFailure,
  afterProbe,
  afterSuccess,
  pausedMsOf,
  PROBE_MAX_MS,
  slotsOf,
  type CallResult,
  type Circuit,
} from './circuit.ts';
import { createCircuits } from './circuits.ts';
import type { Disposition, Pause } from './disposition.ts';

export type Backpressure = {
  /**
   * The one step with time, once per turn of the loop: probes each dependency whose circuit has
   * been open for long enough, and calls back when a probe has ended. Gives the milliseconds until
   * the next probe is due, Infinity if none is. Never throws.
   */
  advance(onProbed: () => void, stop: AbortSignal): number;
  observe(disposition: Disposition, ended: Omit<CallResult, 'now'>): void;
  /** The maximum number of messages under way; 0 while a circuit is open. */
  allowed(): number;
  isSteady(): boolean;
  /** The time until no circuit is open or being probed, as far as is known now; 0 while none is. */
  pausedMs(): number;
  troubled(): Readonly<Record<string, Circuit['state']>>;
  /** A dependency that serves no attempt until a person has fixed it. */
  misconfigured(): Dependency | undefined;
};

export type BackpressureOptions = Pick<
  DeliveryDependencies,
  'clock' | 'ids' | 'telemetry' | 'service' | 'settings'
> & { readonly probes: Probes };

export const createBackpressure = (options: BackpressureOptions): Backpressure => {
  const { clock, ids, probes } = options;
  const { concurrency: slotsMax } = options.settings;
  const circuits = createCircuits({ ...options, slotsMax });
  const misconfigured = new Set<Dependency>();
  let concurrency = fullConcurrency(slotsMax);

  const isPaused = (dependency: Dependency): boolean =>
    pausedMsOf(circuits.of(dependency), clock.now()) > 0;

  const observeServed = (observed: CallResult): void => {
    // A message that may not have needed a dependency is no evidence while its probe is awaited.
    for (const dependency of misconfigured) {
      if (!isPaused(dependency)) misconfigured.delete(dependency);
    }
    concurrency = afterServed(concurrency, observed.now, slotsMax);
    circuits.changeAll((circuit) => afterSuccess(circuit, observed, slotsMax));
  };

  const observeTrouble = ({ dependency, trouble, cause }: Pause, observed: CallResult): void => {
    if (trouble === 'Misconfigured') misconfigured.add(dependency);
    // A dependency that throttles is up and wants less, unless it refuses even one at a time.
    const allowed = Math.min(concurrency.allowed, slotsOf(circuits.of(dependency), slotsMax));
    if (trouble === 'Throttled' && allowed > 1) {
      concurrency = afterThrottled(concurrency, observed.now);
      return;
    }
    const why = { trouble, ...(cause === undefined ? {} : { cause }) };
    circuits.change(dependency, (circuit) => afterFailure(circuit, observed, ids.random()), why);
  };

  const probe = async (dependency: Dependency, stop: AbortSignal): Promise<void> => {
    const failed = await probeError(probes[dependency] ?? UNTESTED, { dependency, clock, stop });
    if (failed?.type === 'Misconfigured') misconfigured.add(dependency);
    else misconfigured.delete(dependency);
    const answer = { succeeded: !failed, now: clock.now(), random: ids.random() };
    const why = failed && { trouble: troubleOf(failed), cause: failed.cause };
    circuits.change(dependency, (circuit) => afterProbe(circuit, answer), why);
  };

  return {
    advance: (onProbed, stop) => {
      for (const dependency of circuits.advance()) void probe(dependency, stop).then(onProbed);
      const now = clock.now();
      const waits = [...circuits.troubled().values()].flatMap((circuit) =>
        circuit.state === 'open' ? [circuit.until - now] : [],
      );
      return Math.min(...waits);
    },
    observe: (disposition, ended) => {
      const observed = { ...ended, now: clock.now() };
      // The trouble of a message, or of an order, is no evidence about any dependency.
      if (disposition.type === 'Acknowledge') observeServed(observed);
      else if (disposition.type === 'Pause') observeTrouble(disposition, observed);
    },
    allowed: () => Math.min(concurrency.allowed, circuits.slots()),
    isSteady: () => circuits.troubled().size === 0,
    pausedMs: () => {
      const now = clock.now();
      const paused = [...circuits.troubled().values()].map((circuit) => pausedMsOf(circuit, now));
      return Math.max(0, ...paused);
    },
    troubled: () =>
      Object.fromEntries(
        [...circuits.troubled()].map(([dependency, { state }]) => [dependency, state]),
      ),
    misconfigured: () => [...misconfigured][0],
  };
};

/** The probe of a dependency that cannot be probed: the next message is the test. */
const UNTESTED: Probe = () => okAsync();

const NOT_ANSWERED = 'the probe was not answered in time';

/** The error that a probe ended with, if any. Never rejects, and ends in time whatever it does. */
const probeError = async (
  probe: Probe,
  {
    dependency,
    clock,
    stop,
  }: {
    readonly dependency: Dependency;
    readonly clock: Pick<Clock, 'sleep'>;
    readonly stop: AbortSignal;
  },
): Promise<DependencyError | undefined> => {
  const answered = new AbortController();
  const unavailable = (cause: string): Unavailable => ({
    type: 'Unavailable',
    dependency,
    cause,
    throttled: false,
  });
  const limit = async (): Promise<Unavailable> => {
    await clock.sleep(PROBE_MAX_MS, AbortSignal.any([stop, answered.signal]));
    return unavailable(NOT_ANSWERED);
  };
  const ask = async (): Promise<DependencyError | undefined> => {
    try {
      return (await probe()).match(
        () => undefined,
        (error) => error,
      );
    } catch (thrown) {
      return unavailable(thrown instanceof Error ? thrown.name : 'it threw');
    }
  };
  const answer = await Promise.race([ask(), limit()]);
  answered.abort();
  return answer;
};

/** The number of messages that may be under way: additive increase, multiplicative decrease. */
type Concurrency = {
  readonly allowed: number;
  readonly loweredAt: number;
  readonly raisedAt: number;
};

/** Longer than an SDK's own retries last, so that one burst of throttled answers lowers it once. */
export const LOWER_INTERVAL_MS = 6_000;
/** Raising it from one to fifty takes less than a minute. */
export const RAISE_INTERVAL_MS = 1_000;

export const fullConcurrency = (max: number): Concurrency => ({
  allowed: max,
  loweredAt: -Infinity,
  raisedAt: -Infinity,
});

/** Lowers the limit. Messages under way were admitted before; fewer of the next ones are. */
export const afterThrottled = (concurrency: Concurrency, now: number): Concurrency =>
  now - concurrency.loweredAt < LOWER_INTERVAL_MS
    ? concurrency
    : {
        allowed: Math.max(1, Math.floor(concurrency.allowed / 2)),
        loweredAt: now,
        raisedAt: now,
      };

export const afterServed = (concurrency: Concurrency, now: number, max: number): Concurrency =>
  concurrency.allowed >= max || now - concurrency.raisedAt < RAISE_INTERVAL_MS
    ? concurrency
    : { ...concurrency, allowed: concurrency.allowed + 1, raisedAt: now };
