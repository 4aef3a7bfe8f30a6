import type { DeliveryDependencies } from './dependencies.ts';
import type { Dependency, Trouble } from '../ports/failures.ts';
import { afterTime, CLOSED, slotsOf, type Circuit } from './circuit.ts';

export type ChangeReason = { readonly trouble?: Trouble; readonly cause?: string };

/** The dependencies of handlers. Telemetry is not among them: nothing waits for it. */
const DEPENDENCIES: readonly Dependency[] = [
  'EventStore',
  'PaymentGateway',
  'InvoiceView',
  'MessageQueue',
  'OrderEvents',
  'Notifier',
  'Clock',
];

export type CircuitsOptions = Pick<DeliveryDependencies, 'clock' | 'telemetry' | 'service'> & {
  readonly slotsMax: number;
};

/**
 * The circuits of all dependencies. They change when a result or a probe is taken in, and once per
 * turn of the loop with time. Asking about them changes nothing.
 */
export const createCircuits = ({ clock, telemetry, service, slotsMax }: CircuitsOptions) => {
  const circuits = new Map(DEPENDENCIES.map((dependency) => [dependency, CLOSED]));
  /**
   * The dependencies about which a person was alarmed. Each is alarmed once until its circuit is
   * closed.
   */
  const alarmed = new Set<Dependency>();
  let troubled: ReadonlyMap<Dependency, Circuit> = new Map();
  let slots = slotsMax;

  const of = (dependency: Dependency): Circuit => circuits.get(dependency) ?? CLOSED;

  const record = (dependency: Dependency, before: Circuit, why: ChangeReason): void => {
    const after = of(dependency);
    const event = eventOf(before, after);
    if (event === 'circuit.closed') alarmed.delete(dependency);
    const isAlarm = why.trouble === 'Misconfigured' && !alarmed.has(dependency);
    if (isAlarm) alarmed.add(dependency);
    const level = isAlarm ? 'error' : event === 'circuit.opened' ? 'warn' : 'info';
    const openMs = after.state === 'open' ? Math.round(after.until - clock.now()) : 0;
    const open = after.state === 'open' ? { openMs, openings: after.openings } : {};
    const facts = { service: service.name, dependency, ...open, ...why };
    telemetry.record({ level, event, facts });
  };

  const change = (
    dependency: Dependency,
    next: (circuit: Circuit) => Circuit,
    why: ChangeReason = {},
  ): void => {
    const before = of(dependency);
    const after = next(before);
    if (after === before) return;
    circuits.set(dependency, after);
    // Nothing changes, as after nearly every message.
    if (before.state === 'closed' && after.state === 'closed') return;
    troubled = new Map([...circuits].filter(([, { state }]) => state !== 'closed'));
    slots = Math.min(...[...circuits.values()].map((circuit) => slotsOf(circuit, slotsMax)));
    if (before.state !== after.state && after.state !== 'probing') record(dependency, before, why);
  };

  return {
    of,
    change,
    /** What has been the same for all dependencies stays the same object for all of them. */
    changeAll: (next: (circuit: Circuit) => Circuit): void => {
      let before: Circuit | undefined;
      let after = CLOSED;
      const nextOf = (circuit: Circuit): Circuit => {
        if (circuit !== before) after = next(circuit);
        before = circuit;
        return after;
      };
      for (const dependency of circuits.keys()) change(dependency, nextOf);
    },
    /** Moves each circuit that has been open for long enough to `probing`, and returns those. */
    advance: (): readonly Dependency[] => {
      const now = clock.now();
      const due = [...troubled].flatMap(([dependency, circuit]) =>
        afterTime(circuit, now) === circuit ? [] : [dependency],
      );
      for (const dependency of due) change(dependency, (circuit) => afterTime(circuit, now));
      return due;
    },
    slots: () => slots,
    troubled: () => troubled,
  };
};

/**
 * The event of a change. From its first opening until it is closed, a circuit has one trouble,
 * however often a probe fails.
 */
const eventOf = (before: Circuit, after: Circuit) => {
  if (after.state !== 'open') return `circuit.${after.state}` as const;
  return before.state === 'closed' ? 'circuit.opened' : 'circuit.opened_again';
};
