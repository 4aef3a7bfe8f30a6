import type { Misconfiguration, Unavailable } from '../../application/ports/failures.ts';

/** Errors that no retry fixes, by the names of the service or the SDK. */
const NEEDS_A_PERSON = new Set([
  'ResourceNotFoundException',
  'InvalidParameterException',
  'LimitExceededException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'Throttling']);

export const isNamed = (error: unknown, name: string): boolean =>
  error instanceof Error && error.name === name;

export const failureOf = (error: unknown): Unavailable | Misconfiguration => {
  const name = error instanceof Error ? error.name : 'NotAnError';
  const cause = String(error);
  return NEEDS_A_PERSON.has(name)
    ? { type: 'Misconfigured', dependency: 'Telemetry', cause }
    : { type: 'Unavailable', dependency: 'Telemetry', cause, throttled: THROTTLED.has(name) };
};

/** The service will never accept this batch, but may accept others. */
export type BatchRefused = { readonly type: 'BatchRefused'; readonly cause: string };

export type PutEventsError = BatchRefused | Unavailable | Misconfiguration;

export const putErrorOf = (error: unknown): PutEventsError =>
  isNamed(error, 'InvalidParameterException')
    ? { type: 'BatchRefused', cause: String(error) }
    : failureOf(error);
