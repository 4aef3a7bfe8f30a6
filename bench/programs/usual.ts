import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { Stripe } from 'stripe';
import { answerParent, CREDENTIALS, IN_FLIGHT, QUEUE, urls } from './measured.ts';

/**
 * The usual stack: sqs-consumer receives and deletes, Powertools makes the handler idempotent, and
 * each step is a call of its own.
 */
const { sqs, dynamoDb, logs, stripe } = urls();
const common = { region: 'eu-central-1', credentials: CREDENTIALS };
const queue = new SQSClient({ ...common, endpoint: sqs, useQueueUrlAsEndpoint: false });
const tables = new DynamoDBClient({ ...common, endpoint: dynamoDb });
const log = new CloudWatchLogsClient({ ...common, endpoint: logs });
const { hostname, port } = new URL(stripe);
const gateway = new Stripe('sk_test_bench', {
  host: hostname,
  port: Number(port),
  protocol: 'http',
  telemetry: false,
});

type Order = {
  readonly orderId: string;
  readonly currency: string;
  readonly lines: readonly { quantity: number; unitPriceMinor: number; taxRateBps: number }[];
  readonly paymentMethod: string;
};

let invoices = 0;
let lines: { timestamp: number; message: string }[] = [];
setInterval(() => {
  if (lines.length === 0) return;
  const logEvents = lines;
  lines = [];
  void log.send(
    new PutLogEventsCommand({ logGroupName: 'bench', logStreamName: 'usual', logEvents }),
  );
}, 1_000);

const put = (TableName: string, fields: Readonly<Record<string, string>>, version: number) =>
  tables.send(
    new PutItemCommand({
      TableName,
      Item: {
        ...Object.fromEntries(Object.entries(fields).map(([name, S]) => [name, { S }])),
        version: { N: `${version}` },
      },
      ConditionExpression: 'attribute_not_exists(version)',
    }),
  );

const pay = async (order: Order): Promise<{ readonly invoice: string }> => {
  const amount = order.lines.reduce(
    (sum, { quantity, unitPriceMinor, taxRateBps }) =>
      sum + Math.round(quantity * unitPriceMinor * (1 + taxRateBps / 10_000)),
    0,
  );
  const streamId = `order#${order.orderId}`;
  await put('events', { streamId, events: JSON.stringify(order) }, 1);
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
  const invoice = `INV-${invoices}`;
  const events = JSON.stringify([
    { type: 'Captured', id: paid.id },
    { type: 'Invoiced', invoice, order },
  ]);
  await put('events', { streamId, events }, 2);
  await put('invoices', { orderId: order.orderId, document: events }, 2);
  await queue.send(
    new SendMessageCommand({
      QueueUrl: `${sqs}/000000000000/notifications`,
      MessageBody: JSON.stringify({
        type: 'OrderSettled',
        orderId: order.orderId,
        outcome: 'paid',
      }),
    }),
  );
  lines.push({
    timestamp: Date.now(),
    message: JSON.stringify({ event: 'message.handled', orderId: order.orderId, invoice }),
  });
  return { invoice };
};

const persistenceStore = new DynamoDBPersistenceLayer({
  tableName: 'idempotency',
  awsSdkV3Client: tables,
});
const payOnce = makeIdempotent(pay, { persistenceStore });

answerParent();
// A consumer receives a batch of at most ten and waits for its end, so several run side by side.
for (let running = 0; running < IN_FLIGHT / 10; running += 1) {
  Consumer.create({
    queueUrl: `${sqs}/${QUEUE}`,
    sqs: queue,
    batchSize: 10,
    waitTimeSeconds: 20,
    suppressFifoWarning: true,
    handleMessage: async (message: Message) => {
      await payOnce(JSON.parse(message.Body ?? '{}') as Order);
      return message;
    },
  }).start();
}
