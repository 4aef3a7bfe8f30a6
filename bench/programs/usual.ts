import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type Message } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { charge } from './charge.ts';
import {
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
 * The usual stack: sqs-consumer receives and deletes, Powertools makes the handler idempotent, and
 * each step is a call of its own.
 */
const queue = createQueueClient();
const tables = createTablesClient();
const log = createLog('usual');

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

const pay = async (order: Order): Promise<{ readonly orderId: string }> => {
  const { orderId } = order;
  const streamId = `order#${orderId}`;
  await put('events', { streamId, events: JSON.stringify(order) }, 1);
  const events = outcomeText(order, await charge(order));
  await put('events', { streamId, events }, 2);
  await put('invoices', { orderId, document: events }, 2);
  await queue.send(
    new SendMessageCommand({
      QueueUrl: queueUrl('notifications'),
      MessageBody: noticeText(order),
    }),
  );
  log({ event: 'message.handled', orderId });
  return { orderId };
};

const persistenceStore = new DynamoDBPersistenceLayer({
  tableName: 'idempotency',
  awsSdkV3Client: tables,
});
const config = new IdempotencyConfig({});
// Otherwise it warns about each order that it does not run in a function.
config.registerLambdaContext({ getRemainingTimeInMillis: () => 60_000 } as never);
const payOnce = makeIdempotent(pay, { persistenceStore, config });

answerParent();
// A consumer receives a batch of at most ten and waits for its end, so several run side by side.
for (let running = 0; running < IN_FLIGHT / 10; running += 1) {
  Consumer.create({
    queueUrl: queueUrl('payments'),
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
