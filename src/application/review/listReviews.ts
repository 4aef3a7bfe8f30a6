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

/** The bound is far more than people read. A review takes some kilobytes. */
const REVIEWS_MAX = 10_000;

export type ReviewListProgress = LogSize & {
  readonly commits: number;
  readonly reviews: number;
};

/** A dispute that is open, or that was lost. */
export type DisputeCase = Order.Dispute & { readonly orderId: string };

/** Reviews, the oldest first. `reviewsTotal` also counts those that are left out. */
export type ReviewList = {
  /**
   * Disputes of any age: first the next whose evidence is due, and after all open ones the lost
   * ones.
   */
  readonly disputes: readonly DisputeCase[];
  readonly disputesOpen: number;
  readonly disputesLost: number;
  readonly reviews: readonly ReviewCase[];
  readonly reviewsTotal: number;
  readonly commits: number;
  /** The number of unreadable streams: they may hold reviews that nobody can see. */
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
    const reviews = createKept(reviewsMax, ({ since }: ReviewCase) => since);
    const open = createKept(reviewsMax, dueOf);
    const lost = createKept(reviewsMax, ({ openedAt }: DisputeCase) => -openedAt);
    let unreadable = 0;
    const size = await sizeOf(dependencies.store);

    const keep = (orderId: string, events: readonly Order.StreamEvent[]): void => {
      reviews.keep(orderId, reviewCases(orderId, events));
      if (!events.some(({ type }) => type === 'DisputeOpened')) return;
      const disputes = (Order.fold(events).disputes ?? []).map((one) => ({ ...one, orderId }));
      open.keep(
        orderId,
        disputes.filter(({ verdict }) => verdict === undefined),
      );
      lost.keep(
        orderId,
        disputes.filter(({ verdict }) => verdict === 'lost'),
      );
    };

    const visitOne = ({ streamId, commits, corrupt }: ScannedStream): void => {
      if (!streamId.startsWith(orderStreamId(''))) return;
      const orderId = streamId.slice(orderStreamId('').length);
      const read = corrupt === undefined ? decodeCommits(commits, Order.codec) : err(corrupt);
      read.match(
        (events) => keep(orderId, events),
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
        onProgress?.({ commits, reviews: reviews.total(), ...size }),
    });
    return scanned.map(({ commits }) => ({
      reviews: reviews.first(),
      reviewsTotal: reviews.total(),
      disputes: [...open.first(), ...lost.first()],
      disputesOpen: open.total(),
      disputesLost: lost.total(),
      commits,
      unreadable,
    }));
  };

const dueOf = ({ dueBy }: DisputeCase): number => dueBy || Number.MAX_SAFE_INTEGER;

/** Keeps the first by their rank of all that is found; while the log is read, twice as many. */
const createKept = <T extends { readonly orderId: string }>(
  casesMax: number,
  rankOf: (one: T) => number,
) => {
  let byOrder = new Map<string, readonly T[]>();
  let held = 0;
  let total = 0;
  const first = (): readonly T[] =>
    [...byOrder.values()]
      .flat()
      .toSorted((one, other) => rankOf(one) - rankOf(other))
      .slice(0, casesMax);
  return {
    /** If the scan shows a stream in pieces, the last piece counts. */
    keep: (orderId: string, found: readonly T[]): void => {
      const more = found.length - (byOrder.get(orderId)?.length ?? 0);
      total += more;
      held += more;
      if (found.length === 0) byOrder.delete(orderId);
      else byOrder.set(orderId, found);
      if (held <= 2 * casesMax) return;
      byOrder = Map.groupBy(first(), (one) => one.orderId);
      held = casesMax;
    },
    total: () => total,
    first,
  };
};
