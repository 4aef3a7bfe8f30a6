import type {
  CapturedOutcome,
  DeclinedOutcome,
  MoneyMovement,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { fromStripeAmount } from './amounts.ts';
import { cardDeclineCode } from './errorTable.ts';
import { declined, fieldsOf, textOf, unknown, type OutcomeRow } from './rows.ts';

/** The parts of a PaymentIntent that decide. */
export type PaymentIntent = {
  readonly id: string;
  readonly status: string;
  readonly amount_received: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch, of which Stripe tells whole seconds. */
  readonly createdAt: number;
  /** Undefined where it has none any more, as after a decline. */
  readonly paymentMethod: string | undefined;
  /** Undefined if there was none, or if it was something else than a card error. */
  readonly declineCode: string | undefined;
};

type IntentOutcome = CapturedOutcome | DeclinedOutcome | UnknownOutcome;

type IntentRow = OutcomeRow<IntentOutcome['type']> & {
  readonly status: string;
  /** Where the row is about some of its status alone. */
  readonly holds?: (intent: PaymentIntent) => boolean;
};

const LIFECYCLE = 'https://docs.stripe.com/payments/paymentintents/lifecycle';

/** What the status of a PaymentIntent says in the answer to "create and confirm". */
const ANSWERED: readonly IntentRow[] = [
  { status: 'succeeded', when: 'received the money', outcome: 'Captured', source: LIFECYCLE },
  {
    // "No additional charges are made by the PaymentIntent."
    status: 'canceled',
    when: 'can never charge',
    outcome: 'Declined',
    source: 'https://docs.stripe.com/api/payment_intents/cancel',
  },
  {
    status: 'processing',
    when: 'settles later, either way',
    outcome: 'Unknown',
    source: LIFECYCLE,
  },
  {
    // It is never asked for, but somebody could capture it.
    status: 'requires_capture',
    when: 'is authorised, not captured',
    outcome: 'Unknown',
    source: LIFECYCLE,
  },
  // The customer, or somebody at the dashboard, could still complete each of these.
  { status: 'requires_action', when: 'can be completed', outcome: 'Unknown', source: LIFECYCLE },
  {
    status: 'requires_confirmation',
    when: 'can be completed',
    outcome: 'Unknown',
    source: LIFECYCLE,
  },
  {
    status: 'requires_payment_method',
    when: 'was not confirmed',
    outcome: 'Unknown',
    source: LIFECYCLE,
  },
];

/**
 * The same where a look-up found it: there the card error that answered the charge is to be read in the
 * PaymentIntent itself.
 */
const FOUND: readonly IntentRow[] = [
  {
    status: 'requires_payment_method',
    when: 'its last payment error is a card error, with any decline code',
    holds: ({ declineCode }) => declineCode !== undefined,
    outcome: 'Declined',
    source:
      'https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error',
  },
  ...ANSWERED,
];

/** The statuses that the table knows; a test compares them with those of the SDK. */
export const MAPPED_INTENT_STATUSES: readonly string[] = ANSWERED.map(({ status }) => status);

const TOMORROW: OutcomeRow = {
  when: 'any other status, or what is no PaymentIntent',
  outcome: 'Unknown',
  source: 'ADR 0003',
};

const rowsOf = (where: string, rows: readonly IntentRow[]): readonly OutcomeRow[] =>
  [...rows.map((row) => ({ ...row, when: `\`${row.status}\`: ${row.when}` })), TOMORROW].map(
    ({ when, outcome, source }) => ({ when: `${where} ${when}`, outcome, source }),
  );

export const PAYMENT_ROWS: readonly OutcomeRow[] = [
  ...rowsOf('answered with', ANSWERED),
  ...rowsOf('found as', FOUND),
];

/** What a PaymentIntent, or whatever came in its place, says in the answer to a charge. */
export const outcomeOfAnswer = (answer: unknown): IntentOutcome => {
  const intent = readIntent(answer);
  return intent === undefined ? unknown('unreadable answer') : outcomeBy(ANSWERED, intent);
};

/** What a PaymentIntent says that a look-up found. */
export const outcomeOfFound = (intent: PaymentIntent): IntentOutcome => outcomeBy(FOUND, intent);

/** Undefined for what is none. */
export const readIntent = (answer: unknown): PaymentIntent | undefined => {
  const fields = fieldsOf(answer);
  const { object, id, status, amount_received, currency, metadata, last_payment_error } = fields;
  const { created, payment_method: paymentMethod } = fields;
  return object === 'payment_intent' &&
    typeof id === 'string' &&
    typeof status === 'string' &&
    typeof amount_received === 'number' &&
    typeof currency === 'string'
    ? {
        id,
        status,
        amount_received,
        currency,
        metadata: fieldsOf(metadata),
        // Where it is not told, it was made at any time.
        createdAt: typeof created === 'number' ? created * 1_000 : Infinity,
        paymentMethod: textOf(paymentMethod),
        declineCode: cardDeclineCode(last_payment_error),
      }
    : undefined;
};

/** The money that it received; undefined if that is no amount. */
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
      return declined(intent.declineCode ?? intent.status);
    case 'Unknown':
    case undefined:
      return unknown(`status ${intent.status}`);
  }
};
