import { err, ok, ResultAsync, type Result } from 'neverthrow';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { SeriesRegistry } from '../registry/seriesRegistry.ts';
import type { Allocator, OpenError } from './allocator.ts';
import { createSeriesAllocator, type SeriesAllocator } from './seriesAllocator.ts';
import {
  createSeriesReader,
  lostCommits,
  type SeriesReader,
  type EntrySearch,
} from './seriesReader.ts';
import { createOpen, type OpenedSeries } from './open.ts';
import { printedAs } from './printed.ts';
import { createSeriesLog } from './seriesLog.ts';
import { DEFAULT_ALLOCATOR_SETTINGS, type AllocatorSettings } from './settings.ts';

type OpenSeries = {
  readonly reader: SeriesReader;
  readonly allocator: SeriesAllocator;
  readonly open: () => Promise<Result<OpenedSeries, OpenError>>;
};

/** The clerk of one process, for every series it is asked for; these are named by configuration, so few. */
export const createAllocator = ({
  store,
  ids,
  clock,
  registry,
  settings = DEFAULT_ALLOCATOR_SETTINGS,
}: {
  readonly store: EventStore;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly registry: SeriesRegistry;
  readonly settings?: AllocatorSettings;
}): Allocator => {
  const desks = new Map<string, OpenSeries>();

  const deskOf = (series: string): OpenSeries => {
    const known = desks.get(series);
    if (known !== undefined) return known;
    invariant(
      Series.isSeriesName(series),
      'a series has a name that a format can tell from the rest',
    );
    const stream = createSeriesLog(series, { store, ids });
    const reader = createSeriesReader(series, stream, settings);
    const open = createOpen(series, { reader, clock, registry, settings });
    const allocator = createSeriesAllocator(series, { stream, reader, open, clock, ids, settings });
    const desk = { reader, allocator, open };
    desks.set(series, desk);
    return desk;
  };

  const find = async (
    series: string,
    wanted: EntrySearch,
  ): Promise<Result<Series.SeriesPlace | undefined, LoadError>> => {
    const { reader } = deskOf(series);
    const warm = await reader.warm();
    if (warm.isErr()) return err(warm.error);
    const range = warm.value;
    // Up to the end as it is now: "it has none" is said of the series, not of what is remembered.
    const read = await reader.readOn(range);
    if (read.isErr()) return err(read.error);
    const end = range.tip().position.version;
    if (wanted.from > end) return err(lostCommits(series, end, wanted.from));
    const searched = await reader.search(range, wanted);
    return searched.map(({ place }) => place);
  };

  return {
    tip: (series) => deskOf(series).reader.range()?.tip().position.version ?? 0,
    warm: (series) =>
      new ResultAsync(deskOf(series).open()).andThen(({ range, refused }) => {
        const why = refused();
        return why === undefined ? ok(range.tip().position.version) : err(why);
      }),
    take: (series, entry) => {
      invariant(isVersion(entry.from), 'a version is whole');
      return deskOf(series).allocator.take(entry);
    },
    find: (series, wanted) => {
      invariant(isVersion(wanted.from), 'a version is whole');
      return new ResultAsync(find(series, wanted)).map((place) => {
        if (place === undefined) return undefined;
        const format = registry.known(series);
        const printed = format === undefined ? unprinted(place) : printedAs(place, format);
        return { ...printed, reference: place.reference };
      });
    },
  };
};

/** What a document is asked for with, where what is stored does not say how its number is printed. */
const unprinted = ({ numbered, label }: Series.SeriesPlace): Series.PrintedNumber =>
  label === '' ? numbered : { ...numbered, label };

const isVersion = (from: number): boolean => Number.isSafeInteger(from) && from >= 0;

const invariant = (condition: boolean, why: string): void => {
  if (!condition) throw new Error(`Broken invariant: ${why}`);
};
