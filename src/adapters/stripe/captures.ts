import { Stripe } from 'stripe';
import type {
  CaptureOutcome,
  VoidedOutcome,
  VoidOutcome,
} from '../../application/ports/paymentGateway.ts';
import { chargeFailure } from './errors.ts';
import { moneyOfIntent, readIntent, type PaymentIntent } from './intents.ts';
import { codeOf, declined, notExecuted, unknown, type OutcomeRow } from './rows.ts';

/*
 * The meaning of Stripe's answers to a capture or a release of an authorised payment. These answers
 * are PaymentIntents. A refusal for the payment's state carries the PaymentIntent as it stands,
 * which says more than the error's own words.
 */

type PaymentRow<Outcome extends string> = OutcomeRow<Outcome> & {
  readonly holds: (error: Stripe.errors.StripeError, payment: PaymentIntent | undefined) => boolean;
};

const CAPTURE = 'https://docs.stripe.com/api/payment_intents/capture';
const CANCEL = 'https://docs.stripe.com/api/payment_intents/cancel';
const ERROR_CODES = 'https://docs.stripe.com/error-codes';

/** Stripe's code of both names for one thing: the PaymentIntent may not show it yet. */
const EXPIRED = 'charge_expired_for_capture';
const EXPIRED_CODES: ReadonlySet<unknown> = new Set([
  EXPIRED,
  'capture_charge_authorization_expired',
]);
const STATE = 'payment_intent_unexpected_state';

/** The first row that matches counts, before the rows of any other error. */
export const CAPTURE_TABLE: readonly PaymentRow<'Declined' | 'NotExecuted'>[] = [
  {
    when: '400 of a PaymentIntent that is `canceled` and received nothing',
    holds: (_error, payment) => isReleased(payment),
    outcome: 'Declined',
    source: CANCEL,
  },
  {
    when: '400 `charge_expired_for_capture` or `capture_charge_authorization_expired`',
    holds: ({ code }) => EXPIRED_CODES.has(code),
    outcome: 'Declined',
    source: ERROR_CODES,
  },
  {
    when: '400 of a PaymentIntent in any other status than `requires_capture`',
    holds: (_error, payment) => payment !== undefined && payment.status !== 'requires_capture',
    outcome: 'NotExecuted',
    source: CAPTURE,
  },
];

export const VOID_TABLE: readonly PaymentRow<'Voided' | 'Captured'>[] = [
  {
    when: '400 of a PaymentIntent that is `canceled` already and received nothing',
    holds: (_error, payment) => isReleased(payment),
    outcome: 'Voided',
    source: CANCEL,
  },
  {
    when: '400 of a PaymentIntent that has `succeeded`',
    holds: (_error, payment) => payment?.status === 'succeeded',
    outcome: 'Captured',
    source: CANCEL,
  },
];

/** The one answer to a release that settles it. */
export const VOID_ANSWERED = {
  status: 'canceled',
  when: 'released, and received nothing',
  outcome: 'Voided',
  source: CANCEL,
} as const satisfies OutcomeRow & { readonly status: string };

/** Money that moved is never overlooked, whatever the status says. */
const isReleased = (payment: PaymentIntent | undefined): boolean =>
  payment?.status === VOID_ANSWERED.status && payment.amount_received === 0;

export const captureFailure = (thrown: unknown): CaptureOutcome => {
  const { row, error, payment } = rowOf(CAPTURE_TABLE, thrown);
  switch (row?.outcome) {
    case 'Declined':
      return declined(payment === undefined ? EXPIRED : releasedAs(payment));
    case 'NotExecuted': {
      const code = codeOf(error?.code) ?? STATE;
      return notExecuted(`invalid request: ${code}`, { refused: code });
    }
    case undefined:
      return chargeFailure(thrown);
  }
};

/** The reason why nothing can be captured any more, as the customer's order records it. */
const releasedAs = ({ status, cancellationReason }: PaymentIntent): string =>
  status !== 'canceled' || cancellationReason === 'expired' || cancellationReason === 'automatic'
    ? EXPIRED
    : status;

export const outcomeOfVoidAnswer = (answer: unknown): VoidOutcome => {
  const payment = readIntent(answer);
  if (payment === undefined) return unknown('unreadable answer');
  return isReleased(payment) ? voided(payment) : unknown(`status ${payment.status}`);
};

/** A card error says nothing about a release. */
export const voidFailure = (thrown: unknown): VoidOutcome => {
  const { row, payment } = rowOf(VOID_TABLE, thrown);
  if (row !== undefined && payment !== undefined) {
    const money = moneyOfIntent(payment);
    if (row.outcome === 'Voided') return voided(payment);
    return money === undefined ? unknown('unreadable amount') : { type: 'Captured', ...money };
  }
  const failure = chargeFailure(thrown);
  return failure.type === 'Declined' ? unknown('card error for a release') : failure;
};

const voided = ({ id: reference }: PaymentIntent): VoidedOutcome => ({ type: 'Voided', reference });

const rowOf = <Outcome extends string>(
  table: readonly PaymentRow<Outcome>[],
  thrown: unknown,
): {
  readonly row?: PaymentRow<Outcome> | undefined;
  readonly error?: Stripe.errors.StripeError;
  readonly payment?: PaymentIntent | undefined;
} => {
  if (!(thrown instanceof Stripe.errors.StripeInvalidRequestError)) return {};
  const payment = readIntent(thrown.payment_intent);
  return { row: table.find(({ holds }) => holds(thrown, payment)), error: thrown, payment };
};
