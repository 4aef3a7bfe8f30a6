import { errAsync, ok, err, okAsync, ResultAsync, type Result } from 'neverthrow';
import { UTC_CALENDAR, type Calendar } from '../../domain/calendar.ts';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { Probe } from '../ports/failures.ts';
import type { SeriesRegistry } from '../registry/seriesRegistry.ts';
import { createSeriesAllocation, type SeriesAllocation } from './allocation.ts';
import {
  createSeriesReader,
  foundAs,
  lostCommits,
  type EntrySearch,
  type FoundNumber,
  type OpenError,
  type SeriesReader,
  type OpenedSeries,
} from './openSeries.ts';
import type { AllocationError } from './requests.ts';
import { createSeriesLog, type DocumentStanding } from './seriesLog.ts';
import { DEFAULT_ALLOCATOR_SETTINGS, type AllocatorSettings } from './settings.ts';

export type { FoundNumber } from './openSeries.ts';
export type { AllocationError } from './requests.ts';

/** The refund that it is for has failed: it gets no number any more (R25). */
export type DocumentClosed = { readonly type: 'DocumentClosed' };

/**
 * Gives documents their numbers: 1 … n in each series and year, without gap or repetition, however
 * many allocators work and die at once (ADR 0012). A number is printed for ever as its series was
 * registered (ADR 0023).
 */
export interface Allocator {
  /**
   * Reads the head of a series, its last version that is known to be durable, and the format of its
   * numbers, once for each process. This must be done before any order is charged: an intent frozen
   * with `head` 0 makes whoever resumes it search the whole series, and where the result is
   * `Misconfigured`, no order could be numbered.
   */
  open(series: string): ResultAsync<{ readonly head: number }, OpenError>;

  head(series: string): number;

  /**
   * Returns the number of one document, allocated now or before. The document must have no number
   * up to the version `from`. It is only for money that was observed to move: a number is for ever.
   */
  allocate(
    series: string,
    entry: Series.SeriesEntry & { readonly from: number },
  ): ResultAsync<Series.PrintedNumber, AllocationError | DocumentClosed>;

  /**
   * Returns the number that the document has, or undefined once it is closed: from then on it gets
   * none. It is only for money of which the gateway says that it has failed for good: a closing is
   * for ever, too.
   */
  close(
    series: string,
    entry: Series.SeriesEntry & { readonly from: number },
  ): ResultAsync<FoundNumber | undefined, AllocationError>;

  lookup(series: string, wanted: EntrySearch): ResultAsync<FoundNumber | undefined, LoadError>;
}

export type AllocatorDependencies = {
  readonly store: EventStore;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly registry: SeriesRegistry;
  readonly calendar?: Calendar;
  readonly settings?: AllocatorSettings;
};

type OneSeries = { readonly reader: SeriesReader; readonly allocate: SeriesAllocation };

/** The allocator of one process. Configuration names the series, so they are few. */
export const createAllocator = ({
  store,
  ids,
  clock,
  registry,
  calendar = UTC_CALENDAR,
  settings = DEFAULT_ALLOCATOR_SETTINGS,
}: AllocatorDependencies): Allocator => {
  const known = new Map<string, OneSeries>();

  const seriesOf = (series: string): OneSeries => {
    const found = known.get(series);
    if (found !== undefined) return found;
    invariant(
      Series.isSeriesName(series),
      'a series must have a name that a format can distinguish',
    );
    const log = createSeriesLog(series, { store, ids });
    const reader = createSeriesReader(series, { log, registry, clock, settings });
    const parts = { log, reader, clock, ids, settings, calendar };
    const one = { reader, allocate: createSeriesAllocation(series, parts) };
    known.set(series, one);
    return one;
  };

  return {
    open: (series) => {
      const { reader } = seriesOf(series);
      const answerOf = ({ refused }: Pick<OpenedSeries, 'refused'>) => {
        const why = refused();
        return why === undefined ? ok(reader) : err(why);
      };
      const opened = reader.opened();
      return opened === undefined
        ? new ResultAsync(reader.open()).andThen(answerOf)
        : new ResultAsync(Promise.resolve(answerOf(opened)));
    },
    head: (series) => seriesOf(series).reader.head,
    allocate: (series, entry) => {
      invariant(isVersion(entry.from), 'a version is whole');
      return seriesOf(series)
        .allocate('number', entry)
        .andThen((found) => {
          if (found === 'closed') return err({ type: 'DocumentClosed' as const });
          const { reference: _, ...number } = found;
          return ok(number);
        });
    },
    close: (series, entry) => {
      invariant(isVersion(entry.from), 'a version is whole');
      return seriesOf(series)
        .allocate('close', entry)
        .map((found) => (found === 'closed' ? undefined : found));
    },
    lookup: (series, wanted) => {
      invariant(isVersion(wanted.from), 'a version is whole');
      const { reader } = seriesOf(series);
      return new ResultAsync(findStanding(series, reader, wanted)).map((standing) => {
        const found = standing && foundAs(standing, registry.known(series));
        return found === 'closed' ? undefined : found;
      });
    },
  };
};

const findStanding = async (
  series: string,
  reader: SeriesReader,
  wanted: EntrySearch,
): Promise<Result<DocumentStanding | undefined, LoadError>> => {
  const loaded = await reader.cache();
  if (loaded.isErr()) return err(loaded.error);
  const cache = loaded.value;
  // The reading goes up to the current end, since "it has none" is an answer about the whole
  // series.
  const read = await reader.readOn(cache);
  if (read.isErr()) return err(read.error);
  const end = cache.head.position.version;
  if (wanted.from > end) return err(lostCommits(series, end, wanted.from));
  return (await reader.search(cache, wanted)).map(({ standing }) => standing);
};

/**
 * Probes whether numbers could be allocated again. A worker that may not use its own series stays
 * as it is until a person has fixed it, though the table answers. The probe reads; the one thing it
 * may add is the registration of the series.
 */
export const probeOfSeries =
  (allocator: Pick<Allocator, 'open'>, series: readonly string[], store: Probe): Probe =>
  () =>
    store().andThen(() =>
      ResultAsync.combine(series.map((name) => allocator.open(name)))
        .map(() => undefined)
        .orElse((error) =>
          error.type === 'Unavailable' || error.type === 'Misconfigured'
            ? errAsync(error)
            : okAsync(undefined),
        ),
    );

const isVersion = (from: number): boolean => Number.isSafeInteger(from) && from >= 0;

const invariant = (condition: boolean, why: string): void => {
  if (!condition) throw new Error(`Broken invariant: ${why}`);
};
