import { Stripe } from 'stripe';
import type { Trouble } from '../../application/ports/failures.ts';
import type { ChargeOutcome } from '../../application/ports/paymentGateway.ts';
import { fromStripeAmount } from './amounts.ts';
import type { ConnectionFailureCode } from './httpClient.ts';

/*
 * What each answer of Stripe to "create and confirm" says about money. Declined is only what can never be
 * captured any more under this key; NotExecuted only what was not executed; whatever else, and whatever is
 * not in these tables, is Unknown (ADR 0003). Messages of errors are left out: they may hold personal data.
 */

type StripeError = Stripe.errors.StripeError;

/** The parts of a PaymentIntent that decide. */
type Intent = {
  readonly id: string;
  readonly status: string;
  readonly amount_received: number;
  readonly currency: string;
};

/** Nobody's request would have fared better. */
const DOWN = { trouble: 'Unavailable' } as const;

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
const INTENT_STATUS: Readonly<Record<string, (intent: Intent) => ChargeOutcome>> = {
  succeeded: (intent) => captured(intent),
  // "No additional charges are made by the PaymentIntent": https://docs.stripe.com/api/payment_intents/cancel
  canceled: () => ({ type: 'Declined', code: 'canceled' }),
  // Bank debits and the like settle days later; either way is open.
  processing: (intent) => unsettled(intent),
  // Authorised, not captured. It is never asked for, but somebody could capture it.
  requires_capture: (intent) => unsettled(intent),
  // The customer, or somebody at the dashboard, could still complete each of these.
  requires_action: (intent) => unsettled(intent),
  requires_confirmation: (intent) => unsettled(intent),
  requires_payment_method: (intent) => unsettled(intent),
};

/** https://docs.stripe.com/error-low-level, /rate-limits, /api/errors; the SDK's classes: its Error.js. */
const ERRORS: Readonly<Record<string, (error: StripeError) => ChargeOutcome>> = {
  StripeCardError: (error) => declined(error),
  // "Rate limiters run before the API's idempotency layer." A lock's time-out may come after it.
  StripeRateLimitError: (error) =>
    error.code === 'lock_timeout'
      ? unknown('lock timeout', error)
      : { ...notExecuted('rate limited', 'Throttled'), ...retryAfter(error) },
  // 400 and 404: refused by validation, which speaks of this request and not of the key (G6).
  StripeInvalidRequestError: (error) =>
    notExecuted(`invalid request: ${error.code ?? error.param ?? 'unspecified'}`),
  // Another body was sent under this key before: that one may have been charged (G9, F26).
  StripeIdempotencyError: (error) => unknown('parameter mismatch', error),
  StripeAuthenticationError: () => notExecuted('authentication failed', 'Misconfigured'),
  StripePermissionError: () => notExecuted('permission denied', 'Misconfigured'),
  // 409: the key is in use by a request under way. 5xx: "indeterminate". No status: the answer is no JSON.
  StripeAPIError: (error) => ({
    ...unknown(apiErrorCause(error.statusCode), error),
    ...((error.statusCode ?? 500) < 500 ? {} : DOWN),
  }),
  StripeConnectionError: (error) => disconnected(error),
};

/** These belong to webhooks, OAuth and API v2 and are no answer to a charge: Unknown, as all that is not above. */
const NO_ANSWERS: readonly string[] = [
  'StripeError',
  'StripeSignatureVerificationError',
  'StripeOAuthError',
  'StripeInvalidGrantError',
  'StripeInvalidClientError',
  'StripeOAuthInvalidRequestError',
  'StripeInvalidScopeError',
  'StripeUnsupportedGrantTypeError',
  'StripeUnsupportedResponseTypeError',
  'AlreadyCanceledError',
  'BlockedByStripeError',
  'CannotProceedError',
  'CapabilityNotEnabledError',
  'ControlledByAlternateResourceError',
  'FeatureNotEnabledError',
  'FinancialAccountNotOpenError',
  'FxQuoteNeedsRefreshError',
  'InsufficientFundsError',
  'InvalidPaymentMethodError',
  'InvalidPayoutMethodError',
  'InvalidVaultedCredentialError',
  'NotCancelableError',
  'QuotaExceededError',
  'RateLimitError',
  'RecipientNotNotifiableError',
  'TemporarySessionExpiredError',
  'VerificationAttemptFailedError',
  'VerificationExpiredError',
  'VerificationNotInitiatedError',
];

