import { err, ok, type Result } from 'neverthrow';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, CorruptStream, LoadError } from '../ports/eventStore.ts';
import type { Misconfiguration } from '../ports/failures.ts';
import type { SeriesRegistry } from '../registry/seriesRegistry.ts';
import { createSeriesCache, type SeriesCache } from './cache.ts';
import {
  seriesStreamId,
  standingsIn,
  type DocumentStanding,
  type SeriesCommit,
  type SeriesHead,
  type SeriesLog,
} from './seriesLog.ts';
import type { AllocatorSettings } from './settings.ts';

/** A number that a document has, which is evidence that the money was seen to move (R8). */
export type FoundNumber = Series.PrintedNumber & { readonly reference: string };

/** Opening a series appends nothing that could lose a race. */
export type OpenError = Exclude<AppendError | LoadError, { readonly type: 'Conflict' }>;

/** The bound of one reading: far more commits than a series ever has. */
const PAGES_MAX = 100_000;

/** A document, and a version of its series up to which it has no number. */
export type EntrySearch = { readonly id: string; readonly from: number };

/** `standing`, or nothing in all commits up to the version `upTo`. */
export type EntrySearchResult = {
  readonly standing: DocumentStanding | undefined;
  readonly upTo: number;
};

export type OpenedSeries = {
  readonly cache: SeriesCache;
  readonly format: Series.NumberFormat;
  /** The reason why no number may follow the current head, by the clock of this moment. */
  readonly refused: () => Misconfiguration | CorruptStream | undefined;
};

/** Reads one series for this process, and remembers what it has read. */
export type SeriesReader = {
  /** The last version known to be durable, 0 before anything was read. */
  readonly head: number;
  /** Reads where the series ends and the format of its numbers, each of them once. */
  open(): Promise<Result<OpenedSeries, OpenError>>;
  /** The opened series, if it was opened before: a registration is for ever. */
  opened(): OpenedSeries | undefined;
  /** The cache. It begins at the end of the series at the first call (C1). */
  cache(): Promise<Result<SeriesCache, LoadError>>;
  readOn(cache: SeriesCache): Promise<Result<void, LoadError>>;
  /** C3: searches behind `from`, and reads the commits that are older than the cache. */
  search(cache: SeriesCache, wanted: EntrySearch): Promise<Result<EntrySearchResult, LoadError>>;
};

type Reading = {
  readonly series: string;
  readonly log: Pick<SeriesLog, 'head' | 'page'>;
  readonly settings: Pick<AllocatorSettings, 'rememberedMax' | 'pageCommitsMax' | 'skewMaxMs'>;
};

export const createSeriesReader = (
  series: string,
  {
    registry,
    clock,
    ...ways
  }: Omit<Reading, 'series'> & {
    readonly registry: SeriesRegistry;
    readonly clock: Pick<Clock, 'now'>;
  },
): SeriesReader => {
  const reading = { series, ...ways };
  const { log, settings } = ways;
  let known: SeriesCache | undefined;
  let opened: OpenedSeries | undefined;
  let beginning: Promise<Result<SeriesCache, LoadError>> | undefined;
  let searching: Promise<unknown> = Promise.resolve();

  const beginAtEnd = async (): Promise<Result<SeriesCache, LoadError>> => {
    const head = await log.head();
    return head.map((start) => (known = createSeriesCache(series, start, settings.rememberedMax)));
  };
  const cache = (): Promise<Result<SeriesCache, LoadError>> =>
    known === undefined
      ? (beginning ??= beginAtEnd().finally(() => (beginning = undefined)))
      : Promise.resolve(ok(known));

  return {
    get head() {
      return known?.head.position.version ?? 0;
    },
    cache,
    open: async () => {
      const [loaded, format] = await Promise.all([cache(), registry.formatOf(series)]);
      if (loaded.isErr()) return err(loaded.error);
      if (format.isErr()) return err(format.error);
      const parts = { cache: loaded.value, format: format.value };
      const registered = Series.textOf(format.value);
      const isOurs = registry.isOurs(series);
      const refused = () => refusal(reading, parts.cache, { now: clock.now(), isOurs, registered });
      opened = { ...parts, refused };
      return ok(opened);
    },
    opened: () => opened,
    readOn: (into) => readOn(reading, into),
    search: (into, wanted) => {
      // The searches run one after the other: the commits that one reads, the next need not read
      // again.
      const turn = searching.then(() => readBack(reading, into, wanted));
      searching = turn.catch(() => undefined);
      return turn;
    },
  };
};

