import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { errAsync, ResultAsync } from 'neverthrow';
import {
  messageBytes,
  QUEUE_BATCH_MAX,
  QUEUE_BYTES_MAX,
  type EntryResult,
  type MessageQueue,
  type OutgoingMessage,
  type QueueError,
  type ReceivedMessage,
  type TooLarge,
} from '../../application/ports/messageQueue.ts';
import { byEntry, sendInBatches } from '../aws/batchCalls.ts';
import { readEach, toReceived } from './received.ts';
import { isChecksumError, queueCall, SQS_RULES } from './failures.ts';
import { groupIdOf, refusalOf, tooLarge } from './limits.ts';

export type SqsClients = {
  readonly client: SQSClient;
  /** A client of its own, so that nothing queues behind long polls; its checksum test is off. */
  readonly receiveClient: SQSClient;
};

export type SqsMessageQueueConfig = { readonly queueUrl: string };

const SYSTEM_ATTRIBUTES = [
  'ApproximateReceiveCount',
  'SentTimestamp',
  'MessageGroupId',
  'AWSTraceHeader',
  'SenderId',
] as const;

const LIMITS = {
  entriesMax: QUEUE_BATCH_MAX,
  bytesMax: QUEUE_BYTES_MAX,
  bytesOf: messageBytes,
};
/** A wrong checksum leaves open what SQS holds. A second copy is harmless, a lost one is not. */
export const SENDS_MAX = 2;

export const createSqsMessageQueue = (
  { client, receiveClient }: SqsClients,
  { queueUrl }: SqsMessageQueueConfig,
): MessageQueue => {
  const sendBatch = byEntry(
    (batch: readonly OutgoingMessage[]) =>
      sendTwice(client, { QueueUrl: queueUrl, Entries: batch.map(toEntry) }),
    SQS_RULES,
  );
  const deleteBatch = byEntry(
    (receipts: readonly string[]) =>
      client.send(
        new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: receipts.map(toDeletion) }),
      ),
    SQS_RULES,
  );
  const changeBatch = byEntry(
    (changes: readonly VisibilityChange[]) =>
      client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: changes.map(toVisibilityChange),
        }),
      ),
    SQS_RULES,
  );
  return {
    send: (messages) => {
      const large = tooLarge(messages);
      return large === undefined
        ? new ResultAsync(sendInBatches(sendBatch, messages, refusalOf, LIMITS))
        : errAsync<readonly EntryResult[], QueueError | TooLarge>(large);
    },
    receive: (asked) => queueCall(() => receive(receiveClient, queueUrl, asked)),
    delete: (receipts) => new ResultAsync(deleteBatch(receipts)),
    changeVisibility: (changes) => new ResultAsync(changeBatch(changes)),
  };
};

type VisibilityChange = Parameters<MessageQueue['changeVisibility']>[0][number];

/** Sends once more if the checksum of the answer is wrong. */
const sendTwice = async (
  client: SQSClient,
  input: SendMessageBatchCommandInput,
): Promise<SendMessageBatchCommandOutput> => {
  for (let sends = 1; ; sends += 1) {
    try {
      return await client.send(new SendMessageBatchCommand(input));
    } catch (error) {
      if (!isChecksumError(error) || sends === SENDS_MAX) throw error;
    }
  }
};

/** The messages are read here, so that an exception is an error of the receive like others. */
const receive = async (
  client: SQSClient,
  queueUrl: string,
  { max, waitMs, visibilityMs, signal }: Parameters<MessageQueue['receive']>[0],
): Promise<readonly ReceivedMessage[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: max,
    WaitTimeSeconds: secondsOf(waitMs),
    VisibilityTimeout: secondsOf(visibilityMs),
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
  });
  const options = signal === undefined ? {} : { abortSignal: signal };
  const { Messages } = await client.send(command, options);
  return readEach(Messages ?? [], readMessage, ({ MessageId, ReceiptHandle }) => ({
    messageId: MessageId,
    receipt: ReceiptHandle,
  }));
};

const secondsOf = (ms: number): number => Math.ceil(ms / 1000);

const toEntry = (message: OutgoingMessage, at: number): SendMessageBatchRequestEntry => {
  const attributes = Object.entries(message.attributes ?? {}).map(
    ([name, value]): [string, MessageAttributeValue] => [
      name,
      { DataType: 'String', StringValue: value },
    ],
  );
  return {
    Id: String(at),
    MessageBody: message.body,
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
    ...(message.groupId === undefined ? {} : { MessageGroupId: groupIdOf(message.groupId) }),
    ...(message.delayMs === undefined ? {} : { DelaySeconds: secondsOf(message.delayMs) }),
    ...(message.traceHeader === undefined
      ? {}
      : {
          MessageSystemAttributes: {
            AWSTraceHeader: { DataType: 'String', StringValue: message.traceHeader },
          },
        }),
  };
};

const toDeletion = (receipt: string, at: number) => ({ Id: String(at), ReceiptHandle: receipt });

const toVisibilityChange = ({ receipt, visibilityMs }: VisibilityChange, at: number) => ({
  Id: String(at),
  ReceiptHandle: receipt,
  VisibilityTimeout: secondsOf(visibilityMs),
});

const readMessage = (message: Message): ReceivedMessage => {
  const { Body: body = '', Attributes: system = {}, MessageAttributes: own = {} } = message;
  if (typeof body !== 'string') throw new TypeError('a body is a text');
  const attributes = Object.entries(own).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64'),
  ]);
  return toReceived({
    messageId: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    body,
    attributes: Object.fromEntries(attributes),
    system,
    md5: message.MD5OfBody,
  });
};
