import type { Stripe } from 'stripe';
import type { Trouble } from '../../application/ports/failures.ts';
import type {
  DeclinedOutcome,
  NotExecutedOutcome,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import type { HttpFailureCode } from '../http.ts';
import { isOfAccount, refusalCode } from './refusals.ts';
import { codeOf, DOWN, fieldsOf, textOf, type OutcomeRow } from './rows.ts';

/*
 * The meaning of each error of the SDK. `Declined` only where nothing can be captured any more
 * under this key; `NotExecuted` only where nothing was executed; every other error, including
 * unknown ones, is `Unknown` (ADR 0003). Messages of errors are left out: they may hold personal
 * data.
 */

type StripeError = Stripe.errors.StripeError;

export type StripeFailure = DeclinedOutcome | NotExecutedOutcome | UnknownOutcome;

type ErrorRow = OutcomeRow<StripeFailure['type']> & {
  /** The SDK's class, which its Error.js derives from the HTTP status and the type in the body. */
  readonly error: string;
  /** Whether the row applies to this error of its class; without it, it applies to all of them. */
  readonly holds?: (error: StripeError) => boolean;
  /** The code, reason or cause. */
  readonly says: string | ((error: StripeError) => string);
  readonly trouble?: Trouble;
  /** The code, if the request was refused for its own content. */
  readonly refused?: (error: StripeError) => string;
  /** The answer is stored for the key and repeated. */
  readonly stored?: true;
  readonly keyOfAnother?: true;
};

const ERROR_TYPES = 'https://docs.stripe.com/api/errors';
const ERROR_CODES = 'https://docs.stripe.com/error-codes';
const LOW_LEVEL = 'https://docs.stripe.com/error-low-level';
const RATE_LIMITS = 'https://docs.stripe.com/rate-limits';
const IDEMPOTENCY = 'https://docs.stripe.com/api/idempotent_requests';
const HTTP_CLIENT = 'src/adapters/stripe/client.ts';

/** The first matching row counts. */
export const ERROR_TABLE: readonly ErrorRow[] = [
  {
    error: 'StripeCardError',
    when: '402 to a charge: a card error with any decline code, its PaymentIntent not charged',
    holds: (error) => declineCodeOf(error) !== undefined && !mayStillCharge(error),
    outcome: 'Declined',
    says: (error) => declineCodeOf(error) ?? '',
    source: 'https://docs.stripe.com/declines/codes',
  },
  {
    error: 'StripeCardError',
    when: '402 that is no card error, has no code, or whose PaymentIntent is in another status',
    outcome: 'Unknown',
    says: 'contradictory card error',
    source: ERROR_TYPES,
  },
  {
    // A lock time-out may come after the idempotency layer.
    error: 'StripeRateLimitError',
    when: '429 `lock_timeout`',
    holds: (error) => error.code === 'lock_timeout',
    outcome: 'Unknown',
    says: 'lock timeout',
    source: RATE_LIMITS,
  },
  {
    // "Rate limiters run before the API's idempotency layer."
    error: 'StripeRateLimitError',
    when: '429, or 400 `rate_limit`',
    outcome: 'NotExecuted',
    says: 'rate limited',
    trouble: 'Throttled',
    source: LOW_LEVEL,
  },
  {
    // As with 401 and 403: no order can succeed until a person has fixed it.
    error: 'StripeInvalidRequestError',
    when: '400 or 404 about the account, by its code, or about nothing that differs between orders',
    holds: isOfAccount,
    outcome: 'NotExecuted',
    says: (error) => `refused to every order: ${refusalCode(error)}`,
    trouble: 'Misconfigured',
    source: ERROR_CODES,
  },
  {
    // Refused by validation, which concerns this request and not the key (G6).
    error: 'StripeInvalidRequestError',
    when: '400 or 404 about the request’s own content: its code or its parameter says so',
    outcome: 'NotExecuted',
    says: (error) => `invalid request: ${refusalCode(error)}`,
    refused: refusalCode,
    source: IDEMPOTENCY,
  },
  {
    // Another body was sent under this key before, and may have been executed (G9, F26).
    error: 'StripeIdempotencyError',
    when: '400 `idempotency_error`: other parameters under the key',
    outcome: 'Unknown',
    says: 'parameter mismatch',
    keyOfAnother: true,
    source: IDEMPOTENCY,
  },
  {
    error: 'StripeAuthenticationError',
    when: '401',
    outcome: 'NotExecuted',
    says: 'authentication failed',
    trouble: 'Misconfigured',
    source: ERROR_TYPES,
  },
  {
    error: 'StripePermissionError',
    when: '403',
    outcome: 'NotExecuted',
    says: 'permission denied',
    trouble: 'Misconfigured',
    source: ERROR_TYPES,
  },
  {
    error: 'StripeAPIError',
    when: '409: a request with the key is under way',
    holds: ({ statusCode }) => statusCode === 409,
    outcome: 'Unknown',
    says: 'request in progress',
    source: IDEMPOTENCY,
  },
  {
    // The problem is this key's: counting it against the gateway would stop other orders.
    error: 'StripeAPIError',
    when: '5xx or no JSON with `Idempotent-Replayed: true`: kept for the key and given again',
    holds: (error) => isReplayed(error) && (error.statusCode ?? 500) >= 500,
    outcome: 'Unknown',
    says: 'stored failure',
    stored: true,
    source: IDEMPOTENCY,
  },
  {
    error: 'StripeAPIError',
    when: '5xx: "indeterminate", the first time for the key',
    holds: ({ statusCode }) => statusCode !== undefined && statusCode >= 500,
    outcome: 'Unknown',
    says: ({ statusCode }) => `status code ${statusCode}`,
    ...DOWN,
    source: LOW_LEVEL,
  },
  {
    error: 'StripeAPIError',
    when: 'an answer that is no JSON',
    holds: ({ statusCode }) => statusCode === undefined,
    outcome: 'Unknown',
    says: 'unreadable answer',
    ...DOWN,
    source: ERROR_TYPES,
  },
  {
    error: 'StripeAPIError',
    when: 'any other status than these',
    outcome: 'Unknown',
    says: ({ statusCode }) => `status code ${statusCode}`,
    source: ERROR_TYPES,
  },
  {
    error: 'StripeConnectionError',
    when: 'no connection was made',
    holds: (error) => endedAs(error, 'NOT_CONNECTED'),
    outcome: 'NotExecuted',
    says: 'not connected',
    ...DOWN,
    source: HTTP_CLIENT,
  },
  {
    error: 'StripeConnectionError',
    when: 'it would have been written to the socket later than its order was looked at for',
    holds: (error) => endedAs(error, 'TOO_LATE'),
    outcome: 'NotExecuted',
    says: 'too late to be sent',
    source: HTTP_CLIENT,
  },
  {
    error: 'StripeConnectionError',
    when: 'no whole answer within the time-out',
    holds: (error) => endedAs(error, 'TIMED_OUT'),
    outcome: 'Unknown',
    says: 'timed out',
    ...DOWN,
    source: HTTP_CLIENT,
  },
  {
    error: 'StripeConnectionError',
    when: 'the connection ended before the whole answer',
    outcome: 'Unknown',
    says: 'connection lost',
    ...DOWN,
    source: HTTP_CLIENT,
  },
];

/** The reason in a card error, of an answer or a PaymentIntent: the bank's own if there is one. */
const cardDeclineCode = (error: unknown): string | undefined => {
  const { type, code, decline_code: reason } = fieldsOf(error);
  return type === 'card_error' ? (codeOf(reason) ?? codeOf(code)) : undefined;
};

/**
 * The reason in the error of a payment that took days, which is no card's: it names the charge that
 * failed.
 */
export const failedChargeCode = (error: unknown): string | undefined => {
  const { charge, code, decline_code: reason } = fieldsOf(error);
  const isCharge = textOf(charge) !== undefined;
  return cardDeclineCode(error) ?? (isCharge ? (codeOf(reason) ?? codeOf(code)) : undefined);
};

const declineCodeOf = ({ rawType, code, decline_code }: StripeError): string | undefined =>
  cardDeclineCode({ type: rawType, code, decline_code });

const mayStillCharge = ({ payment_intent: intent }: StripeError): boolean =>
  intent !== undefined && !['requires_payment_method', 'canceled'].includes(intent.status);

/** The SDK keeps no headers of an unreadable answer; our own client does (client.ts). */
const isReplayed = ({ headers, raw }: StripeError): boolean =>
  [headers, fieldsOf(fieldsOf(raw)['exception'])['headers']].some(
    (kept) => fieldsOf(kept)['idempotent-replayed'] === 'true',
  );

const endedAs = (error: StripeError, code: HttpFailureCode): boolean =>
  fieldsOf(error.detail)['code'] === code;
