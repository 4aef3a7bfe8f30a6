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

/** The maximum number of values that one record of Embedded Metric Format takes for one metric. */
export const VALUES_MAX = 100;

export const createMetrics = (ids: Pick<Ids, 'random'>) => {
  let counts = new Map<CounterName, number>();
  const handlerTimes = createSample(ids);
  let oldestMs = 0;

  return {
    count: (name: CounterName, by = 1): void => {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    observeHandlerTime: handlerTimes.add,
    observeAge: (ms: number): void => {
      oldestMs = Math.max(oldestMs, ms);
    },
    /**
     * Returns everything since the last call, and begins again. An alarm needs the zeros as well.
     */
    collect: (): Readonly<Record<string, Metric>> => {
      const collected: Record<string, Metric> = {};
      for (const name of COUNTERS) collected[name] = oneValue('Count', counts.get(name) ?? 0);
      collected['OldestMessageAge'] = oneValue('Milliseconds', oldestMs);
      Object.assign(collected, handlerTimes.collect('HandlerTime'));
      counts = new Map();
      oldestMs = 0;
      return collected;
    },
  };
};

/** A uniform sample of the times of a minute, with as many as a record takes. */
export const createSample = (ids: Pick<Ids, 'random'>) => {
  let times: number[] = [];
  let seen = 0;
  return {
    add: (ms: number): void => {
      seen += 1;
      // This is reservoir sampling.
      const at = seen <= VALUES_MAX ? seen - 1 : Math.floor(ids.random() * seen);
      if (at < VALUES_MAX) times[at] = ms;
    },
    /** Returns no metric where there were no values. */
    collect: (name: string): Readonly<Record<string, Metric>> => {
      const values = times;
      times = [];
      seen = 0;
      return values.length === 0 ? {} : { [name]: { unit: 'Milliseconds', values } };
    },
  };
};

export const oneValue = (unit: Metric['unit'], value: number): Metric => ({
  unit,
  values: [value],
});

export type Metrics = ReturnType<typeof createMetrics>;
