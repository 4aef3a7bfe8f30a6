import { err, ok, type Result } from 'neverthrow';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import { createThrottlingRetry } from '../log/retryThrottled.ts';
import { addCounts, NO_COUNTS, sumCounts, type ReplayCounts } from './replayCounts.ts';
import { findUnfounded } from './findUnfounded.ts';
import type {
  ReplayDependencies,
  ReplayError,
  ReplayOptions,
  ReplayProgress,
} from './replayOptions.ts';
import { createReplayStream } from './replayStream.ts';
import { scanStreams } from '../log/scanStreams.ts';

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
    const { segments, from, signal, readUnitsPerSecond } = options;
    const places = Array.from(
      { length: segments },
      (_, segment) => from?.segments[segment] ?? { place: { ended: false }, counts: NO_COUNTS },
    );
    // The counts up to the last stream that was visited; `places` only advances when a page is
    // complete.
    const counted = places.map(({ counts }) => counts);
    const count = (segment: number, more: Partial<ReplayCounts>): void => {
      counted[segment] = addCounts(counted[segment] ?? NO_COUNTS, more);
    };
    const { readUnits: readBefore, throttles: throttlesBefore } = from ?? NO_COST;
    let cost = { readUnits: readBefore, throttles: throttlesBefore };
    let throttled = 0;
    const retry = createThrottlingRetry({ clock, signal, onThrottled: () => (throttled += 1) });
    // Only the progress report depends on the size, so that a failure to read it does not stop the
    // replay.
    const size = (await store.size())
      .map((commitsTotal) => (commitsTotal === 0 ? {} : { commitsTotal }))
      .unwrapOr({});
    const progress = (): ReplayProgress => ({ ...sumCounts(counted), ...cost, ...size });
    const withRetry = { ...dependencies, retry };
    const replayStream = createReplayStream(withRetry, options);

    const scanned = await scanStreams(
      { store, clock },
      {
        segments,
        from: places.map(({ place }) => place),
        readUnitsPerSecond,
        signal,
        visit: async (streams, segment) =>
          (
            await mapConcurrent(streams, async (stream) =>
              (await replayStream(stream)).map((more) => count(segment, more)),
            )
          ).map(() => undefined),
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
    if (options.dryRun) {
      const found = await findUnfounded(withRetry, options);
      if (found.isErr()) return err(found.error);
      count(0, found.value);
    }
    return ok(progress());
  };

const NO_COST = { readUnits: 0, throttles: 0 };
