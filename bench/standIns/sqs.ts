import { createHash, randomUUID } from 'node:crypto';
import { billQueueRequest, type Bill } from './bill.ts';
import type { Answer, ReceivedRequest } from './server.ts';

/** The body of the `index`-th message. */
export type BodyOf = (index: number) => string;

export type Attributes = Readonly<Record<string, { DataType: string; StringValue: string }>>;

export type Backlog = {
  readonly bodyOf: BodyOf;
  readonly attributesOf?: (index: number) => Attributes;
  readonly messages: number;
  readonly bill?: Bill;
};

type OnSend = (messages: readonly SentMessage[]) => void;

export type SentMessage = {
  readonly MessageBody?: string;
  readonly MessageAttributes?: Attributes;
};

export type SqsStandIn = {
  readonly handle: (request: ReceivedRequest, onSend?: OnSend) => Promise<Answer>;
  /** Resolves when as many messages have been deleted. */
  deleted(count: number): Promise<void>;
  /** One more message than there were, sent now. */
  add(): void;
  /** How long each message took from its receive to its delete, in milliseconds, since the last call. */
  takeTimes(): readonly number[];
};

type Entry = SentMessage & {
  readonly Id: string;
  readonly MessageBody: string;
  readonly ReceiptHandle?: string;
};
type Request = {
  readonly QueueUrl?: string;
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly Entries?: readonly Entry[];
  readonly MessageBody?: string;
  readonly ReceiptHandle?: string;
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** A queue that always has messages, until all are received. */
export const createSqs = (backlog: Backlog): SqsStandIn => {
  const { bodyOf, attributesOf = () => ({}), bill = {} } = backlog;
  let total = backlog.messages;
  let received = 0;
  let deleted = 0;
  const polls: (() => void)[] = [];
  let times: number[] = [];
  const receivedAt = new Map<string, number>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  const message = (index: number) => {
    const body = bodyOf(index);
    receivedAt.set(`r-${index}`, performance.now());
    return {
      MessageId: randomUUID(),
      ReceiptHandle: `r-${index}`,
      Body: body,
      MD5OfBody: md5(body),
      MessageAttributes: attributesOf(index),
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(Date.now()),
        SenderId: 'AIDASTANDIN',
      },
    };
  };

  /** Ends when a message comes, or after this time. */
  const arrival = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      polls.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });

  const receive = async (asked: Request): Promise<Answer> => {
    const { MaxNumberOfMessages: max = 1, WaitTimeSeconds: waitS = 0 } = asked;
    if (received >= total) await arrival(waitS * 1_000);
    const count = Math.min(max, total - received);
    const Messages = Array.from({ length: count }, (_, at) => message(received + at));
    received += count;
    billQueueRequest(
      bill,
      Messages.map(({ Body }) => Body),
    );
    return { body: JSON.stringify(count === 0 ? {} : { Messages }) };
  };

  const remove = (receipts: readonly string[]): void => {
    deleted += receipts.length;
    for (const receipt of receipts) {
      times.push(performance.now() - (receivedAt.get(receipt) ?? Number.NaN));
      receivedAt.delete(receipt);
    }
    for (const { count: enough, resolve } of waiting) if (deleted >= enough) resolve();
  };

  const handle = async (
    { operation, body }: ReceivedRequest,
    onSend: OnSend = () => undefined,
  ): Promise<Answer> => {
    const asked = JSON.parse(body) as Request;
    const { Entries = [] } = asked;
    // Of a receive, what it brings is billed.
    if (operation !== 'ReceiveMessage') {
      billQueueRequest(
        bill,
        [asked, ...Entries].map(({ MessageBody = '' }) => MessageBody),
      );
    }
    if (operation.startsWith('SendMessage')) onSend([asked, ...Entries].filter(hasBody));
    const done = Entries.map(({ Id }) => ({ Id }));
    switch (operation) {
      case 'ReceiveMessage':
        return receive(asked);
      case 'SendMessage':
        return { body: JSON.stringify(sent(asked.MessageBody ?? '')) };
      case 'SendMessageBatch': {
        const Successful = Entries.map(({ Id, MessageBody }) => ({ Id, ...sent(MessageBody) }));
        return { body: JSON.stringify({ Successful }) };
      }
      case 'DeleteMessage':
        remove([asked.ReceiptHandle ?? '']);
        return { body: '{}' };
      case 'DeleteMessageBatch':
        remove(Entries.map(({ ReceiptHandle = '' }) => ReceiptHandle));
        return { body: JSON.stringify({ Successful: done }) };
      case 'ChangeMessageVisibilityBatch':
        return { body: JSON.stringify({ Successful: done }) };
      default:
        return { body: '{}' };
    }
  };

  return {
    handle,
    deleted: (count) =>
      deleted >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    add: () => {
      total += 1;
      for (const wake of polls.splice(0)) wake();
    },
    takeTimes: () => {
      const taken = times;
      times = [];
      return taken;
    },
  };
};

const hasBody = ({ MessageBody }: SentMessage): boolean => MessageBody !== undefined;

const sent = (body: string) => ({ MessageId: randomUUID(), MD5OfMessageBody: md5(body) });
