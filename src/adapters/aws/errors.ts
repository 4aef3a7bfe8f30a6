/** An error that the SDK throws, or that stands in an entry of the answer to a batch. */
export type AwsError = {
  readonly name: string;
  /** Node's code for a connection that failed; otherwise empty. */
  readonly code: string;
  /** 0 without an answer, and in an entry of a batch. */
  readonly status: number;
  readonly cause: string;
  readonly throttled: boolean;
};

/**
 * The throttling errors of all services, by their names in whole requests and in entries of
 * batches. SQS answers 403 to some of these, so that the status alone would look like a missing
 * permission.
 */
const THROTTLES: ReadonlySet<string> = new Set([
  'KMSThrottling',
  'KMSThrottlingException',
  'KmsThrottled',
  'LimitExceededException',
  'OverLimit',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttled',
  'ThrottledException',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** The credentials are missing or refused, or lack the permission. Some come without a status. */
const NO_ACCESS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

/** The request cannot have left this machine. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPROXY',
  // The code of our own handler, if no connection stood in time.
  'NOT_CONNECTED',
]);

const REQUEST_TIMEOUT_STATUS = 408;
const TOO_MANY_REQUESTS_STATUS = 429;

export const readAwsError = (error: unknown): AwsError => {
  const name = plainName(textOf(error, 'name') || textOf(error, 'Code')) || 'UnknownError';
  const code = textOf(error, 'code');
  const message = textOf(error, 'message') || textOf(error, 'Message') || code;
  const status = Number(partOf(partOf(error, '$metadata'), 'httpStatusCode') ?? 0);
  const throttled =
    THROTTLES.has(name) ||
    status === TOO_MANY_REQUESTS_STATUS ||
    partOf(partOf(error, '$retryable'), 'throttling') === true;
  return { name, code, status, throttled, cause: message === '' ? name : `${name}: ${message}` };
};

export const nameOf = (error: unknown): string => readAwsError(error).name;

/** Turns one expected error into a value. Every other error is thrown on. */
export const onError =
  <const T>(name: string, value: T) =>
  (error: unknown): T => {
    if (nameOf(error) === name) return value;
    throw error;
  };

/** The name without the service, which the older protocol of SQS puts in front. */
const plainName = (name: string): string => name.replace(/^AWS\.SimpleQueueService\./u, '');

export const isWithoutAccess = ({ name }: AwsError): boolean => NO_ACCESS.has(name);

export const isNotConnected = ({ code }: AwsError): boolean => NOT_CONNECTED.has(code);

/** A refusal by the service itself. 408 is none: the request came too slowly. */
export const isClientFault = ({ status }: AwsError): boolean =>
  status >= 400 && status < 500 && status !== REQUEST_TIMEOUT_STATUS;

const textOf = (value: unknown, key: string): string => {
  const part = partOf(value, key);
  return typeof part === 'string' ? part : '';
};

const partOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
