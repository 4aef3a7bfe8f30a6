import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { describeReconciling } from '../contracts/reconciling.contract.ts';
import { freshTables, testClient } from '../support/dynamoDb.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { createQueue, localSqsClients } from '../support/sqs.ts';

describeReconciling('DynamoDB Local and ElasticMQ', async () => {
  const client = testClient(peerUrl('PEER_DYNAMODB_URL'));
  const clients = localSqsClients(peerUrl('PEER_SQS_URL'));
  const { events } = await freshTables(client);
  const [payments, paymentsDlq] = [await createQueue(clients), await createQueue(clients)];
  return {
    table: createDynamoDbCommitTable(client, { table: events }),
    payments: createSqsMessageQueue(clients, { queueUrl: payments.url }),
    paymentsDlq: createSqsMessageQueue(clients, { queueUrl: paymentsDlq.url }),
    close: () => {
      client.destroy();
      clients.client.destroy();
      clients.receiveClient.destroy();
      return Promise.resolve();
    },
  };
});
