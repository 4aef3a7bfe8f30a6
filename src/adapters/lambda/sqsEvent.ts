import { err, ok, type Result } from 'neverthrow';
import type { ReceivedMessage } from '../../application/ports/messageQueue.ts';
import { md5Of } from '../md5.ts';
import { readEach, toReceived } from '../sqs/received.ts';

type Attribute = {
  readonly dataType: string;
  readonly stringValue?: string;
  /** Bytes in base64. */
  readonly binaryValue?: string;
};

/** One message as an event source mapping gives it (Lambda Developer Guide, "Using SQS"). */
export type SqsRecord = {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, Attribute>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
};

export type SqsEvent = { readonly Records: readonly SqsRecord[] };

/** With ReportBatchItemFailures, the mapping deletes every message that is not listed here. */
export type SqsBatchResponse = {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
};

export type NotFromQueue = { readonly type: 'NotFromQueue'; readonly why: string };

/**
 * The messages of an event. Any other event, or an event of another queue, is an error: its
 * messages would be taken for malformed ones, and deleted.
 */
export const fromSqsEvent = (
  event: unknown,
  queueName: string,
): Result<readonly ReceivedMessage[], NotFromQueue> => {
  const records: unknown = isObject(event) ? event['Records'] : undefined;
  if (!Array.isArray(records)) return err(notFromQueue('the event has no Records'));
  if (!records.every(isSqsRecord)) return err(notFromQueue('a record is not one of SQS'));
  const foreign = records.find((record) => queueNameIn(record.eventSourceARN) !== queueName);
  return foreign === undefined
    ? ok(
        readEach(records, readRecord, ({ messageId, receiptHandle }) => ({
          messageId,
          receipt: receiptHandle,
        })),
      )
    : err(notFromQueue(`a record comes from ${foreign.eventSourceARN}, not from ${queueName}`));
};

/** The event that a mapping makes of the messages that it received. */
export const toSqsEvent = (
  messages: readonly ReceivedMessage[],
  { queueName, region }: { readonly queueName: string; readonly region: string },
): SqsEvent => ({
  Records: messages.map((message) => ({
    messageId: message.messageId,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
      ...(message.traceHeader === undefined ? {} : { AWSTraceHeader: message.traceHeader }),
      ...(message.senderId === undefined ? {} : { SenderId: message.senderId }),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, stringValue]) => [
        name,
        { dataType: 'String', stringValue },
      ]),
    ),
    md5OfBody: message.damaged ? 'of another body' : (md5Of(message.body) ?? ''),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:000000000000:${queueName}`,
    awsRegion: region,
  })),
});

const notFromQueue = (why: string): NotFromQueue => ({ type: 'NotFromQueue', why });

const queueNameIn = (arn: string): string => arn.split(':').at(-1) ?? '';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const TEXTS = ['messageId', 'receiptHandle', 'body', 'md5OfBody', 'eventSourceARN'] as const;

const isSqsRecord = (record: unknown): record is SqsRecord =>
  isObject(record) &&
  record['eventSource'] === 'aws:sqs' &&
  TEXTS.every((name) => typeof record[name] === 'string') &&
  isObject(record['attributes']) &&
  isObject(record['messageAttributes']);

const readRecord = (record: SqsRecord): ReceivedMessage => {
  const own = Object.entries(record.messageAttributes).map(
    ([name, { stringValue, binaryValue }]) => [name, stringValue ?? binaryValue ?? ''],
  );
  return toReceived({
    messageId: record.messageId,
    receipt: record.receiptHandle,
    body: record.body,
    attributes: Object.fromEntries(own),
    system: record.attributes,
    md5: record.md5OfBody,
  });
};
