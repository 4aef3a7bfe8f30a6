import { err, ok, type Result } from 'neverthrow';
import type { StreamEvent } from './codec.ts';
import { CANCELLED } from './decide.ts';
import type { State } from './state.ts';

/** What a person decided about a payment, or one refund, that is in review. */
export type ReviewDecision = {
  /** Undefined for the payment itself. */
  readonly refundId?: string;
  /** Whether the money moved. */
  readonly moved: boolean;
  /** The gateway's name of the money that moved; empty where none did. */
  readonly reference: string;
  readonly evidence: string;
  readonly by: string;
  readonly forcedBecause: string;
  readonly at: number;
};

export type NotInReview = { readonly type: 'NotInReview' };
/** Somebody has decided it before, and otherwise. */
export type OtherDecision = { readonly type: 'DecidedOtherwise'; readonly by: string };

/**
 * Records the decision. That nothing moved ends the payment or refund at once; that it moved is evidence like
 * any other, and whoever drives the order next numbers and records the document. The same decision again adds
 * nothing.
 */
export const decideReview = (
  { refundId, moved, ...resolution }: ReviewDecision,
  { payment, refunds, cancellation }: State,
): Result<readonly StreamEvent[], NotInReview | OtherDecision> => {
  const { at } = resolution;
  // Only that money moved can still be open: the other verdict has ended it.
  const again = ({ reference, by }: { readonly reference: string; readonly by: string }) =>
    moved && reference === resolution.reference
      ? ok([])
      : err({ type: 'DecidedOtherwise' as const, by });
  if (refundId === undefined) {
    if (payment.status !== 'review') return err({ type: 'NotInReview' });
    if (payment.resolved !== undefined) return again(payment.resolved);
    const { attempt } = payment;
    const verdict = moved ? 'captured' : 'not captured';
    const resolved: StreamEvent = {
      type: 'PaymentReviewResolved',
      data: { attempt, verdict, ...resolution },
    };
    if (moved) return ok([resolved]);
    const failed: StreamEvent = {
      type: 'PaymentFailed',
      data: { attempt, proof: 'person', code: '', at },
    };
    return ok([resolved, failed, ...(cancellation === undefined ? [] : [CANCELLED])]);
  }
  const refund = refunds.find((other) => other.refundId === refundId);
  if (refund?.status !== 'review') return err({ type: 'NotInReview' });
  if (refund.resolved !== undefined) return again(refund.resolved);
  const verdict = moved ? 'refunded' : 'not refunded';
  const resolved: StreamEvent = {
    type: 'RefundReviewResolved',
    data: { refundId, verdict, ...resolution },
  };
  const failed: StreamEvent = { type: 'RefundFailed', data: { refundId, code: 'not refunded' } };
  return ok(moved ? [resolved] : [resolved, failed]);
};
