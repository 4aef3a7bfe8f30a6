import { err, ok, type Result } from 'neverthrow';
import { formatAmount } from '../../../domain/money/index.ts';
import { fromStripeAmount } from '../../stripe/amounts.ts';
import { chargeRulesOf } from './chargeRules.ts';
import { errorAnswer, invalid, type StripeAnswer } from './errors.ts';
import type { StoredDispute } from './disputes.ts';
import { missing, onlyKnown, parseMetadata, type Metadata, type Parameters } from './parameters.ts';
import { derivedId, newId } from './ids.ts';
import type { StoredIntent } from './intents.ts';
import type { EndStatus } from './outcomes.ts';
import { refundCourseOf } from './paymentMethods.ts';

/** The fields of a Refund that the sandbox itself reads; the others are for clients. */
export type StoredRefundObject = {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly charge: string;
  readonly created: number;
  readonly currency: string;
  readonly failure_reason?: string;
  readonly metadata: Metadata;
  readonly payment_intent: string;
  /** Stripe also has `requires_action`, which never occurs for cards. */
  readonly status: 'succeeded' | 'pending' | 'failed' | 'canceled';
};

export type CreateRefund = {
  readonly paymentIntent: string;
  /** Undefined for all that is left. */
  readonly amount: number | undefined;
  readonly metadata: Metadata;
  readonly reason: string | null;
};

const KNOWN: ReadonlySet<string> = new Set(['payment_intent', 'amount', 'metadata', 'reason']);
const REASONS: readonly unknown[] = ['duplicate', 'fraudulent', 'requested_by_customer'];

/** https://docs.stripe.com/api/refunds/create */
export const parseCreateRefund = (parameters: Parameters): Result<CreateRefund, StripeAnswer> =>
  onlyKnown(parameters, KNOWN)
    .andThen(parseMetadata)
    .andThen((metadata) => {
      const { payment_intent: paymentIntent, amount: text, reason } = parameters;
      if (typeof paymentIntent !== 'string' || paymentIntent === '')
        return missing('payment_intent');
      if (reason !== undefined && !REASONS.includes(reason)) {
        return err(invalid(`Invalid reason: must be one of ${REASONS.join(', ')}`, 'reason'));
      }
      const amount = text === undefined ? undefined : Number(text);
      if (amount !== undefined && !(/^\d{1,12}$/.test(String(text)) && amount > 0)) {
        return err(invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer'));
      }
      return ok({ paymentIntent, amount, metadata, reason: (reason as string) ?? null });
    });

/** Refunds that failed or were cancelled moved no money. */
export const holdsMoney = ({ status }: StoredRefundObject): boolean =>
  status === 'succeeded' || status === 'pending';

/**
 * Refunds, or says why not. `earlier` are the refunds of the same payment: no two may be executed
 * at once, since together they must not exceed the received amount.
 */
export const refundCharge = (
  create: CreateRefund,
  payment: {
    readonly intent: StoredIntent;
    readonly method: string | null;
    readonly earlier: readonly StoredRefundObject[];
    readonly disputes: readonly StoredDispute[];
  },
  { atMs, fails }: { readonly atMs: number; readonly fails: boolean },
): StripeAnswer => {
  const { intent, method, earlier, disputes } = payment;
  const status = fails ? 'failed' : refundCourseOf(method).status;
  const left = earlier
    .filter(holdsMoney)
    .reduce((rest, { amount }) => rest - amount, intent.amount_received);
  if (intent.amount_received === 0) {
    return invalid(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    );
  }
  if (disputes.some((dispute) => !dispute.is_charge_refundable)) {
    return errorAnswer({
      status: 400,
      type: 'invalid_request_error',
      code: 'charge_disputed',
      message: `Charge ${intent.latest_charge} has been charged back; cannot issue a refund.`,
    });
  }
  if (left === 0) {
    return errorAnswer({
      status: 400,
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: `Charge ${intent.latest_charge} has already been refunded.`,
    });
  }
  const amount = create.amount ?? left;
  if (amount > left) return tooMuch(amount, left, intent);
  const step = chargeRulesOf(intent.currency)?.step ?? 1;
  return amount % step === 0
    ? { status: 200, body: refundOf({ ...create, amount }, intent, { atMs, status }) }
    : invalid(
        `Amounts in ${intent.currency} must be a multiple of ${step}`,
        'amount',
        'parameter_invalid_integer',
      );
};

/** The refusal in Stripe's words; Stripe gives no code here. */
const tooMuch = (
  amount: number,
  left: number,
  { amount_received, currency }: StoredIntent,
): StripeAnswer => {
  const text = (stripeAmount: number): string => {
    const money = fromStripeAmount({ amount: stripeAmount, currency });
    return money === undefined
      ? `${stripeAmount}`
      : formatAmount(money.amountMinor, money.currency);
  };
  const limit =
    left === amount_received
      ? `charge amount (${text(left)})`
      : `unrefunded amount on charge (${text(left)})`;
  return invalid(`Refund amount (${text(amount)}) is greater than ${limit}`, 'amount');
};

const refundOf = (
  { amount, metadata, reason }: CreateRefund & { readonly amount: number },
  { id, latest_charge, currency, payment_method }: StoredIntent,
  {
    id: refund = newId('re'),
    atMs,
    status,
  }: {
    readonly id?: string;
    readonly atMs: number;
    readonly status: StoredRefundObject['status'];
  },
): StoredRefundObject & Record<string, unknown> => ({
  id: refund,
  object: 'refund',
  amount,
  balance_transaction: newId('txn'),
  charge: latest_charge,
  created: Math.floor(atMs / 1_000),
  currency,
  customer: null,
  customer_account: null,
  destination_details: { card: { type: 'refund' }, type: 'card' },
  ...(status === 'failed' ? failureOf(refund) : {}),
  metadata,
  payment_intent: id,
  payment_method,
  reason,
  receipt_number: null,
  source_transfer_reversal: null,
  status,
  transfer_reversal: null,
});

/** The refund after its end; undefined if it has ended like that already, or can no longer. */
export const endedRefund = (
  refund: StoredRefundObject,
  status: EndStatus,
): StoredRefundObject | undefined => {
  const isOpen = refund.status === 'pending';
  if (status === 'succeeded') return isOpen ? { ...refund, status } : undefined;
  return isOpen || refund.status === 'succeeded'
    ? { ...refund, ...failureOf(refund.id), status }
    : undefined;
};

/** The money is in the balance again: https://docs.stripe.com/refunds#failed-refunds */
const failureOf = (refund: string) => ({
  failure_balance_transaction: derivedId('txn', refund, 'failure'),
  failure_reason: 'expired_or_canceled_card',
});

export const isRefund = (body: object): body is StoredRefundObject =>
  (body as { object?: unknown }).object === 'refund';
