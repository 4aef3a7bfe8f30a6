import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type BatchResultErrorEntry,
  type Message,
  type MessageAttributeValue,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { err, errAsync, ok, ResultAsync, type Result } from 'neverthrow';
import { troubleOf } from '../../application/ports/failures.ts';
import type {
  EntryResult,
  MessageQueue,
  OutgoingMessage,
  QueueError,
  ReceivedMessage,
  TooLarge,
} from '../../application/ports/messageQueue.ts';
import { readEach, toReceived } from './received.ts';
import { entryErrorOf, failedEntry, isChecksumError, queueCall, toQueueError } from './failures.ts';
import { batchesOf, groupIdOf, refusalOf, tooLarge } from './limits.ts';

export type SqsClients = {
  readonly client: SQSClient;
  /** Its own, so that nothing queues behind long polls; its checksum test is off. */
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

const DONE: EntryResult = { type: 'Done' };
/** A wrong checksum leaves open what SQS holds. A second copy is harmless, a lost one is not. */
export const SENDS_MAX = 2;

export const createSqsMessageQueue = (
  { client, receiveClient }: SqsClients,
  { queueUrl }: SqsMessageQueueConfig,
): MessageQueue => {
  const sendBatch = byEntry((batch: readonly OutgoingMessage[]) =>
    sendTwice(client, { QueueUrl: queueUrl, Entries: batch.map(toEntry) }),
  );
  const deleteBatch = byEntry((receipts: readonly string[]) =>
    client.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: receipts.map(toDeletion) }),
    ),
  );
  const changeBatch = byEntry((changes: readonly VisibilityChange[]) =>
    client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: changes.map(toVisibilityChange),
      }),
    ),
  );
  return {
    send: (messages) => {
      const large = tooLarge(messages);
      return large === undefined
        ? new ResultAsync(sendAll(sendBatch, messages))
        : errAsync<readonly EntryResult[], QueueError | TooLarge>(large);
    },
    receive: (asked) => queueCall(() => receive(receiveClient, queueUrl, asked)),
    delete: (receipts) => new ResultAsync(deleteBatch(receipts)),
    changeVisibility: (changes) => new ResultAsync(changeBatch(changes)),
  };
};

type VisibilityChange = Parameters<MessageQueue['changeVisibility']>[0][number];
type Answers = Promise<Result<readonly EntryResult[], QueueError>>;
type BatchCall<Entry> = (entries: readonly Entry[]) => Answers;

/** Once more if the checksum of the answer is wrong. */
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

/** Sends every message that SQS would not refuse, in as many batches as it takes. */
const sendAll = async (
  sendBatch: BatchCall<OutgoingMessage>,
  messages: readonly OutgoingMessage[],
): Answers => {
  const results = messages.map(refusalOf);
  const sendable = messages
    .map((message, at) => ({ at, message }))
    .filter(({ at }) => results[at] === undefined);
  let answered = false;
  for (const batch of batchesOf(sendable)) {
    const sent = await sendBatch(batch.map(({ message }) => message));
    // Earlier answers must not be lost, so that a later failure is reported entry by entry.
    if (sent.isErr() && !answered) return err(sent.error);
    answered = true;
    const answers = sent.unwrapOr([]);
    const instead = sent.isErr() ? unsent(sent.error) : NO_ANSWER;
    batch.forEach(({ at }, position) => (results[at] = answers[position] ?? instead));
  }
  return ok(results.map((result) => result ?? NO_ANSWER));
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

/**
 * Sends all entries at once. If the call as a whole is refused because of one of them, each is sent
 * by itself, so that no entry fails because of another.
 */
const byEntry = <Entry>(call: (entries: readonly Entry[]) => Promise<BatchAnswer>) => {
  const ask: BatchCall<Entry> = async (entries) => {
    if (entries.length === 0) return ok([]);
    try {
      return ok(answersOf(await call(entries), entries.length));
    } catch (error) {
      const code = entryErrorOf(error);
      if (code === undefined) return err(toQueueError(error));
      if (entries.length === 1) return ok([{ type: 'Failed', code, retryable: false }]);
      const answers: EntryResult[] = [];
      for (const entry of entries) {
        const answer = await ask([entry]);
        answers.push(...answer.unwrapOr([]));
        if (answer.isErr()) answers.push(unsent(answer.error));
      }
      return ok(answers);
    }
  };
  return ask;
};

/** An entry that a batch's answer does not mention may have taken effect or not. */
const NO_ANSWER: EntryResult = { type: 'Failed', code: 'NoAnswer', retryable: true };

const unsent = (error: QueueError): EntryResult => ({
  type: 'Failed',
  code: error.type,
  retryable: error.type !== 'Misconfigured',
  ...(error.type === 'Aborted' ? {} : { trouble: troubleOf(error) }),
});

type BatchAnswer = {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
};

/** Ids are positions. A batch is answered entry by entry, even if the call succeeded (HTTP 200). */
const answersOf = ({ Successful, Failed }: BatchAnswer, asked: number): EntryResult[] => {
  const answers = new Map<string | undefined, EntryResult>();
  for (const { Id } of Successful ?? []) answers.set(Id, DONE);
  for (const { Id, Code = 'Unknown', SenderFault = false } of Failed ?? []) {
    answers.set(Id, failedEntry(Code, SenderFault));
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
