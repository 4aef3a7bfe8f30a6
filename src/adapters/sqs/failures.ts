import { ResultAsync } from 'neverthrow';
import type { EntryResult, QueueError } from '../../application/ports/messageQueue.ts';
import { failedEntry as failedEntryOf, toCallError, type BatchRules } from '../aws/batchCalls.ts';
import { nameOf } from '../aws/errors.ts';

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

/** The code, if the call was refused because of one of its entries. */
export const entryErrorOf = (thrown: unknown): string | undefined => {
  const name = nameOf(thrown);
  return ABOUT_ENTRIES.has(name) ? name : undefined;
};

export const SQS_RULES: BatchRules = {
  dependency: 'MessageQueue',
  entryErrorOf,
  aboutAll: ABOUT_THE_QUEUE,
};

/** The answer of SQS for one entry of a call that succeeded. */
export const failedEntry = (
  code: string,
  senderFault: boolean,
): EntryResult & { readonly type: 'Failed' } => failedEntryOf(code, senderFault, ABOUT_THE_QUEUE);

/** The SDK compares checksums after SQS has accepted: whether it is stored whole is not known. */
export const isChecksumError = (error: unknown): boolean =>
  error instanceof Error && /checksum/iu.test(error.message);

/** A call whose failure concerns the queue as a whole. */
export const queueCall = <T>(call: () => Promise<T>): ResultAsync<T, QueueError> =>
  ResultAsync.fromThrowable(call, (thrown) => toCallError(thrown, 'MessageQueue'))();
