import { err, ok, type Result } from 'neverthrow';
import { CANCELLED } from './decide.ts';
import type { EventData, Resolution, StreamEvent } from './events.ts';
import { isUndecidedReturn, type State } from './state.ts';
import type { OpenReviewReason } from './step.ts';

export type OpenReview = {
  /** It is absent for the payment itself. */
  readonly refundId?: string;
  readonly reason: OpenReviewReason;
  /** Milliseconds since the epoch. */
  readonly since: number;
};

export const openReviews = ({ payment, refunds }: State): readonly OpenReview[] => {
  const reviews: OpenReview[] = [];
  if (payment.status === 'review' && payment.resolved === undefined) {
    reviews.push({ reason: payment.reason, since: payment.since });
  }
  for (const refund of refunds) {
    if (isUndecidedReturn(refund)) {
      reviews.push({ refundId: refund.refundId, reason: 'refund-returned', since: refund.since });
    }
    if (refund.status !== 'review' || refund.resolved !== undefined) continue;
    reviews.push({ refundId: refund.refundId, reason: refund.reason, since: refund.since });
  }
  return reviews;
};

export type ReviewDecision = Resolution & {
  /** It is undefined for the payment itself. */
  readonly refundId?: string;
  readonly moved: boolean;
};

export type NotInReview = { readonly type: 'NotInReview' };
/** Somebody has decided it before, in another way. */
export type OtherDecision = { readonly type: 'DecidedOtherwise'; readonly by: string };

type ReviewResult = Result<readonly StreamEvent[], NotInReview | OtherDecision>;

/**
 * Records the decision. If nothing moved, the payment or refund ends at once. If the money moved,
 * that is evidence like any other: the process that drives the order next numbers and records the
 * document. The same decision again adds nothing.
 */
export const decideReview = (
  { refundId, moved, ...resolution }: ReviewDecision,
  { payment, refunds, cancellation }: State,
): ReviewResult => {
  const reviewed =
    refundId === undefined ? payment : refunds.find((refund) => refund.refundId === refundId);
  if (reviewed?.status !== 'review') return err({ type: 'NotInReview' });
  if (reviewed.resolved !== undefined) {
    const { reference, by } = reviewed.resolved;
    // Only that money moved can still be open: the other verdict has ended it.
    const isSame = moved && reference === resolution.reference;
    return isSame ? ok([]) : err({ type: 'DecidedOtherwise', by });
  }
  if ('refundId' in reviewed) return ok(refundDecided(reviewed.refundId, moved, resolution));
  const decided = paymentDecided(reviewed.attempt, moved, resolution);
  return ok(moved || cancellation === undefined ? decided : [...decided, CANCELLED]);
};

const paymentDecided = (
  attempt: number,
  moved: boolean,
  resolution: Resolution,
): readonly StreamEvent[] => {
  const verdict = moved ? 'captured' : 'not captured';
  const data = { attempt, verdict, ...resolution } as const;
  const resolved = { type: 'PaymentReviewResolved', data } as const;
  if (moved) return [resolved];
  const failure = { attempt, proof: 'person', code: '', at: resolution.at } as const;
  return [resolved, { type: 'PaymentFailed', data: failure }];
};

const refundDecided = (
  refundId: string,
  moved: boolean,
  resolution: Resolution,
): readonly StreamEvent[] => {
  const verdict = moved ? 'refunded' : 'not refunded';
  const data = { refundId, verdict, ...resolution } as const;
  const resolved = { type: 'RefundReviewResolved', data } as const;
  if (moved) return [resolved];
  return [
    resolved,
    { type: 'RefundFailed', data: { refundId, code: 'not refunded', reference: '' } },
  ];
};

export type ReturnDecision = EventData['RefundReturnResolved'];

/** Records how a person had the money of a refund that came back paid to the customer. */
export const decideReturn = (decision: ReturnDecision, { refunds }: State): ReviewResult => {
  const { refundId, verdict, reference } = decision;
  const refund = refunds.find((one) => one.refundId === refundId);
  if (refund?.status !== 'returned') return err({ type: 'NotInReview' });
  const { resolved } = refund;
  if (resolved === undefined) return ok([{ type: 'RefundReturnResolved', data: decision }]);
  const isSame = resolved.verdict === verdict && resolved.reference === reference;
  return isSame ? ok([]) : err({ type: 'DecidedOtherwise', by: resolved.by });
};
