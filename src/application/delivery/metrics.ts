import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Metric, TelemetryRecord } from '../ports/telemetry.ts';
import type { Backpressure } from './backpressure.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import type { Slots } from './slots.ts';

/** What has happened since the last record. */
export type CounterName =
  | 'Polls'
  | 'EmptyReceives'
  | 'Receives'
  | 'Retries'
  | 'Releases'
  | 'LostLeases'
  | 'DeadLetters'
  | 'Deletes'
  | 'FailedDeletes'
  | 'Throws';

const COUNTS: readonly CounterName[] = [
  'Polls',
  'EmptyReceives',
  'Receives',
  'Retries',
  'Releases',
  'LostLeases',
  'DeadLetters',
  'Deletes',
  'FailedDeletes',
  'Throws',
];

export type Metrics = {
  count(name: CounterName, by?: number): void;
  handlerTook(ms: number): void;
  /** How long a message had been under way to here, since it was sent. */
  sawAge(ms: number): void;
  /** Everything since the last time, and begins anew. A count that is 0 is told too: an alarm needs it. */
  take(): Readonly<Record<string, Metric>>;
};

/** What one record of Embedded Metric Format takes for one metric. */
export const VALUES_MAX = 100;

export const createMetrics = (ids: Ids): Metrics => {
  let counts = new Map<CounterName, number>();
  let handlerTimes: number[] = [];
  let handled = 0;
  let oldestMs = 0;

  return {
    count: (name, by = 1) => {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    handlerTook: (ms) => {
      handled += 1;
      // Reservoir sampling: each handling of the minute is as likely as any other to be among the hundred.
      const at = handled <= VALUES_MAX ? handled - 1 : Math.floor(ids.random() * handled);
      if (at < VALUES_MAX) handlerTimes[at] = ms;
    },
    sawAge: (ms) => {
      oldestMs = Math.max(oldestMs, ms);
    },
    take: () => {
      const taken: Record<string, Metric> = {};
      for (const name of COUNTS) taken[name] = one('Count', counts.get(name) ?? 0);
      taken['OldestMessageAge'] = one('Milliseconds', oldestMs);
      if (handled > 0) taken['HandlerTime'] = { unit: 'Milliseconds', values: handlerTimes };
      counts = new Map();
      handlerTimes = [];
      handled = 0;
      oldestMs = 0;
      return taken;
    },
  };
};

const one = (unit: Metric['unit'], value: number): Metric => ({ unit, values: [value] });

/** The record of the last minute, with how things stand now. */
export const metricsRecord = (
  service: ServiceVersion,
  numbers: Metrics,
  {
    clock,
    slots,
    flow,
  }: { readonly clock: Clock; readonly slots: Slots; readonly flow: Backpressure },
): TelemetryRecord => {
  const held = slots.held();
  for (const { sentAt } of held) numbers.sawAge(clock.now() - sentAt);
  const troubled = Object.entries(flow.troubled());
  return {
    level: 'info',
    event: 'consumer.numbers',
    facts: {
      service: service.name,
      ...Object.fromEntries(troubled.map(([dependency, state]) => [`circuit${dependency}`, state])),
    },
    metrics: {
      ...numbers.take(),
      InFlight: one('Count', held.filter((attempt) => attempt.phase() === 'started').length),
      Waiting: one('Count', held.filter((attempt) => attempt.phase() !== 'started').length),
      HeldBytes: one('Bytes', slots.heldBytes()),
      AllowedConcurrency: one('Count', flow.allowed()),
      CircuitsNotClosed: one('Count', troubled.length),
    },
  };
};
