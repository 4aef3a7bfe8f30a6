import type { BatchRules } from '../aws/batchCalls.ts';
import { readAwsError } from '../aws/errors.ts';

/** Refusals of a whole call for its content: each of its entries by itself may succeed. */
const ABOUT_ENTRIES: ReadonlySet<string> = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'InvalidBatchEntryId',
  'InvalidParameter',
  'InvalidParameterValue',
  'TooManyEntriesInBatchRequest',
]);

/** SNS calls a topic's name that it does not take an invalid parameter too. */
const OF_THE_TOPIC = /\bTopic/u;

/** Errors that any other entry would get too, although SNS calls them the sender's fault. */
const ABOUT_THE_TOPIC = new RegExp(
  '^(AccessDenied|AuthorizationError|InvalidClientTokenId|InvalidSecurity|KMS|NotFound' +
    '|SignatureDoesNotMatch)',
  'u',
);

/** The SDK puts `Exception` behind the names of those that it knows. */
const plainName = (name: string): string => name.replace(/Exception$/u, '');

export const SNS_RULES: BatchRules = {
  dependency: 'OrderEvents',
  entryErrorOf: (thrown) => {
    const { name, cause } = readAwsError(thrown);
    const isOfEntry = ABOUT_ENTRIES.has(plainName(name)) && !OF_THE_TOPIC.test(cause);
    return isOfEntry ? plainName(name) : undefined;
  },
  aboutAll: ABOUT_THE_TOPIC,
};
