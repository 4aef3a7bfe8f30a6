import type {
  DeclinedOutcome,
  MoneyMovement,
  RefundedOutcome,
  UnderWayOutcome,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { fromStripeAmount } from './amounts.ts';
import { declined, fieldsOf, textOf, unknown, type OutcomeRow } from './rows.ts';

/** The fields of a refund that decide. */
export type StripeRefund = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly failureReason: string | undefined;
  /** Undefined for a charge without a PaymentIntent. */
  readonly paymentIntent: string | undefined;
};

type RefundOutcomeOf = RefundedOutcome | DeclinedOutcome | UnderWayOutcome | UnknownOutcome;

type RefundRow = OutcomeRow<RefundOutcomeOf['type']> & { readonly status: string };

const REFUND = 'https://docs.stripe.com/api/refunds/object#refund_object-status';

/** The meaning of a refund's status, in an answer or a look-up. */
export const REFUND_TABLE: readonly RefundRow[] = [
  {
    // A card's bank may return the money weeks later; that is later evidence, like a chargeback.
    status: 'succeeded',
    when: 'the money is on its way to the customer',
    outcome: 'Refunded',
    source: REFUND,
  },
  {
    status: 'pending',
    when: 'settles later, either way; the account may lack the money',
    outcome: 'UnderWay',
    source: REFUND,
  },
  {
    status: 'requires_action',
    when: 'the customer has to do something',
    outcome: 'UnderWay',
    source: REFUND,
  },
  {
    status: 'failed',
    when: 'the money is back in the account',
    outcome: 'Declined',
    source: 'https://docs.stripe.com/refunds#failed-refunds',
  },
  {
    status: 'canceled',
    when: 'stopped while it required action',
    outcome: 'Declined',
    source: 'https://docs.stripe.com/api/refunds/cancel',
  },
];

/** A test compares them with those of the SDK. */
export const MAPPED_REFUND_STATUSES: readonly string[] = REFUND_TABLE.map(({ status }) => status);

/** The outcome of an answer to a refund, a Refund or anything in its place. */
export const outcomeOfRefundAnswer = (answer: unknown): RefundOutcomeOf => {
  const refund = readRefund(answer);
  return refund === undefined ? unknown('unreadable answer') : outcomeOfRefund(refund);
};

export const outcomeOfRefund = (refund: StripeRefund): RefundOutcomeOf => {
  switch (REFUND_TABLE.find(({ status }) => status === refund.status)?.outcome) {
    case 'Refunded': {
      const money = moneyOfRefund(refund);
      return money === undefined ? unknown('unreadable amount') : { type: 'Refunded', ...money };
    }
    case 'Declined':
      return { ...declined(refund.failureReason ?? refund.status), reference: refund.id };
    case 'UnderWay': {
      const money = moneyOfRefund(refund);
      return money === undefined ? unknown('unreadable amount') : { type: 'UnderWay', ...money };
    }
    case 'Unknown':
    case undefined:
      return unknown(`status ${refund.status}`);
  }
};

/**
 * The refund in an answer; undefined for any other value. Stripe's OpenAPI allows a refund without
 * a status.
 */
export const readRefund = (answer: unknown): StripeRefund | undefined => {
  const fields = fieldsOf(answer);
  const { object, id, status, amount, currency, metadata, failure_reason } = fields;
  return object === 'refund' &&
    typeof id === 'string' &&
    (typeof status === 'string' || status === null) &&
    typeof amount === 'number' &&
    typeof currency === 'string'
    ? {
        id,
        status: String(status),
        amount,
        currency,
        metadata: fieldsOf(metadata),
        failureReason: textOf(failure_reason),
        paymentIntent: textOf(fields['payment_intent']),
      }
    : undefined;
};

/** The money of a refund; undefined if its amount is invalid. */
export const moneyOfRefund = (refund: StripeRefund): MoneyMovement | undefined => {
  const money = fromStripeAmount(refund);
  return money && { reference: refund.id, ...money };
};
