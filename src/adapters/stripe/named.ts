import { Result, ResultAsync } from 'neverthrow';
import type { Stripe } from 'stripe';
import type {
  ListedDispute,
  NamedPayment,
  PaymentGateway,
  FoundStanding,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { isPayment } from './bodies.ts';
import { readDispute } from './disputes.ts';
import { outcomeOfFound, readIntent, type PaymentIntent } from './intents.ts';
import { collect, isOurs, listRefunds } from './lookUps.ts';
import { PAGE_MAX } from './pages.ts';
import { lookUpOrAbsent } from './retrieve.ts';
import { attemptIn, ownerIn, unknown } from './rows.ts';
import { defined } from '../defined.ts';

/*
 * Look-ups by the gateway's own name of a payment. That lags behind nothing, unlike the search for
 * our reference (https://docs.stripe.com/api/payment_intents/retrieve).
 */

export const retrievePayment = async (
  stripe: Stripe,
  { payment, ...reference }: Parameters<PaymentGateway['retrievePayment']>[0],
): Promise<NamedPayment> => {
  if (!isPayment(payment)) return { type: 'Absent' };
  const ask = ResultAsync.fromThrowable(
    (): Promise<unknown> => stripe.paymentIntents.retrieve(payment),
    lookUpOrAbsent,
  );
  return ask().match(
    (answer): NamedPayment => {
      const intent = readIntent(answer);
      return intent === undefined ? unknown('unreadable answer') : named(intent, reference);
    },
    (failure): NamedPayment => failure,
  );
};

const named = (
  intent: PaymentIntent,
  reference: Omit<Parameters<PaymentGateway['retrievePayment']>[0], 'payment'>,
): NamedPayment => {
  const { attempt = reference.attempt } = attemptIn(intent.metadata);
  if (!isOurs(intent, { ...reference, attempt, body: '' })) {
    return { type: 'NotOurs', ...ownerIn(intent.metadata) };
  }
  const outcome = outcomeOfFound(intent);
  return attempt === reference.attempt ? outcome : { type: 'OtherAttempt', attempt, outcome };
};

/**
 * Everything that may have happened to a captured payment: its refunds, and its disputes
 * (https://docs.stripe.com/api/disputes/list), the oldest first.
 */
export const standingOf = async (
  stripe: Stripe,
  { paymentReference }: { readonly paymentReference: string },
): Promise<FoundStanding | UnknownOutcome> => {
  const refunds = await listRefunds(stripe, { paymentReference });
  if (refunds.type === 'Unknown') return refunds;
  const disputes = await listDisputes(stripe, paymentReference);
  return disputes.match(
    (found): FoundStanding => ({ type: 'Standing', refunds: refunds.refunds, disputes: found }),
    (failed) => failed,
  );
};

const listDisputes = async (
  stripe: Stripe,
  paymentReference: string,
): Promise<Result<readonly ListedDispute[], UnknownOutcome>> => {
  const found = await collect(
    (dispute) => dispute,
    (after) =>
      stripe.disputes.list({
        payment_intent: paymentReference,
        limit: PAGE_MAX,
        ...defined({ starting_after: after }),
      }),
  );
  return found.andThen((disputes) => Result.combine(disputes.toReversed().map(readDispute)));
};
