import { err, ok, type Result } from 'neverthrow';
import { derivedId } from './ids.ts';
import type { StoredIntent } from './intents.ts';
import type { DisputeOpening } from './outcomes.ts';

/** The fields of a Dispute that the sandbox itself reads; the others are for clients. */
export type StoredDispute = {
  readonly id: string;
  readonly object: 'dispute';
  readonly amount: number;
  readonly balance_transactions: readonly { readonly amount: number }[];
  readonly charge: string;
  readonly created: number;
  readonly currency: string;
  readonly evidence_details: { readonly due_by: number } & Readonly<Record<string, unknown>>;
  readonly is_charge_refundable: boolean;
  readonly payment_intent: string;
  readonly reason: string;
  readonly status: 'needs_response' | 'warning_needs_response' | DisputeEnd;
};
type DisputeEnd = 'won' | 'lost' | 'warning_closed';

const ANSWER_WITHIN_SECONDS = 7 * 86_400;

export const isOpen = ({ status }: StoredDispute): boolean =>
  status === 'needs_response' || status === 'warning_needs_response';

/** The amount that the bank withdraws if none is given: what is left of the payment. */
export const disputedAmount = (
  {
    intent,
    leftAmount,
    disputes,
  }: {
    readonly intent: StoredIntent;
    readonly leftAmount: number;
    readonly disputes: readonly StoredDispute[];
  },
  asked: number | undefined,
): Result<number, string> => {
  const amount = asked ?? leftAmount;
  if (intent.amount_received === 0) return err(`Nothing was captured of ${intent.id}.`);
  if (disputes.some(isOpen)) return err(`A dispute of ${intent.id} is open already.`);
  if (amount < 1) return err(`Nothing is left of ${intent.id} to dispute.`);
  return amount > intent.amount_received
    ? err(`No more than ${intent.amount_received} was captured of ${intent.id}.`)
    : ok(amount);
};

/** https://docs.stripe.com/api/disputes/object */
export const openedDispute = (
  {
    id,
    amount,
    reason,
    isInquiry,
  }: DisputeOpening & { readonly id: string; readonly amount: number },
  { id: payment_intent, latest_charge: charge, currency }: StoredIntent,
  atMs: number,
): StoredDispute & Readonly<Record<string, unknown>> => {
  const created = Math.floor(atMs / 1_000);
  const dispute = { id, charge, currency, created };
  return {
    ...dispute,
    object: 'dispute',
    amount,
    balance_transactions: isInquiry ? [] : [movementOf(dispute, -amount)],
    enhanced_eligibility_types: [],
    evidence: EVIDENCE,
    evidence_details: {
      due_by: created + ANSWER_WITHIN_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    payment_intent,
    payment_method_details: {
      card: {
        brand: 'visa',
        case_type: isInquiry ? 'inquiry' : 'chargeback',
        network_reason_code: reason === 'fraudulent' ? '10' : null,
      },
      type: 'card',
    },
    reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  };
};

/** The dispute after its end; undefined if it has ended. An inquiry is neither won nor lost. */
export const closedDispute = (
  dispute: StoredDispute,
  isWon: boolean,
  atMs: number,
): StoredDispute | undefined => {
  const created = Math.floor(atMs / 1_000);
  switch (dispute.status) {
    case 'warning_needs_response':
      return { ...dispute, status: 'warning_closed' };
    case 'needs_response':
      return isWon
        ? {
            ...dispute,
            balance_transactions: [
              ...dispute.balance_transactions,
              movementOf({ ...dispute, created }, dispute.amount),
            ],
            is_charge_refundable: true,
            status: 'won',
          }
        : { ...dispute, status: 'lost' };
    case 'won':
    case 'lost':
    case 'warning_closed':
      return undefined;
  }
};

/** The movement of a dispute's money, without Stripe's fee. */
const movementOf = (
  { id, charge, created, currency }: Pick<StoredDispute, 'id' | 'charge' | 'created' | 'currency'>,
  amount: number,
) => {
  const isWithdrawal = amount < 0;
  return {
    id: derivedId('txn', id, isWithdrawal ? 'withdrawn' : 'reinstated'),
    object: 'balance_transaction',
    amount,
    available_on: created,
    balance_type: 'payments',
    created,
    currency,
    description: `Chargeback ${isWithdrawal ? 'withdrawal' : 'reversal'} for ${charge}`,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: amount,
    reporting_category: isWithdrawal ? 'dispute' : 'dispute_reversal',
    source: id,
    status: 'available',
    type: 'adjustment',
  };
};

/** The sandbox takes no evidence. */
const EVIDENCE = {
  ...Object.fromEntries(
    (
      'access_activity_log billing_address cancellation_policy cancellation_policy_disclosure ' +
      'cancellation_rebuttal customer_communication customer_email_address customer_name ' +
      'customer_purchase_ip customer_signature duplicate_charge_documentation ' +
      'duplicate_charge_explanation duplicate_charge_id product_description receipt ' +
      'refund_policy refund_policy_disclosure refund_refusal_explanation service_date ' +
      'service_documentation shipping_address shipping_carrier shipping_date ' +
      'shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text'
    )
      .split(' ')
      .map((name) => [name, null]),
  ),
  enhanced_evidence: {},
};
