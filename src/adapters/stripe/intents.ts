import type {
  CapturedOutcome,
  DeclinedOutcome,
  MoneyMovement,
  UnderWayOutcome,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { fromStripeAmount } from './amounts.ts';
import { failedChargeCode } from './errorTable.ts';
import { declined, fieldsOf, textOf, unknown, type OutcomeRow } from './rows.ts';

/** The fields of a PaymentIntent that decide. */
export type PaymentIntent = {
  readonly id: string;
  readonly status: string;
  /** The amount that it is for, in Stripe's units; undefined for a value that is no amount. */
  readonly amount: number | undefined;
  readonly amount_received: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch; Stripe gives whole seconds. */
  readonly createdAt: number;
  /** Undefined if it has none any more, as after a decline. */
  readonly paymentMethod: string | undefined;
  /** Undefined if there was none, or if it does not say that a charge has failed. */
  readonly declineCode: string | undefined;
  /** The reason for which somebody cancelled it, or that its authorisation has expired. */
  readonly cancellationReason: string | undefined;
};

type IntentOutcome = CapturedOutcome | DeclinedOutcome | UnderWayOutcome | UnknownOutcome;

type IntentRow = OutcomeRow<IntentOutcome['type']> & {
  readonly status: string;
  /** Whether the row applies, if it only applies to some intents with its status. */
  readonly holds?: (intent: PaymentIntent) => boolean;
};

const LIFECYCLE = 'https://docs.stripe.com/payments/paymentintents/lifecycle';

const open = (status: string, when: string): IntentRow => ({
  status,
  when,
  outcome: 'Unknown',
  source: LIFECYCLE,
});

/** The meaning of a PaymentIntent's status in the answer to a charge or a capture. */
export const ANSWERED: readonly IntentRow[] = [
  { status: 'succeeded', when: 'received the money', outcome: 'Captured', source: LIFECYCLE },
  // "No additional charges are made by the PaymentIntent."
  {
    status: 'canceled',
    when: 'can never charge',
    outcome: 'Declined',
    source: 'https://docs.stripe.com/api/payment_intents/cancel',
  },
  {
    status: 'processing',
    when: 'settles days later, either way',
    outcome: 'UnderWay',
    source: LIFECYCLE,
  },
  // Only a shop requests it, at its own checkout; a capture that was not executed leaves it so.
  open('requires_capture', 'is authorised, not captured'),
  // The customer, or somebody in the dashboard, could still complete each of these.
  open('requires_action', 'can be completed'),
  open('requires_confirmation', 'can be completed'),
  open('requires_payment_method', 'was not confirmed'),
];

/**
 * The meaning of a status for a look-up, where the PaymentIntent holds the card error of the
 * charge.
 */
export const FOUND: readonly IntentRow[] = [
  {
    status: 'requires_payment_method',
    when: 'its last payment error is a card error, or names a charge that failed',
    holds: ({ declineCode }) => declineCode !== undefined,
    outcome: 'Declined',
    source:
      'https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error',
  },
  ...ANSWERED,
];

/** A test compares them with those of the SDK. */
export const MAPPED_INTENT_STATUSES: readonly string[] = ANSWERED.map(({ status }) => status);

/** The outcome of an answer to a charge or a capture, a PaymentIntent or anything in its place. */
export const outcomeOfAnswer = (answer: unknown): IntentOutcome => {
  const intent = readIntent(answer);
  return intent === undefined ? unknown('unreadable answer') : outcomeBy(ANSWERED, intent);
};

/** The outcome of a PaymentIntent that a look-up found. */
export const outcomeOfFound = (intent: PaymentIntent): IntentOutcome => outcomeBy(FOUND, intent);

/** The PaymentIntent in an answer; undefined for any other value. */
export const readIntent = (answer: unknown): PaymentIntent | undefined => {
  const fields = fieldsOf(answer);
  const { object, id, status, amount_received, currency, metadata, last_payment_error } = fields;
  const { created, amount, payment_method: paymentMethod, cancellation_reason } = fields;
  return object === 'payment_intent' &&
    typeof id === 'string' &&
    typeof status === 'string' &&
    typeof amount_received === 'number' &&
    typeof currency === 'string'
    ? {
        id,
        status,
        amount: typeof amount === 'number' ? amount : undefined,
        amount_received,
        currency,
        metadata: fieldsOf(metadata),
        // Without a time it may have been created at any time.
        createdAt: typeof created === 'number' ? created * 1_000 : Infinity,
        paymentMethod: textOf(paymentMethod),
        declineCode: failedChargeCode(last_payment_error),
        cancellationReason: textOf(cancellation_reason),
      }
    : undefined;
};

/** The money that it received; undefined if the amount is invalid. */
export const moneyOfIntent = (intent: PaymentIntent): MoneyMovement | undefined => {
  const { id: reference, amount_received: amount, currency } = intent;
  const money = fromStripeAmount({ amount, currency });
  return money && { reference, ...money };
};

const outcomeBy = (rows: readonly IntentRow[], intent: PaymentIntent): IntentOutcome => {
  const row = rows.find(
    ({ status, holds }) => status === intent.status && (holds?.(intent) ?? true),
  );
  switch (row?.outcome) {
    case 'Captured': {
      const money = moneyOfIntent(intent);
      return money === undefined ? unknown('unreadable amount') : { type: 'Captured', ...money };
    }
    case 'Declined':
      return declined(intent.declineCode ?? intent.status, intent.id);
    case 'UnderWay': {
      const { id: reference, amount = Number.NaN, currency } = intent;
      const money = fromStripeAmount({ amount, currency });
      return money === undefined
        ? unknown('unreadable amount')
        : { type: 'UnderWay', reference, ...money };
    }
    case 'Unknown':
    case undefined:
      return unknown(`status ${intent.status}`);
  }
};
