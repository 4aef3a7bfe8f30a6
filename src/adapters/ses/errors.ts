import type { NotifierError } from '../../application/ports/notifier.ts';
import { redactText } from '../telemetry/redact.ts';

/** The mail itself is refused; the same mail would be refused again. */
const ABOUT_THE_MAIL = new Set(['MessageRejected', 'BadRequestException']);

/** Only a person can fix what SES or the SDK names: the account, the identity, the credentials. */
const NEEDS_A_PERSON = new Set([
  'AccountSuspendedException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
  'AccessDeniedException',
  'AccessDenied',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'ExpiredTokenException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);

/**
 * Either the account is in the sandbox, where sender and recipients must be verified, or the sender
 * is not verified: outside the sandbox SES never says this of a recipient. In both cases the next
 * mail would fail in the same way.
 */
const NOT_VERIFIED = /not verified/iu;

/**
 * SES reports these problems of the whole account in words, under the name of an error about the
 * mail.
 */
const ABOUT_THE_ACCOUNT = new RegExp(
  'sending (is |has been )?(paused|disabled|suspended)' +
    '|account (is |has been )?(paused|suspended|under review)',
  'iu',
);

/**
 * Used up until tomorrow, or until a person has it raised. A limit on the rate in a second, by
 * contrast, passes by itself.
 */
const DAILY_QUOTA = /daily (message|sending) quota/iu;

const THROTTLED = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
]);

/** No service was reached. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Any mail that is not known to be refused may have been accepted: time-outs, 5xx, lost answers.
 */
export const notifierErrorOf = (error: unknown): NotifierError => {
  const name = error instanceof Error ? error.name : 'NotAnError';
  const cause = String(error);
  const isOfAll =
    DAILY_QUOTA.test(cause) ||
    (ABOUT_THE_MAIL.has(name) && (NOT_VERIFIED.test(cause) || ABOUT_THE_ACCOUNT.test(cause)));
  if (NEEDS_A_PERSON.has(name) || isOfAll) {
    return { type: 'Misconfigured', dependency: 'Notifier', cause: redactText(cause) };
  }
  // SES quotes addresses in its reasons, and reasons are stored.
  if (ABOUT_THE_MAIL.has(name)) return { type: 'Undeliverable', reason: redactText(cause) };
  const throttled = THROTTLED.has(name);
  const failure = { type: 'Unavailable', dependency: 'Notifier', cause, throttled } as const;
  return throttled || isRefused(error) ? { ...failure, notTaken: true } : failure;
};

/**
 * Refused by an answer that is neither a success nor a failure of the service's own, or without any
 * connection.
 */
const isRefused = (error: unknown): boolean => {
  const { code = '', $metadata } = Object(error) as {
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  return NOT_CONNECTED.has(code) || (status >= 400 && status < 500 && status !== REQUEST_TIMEOUT);
};

const REQUEST_TIMEOUT = 408;
