import * as Order from './index.ts';

/** A payment, or one refund, of which nobody but a person can tell what became of it. */
export type OpenReview = {
  /** Absent for the payment itself. */
  readonly refundId?: string;
  readonly reason: Order.ReviewReason;
  /** Milliseconds since the epoch. */
  readonly since: number;
};

/** The reviews that still wait for a person's decision. */
export const openReviews = ({ payment, refunds }: Order.State): readonly OpenReview[] => {
  const reviews: OpenReview[] = [];
  if (payment.status === 'review' && payment.resolved === undefined) {
    reviews.push({ reason: payment.reason, since: payment.since });
  }
  for (const refund of refunds) {
    if (refund.status !== 'review' || refund.resolved !== undefined) continue;
    reviews.push({ refundId: refund.refundId, reason: refund.reason, since: refund.since });
  }
  return reviews;
};

/** What an order still needs: to be driven on, a person's decision, or nothing but to be told of. */
export type OrderStatus = 'open' | 'review' | 'settled';

export const statusOf = (state: Order.State): OrderStatus => {
  if (isOpen(state)) return 'open';
  return openReviews(state).length > 0 ? 'review' : 'settled';
};

/**
 * What a person has decided, or asked for, is open until it is carried out; so is a cancellation that holds
 * money, and a refund that failed until it is known what others have given back.
 */
const isOpen = (state: Order.State): boolean => {
  const { payment, refunds, cancellation } = state;
  const isDecided = (review: { readonly resolved?: unknown }): boolean =>
    review.resolved !== undefined;
  if (payment.status === 'requested') return true;
  if (payment.status === 'review' && isDecided(payment)) return true;
  if (state.comparison !== undefined) return true;
  const isOwed = cancellation !== undefined && payment.status === 'captured';
  if (isOwed && Order.sumsOf(state).rest > 0) return true;
  return refunds.some(
    (refund) => refund.status === 'pending' || (refund.status === 'review' && isDecided(refund)),
  );
};
