import { err, ok, type Result } from 'neverthrow';
import type * as Series from '../../domain/series/index.ts';
import type { CorruptStream, LoadError } from '../ports/eventStore.ts';
import { createSeriesCache, type SeriesCache } from './cache.ts';
import { placesIn, seriesStreamId, type SeriesCommit, type SeriesLog } from './seriesLog.ts';
import type { AllocatorSettings } from './settings.ts';

/** At most so many pages in one go: far more commits than a series ever has. */
const PAGES_MAX = 100_000;

/** A document and a version of its series: behind that it may have a number, up to it surely none. */
export type EntrySearch = { readonly id: string; readonly from: number };

/** `place`, or nothing in all commits up to the version `upTo`. */
export type EntrySearchResult = {
  readonly place: Series.SeriesPlace | undefined;
  readonly upTo: number;
};

export type SeriesReader = {
  /** What is remembered, once something is. */
  range(): SeriesCache | undefined;
  /** What is remembered; where that is nothing yet, it begins at the tip as it is now (C1). */
  warm(): Promise<Result<SeriesCache, LoadError>>;
  /** Remembers what was appended since, up to the end. */
  readOn(range: SeriesCache): Promise<Result<void, LoadError>>;
  /** C3: searches behind `from`, and reads for it what is older than what is remembered. */
  search(range: SeriesCache, wanted: EntrySearch): Promise<Result<EntrySearchResult, LoadError>>;
};

export const createSeriesReader = (
  series: string,
  stream: SeriesLog,
  settings: Pick<AllocatorSettings, 'rememberedMax' | 'pageCommitsMax'>,
): SeriesReader => {
  let remembered: SeriesCache | undefined;
  let warming: Promise<Result<SeriesCache, LoadError>> | undefined;
  let searching: Promise<unknown> = Promise.resolve();

  const corrupt = (version: number, why: string) =>
    err({ type: 'CorruptStream' as const, streamId: seriesStreamId(series), version, why });

  const beginAtTip = async (): Promise<Result<SeriesCache, LoadError>> => {
    const tip = await stream.tip();
    return tip.map(
      (known) => (remembered = createSeriesCache(series, known, settings.rememberedMax)),
    );
  };

  const readOn: SeriesReader['readOn'] = async (range) => {
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const page = await stream.page(range.tip().position.version, settings.pageCommitsMax);
      if (page.isErr()) return err(page.error);
      for (const commit of page.value) {
        const absorbed = range.absorb(commit);
        if (absorbed.isErr()) return err(absorbed.error);
      }
      if (page.value.length < settings.pageCommitsMax) return ok();
    }
    return corrupt(range.tip().position.version, `goes on after ${PAGES_MAX} pages`);
  };

  const readBack: SeriesReader['search'] = async (range, { id, from }) => {
    const older: SeriesCommit[] = [];
    let hasRoom = true;
    let found: Series.SeriesPlace | undefined;
    let last: Pick<SeriesCommit, 'version' | 'hash'> = { version: from, hash: '' };
    // The oldest may be forgotten meanwhile, so that the end of this reading moves on.
    for (let pages = 0; last.version < range.lo(); pages += 1) {
      if (pages === PAGES_MAX) return corrupt(last.version, `goes on after ${PAGES_MAX} pages`);
      const page = await stream.page(last.version, settings.pageCommitsMax);
      if (page.isErr()) return err(page.error);
      const [first] = page.value;
      if (first === undefined) return corrupt(last.version, 'what was behind it is gone');
      if (last.hash !== '' && first.previousHash !== last.hash) {
        return corrupt(first.version, 'is not chained to the commit before it');
      }
      found ??= page.value.flatMap((commit) => placesIn(series, commit)).find((at) => at.id === id);
      hasRoom &&= older.length + page.value.length <= range.room();
      if (hasRoom) older.push(...page.value);
      else if (found !== undefined) break;
      last = page.value.at(-1) ?? last;
    }
    if (hasRoom) range.adopt(from, older);
    return ok({ place: found ?? range.find(id), upTo: range.tip().position.version });
  };

  return {
    range: () => remembered,
    warm: () =>
      remembered === undefined
        ? (warming ??= beginAtTip().finally(() => (warming = undefined)))
        : Promise.resolve(ok(remembered)),
    readOn,
    search: (range, wanted) => {
      // One after the other: what one has read, the next often need not read again.
      const turn = searching.then(() => readBack(range, wanted));
      searching = turn.catch(() => undefined);
      return turn;
    },
  };
};

/**
 * `from` was the durable end of the series once. A log that lost commits, such as one restored from a backup,
 * must give out no numbers: they would be given twice.
 */
export const lostCommits = (series: string, end: number, from: number): CorruptStream => ({
  type: 'CorruptStream',
  streamId: seriesStreamId(series),
  version: end,
  why: `ends here, and had a version ${from}`,
});
