import { okAsync, ResultAsync } from 'neverthrow';
import type { Stripe } from 'stripe';
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
  isPreparedCharge,
  isPreparedRefund,
  parametersOf,
  prepareCharge,
  prepareRefund,
} from './bodies.ts';
import { NOT_AFTER_HEADER } from './client.ts';
import { chargeFailure, refundFailure } from './errors.ts';
import { outcomeOfAnswer } from './intents.ts';
import { findPayment, findRefund, listRefunds } from './lookUps.ts';
import { outcomeOfRefundAnswer } from './refunds.ts';
import { retrieve } from './retrieve.ts';
import { notExecuted, unknown } from './rows.ts';
import type { GatewayMode } from './rules.ts';

/** Up to 255 characters (https://docs.stripe.com/api/idempotent_requests) that fit a header. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The SDK accepts no signal: one that fires later ends no request, but the time-out does. */
export const createStripePaymentGateway = (
  stripe: Stripe,
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

const createPost = <Outcome>(stripe: Stripe, { path, read, readError }: Endpoint<Outcome>) => {
  const send = ResultAsync.fromThrowable(
    (
      key: string,
      parameters: Readonly<Record<string, string>>,
      notAfter: number,
    ): Promise<unknown> =>
      stripe.rawRequest('POST', path, parameters, {
        idempotencyKey: key,
        // Removed again by the HTTP client, which alone knows when the request is written.
        additionalHeaders: { [NOT_AFTER_HEADER]: String(notAfter) },
      }),
    readError,
  );
  const post = async ({
    key,
    body,
    notAfter,
    signal,
  }: GatewayPost): Promise<Outcome | NotExecutedOutcome> => {
    if (signal?.aborted) return notExecuted('aborted');
    const parameters = parametersOf(body);
    if (parameters === undefined) return notExecuted('malformed body');
    // Without a key the SDK would make one, and no later request could be recognized as the same.
    if (!KEY.test(key)) return notExecuted('malformed key');
    return send(key, parameters, notAfter).match(read, (outcome) => outcome);
  };
  return (request: GatewayPost): ResultAsync<Outcome | NotExecutedOutcome, never> =>
    ResultAsync.fromSafePromise(post(request));
};
