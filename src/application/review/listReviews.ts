import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import {
  scanStreams,
  sizeOf,
  type LogSize,
  type ScanBounds,
  type ScannedStream,
} from '../log/scanStreams.ts';
import type { Clock } from '../ports/clock.ts';
import type { CorruptStream, EventStore, LoadError } from '../ports/eventStore.ts';
import { decodeCommits, orderStreamId } from '../log/eventStreams.ts';
import { reviewCases, type ReviewCase } from './reviews.ts';

/** A review takes some kilobytes, and this is far more than people read. */
const REVIEWS_MAX = 10_000;

export type ReviewListProgress = LogSize & {
  readonly commits: number;
  readonly reviews: number;
};

/** The oldest first. `reviewsTotal` also counts those that are left out. */
export type ReviewList = {
  readonly reviews: readonly ReviewCase[];
  readonly reviewsTotal: number;
  readonly commits: number;
  /** Streams that cannot be read: they may hold reviews that nobody can see. */
  readonly unreadable: number;
};

export type ListReviewsOptions = ScanBounds & {
  /** The list holds this many of the oldest; while it is built, twice as many. */
  readonly reviewsMax?: number;
  readonly onProgress?: (progress: ReviewListProgress) => void;
  readonly onUnreadable?: (stream: CorruptStream) => void;
};

/**
 * Finds every review from the events alone. Memory is bounded by one page and one stream for each
 * segment, and by the reviews themselves.
 */
export const createListReviews =
  (dependencies: {
    readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
    readonly clock: Clock;
  }) =>
  async ({
    reviewsMax = REVIEWS_MAX,
    onProgress,
    onUnreadable,
    ...reading
  }: ListReviewsOptions): Promise<Result<ReviewList, LoadError>> => {
    let byOrder = new Map<string, readonly ReviewCase[]>();
    let held = 0;
    let reviewsTotal = 0;
    let unreadable = 0;
    const size = await sizeOf(dependencies.store);

    /** If the scan shows a stream in pieces, the last piece counts. */
    const keep = (orderId: string, found: readonly ReviewCase[]): void => {
      const more = found.length - (byOrder.get(orderId)?.length ?? 0);
      reviewsTotal += more;
      held += more;
      if (found.length === 0) byOrder.delete(orderId);
      else byOrder.set(orderId, found);
      if (held <= 2 * reviewsMax) return;
      byOrder = Map.groupBy(oldest(byOrder, reviewsMax), (review) => review.orderId);
      held = reviewsMax;
    };

    const visitOne = ({ streamId, commits, corrupt }: ScannedStream): void => {
      if (!streamId.startsWith(orderStreamId(''))) return;
      const orderId = streamId.slice(orderStreamId('').length);
      const read = corrupt === undefined ? decodeCommits(commits, Order.codec) : err(corrupt);
      read.match(
        (events) => keep(orderId, reviewCases(orderId, events)),
        (why) => {
          unreadable += 1;
          onUnreadable?.(why);
        },
      );
    };

    const scanned = await scanStreams(dependencies, {
      ...reading,
      visit: (streams) => {
        for (const stream of streams) visitOne(stream);
        return Promise.resolve(ok());
      },
      onPage: (_segment, _place, { commits }) =>
        onProgress?.({ commits, reviews: reviewsTotal, ...size }),
    });
    return scanned.map(({ commits }) => ({
      reviews: oldest(byOrder, reviewsMax),
      reviewsTotal,
      commits,
      unreadable,
    }));
  };

const oldest = (
  byOrder: ReadonlyMap<string, readonly ReviewCase[]>,
  reviewsMax: number,
): readonly ReviewCase[] =>
  [...byOrder.values()]
    .flat()
    .toSorted((one, other) => one.since - other.since)
    .slice(0, reviewsMax);
