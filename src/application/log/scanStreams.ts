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
import { createWholeStreams, type ScannedStream } from './wholeStreams.ts';
import {
  createRateLimit,
  PAGE_UNITS,
  type RateLimit,
  createThrottlingRetry,
  isThrottled,
  pauseMsAfter,
  THROTTLES_MAX,
} from './rateLimit.ts';

export type { ScannedStream };

export type ScanProgress = {
  readonly commits: number;
  readonly streams: number;
  readonly readUnits: number;
  /** How often the table has throttled a page. */
  readonly throttles: number;
};

/** The position of one segment: every stream up to there was visited. */
export type SegmentPlace = { readonly after?: CommitKey; readonly ended: boolean };

export type ScanStreamsOptions<E> = {
  /** The number of parts of the log that are read in parallel. */
  readonly segments: number;
  /**
   * The positions of an earlier scan with the same number of segments. A segment without one starts
   * from the beginning.
   */
  readonly from?: readonly SegmentPlace[];
  /**
   * The maximum that is read from the log, averaged over a few seconds; without it there is no
   * limit.
   */
  readonly readUnitsPerSecond?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Handles the streams of a page before the segment continues. The first failure ends the scan.
   */
  readonly visit: (streams: readonly ScannedStream[], segment: number) => Promise<Result<void, E>>;
  /** After each page that was visited. */
  readonly onPage?: (segment: number, place: SegmentPlace, progress: ScanProgress) => void;
};

type ScanStreamsDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load'>;
  readonly clock: Clock;
};

/**
 * Every stream of the log, whole, from a scan in parallel segments. Memory is bounded by one page
 * and one stream for each segment. DynamoDB may show a stream in pieces; such a stream is loaded.
 */
export const scanStreams = async <E>(
  { store, clock }: ScanStreamsDependencies,
  options: ScanStreamsOptions<E>,
): Promise<Result<ScanProgress, E | LoadError>> => {
  const { segments, from = [], visit, onPage } = options;
  const progress = { commits: 0, streams: 0, readUnits: 0, throttles: 0 };
  // A failure in one segment stops the others at their next page.
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const rateLimit = createRateLimit(options.readUnitsPerSecond, clock);
  const retry = createThrottlingRetry({
    clock,
    signal,
    onThrottled: () => (progress.throttles += 1),
  });
  const { streamOf, unreadable } = createWholeStreams((streamId) =>
    retry(() => store.load(streamId)),
  );

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
    // A scan that was stopped may have ended in the middle of a stream.
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

/** The pages of one segment, within the rate limit. A throttled page is requested again later. */
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
      // A page without a commit would be shown again after throttling, so that it counts as no
      // progress.
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
