import type { StoredIntent } from './intents.ts';
import type { StoredRefundObject } from './refunds.ts';
import type { WithOrigin } from './paymentState.ts';

/** A charge as it was executed, whether or not anybody got an answer. */
export type SandboxCharge = Readonly<ReturnType<typeof chargeOf>>;

export const chargeOf = ({ object: intent, origin: { key, atMs } }: WithOrigin<StoredIntent>) => ({
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
  created_at: new Date(atMs).toISOString(),
});

/** `authorised` and `canceled` hold no money; `canceled` never will. */
const STATUS = {
  succeeded: 'succeeded',
  requires_payment_method: 'failed',
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
