import type { Misconfiguration } from '../../application/ports/failures.ts';
import type { EntryResult, QueueError } from '../../application/ports/messageQueue.ts';

/** SQS says 403 to some of these, so that the status alone would look like a lack of permission. */
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

/** Errors that the SDK raises before or after the request, so that they carry no HTTP status. */
const MISCONFIGURATIONS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'InvalidAddress',
]);

/** Of a whole call, about what is in it: each of its entries by itself may fare better. */
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

/** Of one entry, about what any other would meet too, though SQS calls it the sender's fault. */
const ABOUT_THE_QUEUE =
  /^(AccessDenied|InvalidClientTokenId|InvalidSecurity|Kms|KMS\.|NonExistentQueue|QueueDoesNotExist|QueueDeletedRecently|SignatureDoesNotMatch)/u;

const CAUSE_CHARACTERS_MAX = 300;
const REQUEST_TIMEOUT_STATUS = 408;
const TOO_MANY_REQUESTS_STATUS = 429;

type SdkError = {
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
};

/** The error's name as the documentation has it: the older protocol puts the service in front. */
export const nameOf = (thrown: unknown): string =>
  thrown instanceof Error ? plain(thrown.name) : 'Error';

/** An answer may name an error by anything. */
const plain = (code: unknown): string => String(code).replace(/^AWS\.SimpleQueueService\./u, '');

/** The code, if the call was refused for what one of its entries is. */
export const entryErrorOf = (thrown: unknown): string | undefined => {
  const name = nameOf(thrown);
  return ABOUT_ENTRIES.has(name) ? name : undefined;
};

/** What SQS says of one entry of a call that succeeded. */
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

/** The SDK compares checksums after SQS has taken a message: whether it lies there whole is not known. */
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
  // What SQS calls the client's fault stays wrong however often it is asked: no such queue, no permission,
  // a bad key. 408 alone says that the request came too slowly.
  const clientFault = status >= 400 && status < 500 && status !== REQUEST_TIMEOUT_STATUS;
  if (!throttled && (clientFault || MISCONFIGURATIONS.has(name))) return misconfigured(cause);
  return { type: 'Unavailable', dependency: 'MessageQueue', cause, throttled };
};

export const misconfigured = (cause: string): Misconfiguration => ({
  type: 'Misconfigured',
  dependency: 'MessageQueue',
  cause,
});
