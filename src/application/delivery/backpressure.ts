import { okAsync } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import {
  troubleOf,
  type Dependency,
  type Misconfiguration,
  type Trouble,
  type Unavailable,
} from '../ports/failures.ts';
import type { Ids } from '../ports/ids.ts';
import type { Probe, Probes } from '../ports/probe.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import {
  afterFailure,
  afterProbe,
  afterSuccess,
  afterTime,
  CLOSED,
  slotsOf,
  type Circuit,
  type CallResult,
} from './circuit.ts';
import { afterServed, afterThrottled, fullConcurrency } from './concurrency.ts';
import type { Disposition, Pause } from './disposition.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import type { DeliverySettings } from './settings.ts';

/** How much may be under way, given how the dependencies do. */
export type Backpressure = {
  /** Messages under way at once; 0 while a circuit is open. */
  allowed(): number;
  /** Every circuit is closed. */
  isSteady(): boolean;
  /** Until each circuit that is open or being probed is known to be otherwise or not; 0 while there is none. */
  pausedMs(): number;
  /**
   * Asks each dependency whose circuit has been open for long enough, and rings when it knows more. Tells after
   * how many milliseconds the next is due, if any is. Never throws.
   */
  probe(ring: () => void, stop: AbortSignal): number;
  /** Takes in how a handler ended. */
  hear(disposition: Disposition, ended: Omit<CallResult, 'now'>): void;
  /** Those whose circuit is not closed, with its state. */
  troubled(): Readonly<Record<string, Circuit['state']>>;
  /** What no attempt will be served by until a person has mended it. */
  misconfigured(): Dependency | undefined;
};

export type BackpressureOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: ServiceVersion;
  readonly settings: DeliverySettings;
  readonly probes: Probes;
};

/** The longest that a probe may take: every attempt of the slowest call there is, the gateway's. */
export const PROBE_MAX_MS = 30_000;

/** What handlers call. Telemetry is not among them: nothing waits for it. */
const CALLED: readonly Dependency[] = [
  'EventStore',
  'PaymentGateway',
  'InvoiceView',
  'MessageQueue',
  'Notifier',
  'Clock',
];

