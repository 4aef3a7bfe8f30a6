import type { Misconfiguration } from '../../application/ports/failures.ts';
import type { EntryResult, QueueError } from '../../application/ports/messageQueue.ts';

/**
 * SQS answers 403 to some of these, so that the status alone would look like a missing permission.
 */
const THROTTLES: ReadonlySet<string> = new Set([
  'KmsThrottled',
  'OverLimit',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Errors that the SDK raises before or after the request, so that they have no HTTP status. */
const MISCONFIGURATIONS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'InvalidAddress',
]);

/** Refusals of a whole call for its content: each of its entries by itself may succeed. */
const ABOUT_ENTRIES: ReadonlySet<string> = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'InvalidBatchEntryId',
  'InvalidIdFormat',
  'InvalidMessageContents',
  'InvalidParameterValue',
  'MessageNotInflight',
  'ReceiptHandleIsInvalid',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
]);

/**
 * Errors of one entry that any other entry would get too, although SQS calls them the sender's
 * fault.
 */
const ABOUT_THE_QUEUE = new RegExp(
  String.raw`^(AccessDenied|InvalidClientTokenId|InvalidSecurity|Kms|KMS\.|NonExistentQueue` +
    '|QueueDoesNotExist|QueueDeletedRecently|SignatureDoesNotMatch)',
  'u',
);

const CAUSE_CHARACTERS_MAX = 300;
const REQUEST_TIMEOUT_STATUS = 408;
const TOO_MANY_REQUESTS_STATUS = 429;

type SdkError = {
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
};

/** The error's name as in the documentation: the older protocol puts the service in front. */
export const nameOf = (thrown: unknown): string =>
  thrown instanceof Error ? plain(thrown.name) : 'Error';

/** An answer may use any text as the name of an error. */
const plain = (code: unknown): string => String(code).replace(/^AWS\.SimpleQueueService\./u, '');

/** The code, if the call was refused because of one of its entries. */
export const entryErrorOf = (thrown: unknown): string | undefined => {
  const name = nameOf(thrown);
  return ABOUT_ENTRIES.has(name) ? name : undefined;
};

/** The answer of SQS for one entry of a call that succeeded. */
export const failedEntry = (
  code: string,
  senderFault: boolean,
): EntryResult & { readonly type: 'Failed' } => {
  const name = plain(code);
  if (THROTTLES.has(name)) return { type: 'Failed', code, retryable: true, trouble: 'Throttled' };
  return ABOUT_THE_QUEUE.test(name)
    ? { type: 'Failed', code, retryable: true, trouble: 'Misconfigured' }
    : { type: 'Failed', code, retryable: !senderFault };
};

/**
 * The SDK compares checksums after SQS has accepted a message: whether it is stored whole is not
 * known.
 */
export const isChecksumError = (error: unknown): boolean =>
  error instanceof Error && /checksum/iu.test(error.message);

export const toQueueError = (thrown: unknown): QueueError => {
  const error: SdkError = thrown instanceof Error ? thrown : { message: String(thrown) };
  const name = nameOf(thrown);
  const status = error.$metadata?.httpStatusCode ?? 0;
  const cause = `${name}: ${error.message ?? ''}`.slice(0, CAUSE_CHARACTERS_MAX);
  if (name === 'AbortError') return { type: 'Aborted', dependency: 'MessageQueue' };

  const throttled =
    THROTTLES.has(name) ||
    status === TOO_MANY_REQUESTS_STATUS ||
    error.$retryable?.throttling === true;
  // An error that SQS calls the client's fault stays, however often the call is repeated: no such
  // queue, no permission, a bad key. Only 408 means that the request came too slowly.
  const clientFault = status >= 400 && status < 500 && status !== REQUEST_TIMEOUT_STATUS;
  if (!throttled && (clientFault || MISCONFIGURATIONS.has(name))) return misconfigured(cause);
  return { type: 'Unavailable', dependency: 'MessageQueue', cause, throttled };
};

export const misconfigured = (cause: string): Misconfiguration => ({
  type: 'Misconfigured',
  dependency: 'MessageQueue',
  cause,
});
