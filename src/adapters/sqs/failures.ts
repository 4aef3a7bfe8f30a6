import { ResultAsync } from 'neverthrow';
import type { EntryResult, QueueError } from '../../application/ports/messageQueue.ts';
import { isClientFault, isWithoutAccess, nameOf, readAwsError } from '../aws/errors.ts';
import { misconfigured, unavailable } from '../failures.ts';

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

/** Errors that any other entry would get too, although SQS calls them the sender's fault. */
const ABOUT_THE_QUEUE = new RegExp(
  String.raw`^(AccessDenied|InvalidClientTokenId|InvalidSecurity|Kms|KMS\.|NonExistentQueue` +
    '|QueueDoesNotExist|QueueDeletedRecently|SignatureDoesNotMatch)',
  'u',
);

const CAUSE_CHARACTERS_MAX = 300;

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
  const { name, throttled } = readAwsError({ Code: code });
  if (throttled) return { type: 'Failed', code, retryable: true, trouble: 'Throttled' };
  return ABOUT_THE_QUEUE.test(name)
    ? { type: 'Failed', code, retryable: true, trouble: 'Misconfigured' }
    : { type: 'Failed', code, retryable: !senderFault };
};

/** The SDK compares checksums after SQS has accepted: whether it is stored whole is not known. */
export const isChecksumError = (error: unknown): boolean =>
  error instanceof Error && /checksum/iu.test(error.message);

export const toQueueError = (thrown: unknown): QueueError => {
  const error = readAwsError(thrown);
  if (error.name === 'AbortError') return { type: 'Aborted', dependency: 'MessageQueue' };
  const cause = error.cause.slice(0, CAUSE_CHARACTERS_MAX);
  // The client's fault stays, however often the call is repeated: no queue, a bad key.
  const stays = isClientFault(error) || isWithoutAccess(error) || error.name === 'InvalidAddress';
  return stays && !error.throttled
    ? misconfigured('MessageQueue', cause)
    : unavailable('MessageQueue', cause, error.throttled);
};

/** A call whose failure concerns the queue as a whole. */
export const queueCall = <T>(call: () => Promise<T>): ResultAsync<T, QueueError> =>
  ResultAsync.fromThrowable(call, toQueueError)();
