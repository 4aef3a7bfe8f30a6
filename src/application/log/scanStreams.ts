import { err, ok, Result } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type {
  CommitKey,
  CorruptStream,
  EventStore,
  LoadError,
  RecordedCommit,
  ScanPage,
} from '../ports/eventStore.ts';
import { createWholeStreams, type ScannedStream, type WholeStreams } from './wholeStreams.ts';
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
  /** The number of times that the table has throttled a page. */
  readonly throttles: number;
};

/** The position of one segment: every stream up to there was visited. */
export type SegmentPlace = { readonly after?: CommitKey; readonly ended: boolean };

export type ScanBounds = {
  /** The number of parts of the log that are read in parallel. */
  readonly segments: number;
  /** The maximum read from the log, averaged over some seconds; without it there is no limit. */
  readonly readUnitsPerSecond?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * One of several processes that read the log together: the first of four reads each fourth segment.
 */
export type ScanShare = { readonly share: number; readonly of: number };

const WHOLE: ScanShare = { share: 1, of: 1 };

const segmentsOf = (segments: number, { share, of }: ScanShare): readonly number[] =>
  Array.from({ length: segments }, (_, segment) => segment).filter(
    (segment) => segment % of === share - 1,
  );

/** The approximate number of commits; absent where it is not known. */
export type LogSize = { readonly commitsTotal?: number };

export type ScanStreamsOptions<E> = ScanBounds & {
  /** An earlier scan with as many segments; a segment that is missing starts again. */
  readonly from?: readonly SegmentPlace[];
  /** Without it this process reads every segment. */
  readonly share?: ScanShare | undefined;
  /**
   * Handles the streams of a page before the segment goes on. A failure ends the scan. A visitor
   * that waits and needs only a part of the streams takes them out of the list: nothing else keeps
   * them in memory meanwhile.
   */
  readonly visit: (streams: ScannedStream[], segment: number) => PromiseLike<Result<void, E>>;
  readonly onPage?: (segment: number, place: SegmentPlace, progress: ScanProgress) => void;
};

type ScanStreamsDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load'>;
  readonly clock: Clock;
};

/**
 * Visits every stream of the log, whole, in a scan of parallel segments. Memory is bounded by one
 * page and one stream for each segment. DynamoDB may show a stream in pieces; such a stream is
 * loaded.
 */
export const scanStreams = async <E>(
  { store, clock }: ScanStreamsDependencies,
  options: ScanStreamsOptions<E>,
): Promise<Result<ScanProgress, E | LoadError>> => {
  const { segments, share = WHOLE, from = [], onPage } = options;
  const progress = { commits: 0, streams: 0, readUnits: 0, throttles: 0 };
  // A failure in one segment stops the others at their next page.
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const rateLimit = createRateLimit(options.readUnitsPerSecond, clock);
  const onThrottled = (): void => void (progress.throttles += 1);
  const retry = createThrottlingRetry({ clock, signal, onThrottled });
  const wholeStreams = createWholeStreams((streamId) => retry(() => store.load(streamId)));
  const visiting = { wholeStreams, visit: options.visit, progress };

  const scanSegment = async (segment: number): Promise<Result<void, E | LoadError>> => {
    let place = from[segment] ?? { ended: false };
    if (place.ended) return ok();
    let unended: CommitRun = [];
    const reading = { segment, segments, rateLimit, signal, place, onThrottled };
    for await (const page of pagesOf({ store, clock }, reading)) {
      if (page.isErr()) return err(page.error);
      const { commits, corrupt, readUnits } = page.value;
      const count = commits.length;
      const runs = runsOf([...unended, ...commits]);
      // The garbage collector would copy whatever waits for the visit each time.
      commits.length = 0;
      // The next page may continue the last stream of this one.
      unended = runs.pop() ?? [];
      const end = endOf(runs);
      const visited = await visitRuns(segment, { runs, corrupt }, visiting);
      if (visited.isErr()) return visited;
      if (end !== undefined) place = { after: end, ended: false };
      progress.commits += count;
      progress.readUnits += readUnits;
      onPage?.(segment, place, { ...progress });
    }
    // A scan that was stopped may have ended in the middle of a stream.
    if (signal.aborted) return ok();
    const visited = await visitRuns(segment, { runs: [unended], corrupt: [] }, visiting);
    if (visited.isErr()) return visited;
    onPage?.(segment, { ended: true }, { ...progress });
    return ok();
  };

  const results = await Promise.all(
    segmentsOf(segments, share).map(async (segment) => {
      const result = await scanSegment(segment);
      if (result.isErr()) failed.abort();
      return result;
    }),
  );
  return Result.combine(results).map(() => progress);
};

