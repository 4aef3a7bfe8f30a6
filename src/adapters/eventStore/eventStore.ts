import { err, errAsync, ok, type Result, ResultAsync } from 'neverthrow';
import { checkClock, type Clock } from '../../application/ports/clock.ts';
import {
  type Commit,
  type CorruptStream,
  type EventStore,
  type LoadedStream,
  type LoadError,
  type LoadOptions,
  type RecordedCommit,
  type ScanOptions,
  type ScanPage,
  type ScanResult,
  STREAM_START,
  type StreamId,
  type StreamPosition,
} from '../../application/ports/eventStore.ts';
import { appendItem } from './append.ts';
import { type CommitTable, ITEM_BYTES_MAX, type ReadItem, type TablePage } from './commitTable.ts';
import {
  itemBytes,
  corruptItem,
  decodeCommit,
  encodeCommit,
  hashIn,
  positionAfter,
} from './storedCommit.ts';

/** 1 GB; an order has some KB. It bounds the read of a table that never reports the end. */
const STREAM_PAGES_MAX = 1_000;
/** Commits that are handled together: a request for the rows of their orders is full enough. */
const PART_MAX = 400;

/** The event log over any table that inserts and reads: its rules, once for all technologies. */
export const createEventStore = (
  table: CommitTable,
  clock: Pick<Clock, 'now' | 'check'>,
): EventStore => ({
  append: (streamId, after, commit) => {
    assertAppendable(streamId, after, commit);
    const checked = checkClock(clock);
    if (checked.isErr()) return errAsync(checked.error);
    const committedAt = clock.now();
    const item = encodeCommit(streamId, after, commit, committedAt);
    const bytes = itemBytes(item);
    if (bytes > ITEM_BYTES_MAX) return errAsync({ type: 'CommitTooLarge', streamId, bytes });
    const version = after.version + commit.events.length;
    const appended = { version, hash: hashIn(item), committedAt };
    return new ResultAsync(appendItem(table, { streamId, item, appended }));
  },
  load: (streamId, options = {}) => new ResultAsync(loadStream(table, streamId, options)),
  head: (streamId) =>
    table
      .readLast(streamId)
      .andThen((item) => (item === undefined ? ok(undefined) : decodeCommit(item))),
  scan: (options) => scanSegment(table, options),
  size: () => table.size(),
});

const loadStream = async (
  table: CommitTable,
  streamId: StreamId,
  { after = 0, commitsMax }: LoadOptions,
): Promise<Result<LoadedStream, LoadError>> => {
  const commits: RecordedCommit[] = [];
  let position: StreamPosition = { ...STREAM_START, version: after };
  let from = after + 1;
  for (let pages = 0; pages < STREAM_PAGES_MAX; pages++) {
    const itemsMax = commitsMax === undefined ? undefined : commitsMax - commits.length;
    const page = await table.readPage(streamId, from, itemsMax);
    if (page.isErr()) return err(page.error);
    for (const item of page.value.items) {
      const commit = decodeNext(item, position);
      if (commit.isErr()) return err(commit.error);
      commits.push(commit.value);
      position = positionAfter(commit.value);
    }
    if (page.value.nextFrom === undefined || commits.length === commitsMax) {
      return ok({ commits, position });
    }
    from = page.value.nextFrom;
  }
  const why = `the stream goes on after ${STREAM_PAGES_MAX} pages`;
  return err({ type: 'CorruptStream', streamId, version: from, why });
};

/** Each commit follows without a gap, and is chained to a hash that covers the stream's name. */
const decodeNext = (
  item: ReadItem,
  position: StreamPosition,
): Result<RecordedCommit, CorruptStream> =>
  decodeCommit(item).andThen((commit) => {
    if (commit.version !== position.version + 1) {
      const fault = commit.version > position.version ? 'gap' : 'overlap';
      return err(corruptItem(item, `follows version ${position.version}`, { fault }));
    }
    // If the read began in the middle of a stream, the commit before the first one is not known.
    const isChained =
      commit.previousHash === position.hash || (position.hash === '' && position.version > 0);
    return isChained
      ? ok(commit)
      : err(corruptItem(item, 'is not chained to the commit before it', { fault: 'chain' }));
  });

async function* scanSegment(
  table: CommitTable,
  options: ScanOptions,
): AsyncGenerator<ScanResult, void, void> {
  const isAborted = (): boolean => options.signal?.aborted === true;
  let { after } = options;
  do {
    if (isAborted()) return;
    const asked = after === undefined ? options : { ...options, after };
    const page = await table.scanPage(asked);
    if (isAborted()) return;
    if (page.isErr()) {
      yield err(page.error);
      return;
    }
    after = page.value.next;
    for (const part of partsOf(page.value)) {
      yield ok(part);
      if (isAborted()) return;
    }
  } while (after !== undefined);
}

/**
 * Splits a page into parts. The garbage collector copies what is alive while a part is handled, and
 * for a whole page that takes as long as to decode it.
 */
function* partsOf({ items, readUnits }: TablePage): Generator<ScanPage, void, void> {
  let commits: RecordedCommit[] = [];
  let corrupt: CorruptStream[] = [];
  let unpaid = readUnits;
  for (const item of items) {
    if (commits.length + corrupt.length === PART_MAX) {
      yield { commits, corrupt, readUnits: unpaid, goesOn: true };
      commits = [];
      corrupt = [];
      unpaid = 0;
    }
    const commit = decodeCommit(item);
    if (commit.isOk()) commits.push(commit.value);
    else corrupt.push(commit.error);
  }
  if (commits.length + corrupt.length > 0) yield { commits, corrupt, readUnits: unpaid };
}

/**
 * Refuses mistakes that a faulty program could make, and that would then be in the log for ever.
 */
const assertAppendable = (streamId: StreamId, after: StreamPosition, commit: Commit): void => {
  const { commitId, idempotencyKey, correlationId, causationId } = commit;
  const texts = [streamId, commitId, idempotencyKey, correlationId, causationId];
  // UTF-8 cannot carry half a surrogate pair: what is read back would fail its hash.
  invariant(
    texts.every((text) => text.isWellFormed()),
    'texts are well-formed',
  );
  invariant(Number.isSafeInteger(after.version) && after.version >= 0, 'a version is whole');
  const hashPattern = after.version === 0 ? /^$/ : /^[0-9a-f]{64}$/;
  invariant(hashPattern.test(after.hash), 'a position has the hash of its commit');
};

const invariant = (condition: boolean, why: string): void => {
  if (!condition) throw new Error(`Broken invariant: ${why}`);
};
