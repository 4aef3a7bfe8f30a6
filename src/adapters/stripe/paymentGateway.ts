import { okAsync, ResultAsync } from 'neverthrow';
import type {
  ChargeOutcome,
  NotExecutedOutcome,
  PaymentGateway,
  RefundOutcome,
  UnknownOutcome,
  GatewayPost,
} from '../../application/ports/paymentGateway.ts';
import { identifyAccount } from './account.ts';
import {
  isForm,
  isPreparedCharge,
  isPreparedRefund,
  prepareCharge,
  prepareRefund,
} from './bodies.ts';
import type { StripeClient } from './client.ts';
import { chargeFailure, refundFailure } from './errors.ts';
import { outcomeOfAnswer } from './intents.ts';
import { findPayment, findRefund, listRefunds } from './lookUps.ts';
import { outcomeOfRefundAnswer } from './refunds.ts';
import { kindOf } from './names.ts';
import { retrieve } from './retrieve.ts';
import { notExecuted, unknown } from './rows.ts';
import type { GatewayMode } from './rules.ts';

/** Up to 255 characters (https://docs.stripe.com/api/idempotent_requests) that fit a header. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The SDK accepts no signal: one that fires later ends no request, but the time-out does. */
export const createStripePaymentGateway = (
  stripe: StripeClient,
  mode: GatewayMode = 'test',
): PaymentGateway => ({
  identify: () => identifyAccount(stripe).map((id) => `${id}:${mode}`),
  prepare: prepareCharge,
  isPrepared: isPreparedCharge,
  charge: createPost<ChargeOutcome>(stripe, {
    path: '/v1/payment_intents',
    read: outcomeOfAnswer,
    readError: chargeFailure,
  }),
  find: (search) => unlessAborted(search, () => findPayment(stripe, search)),
  prepareRefund,
  isPreparedRefund,
  refund: createPost<RefundOutcome>(stripe, {
    path: '/v1/refunds',
    read: outcomeOfRefundAnswer,
    readError: refundFailure,
  }),
  findRefund: (search) => unlessAborted(search, () => findRefund(stripe, search)),
  kindOf,
  retrieve: (named) => unlessAborted(named, () => retrieve(stripe, named.kind, named.reference)),
  listRefunds: (of) => unlessAborted(of, () => listRefunds(stripe, of)),
});

const unlessAborted = <Found>(
  { signal }: { readonly signal?: AbortSignal },
  look: () => Promise<Found>,
): ResultAsync<Found | UnknownOutcome, never> =>
  signal?.aborted === true
    ? okAsync(unknown('aborted'))
    : ResultAsync.fromSafePromise<Found | UnknownOutcome>(look());

type Endpoint<Outcome> = {
  readonly path: string;
  readonly read: (answer: unknown) => Outcome;
  readonly readError: (thrown: unknown) => Outcome;
};

const createPost = <Outcome>(
  stripe: StripeClient,
  { path, read, readError }: Endpoint<Outcome>,
) => {
  const send = ResultAsync.fromThrowable(
    ({ key: idempotencyKey, body, notAfter }: GatewayPost) =>
      stripe.postFrozen({ path, body, idempotencyKey, notAfter }),
    readError,
  );
  const post = async (request: GatewayPost): Promise<Outcome | NotExecutedOutcome> => {
    if (request.signal?.aborted) return notExecuted('aborted');
    if (!isForm(request.body)) return notExecuted('malformed body');
    if (!KEY.test(request.key)) return notExecuted('malformed key');
    return send(request).match(read, (outcome) => outcome);
  };
  return (request: GatewayPost): ResultAsync<Outcome | NotExecutedOutcome, never> =>
    ResultAsync.fromSafePromise(post(request));
};
