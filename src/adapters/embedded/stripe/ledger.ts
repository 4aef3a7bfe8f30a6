import type { StoredIntent } from './intents.ts';
import type { StoredDispute } from './disputes.ts';
import { holdsMoney, type StoredRefundObject } from './refunds.ts';
import type { PaymentState, WithOrigin } from './paymentState.ts';

/** A charge as it was executed, whether or not anybody got an answer. */
export type SandboxCharge = Readonly<ReturnType<typeof chargeOf>>;

export const chargeOf = ({
  intent: {
    object: intent,
    origin: { key, atMs },
  },
  refunds,
  disputes,
}: PaymentState) => ({
  id: intent.latest_charge,
  payment_intent: intent.id,
  idempotency_key: key ?? null,
  status: STATUS[intent.status],
  // What was captured, or what it would have been.
  amount: intent.status === 'succeeded' ? intent.amount_received : intent.amount,
  currency: intent.currency,
  order_id: intent.metadata['order_id'] ?? null,
  attempt: intent.metadata['attempt'] ?? null,
  payment_method: intent.payment_method ?? intent.last_payment_error?.payment_method ?? null,
  decline_code: intent.last_payment_error?.decline_code ?? null,
  ...holdingOf(intent, {
    refunds: refunds.map(({ object }) => object),
    disputes: disputes.map(({ object }) => object),
  }),
  created_at: new Date(atMs).toISOString(),
});

/** The sums of a payment's movements by now, and what they leave. */
const holdingOf = (
  { amount_received: captured }: StoredIntent,
  {
    refunds,
    disputes,
  }: {
    readonly refunds: readonly StoredRefundObject[];
    readonly disputes: readonly StoredDispute[];
  },
) => {
  const refunded = refunds.filter(holdsMoney).reduce((sum, { amount }) => sum + amount, 0);
  const moved = disputes.map(movedBy);
  const withdrawn = moved.reduce((sum, each) => sum + each.withdrawn, 0);
  const reinstated = moved.reduce((sum, each) => sum + each.reinstated, 0);
  const held = captured - refunded - withdrawn + reinstated;
  return { captured, refunded, withdrawn, reinstated, held };
};

const movedBy = ({ balance_transactions: movements }: StoredDispute) => {
  const amounts = movements.map(({ amount }) => amount);
  return {
    withdrawn: amounts.reduce((sum, amount) => sum + Math.max(0, -amount), 0),
    reinstated: amounts.reduce((sum, amount) => sum + Math.max(0, amount), 0),
  };
};

/** A dispute as it stands. */
export type SandboxDispute = Readonly<ReturnType<typeof ledgerDisputeOf>>;

export const ledgerDisputeOf = (
  { object: dispute, origin: { atMs } }: WithOrigin<StoredDispute>,
  { metadata }: StoredIntent,
) => ({
  id: dispute.id,
  charge: dispute.charge,
  payment_intent: dispute.payment_intent,
  status: dispute.status,
  reason: dispute.reason,
  amount: dispute.amount,
  ...movedBy(dispute),
  currency: dispute.currency,
  order_id: metadata['order_id'] ?? null,
  due_by: new Date(dispute.evidence_details.due_by * 1_000).toISOString(),
  created_at: new Date(atMs).toISOString(),
});

/** Only what has succeeded holds money; what is `canceled` never will. */
const STATUS = {
  succeeded: 'succeeded',
  processing: 'processing',
  requires_payment_method: 'failed',
  requires_action: 'requires_action',
  requires_capture: 'authorised',
  canceled: 'canceled',
} as const satisfies Record<StoredIntent['status'], string>;

/** A refund as it was executed, whether or not anybody got an answer. */
export type SandboxRefund = Readonly<ReturnType<typeof ledgerRefundOf>>;

export const ledgerRefundOf = ({
  object: refund,
  origin: { key, atMs },
}: WithOrigin<StoredRefundObject>) => ({
  id: refund.id,
  charge: refund.charge,
  payment_intent: refund.payment_intent,
  idempotency_key: key ?? null,
  status: refund.status,
  amount: refund.amount,
  currency: refund.currency,
  order_id: refund.metadata['order_id'] ?? null,
  refund_id: refund.metadata['refund_id'] ?? null,
  failure_reason: refund.failure_reason ?? null,
  created_at: new Date(atMs).toISOString(),
});
