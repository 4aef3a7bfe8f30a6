import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { toAttribute } from '../../src/adapters/dynamodb/attributes.ts';
import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createDynamoDbInvoiceView } from '../../src/adapters/dynamodb/invoiceView.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { countMessages } from '../../src/adapters/sqs/queues.ts';
import type { AuditingHarness } from '../contracts/auditing.contract.ts';
import { freshTables, overwriteItem, testClient } from './dynamoDb.ts';
import { createQueue, localSqsClients } from './sqs.ts';

/** New tables and queues on these servers. */
export const auditingOn = async (urls: {
  readonly dynamoDb: string;
  readonly sqs: string;
}): Promise<AuditingHarness> => {
  const client = testClient(urls.dynamoDb);
  const clients = localSqsClients(urls.sqs);
  const { events, invoices } = await freshTables(client);
  const [payments, paymentsDlq, notificationsDlq] = [
    await createQueue(clients),
    await createQueue(clients),
    await createQueue(clients),
  ];
  return {
    table: createDynamoDbCommitTable(client, { table: events }),
    invoices: createDynamoDbInvoiceView(client, { table: invoices }),
    queues: {
      paymentsDlq: createSqsMessageQueue(clients, { queueUrl: paymentsDlq.url }),
      notificationsDlq: createSqsMessageQueue(clients, { queueUrl: notificationsDlq.url }),
      countPayments: () =>
        countMessages(clients.client, payments.url).map(({ visible }) => visible),
    },
    overwrite: (item) => overwriteItem(client, events, item),
    remove: async ({ streamId, version }) => {
      const Key = { streamId: toAttribute(streamId), version: toAttribute(version) };
      await client.send(new DeleteItemCommand({ TableName: events, Key }));
    },
    close: () => {
      client.destroy();
      clients.client.destroy();
      clients.receiveClient.destroy();
      return Promise.resolve();
    },
  };
};
