import { ResultAsync } from 'neverthrow';
import { Stripe } from 'stripe';
import type {
  Absent,
  MovementKind,
  RetrievedMovement,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { lookUpFailure } from './errors.ts';
import { moneyOfIntent, outcomeOfFound, readIntent, type PaymentIntent } from './intents.ts';
import { collectRefunds } from './lookUps.ts';
import { moneyOfRefund, outcomeOfRefund, readRefund, type StripeRefund } from './refunds.ts';
import { defined } from '../defined.ts';
import { attemptIn, fieldsOf, ownerIn, textOf, unknown } from './rows.ts';

type RetrieveResult = RetrievedMovement | Absent | UnknownOutcome;

/**
 * The object with an id (https://docs.stripe.com/api/payment_intents/retrieve,
 * https://docs.stripe.com/api/refunds/retrieve), and how much of a payment was refunded. A charge
 * (https://docs.stripe.com/api/charges/retrieve) names its payment; one without is none of ours.
 */
export const retrieve = async (
  stripe: Stripe,
  kind: MovementKind,
  reference: string,
): Promise<RetrieveResult> => {
  if (kind !== 'charge') return retrieveMovement(stripe, kind, reference);
  const ask = ResultAsync.fromThrowable(
    (): Promise<unknown> => stripe.charges.retrieve(reference),
    lookUpOrAbsent,
  );
  return ask().match(
    (charge) => {
      const payment = textOf(fieldsOf(charge)['payment_intent']);
      return payment === undefined
        ? { type: 'Absent' }
        : retrieveMovement(stripe, 'payment', payment);
    },
    (failure): RetrieveResult => failure,
  );
};

const retrieveMovement = async (
  stripe: Stripe,
  kind: 'payment' | 'refund',
  reference: string,
): Promise<RetrieveResult> => {
  const ask = ResultAsync.fromThrowable(
    (): Promise<unknown> =>
      kind === 'payment'
        ? stripe.paymentIntents.retrieve(reference)
        : stripe.refunds.retrieve(reference),
    lookUpOrAbsent,
  );
  const answer = await ask();
  if (answer.isErr()) return answer.error;
  if (kind === 'refund') return readable(readRefund(answer.value), refundNamed);
  const intent = readIntent(answer.value);
  const refunds = await collectRefunds(stripe, reference);
  return refunds.match(
    (all) => readable(intent, (payment) => paymentNamed(payment, all)),
    (failed): RetrieveResult => failed,
  );
};

export const lookUpOrAbsent = (thrown: unknown): Absent | UnknownOutcome =>
  isMissing(thrown) ? { type: 'Absent' } : lookUpFailure(thrown);

/** No such object, or none of that kind, as Stripe says for a refund's id of a payment. */
const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Stripe.errors.StripeInvalidRequestError && thrown.statusCode === 404;

const readable = <T>(object: T | undefined, read: (object: T) => RetrieveResult): RetrieveResult =>
  object === undefined ? unknown('unreadable answer') : read(object);

const paymentNamed = (intent: PaymentIntent, refunds: readonly StripeRefund[]): RetrieveResult => {
  const { metadata } = intent;
  const money = moneyOfIntent(intent);
  // A refund on its way may still fail, so that its money counts as held until then.
  const back = refunds.filter((refund) => outcomeOfRefund(refund).type === 'Refunded');
  const sums = back.map((refund) => moneyOfRefund(refund)?.amountMinor ?? Number.NaN);
  const refundedMinor = sums.reduce((sum, amountMinor) => sum + amountMinor, 0);
  if (money === undefined || Number.isNaN(refundedMinor)) return unknown('unreadable amount');
  return {
    type: 'Retrieved',
    ...money,
    isMoved: outcomeOfFound(intent).type === 'Captured',
    refundedMinor,
    ...ownerIn(metadata),
    ...attemptIn(metadata),
  };
};

const refundNamed = (refund: StripeRefund): RetrieveResult => {
  const money = moneyOfRefund(refund);
  if (money === undefined) return unknown('unreadable amount');
  const isMoved = outcomeOfRefund(refund).type === 'Refunded';
  const { metadata, paymentIntent: paymentReference } = refund;
  return {
    type: 'Retrieved',
    ...money,
    isMoved,
    ...(isMoved ? {} : { amountMinor: 0 }),
    refundedMinor: 0,
    ...ownerIn(metadata),
    ...defined({ refundId: textOf(metadata['refund_id']), paymentReference }),
  };
};
