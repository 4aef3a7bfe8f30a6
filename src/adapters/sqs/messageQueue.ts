import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type BatchResultErrorEntry,
  type Message,
  type MessageAttributeValue,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { err, errAsync, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import type {
  EntryResult,
  MessageQueue,
  OutgoingMessage,
  QueueError,
  ReceivedMessage,
  TooLarge,
} from '../../application/ports/messageQueue.ts';
import { md5Of } from './checksum.ts';
import { isChecksumError, toQueueError } from './failures.ts';
import { batchesOf, groupIdOf, refusalOf, tooLarge } from './limits.ts';

export type SqsClients = {
  readonly client: SQSClient;
  /** Of its own, so that sends and deletes never queue behind long polls; its checksum test is off. */
  readonly receiveClient: SQSClient;
};

export type SqsMessageQueueConfig = { readonly queueUrl: string };

const SYSTEM_ATTRIBUTES = [
  'ApproximateReceiveCount',
  'SentTimestamp',
  'MessageGroupId',
  'AWSTraceHeader',
] as const;

const DONE: EntryResult = { type: 'Done' };
/** A wrong checksum leaves open what SQS holds; a second copy is harmless, a lost message is not. */
export const SENDS_MAX = 2;

export const createSqsMessageQueue = (
  { client, receiveClient }: SqsClients,
  { queueUrl }: SqsMessageQueueConfig,
): MessageQueue => {
  const sendBatch = async (
    batch: readonly OutgoingMessage[],
  ): Promise<Result<readonly EntryResult[], QueueError>> => {
    const command = new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: batch.map(toEntry),
    });
    for (let sends = 1; ; sends += 1) {
      const sent = await ResultAsync.fromThrowable(() => client.send(command))();
      if (sent.isOk()) return ok(answersOf(sent.value, batch.length));
      if (!isChecksumError(sent.error) || sends === SENDS_MAX) return err(toQueueError(sent.error));
    }
  };

  const sendAll = async (
    messages: readonly OutgoingMessage[],
  ): Promise<Result<readonly EntryResult[], QueueError>> => {
    const results = messages.map(refusalOf);
    const sendable = messages
      .map((message, at) => ({ at, message }))
      .filter(({ at }) => results[at] === undefined);
    let answered = false;
    for (const batch of batchesOf(sendable)) {
      const sent = await sendBatch(batch.map(({ message }) => message));
      // What was answered before must not be lost, so a later failure is told entry by entry.
      if (sent.isErr() && !answered) return err(sent.error);
      answered = true;
      const answers = sent.unwrapOr([]);
      const instead = sent.isErr() ? unsent(sent.error) : NO_ANSWER;
      batch.forEach(({ at }, position) => (results[at] = answers[position] ?? instead));
    }
    return ok(results.map((result) => result ?? NO_ANSWER));
  };

  return {
    send: (messages): ResultAsync<readonly EntryResult[], QueueError | TooLarge> => {
      const large = tooLarge(messages);
      return large === undefined ? new ResultAsync(sendAll(messages)) : errAsync(large);
    },

    receive: ({ max, waitMs, visibilityMs, signal }) =>
      ResultAsync.fromThrowable(
        () =>
          receiveClient.send(
            new ReceiveMessageCommand({
              QueueUrl: queueUrl,
              MaxNumberOfMessages: max,
              WaitTimeSeconds: Math.ceil(waitMs / 1000),
              VisibilityTimeout: Math.ceil(visibilityMs / 1000),
              MessageAttributeNames: ['All'],
              MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
            }),
            signal === undefined ? {} : { abortSignal: signal },
          ),
        toQueueError,
      )().map(({ Messages = [] }) => Messages.map(toReceived)),

    delete: (receipts) => {
      if (receipts.length === 0) return okAsync([]);
      const Entries = receipts.map((receipt, at) => ({ Id: String(at), ReceiptHandle: receipt }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries });
      return ResultAsync.fromThrowable(() => client.send(command), toQueueError)().map((answer) =>
        answersOf(answer, receipts.length),
      );
    },

    changeVisibility: (entries) => {
      if (entries.length === 0) return okAsync([]);
      const Entries = entries.map(({ receipt, visibilityMs }, at) => ({
        Id: String(at),
        ReceiptHandle: receipt,
        VisibilityTimeout: Math.ceil(visibilityMs / 1000),
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries });
      return ResultAsync.fromThrowable(() => client.send(command), toQueueError)().map((answer) =>
        answersOf(answer, entries.length),
      );
    },
  };
};

/** An entry that a batch's answer does not mention may have taken effect or not. */
const NO_ANSWER: EntryResult = { type: 'Failed', code: 'NoAnswer', retryable: true };

const unsent = (error: QueueError): EntryResult => ({
  type: 'Failed',
  code: error.type,
  retryable: error.type !== 'Misconfigured',
});

type BatchAnswer = {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
};

/** Ids are positions; a batch is answered entry by entry even where the call succeeded (HTTP 200). */
const answersOf = ({ Successful = [], Failed = [] }: BatchAnswer, asked: number): EntryResult[] => {
  const answers = new Map<string | undefined, EntryResult>();
  for (const { Id } of Successful) answers.set(Id, DONE);
  for (const { Id, Code = 'Unknown', SenderFault = false } of Failed) {
    answers.set(Id, { type: 'Failed', code: Code, retryable: !SenderFault });
  }
  return Array.from({ length: asked }, (_, at) => answers.get(String(at)) ?? NO_ANSWER);
};

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
  };
};

const toReceived = (message: Message): ReceivedMessage => {
  const { Body: body = '', Attributes: system = {}, MessageAttributes: own = {} } = message;
  const attributes = Object.entries(own).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64'),
  ]);
  return {
    messageId: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    body,
    attributes: Object.fromEntries(attributes),
    ...(system.MessageGroupId === undefined ? {} : { groupId: system.MessageGroupId }),
    ...(system.AWSTraceHeader === undefined ? {} : { traceHeader: system.AWSTraceHeader }),
    receiveCount: Number(system.ApproximateReceiveCount ?? 1),
    sentAt: Number(system.SentTimestamp ?? 0),
    damaged: md5Of(body) !== message.MD5OfBody,
  };
};
