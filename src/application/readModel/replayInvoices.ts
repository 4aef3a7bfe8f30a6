import { err, ok, type Result } from 'neverthrow';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import { createThrottlingRetry, createRateLimit, type ThrottlingRetry } from '../log/rateLimit.ts';
import {
  NO_COUNTS,
  sumCounts,
  type ReplayCounts,
  type ReplayDependencies,
  type ReplayError,
  type ReplayOptions,
  type ReplayProgress,
} from './replayCounts.ts';
import { scanStreams, sizeOf } from '../log/scanStreams.ts';
import type { RecordedCommit } from '../ports/eventStore.ts';
import { orderStreamId } from '../log/eventStreams.ts';
import { expectedRow } from './invoiceRow.ts';
import { createCompareRow } from './compareRow.ts';
import { createReplayPage } from './replayPage.ts';

export type { ReplayDependencies, ReplayError, ReplayOptions, ReplayProgress };

/**
 * Rebuilds the invoice read model from the events alone. Each row is guarded by its version, so
 * that this can run during live traffic, any number of times. Memory is bounded by one page for
 * each segment.
 */
export const createReplayInvoices =
  (dependencies: ReplayDependencies) =>
  async (options: ReplayOptions): Promise<Result<ReplayProgress, ReplayError>> => {
    const { store, clock } = dependencies;
    const { segments, share, from, signal, readUnitsPerSecond } = options;
    const places = Array.from(
      { length: segments },
      (_, segment) => from?.segments[segment] ?? { place: { ended: false }, counts: NO_COUNTS },
    );
    // The counts up to the last stream that was visited; `places` only advances when a page is
    // complete.
    const counted = places.map(({ counts }) => counts);
    const count = (segment: number, more: Partial<ReplayCounts>): void => {
      counted[segment] = sumCounts([counted[segment] ?? NO_COUNTS, more]);
    };
    const { readUnits: readBefore, throttles: throttlesBefore } = from ?? NO_COST;
    let cost = { readUnits: readBefore, throttles: throttlesBefore };
    let throttled = 0;
    const retry = createThrottlingRetry({ clock, signal, onThrottled: () => (throttled += 1) });
    const size = await sizeOf(store, share);
    const progress = (): ReplayProgress => ({
      ...sumCounts(counted),
      ...cost,
      ...size,
    });
    const withRetry = { ...dependencies, retry };
    const replayPage = createReplayPage(withRetry, options);

    const scanned = await scanStreams(
      { store, clock },
      {
        segments,
        share,
        from: places.map(({ place }) => place),
        readUnitsPerSecond,
        signal,
        visit: async (streams, segment) =>
          (await replayPage(streams)).map((more) => count(segment, more)),
        onPage: (segment, place, { readUnits, throttles }) => {
          cost = {
            readUnits: readBefore + readUnits,
            throttles: throttlesBefore + throttles + throttled,
          };
          places[segment] = { place, counts: counted[segment] ?? NO_COUNTS };
          options.onProgress?.(progress());
          options.onPlace?.({ segments: [...places], ...cost });
        },
      },
    );
    if (scanned.isErr()) return err(scanned.error);
    // The rows are not in segments, so that one process looks through all of them.
    if (options.dryRun && (share?.share ?? 1) === 1) {
      const found = await findUnfounded(withRetry, options);
      if (found.isErr()) return err(found.error);
      count(0, found.value);
    }
    return ok(progress());
  };

const NO_COST = { readUnits: 0, throttles: 0 };

/** One strongly consistent read unit. An order's stream is rarely larger. */
const UNIT_BYTES = 4_096;

/** Finds rows without an event: reads each row's stream, and keeps none. */
const findUnfounded = async (
  dependencies: ReplayDependencies & { readonly retry: ThrottlingRetry },
  { readUnitsPerSecond, signal, onFinding }: ReplayOptions,
): Promise<Result<Partial<ReplayCounts>, ReplayError>> => {
  const { store, invoices, clock, retry } = dependencies;
  const compareRow = createCompareRow({ ...dependencies, signal });
  const rateLimit = createRateLimit(readUnitsPerSecond, clock);
  let differences = 0;

  const check = async (orderId: string): Promise<Result<void, ReplayError>> => {
    const streamId = orderStreamId(orderId);
    const settle = await rateLimit.take(1, signal);
    const loaded = await retry(() => store.load(streamId));
    settle(loaded.isOk() ? unitsOf(loaded.value.commits) : 1);
    const expected = loaded.andThen(({ commits }) => expectedRow(streamId, commits));
    if (expected.isErr()) {
      // The scan has already reported that the stream cannot be read.
      return expected.error.type === 'CorruptStream' ? ok() : err(expected.error);
    }
    if (expected.value !== undefined) return ok();
    return (await compareRow(invoices, orderId)).map(({ difference }) => {
      if (difference === undefined) return;
      differences += 1;
      onFinding?.(difference);
    });
  };

  for await (const page of invoices.list(signal && { signal })) {
    if (page.isErr()) return err(page.error);
    const checked = await mapConcurrent(page.value, ({ orderId }) => check(orderId), signal);
    if (checked.isErr()) return err(checked.error);
  }
  return ok({ differences });
};

const unitsOf = (commits: readonly RecordedCommit[]): number =>
  Math.max(1, Math.ceil(JSON.stringify(commits).length / UNIT_BYTES));
