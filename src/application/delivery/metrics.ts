import type { Ids } from '../ports/ids.ts';
import type { Metric } from '../ports/telemetry.ts';

const COUNTERS = [
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
] as const;

export type CounterName = (typeof COUNTERS)[number];

/** The values that one record of Embedded Metric Format takes for one metric. */
export const VALUES_MAX = 100;

export const createMetrics = (ids: Pick<Ids, 'random'>) => {
  let counts = new Map<CounterName, number>();
  let handlerTimes: number[] = [];
  let handled = 0;
  let oldestMs = 0;

  return {
    count: (name: CounterName, by = 1): void => {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    observeHandlerTime: (ms: number): void => {
      handled += 1;
      // Reservoir sampling: each handler time of the minute is equally likely to be in the sample.
      const at = handled <= VALUES_MAX ? handled - 1 : Math.floor(ids.random() * handled);
      if (at < VALUES_MAX) handlerTimes[at] = ms;
    },
    observeAge: (ms: number): void => {
      oldestMs = Math.max(oldestMs, ms);
    },
    /** Everything since the last call, and begins again. An alarm needs the zeros as well. */
    collect: (): Readonly<Record<string, Metric>> => {
      const collected: Record<string, Metric> = {};
      for (const name of COUNTERS) collected[name] = oneValue('Count', counts.get(name) ?? 0);
      collected['OldestMessageAge'] = oneValue('Milliseconds', oldestMs);
      if (handled > 0) collected['HandlerTime'] = { unit: 'Milliseconds', values: handlerTimes };
      counts = new Map();
      handlerTimes = [];
      handled = 0;
      oldestMs = 0;
      return collected;
    },
  };
};

export const oneValue = (unit: Metric['unit'], value: number): Metric => ({
  unit,
  values: [value],
});

export type Metrics = ReturnType<typeof createMetrics>;
