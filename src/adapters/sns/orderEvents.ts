import type { MessageAttributeValue, PublishBatchRequestEntry } from '@aws-sdk/client-sns';
import { ResultAsync } from 'neverthrow';
import type { DependencyError } from '../../application/ports/failures.ts';
import {
  messageBytes,
  type EntryResult,
  type QueueError,
} from '../../application/ports/messageQueue.ts';
import {
  EVENTS_BATCH_MAX,
  EVENTS_BYTES_MAX,
  type OrderEvents,
  type OutgoingEvent,
} from '../../application/ports/orderEvents.ts';
import { byEntry, sendInBatches, type BatchRules } from '../aws/batchCalls.ts';
import { readAwsError } from '../aws/errors.ts';
import { unavailable } from '../failures.ts';
import { isFifoTopic, probeTopic, type OpenSns } from './topics.ts';

const LIMITS = {
  entriesMax: EVENTS_BATCH_MAX,
  bytesMax: EVENTS_BYTES_MAX,
  bytesOf: messageBytes,
};

/** A topic of SNS, by `PublishBatch`. One that is FIFO orders by the group, and drops repeats. */
export const createSnsOrderEvents = (
  openSns: OpenSns,
  { topicArn }: { readonly topicArn: string },
): OrderEvents => {
  const isFifo = isFifoTopic(topicArn);
  const publishBatch = byEntry(async (batch: readonly OutgoingEvent[]) => {
    const { PublishBatchCommand } = await import('@aws-sdk/client-sns');
    const entries = batch.map((event, at) => toEntry(event, at, isFifo));
    const client = await openSns();
    return client.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries }),
    );
  }, SNS_RULES);
  return {
    publish: (events) =>
      new ResultAsync(sendInBatches(publishBatch, events, refusalOf, LIMITS)).mapErr(notAborted),
    check: () => probeTopic(openSns, topicArn),
  };
};

/** The answer for an event that SNS would refuse in any case; undefined for any other. */
const refusalOf = (event: OutgoingEvent): EntryResult | undefined =>
  messageBytes(event) > EVENTS_BYTES_MAX
    ? { type: 'Failed', code: 'TooLarge', retryable: false }
    : undefined;

/** No signal is given, so that nothing aborts it. */
const notAborted = (error: QueueError): DependencyError =>
  error.type === 'Aborted' ? unavailable('OrderEvents', 'aborted') : error;

const toEntry = (
  { id, groupId, body, attributes = {} }: OutgoingEvent,
  at: number,
  isFifo: boolean,
): PublishBatchRequestEntry => ({
  Id: String(at),
  Message: body,
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, value]): [string, MessageAttributeValue] => [
      name,
      { DataType: 'String', StringValue: value },
    ]),
  ),
  ...(isFifo && { MessageGroupId: groupId, MessageDeduplicationId: id }),
});

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

const SNS_RULES: BatchRules = {
  dependency: 'OrderEvents',
  entryErrorOf: (thrown) => {
    const { name, cause } = readAwsError(thrown);
    const isOfEntry = ABOUT_ENTRIES.has(plainName(name)) && !OF_THE_TOPIC.test(cause);
    return isOfEntry ? plainName(name) : undefined;
  },
  aboutAll: ABOUT_THE_TOPIC,
};
