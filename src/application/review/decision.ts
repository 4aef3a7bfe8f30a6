import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { BY_CHARACTERS_MAX, textMistakes } from '../personText.ts';

/**
 * A decision as a person requests it. The reference may be missing where the gateway or the series
 * knows it; `forcedBecause` is the reason why the decision stands although evidence contradicts it.
 */
export type DecisionRequest = { readonly orderId: string } & Omit<
  Order.ReviewDecision,
  'reference' | 'forcedBecause' | 'at'
> &
  Partial<Pick<Order.ReviewDecision, 'reference' | 'forcedBecause'>>;

/** It has every mistake at once, without a text that may hold what must not be logged. */
export type InvalidDecision = {
  readonly type: 'InvalidDecision';
  readonly reasons: readonly string[];
};

export const EVIDENCE_CHARACTERS_MAX = 500;
const REFERENCE = /^[!-~]{1,128}$/;

export const validateDecision = (
  decision: DecisionRequest,
): Result<DecisionRequest, InvalidDecision> => {
  const { orderId, refundId, moved, reference, evidence, by, forcedBecause } = decision;
  const reasons = [
    ...(Order.isOrderId(orderId) ? [] : ['the order: is not an order id']),
    ...(refundId === undefined || isAnyRefundId(refundId)
      ? []
      : ['the refund: is not a refund id']),
    ...textMistakes('evidence', evidence, EVIDENCE_CHARACTERS_MAX),
    ...textMistakes('by', by, BY_CHARACTERS_MAX),
    ...(forcedBecause === undefined
      ? []
      : textMistakes('reason', forcedBecause, EVIDENCE_CHARACTERS_MAX)),
    ...(reference === undefined || REFERENCE.test(reference)
      ? []
      : ['reference: is not 1 to 128 printable ASCII characters without blanks']),
    ...(reference === undefined || moved ? [] : ['reference: there is none where nothing moved']),
  ];
  return reasons.length === 0 ? ok(decision) : err({ type: 'InvalidDecision', reasons });
};

/** A client's own id, or `cancel#n` for a refund that a cancellation requested. */
const isAnyRefundId = (refundId: string): boolean =>
  Order.isRefundId(refundId) || /^cancel#[1-9]$/.test(refundId);
