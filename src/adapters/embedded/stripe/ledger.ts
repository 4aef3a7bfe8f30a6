import type { StoredIntent } from './intents.ts';
import type { StoredRefundObject } from './refunds.ts';
import type { StoredResult } from './records.ts';

/** A charge as it was executed, whether or not anybody got an answer. */
export type SandboxCharge = {
  readonly id: string;
  readonly payment_intent: string;
  readonly idempotency_key: string | null;
  readonly status: 'succeeded' | 'failed';
  readonly amount: number;
  readonly currency: string;
  readonly order_id: string | null;
  readonly attempt: string | null;
  readonly payment_method: string | null;
  readonly decline_code: string | null;
  readonly created_at: string;
};

/** A refund as it was executed, whether or not anybody got an answer. */
export type SandboxRefund = {
  readonly id: string;
  readonly charge: string;
  readonly payment_intent: string;
  readonly idempotency_key: string | null;
  readonly status: StoredRefundObject['status'];
  readonly amount: number;
  readonly currency: string;
  readonly order_id: string | null;
  readonly refund_id: string | null;
  readonly failure_reason: string | null;
  readonly created_at: string;
};

type Origin = Pick<StoredResult, 'key' | 'atMs'>;

export const chargeOf = (intent: StoredIntent, { key, atMs }: Origin): SandboxCharge => ({
  id: intent.latest_charge,
  payment_intent: intent.id,
  idempotency_key: key ?? null,
  status: intent.status === 'succeeded' ? 'succeeded' : 'failed',
  amount: intent.amount,
  currency: intent.currency,
  order_id: intent.metadata['order_id'] ?? null,
  attempt: intent.metadata['attempt'] ?? null,
  payment_method: intent.payment_method ?? intent.last_payment_error?.payment_method ?? null,
  decline_code: intent.last_payment_error?.decline_code ?? null,
  created_at: new Date(atMs).toISOString(),
});

export const ledgerRefundOf = (
  refund: StoredRefundObject,
  { key, atMs }: Origin,
): SandboxRefund => ({
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
