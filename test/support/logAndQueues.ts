import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { toAttribute } from '../../src/adapters/dynamodb/attributes.ts';
import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createDynamoDbInvoiceView } from '../../src/adapters/dynamodb/invoiceView.ts';
import type { CommitItem, CommitKey } from '../../src/adapters/eventStore/commitTable.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { countMessages } from '../../src/adapters/sqs/queues.ts';
import { freshTables, overwriteItem, startTestDynamoDb, testClient } from './dynamoDb.ts';
import { peerUrl } from './peerUrl.ts';
import { createQueue, embeddedSqs, localSqsClients } from './sqs.ts';

export type LogAndQueues = Awaited<ReturnType<typeof createOn>>;

/** A log, a table of invoices and queues on these servers, all of them new and empty. */
const createOn = async (urls: { readonly dynamoDb: string; readonly sqs: string }) => {
  const client = testClient(urls.dynamoDb);
  const clients = localSqsClients(urls.sqs);
  const { events, invoices } = await freshTables(client);
  const [payments, paymentsDlq, notificationsDlq] = [
    await createQueue(clients),
    await createQueue(clients),
    await createQueue(clients),
  ];
  const queueAt = ({ url }: { readonly url: string }) =>
    createSqsMessageQueue(clients, { queueUrl: url });
  return {
    table: createDynamoDbCommitTable(client, { table: events }),
    invoices: createDynamoDbInvoiceView(client, { table: invoices }),
    payments: queueAt(payments),
    paymentsDlq: queueAt(paymentsDlq),
    notificationsDlq: queueAt(notificationsDlq),
    countPayments: () => countMessages(clients.client, payments.url).map(({ visible }) => visible),
    /** Behind the log's back, as is the next. */
    overwrite: (item: CommitItem) => overwriteItem(client, events, item),
    remove: async ({ streamId, version }: CommitKey): Promise<void> => {
      const Key = { streamId: toAttribute(streamId), version: toAttribute(version) };
      await client.send(new DeleteItemCommand({ TableName: events, Key }));
    },
    close: async (): Promise<void> => {
      client.destroy();
      clients.client.destroy();
      clients.receiveClient.destroy();
    },
  };
};

export const onEmbedded = async (): Promise<LogAndQueues> => {
  const [dynamoDb, sqs] = await Promise.all([startTestDynamoDb(), embeddedSqs()]);
  const made = await createOn({ dynamoDb: dynamoDb.url, sqs: sqs.url });
  return {
    ...made,
    close: async () => {
      await made.close();
      await Promise.all([sqs.remove(), dynamoDb.stop()]);
    },
  };
};

export const onPeers = (): Promise<LogAndQueues> =>
  createOn({ dynamoDb: peerUrl('PEER_DYNAMODB_URL'), sqs: peerUrl('PEER_SQS_URL') });
