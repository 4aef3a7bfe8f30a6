import type { NotifierError } from '../../application/ports/notifier.ts';
import { redactText } from '../telemetry/redact.ts';

/** The mail itself is refused; the same mail would be refused again. */
const ABOUT_THE_MAIL = new Set(['MessageRejected', 'BadRequestException']);

/** SES or the SDK names what only a person can change: the account, the identity, the credentials. */
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

const THROTTLED = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
]);

/** Nobody was reached. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whatever is not known to be refused may have been taken: time-outs, 5xx, lost answers. */
export const notifierErrorOf = (error: unknown, from: string): NotifierError => {
  const name = error instanceof Error ? error.name : 'NotAnError';
  const cause = String(error);
  if (NEEDS_A_PERSON.has(name) || isSenderUnverified(name, cause, from)) {
    return { type: 'Misconfigured', dependency: 'Notifier', cause };
  }
  // SES quotes addresses in its reasons, and a reason is kept.
  if (ABOUT_THE_MAIL.has(name)) return { type: 'Undeliverable', reason: redactText(cause) };
  const throttled = THROTTLED.has(name);
  const failure = { type: 'Unavailable', dependency: 'Notifier', cause, throttled } as const;
  return throttled || isRefused(error) ? { ...failure, notTaken: true } : failure;
};

/** By an answer that is neither a success nor a failure of the service's own, or without any connection. */
const isRefused = (error: unknown): boolean => {
  const { code = '', $metadata } = Object(error) as {
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  return NOT_CONNECTED.has(code) || (status >= 400 && status < 500 && status !== REQUEST_TIMEOUT);
};

const REQUEST_TIMEOUT = 408;

/** SES rejects the mail for an unverified sender too, and lists the identities that failed. */
const isSenderUnverified = (name: string, cause: string, from: string): boolean => {
  const address = /<([^>]*)>/.exec(from)?.[1] ?? from;
  return name === 'MessageRejected' && cause.includes('not verified') && cause.includes(address);
};