/** Commits of one stream that follow one another in a page. */
type CommitRun = readonly RecordedCommit[];

type Visiting<E> = Pick<ScanStreamsOptions<E>, 'visit'> & {
  readonly wholeStreams: WholeStreams;
  readonly progress: { streams: number };
};

/** Makes streams of the runs of a page, which it takes out of the list, and has them visited. */
const visitRuns = async <E>(
  segment: number,
  { runs, corrupt }: { readonly runs: CommitRun[]; readonly corrupt: readonly CorruptStream[] },
  { wholeStreams, visit, progress }: Visiting<E>,
): Promise<Result<void, E | LoadError>> => {
  const visited = corrupt.flatMap((one) => wholeStreams.unreadable(one) ?? []);
  for (let run = runs.shift(); run !== undefined; run = runs.shift()) {
    const found = wholeStreams.streamOf(run);
    const stream = found instanceof Promise ? await found : ok(found);
    if (stream.isErr()) return err(stream.error);
    if (stream.value === undefined) continue;
    visited.push(stream.value);
    if (!stream.value.again) progress.streams += 1;
  }
  return visited.length === 0 ? ok() : await visit(visited, segment);
};

const runsOf = (commits: readonly RecordedCommit[]): CommitRun[] => {
  const runs: RecordedCommit[][] = [];
  for (const commit of commits) {
    const run = runs.at(-1);
    if (run?.[0]?.streamId === commit.streamId) run.push(commit);
    else runs.push([commit]);
  }
  return runs;
};

const endOf = (runs: readonly CommitRun[]): CommitKey | undefined => {
  const last = runs.at(-1)?.at(-1);
  return last && keyOf(last);
};

/**
 * The size of the log, for progress reports alone. One that cannot be read, or is not known, is
 * left out.
 */
export const sizeOf = async (
  store: Pick<EventStore, 'size'>,
  { of }: ScanShare = WHOLE,
): Promise<LogSize> =>
  (await store.size())
    .map((commits) => (commits === 0 ? {} : { commitsTotal: Math.ceil(commits / of) }))
    .unwrapOr({});

type PageRequest = {
  readonly segment: number;
  readonly segments: number;
  readonly rateLimit: RateLimit;
  readonly signal: AbortSignal;
  readonly place: SegmentPlace;
  readonly onThrottled: () => void;
};

/** The pages of one segment, within the rate limit. A throttled page is requested again later. */
async function* pagesOf(
  { store, clock }: ScanStreamsDependencies,
  { segment, segments, rateLimit, signal, place, onThrottled }: PageRequest,
): AsyncGenerator<Result<ScanPage, LoadError>, void, void> {
  let { after } = place;
  let throttles = 0;
  for (;;) {
    const scan = store.scan({ segment, segments, signal, ...(after && { after }) });
    let isRefused = false;
    let isPaid = false;
    while (!isRefused) {
      const settle = isPaid ? undefined : await rateLimit.take(PAGE_UNITS, signal);
      const next = await scan.next();
      const page = next.done === true ? undefined : next.value;
      settle?.(page?.isOk() === true ? page.value.readUnits : 0);
      isPaid = page?.isOk() === true && page.value.goesOn === true;
      if (page === undefined) return;
      if (page.isErr()) {
        if (!isThrottled(page.error) || throttles === THROTTLES_MAX) {
          yield err(page.error);
          return;
        }
        isRefused = true;
        continue;
      }
      const end = endOf([page.value.commits]);
      yield ok(page.value);
      // A page without a commit would be shown again after throttling, so that it counts as no
      // progress.
      if (end === undefined) continue;
      after = end;
      throttles = 0;
    }
    onThrottled();
    await clock.sleep(pauseMsAfter(throttles), signal);
    throttles += 1;
  }
}

const keyOf = ({ streamId, version }: RecordedCommit): CommitKey => ({ streamId, version });
