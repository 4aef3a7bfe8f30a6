import { err, ok, type Result } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type {
  CommitKey,
  CorruptStream,
  EventStore,
  LoadError,
  RecordedCommit,
  ScanPage,
} from '../ports/eventStore.ts';
import { createRateLimit, PAGE_UNITS, type RateLimit } from './rateLimit.ts';
import {
  createThrottlingRetry,
  isThrottled,
  pauseMsAfter,
  THROTTLES_MAX,
} from './retryThrottled.ts';

/** One stream as a scan of the log has shown it. */
export type ScannedStream = {
  /** As it is in the table, which need not be one of this system's. */
  readonly streamId: string;
  /**
   * From its first commit on: in order, contiguous, chained. None where it cannot be read. A scan has no
   * snapshot, so that what was appended meanwhile may be missing.
   */
  readonly commits: readonly RecordedCommit[];
  /** Why it cannot be read; nothing may be decided from it then. Told once for each stream. */
  readonly corrupt?: CorruptStream;
  /** It was loaded since the scan shows it in pieces, and this is not the piece that counts. */
  readonly again: boolean;
};

export type ScanProgress = {
  readonly commits: number;
  readonly streams: number;
  readonly readUnits: number;
  /** How often the table refused a page since it was asked for too much. */
  readonly throttles: number;
};

/** Where one segment has come to: every stream up to there was visited. */
export type SegmentPlace = { readonly after?: CommitKey; readonly ended: boolean };

export type ScanStreamsOptions<E> = {
  /** Parts of the log that are read side by side. */
  readonly segments: number;
  /** Where an earlier scan of as many segments had come to; a segment that is not named begins. */
  readonly from?: readonly SegmentPlace[];
  /** At most so much is read of the log, on the average of a few seconds; without it as fast as it goes. */
  readonly readUnitsPerSecond?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is done with the streams of a page, before the segment goes on. The first failure ends all. */
  readonly visit: (streams: readonly ScannedStream[], segment: number) => Promise<Result<void, E>>;
  /** After each page that was visited. */
  readonly onPage?: (segment: number, place: SegmentPlace, progress: ScanProgress) => void;
};

type ScanStreamsDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load'>;
  readonly clock: Clock;
};

/** Streams that are known to be unreadable, so that each is told once: some MB at most. */
const CORRUPT_IDS_MAX = 100_000;

/**
 * Every stream of the log, whole, from a scan in parallel segments. Memory is bounded by one page and one
 * stream for each segment. A stream that the scan shows in pieces, which DynamoDB may do, is loaded.
 */
