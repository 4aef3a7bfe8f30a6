import { err, ok, type Result } from 'neverthrow';
import * as Series from '../../domain/series/index.ts';
import type { CorruptStream } from '../ports/eventStore.ts';
import {
  seriesStreamId,
  headAfter,
  standingsIn,
  type DocumentStanding,
  type SeriesCommit,
  type SeriesHead,
} from './seriesLog.ts';

/**
 * The entries of one series that one allocator remembers: those of every commit behind `lo`, up to
 * the head. It holds nothing that is not durable, and no commit between the two is missing (C1).
 */
export type SeriesCache = {
  /** The version behind which everything is remembered; older commits must be read. */
  lo(): number;
  readonly head: SeriesHead;
  find(id: string): DocumentStanding | undefined;
  /** Adds a commit at the end. One that is remembered already changes nothing. */
  absorb(commit: SeriesCommit): Result<void, CorruptStream>;
  /** Adds the commits behind `from` up to `lo`, if there is room for all of them. */
  adopt(from: number, commits: readonly SeriesCommit[]): void;
  room(): number;
};

export const createSeriesCache = (
  series: string,
  start: SeriesHead,
  entriesMax: number,
): SeriesCache => {
  let lo = start.position.version;
  let head = start;
  let commits: SeriesCommit[] = [];
  /**
   * Commits by the ids of their documents. Few documents are ever asked for; their entries are read
   * then.
   */
  const byDocument = new Map<string, SeriesCommit>();

  const remember = (commit: SeriesCommit): void => {
    for (const { id } of Series.entriesOf(commit.event)) byDocument.set(id, commit);
  };

  /** Forgets half at once, so that forgetting costs little for each entry. */
  const forget = (): void => {
    let count = 0;
    for (const { version, event } of commits) {
      if (byDocument.size <= entriesMax / 2) break;
      for (const { id } of Series.entriesOf(event)) byDocument.delete(id);
      lo = version;
      count += 1;
    }
    commits = commits.slice(count);
  };

  return {
    lo: () => lo,
    get head() {
      return head;
    },
    find: (id) => {
      const commit = byDocument.get(id);
      return commit && new Map(standingsIn(series, commit)).get(id);
    },
    room: () => entriesMax - byDocument.size,
    absorb: (commit) => {
      if (commit.version <= head.position.version) return ok();
      const why = contradiction(head, commit);
      if (why !== undefined) {
        const streamId = seriesStreamId(series);
        return err({ type: 'CorruptStream', streamId, version: commit.version, why });
      }
      remember(commit);
      head = headAfter(commit);
      commits.push(commit);
      if (byDocument.size > entriesMax) forget();
      return ok();
    },
    adopt: (from, older) => {
      // During the reading, others may have been adopted, or the oldest forgotten.
      const missing = older.filter(({ version }) => version <= lo);
      if (missing.length !== lo - from || entriesIn(missing) > entriesMax - byDocument.size) return;
      for (const commit of missing) remember(commit);
      commits = [...missing, ...commits];
      lo = from;
    },
  };
};

const entriesIn = (commits: readonly SeriesCommit[]): number =>
  commits.reduce((sum, { event }) => sum + Series.entriesOf(event).length, 0);

/**
 * The contradiction in a commit, which only a faulty allocator, or another hand, can have written.
 * No number follows it.
 */
const contradiction = (head: SeriesHead, commit: SeriesCommit): string | undefined => {
  const { version, hash } = head.position;
  if (commit.version !== version + 1) return `follows version ${version}`;
  if (commit.previousHash !== hash) return 'is not chained to the commit before it';
  return Series.continues(head.state, commit.event)
    ? undefined
    : 'does not continue the numbers, dates and print before it';
};