/** How a request ended on the network; see `createStripeHttpClient`. */
const CONNECTION: Readonly<Record<ConnectionFailureCode, ChargeOutcome>> = {
  NOT_CONNECTED: { type: 'NotExecuted', reason: 'not connected', ...DOWN },
  TIMED_OUT: { type: 'Unknown', cause: 'timed out', ...DOWN },
  CONNECTION_LOST: { type: 'Unknown', cause: 'connection lost', ...DOWN },
};

/** The error classes that the table knows; a test compares them with those of the SDK. */
export const MAPPED_ERRORS: readonly string[] = [...Object.keys(ERRORS), ...NO_ANSWERS];

/** What a PaymentIntent, or whatever came in its place, says. */
export const outcomeOfAnswer = (answer: unknown): ChargeOutcome =>
  isIntent(answer)
    ? (ownRow(INTENT_STATUS, answer.status)?.(answer) ?? unsettled(answer))
    : unknown('unreadable answer');

/** What anything thrown by the SDK says. */
export const outcomeOfError = (error: unknown): ChargeOutcome =>
  error instanceof Stripe.errors.StripeError
    ? (ownRow(ERRORS, error.type)?.(error) ?? unknown(`unexpected ${error.type}`, error))
    : unknown('unreadable answer');

const ownRow = <Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const isIntent = (answer: unknown): answer is Intent => {
  const fields = Object(answer) as Record<string, unknown>;
  return (
    fields['object'] === 'payment_intent' &&
    typeof fields['id'] === 'string' &&
    typeof fields['status'] === 'string' &&
    typeof fields['amount_received'] === 'number' &&
    typeof fields['currency'] === 'string'
  );
};

const captured = (intent: Intent): ChargeOutcome => {
  const money = fromStripeAmount({ amount: intent.amount_received, currency: intent.currency });
  return money === undefined
    ? unknown('unreadable amount')
    : { type: 'Captured', reference: intent.id, ...money };
};

const unsettled = (intent: Intent): ChargeOutcome => unknown(`status ${intent.status}`);

const declined = (error: StripeError): ChargeOutcome => {
  const code: unknown = error.decline_code || error.code;
  const status = error.payment_intent?.status ?? 'requires_payment_method';
  const isFinal = status === 'requires_payment_method' || status === 'canceled';
  return error.rawType === 'card_error' && typeof code === 'string' && isFinal
    ? { type: 'Declined', code }
    : unknown('contradictory card error', error);
};

const apiErrorCause = (statusCode: number | undefined): string => {
  if (statusCode === undefined) return 'unreadable answer';
  return statusCode === 409 ? 'request in progress' : `status code ${statusCode}`;
};

const disconnected = (error: StripeError): ChargeOutcome => {
  const { code } = Object(error.detail) as { code?: unknown };
  return (
    (typeof code === 'string' ? ownRow(CONNECTION, code) : undefined) ?? CONNECTION.CONNECTION_LOST
  );
};

const notExecuted = (reason: string, trouble?: Trouble): ChargeOutcome => ({
  type: 'NotExecuted',
  reason,
  ...(trouble === undefined ? {} : { trouble }),
});

const unknown = (cause: string, error?: StripeError): ChargeOutcome => ({
  type: 'Unknown',
  cause,
  ...(error === undefined ? {} : retryAfter(error)),
});

/** Whole seconds, as Stripe would send it; the other form, a date, is not waited for. */
const retryAfter = (error: StripeError): { readonly retryAfterMs?: number } => {
  const seconds = error.headers?.['retry-after'];
  return seconds !== undefined && /^\d{1,5}$/.test(seconds)
    ? { retryAfterMs: Number(seconds) * 1_000 }
    : {};
};
