import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { EventStore, LoadError, RecordedCommit } from '../ports/eventStore.ts';
import { decodeCommits, orderStreamId } from '../streams.ts';
import { reviewsOf, subjectOf, type Review } from './reviews.ts';

/** Some kilobytes each, and far more than people look through. */
const REVIEWS_MAX = 10_000;

export type ReviewListProgress = {
  readonly commits: number;
  /** Roughly how many there are; left out where that cannot be had. */
  readonly commitsTotal?: number;
  readonly reviews: number;
};

/** The oldest first. `reviewsTotal` counts also those that are left out. */
export type ReviewList = {
  readonly reviews: readonly Review[];
  readonly reviewsTotal: number;
  readonly commits: number;
};

export type ListReviewsOptions = {
  /** Parts of the log that are read side by side. */
  readonly segments: number;
  /** So many of the oldest are listed; twice as many are held while they are looked for. */
  readonly reviewsMax?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReviewListProgress) => void;
};

/**
 * Finds everything that waits for a person, from the events alone. Each review began by one event, so that
 * none is found twice; whether it is over, its whole stream tells. Memory is bounded by one page for each
 * segment and the reviews themselves.
 */
export const createListReviews =
  ({ store }: { readonly store: Pick<EventStore, 'scan' | 'load' | 'size'> }) =>
  async ({
    segments,
    reviewsMax = REVIEWS_MAX,
    onProgress,
    ...options
  }: ListReviewsOptions): Promise<Result<ReviewList, LoadError>> => {
    let reviews: Review[] = [];
    let reviewsTotal = 0;
    let commits = 0;
    const size = (await store.size())
      .map((commitsTotal) => (commitsTotal === 0 ? {} : { commitsTotal }))
      .unwrapOr({});
    // One segment's failure stops the others at their next page.
    const failed = new AbortController();
    const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);

    const readSegment = async (segment: number): Promise<Result<void, LoadError>> => {
      for await (const page of store.scan({ segment, segments, signal })) {
        if (page.isErr()) return err(page.error);
        const [unreadable] = page.value.corrupt;
        if (unreadable !== undefined) return err(unreadable);
        for (const commit of page.value.commits.filter(beginsReview)) {
          const found = await stillOpen(store, commit);
          if (found.isErr()) return err(found.error);
          reviewsTotal += found.value.length;
          reviews.push(...found.value);
          if (reviews.length > 2 * reviewsMax) reviews = oldest(reviews, reviewsMax);
        }
        commits += page.value.commits.length;
        onProgress?.({ commits, reviews: reviewsTotal, ...size });
      }
      return ok(undefined);
    };

    const results = await Promise.all(
      Array.from({ length: segments }, async (_, segment) => {
        const result = await readSegment(segment);
        if (result.isErr()) failed.abort();
        return result;
      }),
    );
    const broken = results.find((result) => result.isErr());
    if (broken?.isErr()) return err(broken.error);
    return ok({ reviews: oldest(reviews, reviewsMax), reviewsTotal, commits });
  };

const oldest = (reviews: readonly Review[], reviewsMax: number): Review[] =>
  reviews.toSorted((one, other) => one.since - other.since).slice(0, reviewsMax);

const BEGINNINGS: readonly string[] = [
  'PaymentReviewRequired',
  'RefundReviewRequired',
] satisfies readonly Order.StreamEvent['type'][];

const beginsReview = ({ events }: RecordedCommit): boolean =>
  events.some(({ type }) => BEGINNINGS.includes(type));

/** Of the reviews that began with this commit, those that are not over. */
const stillOpen = async (
  store: Pick<EventStore, 'load'>,
  commit: RecordedCommit,
): Promise<Result<readonly Review[], LoadError>> => {
  const orderId = commit.streamId.slice(orderStreamId('').length);
  const begun = decodeCommits([commit], Order.codec).map((events) =>
    events.filter(({ type }) => BEGINNINGS.includes(type)).map(subjectOf),
  );
  if (begun.isErr()) return err(begun.error);
  return store
    .load(commit.streamId)
    .andThen(({ commits }) => decodeCommits(commits, Order.codec))
    .map((events) =>
      reviewsOf(orderId, events).filter(({ subject }) => begun.value.includes(subject)),
    );
};
