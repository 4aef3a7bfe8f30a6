import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { describeReconciling } from '../../contracts/reconciling.contract.ts';
import { freshTables, startTestDynamoDb } from '../../support/dynamoDb.ts';
import { createQueue, embeddedSqs, localSqsClients } from '../../support/sqs.ts';

describeReconciling('the embedded servers', async () => {
  const [dynamoDb, sqs] = await Promise.all([startTestDynamoDb(), embeddedSqs()]);
  const clients = localSqsClients(sqs.url);
  const { events } = await freshTables(dynamoDb.client);
  const [payments, paymentsDlq] = [await createQueue(clients), await createQueue(clients)];
  return {
    table: createDynamoDbCommitTable(dynamoDb.client, { table: events }),
    payments: createSqsMessageQueue(clients, { queueUrl: payments.url }),
    paymentsDlq: createSqsMessageQueue(clients, { queueUrl: paymentsDlq.url }),
    close: async () => {
      clients.client.destroy();
      clients.receiveClient.destroy();
      await Promise.all([sqs.remove(), dynamoDb.stop()]);
    },
  };
});
