import { randomUUID } from 'node:crypto';
import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import {
  charge,
  createLog,
  createQueueClient,
  createTablesClient,
  noticeText,
  outcomeText,
  queueUrl,
  type Order,
} from './job.ts';
import { answerParent, IN_FLIGHT } from './measured.ts';

/**
 * The floor: the same effects for an order by nothing but the SDKs, in calls that are as full as
 * they can be. No check, no retry, no proof; whatever fails, fails.
 */
const queue = createQueueClient();
const receiver = createQueueClient();
const tables = createTablesClient();
const log = createLog('floor');
const QueueUrl = queueUrl('payments');
const NOTICES = queueUrl('notifications');

/** Entries that meet within `LINGER_MS` share a call. */
const LINGER_MS = 5;
const gather = <Entry>(max: number, call: (entries: readonly Entry[]) => Promise<unknown>) => {
  let open: { entries: Entry[]; done: Promise<unknown>; go: () => void } | undefined;
  return (entry: Entry): Promise<unknown> => {
    if (open === undefined) {
      const entries: Entry[] = [];
      let go: () => void = () => undefined;
      const full = new Promise<void>((resolve) => {
        go = resolve;
        setTimeout(resolve, LINGER_MS);
      });
      const batch = {
        entries,
        go,
        done: full.then(() => {
          if (open === batch) open = undefined;
          return call(entries);
        }),
      };
      open = batch;
    }
    const { entries, done, go } = open;
    entries.push(entry);
    if (entries.length === max) {
      open = undefined;
      go();
    }
    return done;
  };
};

type Row = {
  readonly table: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly version: number;
};

const write = gather<Row>(25, (rows) =>
  tables.send(
    new BatchExecuteStatementCommand({
      Statements: rows.map(({ table, fields, version }) => ({
        Statement: `INSERT INTO "${table}" VALUE {${Object.keys(fields)
          .map((name) => `'${name}':?`)
          .join(',')},'version':?}`,
        Parameters: [...Object.values(fields).map((S) => ({ S })), { N: `${version}` }],
      })),
    }),
  ),
);
const send = gather<string>(10, (bodies) =>
  queue.send(
    new SendMessageBatchCommand({
      QueueUrl: NOTICES,
      Entries: bodies.map((MessageBody, at) => ({ Id: `${at}`, MessageBody })),
    }),
  ),
);
const remove = gather<string>(10, (receipts) =>
  queue.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: receipts.map((ReceiptHandle, at) => ({ Id: `${at}`, ReceiptHandle })),
    }),
  ),
);

const handle = async ({ Body = '', ReceiptHandle = '' }: Message): Promise<void> => {
  const startedAt = Date.now();
  const order = JSON.parse(Body) as Order;
  const { orderId } = order;
  const streamId = `order#${orderId}`;
  await write({ table: 'events', version: 1, fields: { streamId, events: Body } });
  const events = outcomeText(order, await charge(order));
  await write({ table: 'events', version: 2, fields: { streamId, events } });
  await Promise.all([
    write({ table: 'invoices', version: 2, fields: { orderId, document: events } }),
    send(noticeText(order)),
  ]);
  await remove(ReceiptHandle);
  const durationMs = Date.now() - startedAt;
  log({ id: randomUUID(), event: 'message.handled', orderId, durationMs });
};

let inFlight = 0;
answerParent();
for (;;) {
  while (inFlight > IN_FLIGHT - 10) await new Promise((resolve) => setTimeout(resolve, 1));
  inFlight += 10;
  void receiver
    .send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }))
    .then(({ Messages = [] }) => {
      inFlight -= 10 - Messages.length;
      return Promise.all(Messages.map((message) => handle(message).finally(() => (inFlight -= 1))));
    });
}
