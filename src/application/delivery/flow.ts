import type { Clock } from '../ports/clock.ts';
import type { Dependency } from '../ports/failures.ts';
import type { Ids } from '../ports/ids.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import {
  afterFailure,
  afterSuccess,
  afterTime,
  CLOSED,
  slotsOf,
  type Circuit,
  type Observed,
} from './circuit.ts';
import { afterServed, afterThrottled, fullConcurrency } from './concurrency.ts';
import type { Disposition, Pause } from './disposition.ts';
import type { Service } from './poison.ts';
import type { DeliverySettings } from './settings.ts';

/** How much may be under way, given how the dependencies do. */
export type Flow = {
  /** Messages under way at once; 0 while a circuit is open. */
  allowed(): number;
  /** Every circuit is closed. */
  isSteady(): boolean;
  /** Until the last open circuit is to be probed; 0 while none is open. */
  pausedMs(): number;
  /** Takes in how a handler ended. */
  hear(disposition: Disposition, ended: Omit<Observed, 'now'>): void;
  /** Those whose circuit is not closed, with its state. */
  troubled(): Readonly<Record<string, Circuit['state']>>;
  /** What no attempt will be served by until a person has mended it. */
  misconfigured(): Dependency | undefined;
};

export type FlowOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: Service;
  readonly settings: DeliverySettings;
};

/** What handlers call. Telemetry is not among them: nothing waits for it. */
const CALLED: readonly Dependency[] = [
  'EventStore',
  'PaymentGateway',
  'InvoiceView',
  'MessageQueue',
  'Notifier',
];

export const createFlow = (options: FlowOptions): Flow => {
  const { clock, ids, telemetry, service, settings } = options;
  const circuits = new Map(CALLED.map((dependency) => [dependency, CLOSED]));
  const misconfigured = new Set<Dependency>();
  let concurrency = fullConcurrency(settings.concurrency);

  const change = (dependency: Dependency, next: (circuit: Circuit) => Circuit): void => {
    const before = circuits.get(dependency) ?? CLOSED;
    const after = next(before);
    circuits.set(dependency, after);
    if (before.state === after.state || after.state === 'recovering') return;
    const event = `circuit.${after.state === 'open' ? 'opened' : after.state}`;
    const openMs = after.state === 'open' ? Math.round(after.until - clock.now()) : 0;
    const facts = { service: service.name, dependency, ...(openMs > 0 ? { openMs } : {}) };
    telemetry.record({ level: after.state === 'open' ? 'warn' : 'info', event, facts });
  };

  const changeAll = (next: (circuit: Circuit) => Circuit): void => {
    for (const dependency of circuits.keys()) change(dependency, next);
  };

  const hearServed = (observed: Observed): void => {
    misconfigured.clear();
    concurrency = afterServed(concurrency, observed.now, settings.concurrency);
    changeAll((circuit) => afterSuccess(circuit, observed, settings.concurrency));
  };

  const hearTrouble = ({ dependency, trouble }: Pause, observed: Observed): void => {
    if (trouble === 'Misconfigured') misconfigured.add(dependency);
    // A dependency that throttles is up and wants less, unless it refuses even one at a time.
    const isAlone = concurrency.allowed === 1 || circuits.get(dependency)?.state === 'probing';
    if (trouble === 'Throttled' && !isAlone)
      concurrency = afterThrottled(concurrency, observed.now);
    else change(dependency, (circuit) => afterFailure(circuit, observed, ids.random()));
  };

  const states = (): readonly Circuit[] => {
    changeAll((circuit) => afterTime(circuit, clock.now()));
    return [...circuits.values()];
  };

  return {
    allowed: () =>
      Math.min(
        concurrency.allowed,
        ...states().map((circuit) => slotsOf(circuit, settings.concurrency)),
      ),
    isSteady: () => states().every(({ state }) => state === 'closed'),
    pausedMs: () =>
      Math.max(
        0,
        ...states().map((circuit) => (circuit.state === 'open' ? circuit.until : 0) - clock.now()),
      ),
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