export const scanStreams = async <E>(
  { store, clock }: ScanStreamsDependencies,
  options: ScanStreamsOptions<E>,
): Promise<Result<ScanProgress, E | LoadError>> => {
  const { segments, from = [], visit, onPage } = options;
  const progress = { commits: 0, streams: 0, readUnits: 0, throttles: 0 };
  // One segment's failure stops the others at their next page.
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const rateLimit = createRateLimit(options.readUnitsPerSecond, clock);
  const retry = createThrottlingRetry({
    clock,
    signal,
    onThrottled: () => (progress.throttles += 1),
  });
  const corruptIds = new Set<string>();

  const unreadable = (corrupt: CorruptStream): readonly ScannedStream[] => {
    const { streamId } = corrupt;
    if (corruptIds.has(streamId)) return [];
    const [oldest] = corruptIds;
    if (corruptIds.size === CORRUPT_IDS_MAX && oldest !== undefined) corruptIds.delete(oldest);
    corruptIds.add(streamId);
    return [{ streamId, commits: [], corrupt, again: false }];
  };

  const streamOf = async (
    group: readonly RecordedCommit[],
  ): Promise<Result<readonly ScannedStream[], LoadError>> => {
    const [first] = group;
    if (first === undefined) return ok([]);
    const { streamId } = first;
    // What is before its damaged item looks whole, and is not all there was.
    if (corruptIds.has(streamId)) return ok([]);
    if (isWhole(group)) return ok([{ streamId, commits: group, again: false }]);
    const loaded = await retry(() => store.load(streamId));
    if (loaded.isErr()) {
      return loaded.error.type === 'CorruptStream'
        ? ok(unreadable(loaded.error))
        : err(loaded.error);
    }
    const again = group.every(({ version }) => version !== 1);
    return ok([{ streamId, commits: loaded.value.commits, again }]);
  };

  const scanSegment = async (segment: number): Promise<Result<void, E | LoadError>> => {
    let place = from[segment] ?? { ended: false };
    if (place.ended) return ok();
    let group: RecordedCommit[] = [];

    const visitAll = async (
      groups: readonly (readonly RecordedCommit[])[],
      corrupt: readonly CorruptStream[],
    ): Promise<Result<void, E | LoadError>> => {
      const visited: ScannedStream[] = corrupt.flatMap(unreadable);
      for (const one of groups) {
        const stream = await streamOf(one);
        if (stream.isErr()) return err(stream.error);
        visited.push(...stream.value);
      }
      progress.streams += visited.filter(({ again }) => !again).length;
      return visited.length === 0 ? ok() : visit(visited, segment);
    };

    const pages = pagesOf({ store, clock }, { segment, segments, rateLimit, signal, place });
    for await (const page of pages) {
      if (page.isErr()) return err(page.error);
      if ('throttled' in page.value) {
        progress.throttles += 1;
        continue;
      }
      const { commits, corrupt, readUnits } = page.value;
      const ended: RecordedCommit[][] = [];
      for (const commit of commits) {
        if (group.length > 0 && group[0]?.streamId !== commit.streamId) {
          ended.push(group);
          group = [];
        }
        group.push(commit);
      }
      const visited = await visitAll(ended, corrupt);
      if (visited.isErr()) return visited;
      const last = ended.at(-1)?.at(-1);
      if (last !== undefined) place = { after: keyOf(last), ended: false };
      progress.commits += commits.length;
      progress.readUnits += readUnits;
      onPage?.(segment, place, { ...progress });
    }
    // A scan that was told to stop may have ended in the middle of a stream.
    if (signal.aborted) return ok();
    const visited = await visitAll([group], []);
    if (visited.isErr()) return visited;
    onPage?.(segment, { ended: true }, { ...progress });
    return ok();
  };

  const results = await Promise.all(
    Array.from({ length: segments }, async (_, segment) => {
      const result = await scanSegment(segment);
      if (result.isErr()) failed.abort();
      return result;
    }),
  );
  const broken = results.find((result) => result.isErr());
  return broken?.isErr() ? err(broken.error) : ok(progress);
};

type PageRequest = {
  readonly segment: number;
  readonly segments: number;
  readonly rateLimit: RateLimit;
  readonly signal: AbortSignal;
  readonly place: SegmentPlace;
};

/** The pages of one segment, no faster than the pace. What is throttled is asked for again, later. */
async function* pagesOf(
  { store, clock }: ScanStreamsDependencies,
  { segment, segments, rateLimit, signal, place }: PageRequest,
): AsyncGenerator<Result<ScanPage | { readonly throttled: true }, LoadError>, void, void> {
  let { after } = place;
  let throttles = 0;
  for (;;) {
    const scan = store.scan({ segment, segments, signal, ...(after && { after }) });
    let isRefused = false;
    while (!isRefused) {
      const settle = await rateLimit.take(PAGE_UNITS, signal);
      const next = await scan.next();
      const page = next.done === true ? undefined : next.value;
      settle(page?.isOk() === true ? page.value.readUnits : 0);
      if (page === undefined) return;
      if (page.isErr()) {
        if (!isThrottled(page.error) || throttles === THROTTLES_MAX) {
          yield err(page.error);
          return;
        }
        isRefused = true;
        continue;
      }
      yield ok(page.value);
      const last = page.value.commits.at(-1);
      // A page without a commit is shown again after a refusal, so that it is no step forward.
      if (last === undefined) continue;
      after = keyOf(last);
      throttles = 0;
    }
    yield ok({ throttled: true });
    await clock.sleep(pauseMsAfter(throttles), signal);
    throttles += 1;
  }
}

const keyOf = ({ streamId, version }: RecordedCommit): CommitKey => ({ streamId, version });

const isWhole = (commits: readonly RecordedCommit[]): boolean =>
  commits.every(({ version, previousHash }, index) => {
    const before = commits[index - 1];
    return before === undefined
      ? version === 1
      : version === before.version + before.events.length && previousHash === before.hash;
  });