const refusal = (
  { series, settings: { skewMaxMs } }: Reading,
  { head }: Pick<SeriesCache, 'head'>,
  {
    now,
    isOurs,
    registered,
  }: { readonly now: number; readonly isOurs: boolean; readonly registered: string },
): Misconfiguration | CorruptStream | undefined => {
  const { version } = head.position;
  if (head.state.format !== '' && head.state.format !== registered) {
    const why = `is printed as ${head.state.format}, and registered as ${registered}`;
    return corruptSeries(series, version, why);
  }
  if (!Series.isAhead(head.state, { now, skewMaxMs })) return undefined;
  const cause = aheadText(series, head, now);
  // Without its own series a worker can do nothing; another one is the trouble of the orders in it.
  return isOurs
    ? { type: 'Misconfigured', dependency: 'EventStore', cause }
    : corruptSeries(series, version, cause);
};

const readOn = async (
  { series, log, settings: { pageCommitsMax } }: Reading,
  cache: SeriesCache,
): Promise<Result<void, LoadError>> => {
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await log.page(cache.head.position.version, pageCommitsMax);
    if (page.isErr()) return err(page.error);
    for (const commit of page.value) {
      const absorbed = cache.absorb(commit);
      if (absorbed.isErr()) return err(absorbed.error);
    }
    if (page.value.length < pageCommitsMax) return ok();
  }
  return err(corruptSeries(series, cache.head.position.version, TOO_LONG));
};

const TOO_LONG = `goes on after ${PAGES_MAX} pages`;

const readBack = async (
  { series, log, settings: { pageCommitsMax } }: Reading,
  cache: SeriesCache,
  { id, from }: EntrySearch,
): Promise<Result<EntrySearchResult, LoadError>> => {
  const older: SeriesCommit[] = [];
  let hasRoom = true;
  let found: DocumentStanding | undefined;
  let last: Pick<SeriesCommit, 'version' | 'hash'> = { version: from, hash: '' };
  const corrupt = (version: number, why: string) => err(corruptSeries(series, version, why));
  // The cache may forget its oldest entries meanwhile, so that the end of this reading moves on.
  for (let pages = 0; last.version < cache.lo(); pages += 1) {
    if (pages === PAGES_MAX) return corrupt(last.version, TOO_LONG);
    const page = await log.page(last.version, pageCommitsMax);
    if (page.isErr()) return err(page.error);
    const [first] = page.value;
    if (first === undefined) return corrupt(last.version, 'what was behind it is gone');
    if (last.hash !== '' && first.previousHash !== last.hash) {
      return corrupt(first.version, 'is not chained to the commit before it');
    }
    found ??= page.value
      .flatMap((commit) => standingsIn(series, commit))
      .find(([about]) => about === id)?.[1];
    hasRoom &&= older.length + page.value.length <= cache.room();
    if (hasRoom) older.push(...page.value);
    else if (found !== undefined) break;
    last = page.value.at(-1) ?? last;
  }
  if (hasRoom) cache.adopt(from, older);
  return ok({ standing: found ?? cache.find(id), upTo: cache.head.position.version });
};

const corruptSeries = (series: string, version: number, why: string): CorruptStream => ({
  type: 'CorruptStream',
  streamId: seriesStreamId(series),
  version,
  why,
});

/**
 * `from` was the durable end of the series once. A log that lost commits, such as one restored from
 * a backup, must give out no numbers: they would be given twice.
 */
export const lostCommits = (series: string, end: number, from: number): CorruptStream =>
  corruptSeries(series, end, `ends here, and had a version ${from}`);

/** The text for an alarm and for the doctor. A date is for ever: only a new series helps. */
export const aheadText = (series: string, { state, position }: SeriesHead, now: number): string =>
  `the series ${series} ends at ${new Date(state.date).toISOString()} ` +
  `(version ${position.version}), and this clock says ${new Date(now).toISOString()}: ` +
  'set this clock, or give documents a series with a new name ' +
  'if it was the other clock that was wrong';

/**
 * A number as its document has to show it: as its own commit says or, where that was stored before
 * commits did, as its series was registered since. Without either it has no label.
 */
export const foundAs = (
  standing: DocumentStanding,
  format: Series.NumberFormat | undefined,
): FoundNumber | 'closed' =>
  standing === 'closed'
    ? 'closed'
    : { ...printedAs(standing, format), reference: standing.reference };

const printedAs = (
  { numbered, label }: Series.SeriesPlace,
  format: Series.NumberFormat | undefined,
): Series.PrintedNumber => {
  if (label !== '') return { ...numbered, label };
  return format === undefined
    ? numbered
    : { ...numbered, label: Series.formatNumber(format, numbered) };
};
