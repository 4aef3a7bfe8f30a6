import type { ResultAsync } from 'neverthrow';
import type { DependencyError } from '../ports/failures.ts';
import type { LogLine, LogSearch } from '../ports/logSearch.ts';

/** The last report of one service of one process. */
export type WorkerReport = {
  readonly service: string;
  /** Its log stream, which names the service, the machine and the process. */
  readonly worker: string;
  /** Milliseconds since the epoch, by its own clock. */
  readonly at: number;
  /** The figures of its last minute; absent until it has worked for one. */
  readonly lastMinute?: {
    /** The messages that it works on, and that wait in it. */
    readonly inFlight: number;
    readonly waiting: number;
    readonly allowedConcurrency: number;
    /** The age of the oldest message that it held. */
    readonly oldestMessageMs: number;
  };
  /** Circuits that are not closed, by dependency. */
  readonly circuits: Readonly<Record<string, string>>;
};

export type WorkersSeen = {
  /** The workers that have not said that they end. */
  readonly workers: readonly WorkerReport[];
  /** Whether there were more records than were read: some workers may be missing. */
  readonly isCut: boolean;
};

/** A worker says something every minute; after two and a half it has missed two. */
export const SILENT_AFTER_MS = 150_000;
/** The time for which workers that fell silent are shown. */
const WINDOW_MS = 600_000;

const STARTED = 'worker.started';
/** Every service writes this record each minute, and once at its end. */
const USAGE = 'worker.usage';
const METRICS = 'consumer.metrics';
/** A worker that ends says so; whoever starts again in its place has another log stream. */
const DRAINED: readonly string[] = ['consumer.drained', 'reconciler.drained'];

/** Finds the workers by their own records. There is no other source: nobody registers them. */
export const findWorkers = (
  logSearch: LogSearch,
  { now, signal }: { readonly now: number; readonly signal?: AbortSignal | undefined },
): ResultAsync<WorkersSeen, DependencyError> =>
  logSearch
    .find({
      terms: [STARTED, USAGE, METRICS, ...DRAINED].map((value) => ({ name: 'event', value })),
      from: now - WINDOW_MS,
      ...(signal && { signal }),
    })
    .map(({ records, isCut }) => ({ workers: newestOf(records), isCut }));

const newestOf = (records: readonly LogLine[]): readonly WorkerReport[] =>
  Object.values(Object.groupBy(records, ({ logStream }) => logStream))
    .flatMap((own = []) => (own.some(({ event }) => DRAINED.includes(event)) ? [] : reportOf(own)))
    .toSorted((one, other) => one.worker.localeCompare(other.worker));

/** The report from the records of one worker, the oldest first. */
const reportOf = (own: readonly LogLine[]): readonly WorkerReport[] => {
  const newest = own.at(-1);
  if (newest === undefined) return [];
  const { service, logStream: worker, at } = newest;
  const metrics = own.findLast(({ event }) => event === METRICS);
  const { facts = {} } = metrics ?? {};
  const number = (name: string): number => {
    const value = facts[name];
    return typeof value === 'number' ? value : 0;
  };
  const report = {
    service,
    worker,
    at,
    ...(metrics && {
      lastMinute: {
        inFlight: number('InFlight'),
        waiting: number('Waiting'),
        allowedConcurrency: number('AllowedConcurrency'),
        oldestMessageMs: number('OldestMessageAge'),
      },
    }),
    circuits: Object.fromEntries(
      Object.entries(facts).flatMap(([name, state]) => {
        const dependency = /^circuit([A-Z]\w*)$/.exec(name)?.[1];
        return dependency === undefined ? [] : [[dependency, String(state)]];
      }),
    ),
  };
  return [report];
};
