import { okAsync, ResultAsync } from 'neverthrow';
import type {
  CaptureOutcome,
  ChargeOutcome,
  ConfirmOutcome,
  NotExecutedOutcome,
  PaymentGateway,
  RefundOutcome,
  UnknownOutcome,
  GatewayPost,
  PaymentPost,
  VoidOutcome,
} from '../../application/ports/paymentGateway.ts';
import { isForm, isPayment, isPreparedVoid } from './bodies.ts';
import { captureFailure, outcomeOfVoidAnswer, voidFailure } from './captures.ts';
import type { StripeClient } from './client.ts';
import { outcomeOfConfirmAnswer } from './confirmations.ts';
import { chargeFailure, refundFailure } from './errors.ts';
import { inspect } from './inspect.ts';
import { outcomeOfAnswer } from './intents.ts';
import { findPayment, findRefund, listRefunds } from './lookUps.ts';
import { outcomeOfRefundAnswer } from './refunds.ts';
import { retrievePayment, standingOf } from './named.ts';
import { retrieve } from './retrieve.ts';
import { notExecuted, unknown } from './rows.ts';
import { stripeRequests } from './requests.ts';
import type { GatewayMode } from './rules.ts';

/** Up to 255 characters (https://docs.stripe.com/api/idempotent_requests) that fit a header. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The SDK accepts no signal: one that fires later ends no request, but the time-out does. */
export const createStripePaymentGateway = (
  stripe: StripeClient,
  mode: GatewayMode = 'test',
): PaymentGateway => ({
  identify: () => stripe.identify().map((id) => `${id}:${mode}`),
  ...stripeRequests,
  charge: createPost<ChargeOutcome>(stripe, {
    path: '/v1/payment_intents',
    read: outcomeOfAnswer,
    readError: chargeFailure,
  }),
  find: (search) => unlessAborted(search, () => findPayment(stripe, search)),
  capture: createPaymentPost<CaptureOutcome>(stripe, {
    act: 'capture',
    read: outcomeOfAnswer,
    readError: captureFailure,
  }),
  isPreparedVoid,
  confirm: createPaymentPost<ConfirmOutcome>(stripe, {
    act: 'confirm',
    read: outcomeOfConfirmAnswer,
    readError: chargeFailure,
  }),
  void: createPaymentPost<VoidOutcome>(stripe, {
    act: 'cancel',
    read: outcomeOfVoidAnswer,
    readError: voidFailure,
  }),
  inspect: (named) => unlessAborted(named, () => inspect(stripe, named.payment)),
  refund: createPost<RefundOutcome>(stripe, {
    path: '/v1/refunds',
    read: outcomeOfRefundAnswer,
    readError: refundFailure,
  }),
  findRefund: (search) => unlessAborted(search, () => findRefund(stripe, search)),
  retrieve: (named) => unlessAborted(named, () => retrieve(stripe, named.kind, named.reference)),
  listRefunds: (of) => unlessAborted(of, () => listRefunds(stripe, of)),
  retrievePayment: (of) => unlessAborted(of, () => retrievePayment(stripe, of)),
  standing: (of) => unlessAborted(of, () => standingOf(stripe, of)),
});

const unlessAborted = <Found>(
  { signal }: { readonly signal?: AbortSignal },
  look: () => Promise<Found>,
): ResultAsync<Found | UnknownOutcome, never> =>
  signal?.aborted === true
    ? okAsync(unknown('aborted'))
    : ResultAsync.fromSafePromise<Found | UnknownOutcome>(look());

type AnswerReading<Outcome> = {
  readonly read: (answer: unknown) => Outcome;
  readonly readError: (thrown: unknown) => Outcome;
};

const createPost =
  <Outcome>(
    stripe: StripeClient,
    { path, ...reading }: AnswerReading<Outcome> & { readonly path: string },
  ) =>
  (request: GatewayPost): ResultAsync<Outcome | NotExecutedOutcome, never> =>
    ResultAsync.fromSafePromise(post(stripe, { path, ...request }, reading));

/** Posts to a payment that exists already, which the path names. */
const createPaymentPost =
  <Outcome>(
    stripe: StripeClient,
    {
      act,
      ...reading
    }: AnswerReading<Outcome> & { readonly act: 'capture' | 'cancel' | 'confirm' },
  ) =>
  (request: PaymentPost): ResultAsync<Outcome | NotExecutedOutcome, never> => {
    const { payment } = request;
    if (!isPayment(payment)) return okAsync(notExecuted('malformed payment'));
    const path = `/v1/payment_intents/${payment}/${act}`;
    return ResultAsync.fromSafePromise(post(stripe, { path, ...request }, reading));
  };

const post = async <Outcome>(
  stripe: StripeClient,
  { path, key: idempotencyKey, body, notAfter, signal }: GatewayPost & { readonly path: string },
  { read, readError }: AnswerReading<Outcome>,
): Promise<Outcome | NotExecutedOutcome> => {
  if (signal?.aborted) return notExecuted('aborted');
  if (!isForm(body)) return notExecuted('malformed body');
  if (!KEY.test(idempotencyKey)) return notExecuted('malformed key');
  return stripe.postFrozen({ path, body, idempotencyKey, notAfter }).then(read, readError);
};