export const createBackpressure = (options: BackpressureOptions): Backpressure => {
  const { clock, ids, telemetry, service, settings, probes } = options;
  const circuits = new Map(CALLED.map((dependency) => [dependency, CLOSED]));
  const misconfigured = new Set<Dependency>();
  /** Where a person has been told, who needs to be told once. */
  const alarmed = new Set<Dependency>();
  let concurrency = fullConcurrency(settings.concurrency);

  const change = (
    dependency: Dependency,
    next: (circuit: Circuit) => Circuit,
    told: { readonly trouble?: Trouble; readonly cause?: string } = {},
  ): void => {
    const before = circuits.get(dependency) ?? CLOSED;
    const after = next(before);
    circuits.set(dependency, after);
    if (before.state === after.state || after.state === 'probing') return;
    const event = eventOf(before, after);
    if (event === 'circuit.closed') alarmed.delete(dependency);
    const isAlarm = told.trouble === 'Misconfigured' && !alarmed.has(dependency);
    if (isAlarm) alarmed.add(dependency);
    const level = isAlarm ? 'error' : event === 'circuit.opened' ? 'warn' : 'info';
    const openMs = after.state === 'open' ? Math.round(after.until - clock.now()) : 0;
    const open = after.state === 'open' ? { openMs, openings: after.openings } : {};
    const facts = { service: service.name, dependency, ...open, ...told };
    telemetry.record({ level, event, facts });
  };

  const hearServed = (observed: CallResult): void => {
    // What is being probed, or waits for it, is not shown to be mended by a message that may not have needed it.
    for (const dependency of misconfigured)
      if (!isPaused(dependency)) misconfigured.delete(dependency);
    concurrency = afterServed(concurrency, observed.now, settings.concurrency);
    for (const dependency of circuits.keys()) {
      change(dependency, (circuit) => afterSuccess(circuit, observed, settings.concurrency));
    }
  };

  const hearTrouble = ({ dependency, trouble, cause }: Pause, observed: CallResult): void => {
    if (trouble === 'Misconfigured') misconfigured.add(dependency);
    const circuit = circuits.get(dependency) ?? CLOSED;
    // A dependency that throttles is up and wants less, unless it refuses even one at a time.
    const isAlone = Math.min(concurrency.allowed, slotsOf(circuit, settings.concurrency)) <= 1;
    if (trouble === 'Throttled' && !isAlone)
      concurrency = afterThrottled(concurrency, observed.now);
    else {
      const told = { trouble, ...(cause === undefined ? {} : { cause }) };
      change(dependency, (seen) => afterFailure(seen, observed, ids.random()), told);
    }
  };

  const isPaused = (dependency: Dependency): boolean =>
    pausedOf(circuits.get(dependency) ?? CLOSED) > 0;

  /** One that is not answered counts as failed by then. */
  const pausedOf = (circuit: Circuit): number => {
    const now = clock.now();
    switch (circuit.state) {
      case 'open':
        return Math.max(1, circuit.until - now);
      case 'probing':
        return Math.max(1, circuit.since + PROBE_MAX_MS - now);
      case 'closed':
      case 'recovering':
        return 0;
    }
  };

  const probeOne = async (dependency: Dependency, stop: AbortSignal): Promise<void> => {
    change(dependency, (circuit) => afterTime(circuit, clock.now()));
    const failed = await answerOf(probes[dependency] ?? untested, dependency, { clock, stop });
    if (failed?.type === 'Misconfigured') misconfigured.add(dependency);
    else misconfigured.delete(dependency);
    const told = failed && { trouble: troubleOf(failed), cause: failed.cause };
    const random = ids.random();
    change(
      dependency,
      (circuit) => afterProbe(circuit, { succeeded: !failed, now: clock.now(), random }),
      told,
    );
  };

  const states = (): readonly Circuit[] => [...circuits.values()];

  return {
    allowed: () =>
      Math.min(
        concurrency.allowed,
        ...states().map((circuit) => slotsOf(circuit, settings.concurrency)),
      ),
    isSteady: () => states().every(({ state }) => state === 'closed'),
    pausedMs: () => Math.max(...states().map(pausedOf)),
    probe: (ring, stop) => {
      const now = clock.now();
      const open = [...circuits].flatMap(([dependency, circuit]) =>
        circuit.state === 'open' ? [{ dependency, until: circuit.until }] : [],
      );
      for (const { dependency, until } of open) {
        if (until <= now) void probeOne(dependency, stop).then(ring);
      }
      return Math.min(...open.filter(({ until }) => until > now).map(({ until }) => until - now));
    },
    hear: (disposition, ended) => {
      const observed = { ...ended, now: clock.now() };
      // A message of no use or an order's own trouble tells nothing of any dependency.
      if (disposition.type === 'Acknowledge') hearServed(observed);
      else if (disposition.type === 'Pause') hearTrouble(disposition, observed);
    },
    troubled: () =>
      Object.fromEntries(
        [...circuits]
          .filter(([, { state }]) => state !== 'closed')
          .map(([dependency, { state }]) => [dependency, state]),
      ),
    misconfigured: () => [...misconfigured][0],
  };
};

/** Where nothing can be asked, the next message tells. */
const untested: Probe = () => okAsync();

const NOT_ANSWERED = 'the probe was not answered in time';

/** The error that it ended with, if any. Never rejects, and ends in time whatever the probe does. */
const answerOf = async (
  probe: Probe,
  dependency: Dependency,
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
): Promise<Unavailable | Misconfiguration | undefined> => {
  const over = new AbortController();
  const unavailable = (cause: string): Unavailable => ({
    type: 'Unavailable',
    dependency,
    cause,
    throttled: false,
  });
  const limit = async (): Promise<Unavailable> => {
    await clock.sleep(PROBE_MAX_MS, AbortSignal.any([stop, over.signal]));
    return unavailable(NOT_ANSWERED);
  };
  const asked = async (): Promise<Unavailable | Misconfiguration | undefined> => {
    try {
      return (await probe()).match(
        () => undefined,
        (error) => error,
      );
    } catch (thrown) {
      return unavailable(thrown instanceof Error ? thrown.name : 'it threw');
    }
  };
  const answer = await Promise.race([asked(), limit()]);
  over.abort();
  return answer;
};

/** From the first opening until it is closed it is one trouble, however often it is probed in vain. */
const eventOf = (before: Circuit, after: Circuit) => {
  if (after.state !== 'open') return `circuit.${after.state}` as const;
  return before.state === 'closed' ? 'circuit.opened' : 'circuit.opened_again';
};
