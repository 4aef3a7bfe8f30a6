import { randomUUID } from 'node:crypto';
import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchExecuteStatementCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { Stripe } from 'stripe';
import { answerParent, CREDENTIALS, IN_FLIGHT, QUEUE, urls } from './measured.ts';

/**
 * The floor: the same effects for an order by nothing but the SDKs, in calls that are as full as
 * they can be. No check, no retry, no proof; whatever fails, fails.
 */
const { sqs, dynamoDb, logs, stripe } = urls();
const common = { region: 'eu-central-1', credentials: CREDENTIALS };
const queue = new SQSClient({ ...common, endpoint: sqs, useQueueUrlAsEndpoint: false });
const receiver = new SQSClient({ ...common, endpoint: sqs, useQueueUrlAsEndpoint: false });
const tables = new DynamoDBClient({ ...common, endpoint: dynamoDb });
const log = new CloudWatchLogsClient({ ...common, endpoint: logs });
const { hostname, port } = new URL(stripe);
const gateway = new Stripe('sk_test_bench', {
  host: hostname,
  port: Number(port),
  protocol: 'http',
  telemetry: false,
});
const QueueUrl = `${sqs}/${QUEUE}`;
const NoticesUrl = `${sqs}/000000000000/notifications`;

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
      QueueUrl: NoticesUrl,
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

let lines: { timestamp: number; message: string }[] = [];
setInterval(() => {
  if (lines.length === 0) return;
  const logEvents = lines;
  lines = [];
  void log.send(
    new PutLogEventsCommand({ logGroupName: 'bench', logStreamName: 'floor', logEvents }),
  );
}, 1_000);

type Line = {
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly taxRateBps: number;
};
type Order = {
  readonly orderId: string;
  readonly currency: string;
  readonly lines: readonly Line[];
  readonly paymentMethod: string;
};
let invoices = 0;

const handle = async ({ Body = '', ReceiptHandle = '' }: Message): Promise<void> => {
  const startedAt = Date.now();
  const order = JSON.parse(Body) as Order;
  const amount = order.lines.reduce(
    (sum, { quantity, unitPriceMinor, taxRateBps }) =>
      sum + Math.round(quantity * unitPriceMinor * (1 + taxRateBps / 10_000)),
    0,
  );
  const streamId = `order#${order.orderId}`;
  await write({ table: 'events', version: 1, fields: { streamId, events: Body } });
  const paid = await gateway.paymentIntents.create(
    {
      amount,
      currency: order.currency.toLowerCase(),
      payment_method: order.paymentMethod,
      confirm: true,
      metadata: { order_id: order.orderId },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    },
    { idempotencyKey: order.orderId },
  );
  invoices += 1;
  const number = `INV-${invoices}`;
  const events = JSON.stringify([
    { type: 'Captured', id: paid.id },
    { type: 'Invoiced', number, order },
  ]);
  await write({ table: 'events', version: 2, fields: { streamId, events } });
  await Promise.all([
    write({ table: 'invoices', version: 2, fields: { orderId: order.orderId, document: events } }),
    send(JSON.stringify({ type: 'OrderSettled', v: 1, orderId: order.orderId, outcome: 'paid' })),
  ]);
  await remove(ReceiptHandle);
  const message = JSON.stringify({
    time: new Date().toISOString(),
    id: randomUUID(),
    event: 'message.handled',
    orderId: order.orderId,
    durationMs: Date.now() - startedAt,
  });
  lines.push({ timestamp: Date.now(), message });
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
