import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { BY_CHARACTERS_MAX, wrongWith } from '../personText.ts';

/** What a person says became of the money. */
export type ReviewVerdict = {
  readonly orderId: string;
  /** Undefined for the payment itself. */
  readonly refundId?: string;
  /** Whether the money moved: was captured, or given back. */
  readonly moved: boolean;
  /** The gateway's name of it. */
  readonly reference?: string;
  readonly evidence: string;
  readonly by: string;
  /** Why it stands although something speaks against it. */
  readonly forcedBecause?: string;
};

/** Every reason at once. It never repeats a text, which may hold what must not be logged. */
export type InvalidDecision = {
  readonly type: 'InvalidDecision';
  readonly reasons: readonly string[];
};

export const EVIDENCE_CHARACTERS_MAX = 500;
const REFERENCE = /^[!-~]{1,128}$/;

export const checkDecision = (decision: ReviewVerdict): Result<ReviewVerdict, InvalidDecision> => {
  const { orderId, refundId, moved, reference, evidence, by, forcedBecause } = decision;
  const reasons = [
    ...(Order.isOrderId(orderId) ? [] : ['the order: is not an order id']),
    ...(refundId === undefined || isAnyRefundId(refundId)
      ? []
      : ['the refund: is not a refund id']),
    ...wrongWith('evidence', evidence, EVIDENCE_CHARACTERS_MAX),
    ...wrongWith('by', by, BY_CHARACTERS_MAX),
    ...(forcedBecause === undefined
      ? []
      : wrongWith('force', forcedBecause, EVIDENCE_CHARACTERS_MAX)),
    ...(reference === undefined || REFERENCE.test(reference)
      ? []
      : ['reference: is not 1 to 128 printable ASCII characters without blanks']),
    ...(reference === undefined || moved ? [] : ['reference: there is none where nothing moved']),
  ];
  return reasons.length === 0 ? ok(decision) : err({ type: 'InvalidDecision', reasons });
};

/** A client's own, or `cancel#n` where a cancellation asked for it. */
const isAnyRefundId = (refundId: string): boolean =>
  Order.isRefundId(refundId) || /^cancel#[1-9]$/.test(refundId);
