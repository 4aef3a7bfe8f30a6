import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createSqsMessageQueue, type SqsClients } from '../../src/adapters/sqs/messageQueue.ts';
import type { MessageQueue } from '../../src/application/ports/messageQueue.ts';
import { freshTables, startTestDynamoDb, testClient } from './dynamoDb.ts';
import { peerUrl } from './peerUrl.ts';
import { createQueue, embeddedSqs, localSqsClients } from './sqs.ts';

/** An empty log, and an empty queue with its dead letters. */
export type LettersHarness = {
  readonly table: CommitTable;
  readonly payments: MessageQueue;
  readonly paymentsDlq: MessageQueue;
  close(): Promise<void>;
};

export const embeddedLetters = async (): Promise<LettersHarness> => {
  const [dynamoDb, sqs] = await Promise.all([startTestDynamoDb(), embeddedSqs()]);
  const clients = localSqsClients(sqs.url);
  return {
    ...(await partsOf(dynamoDb.client, clients)),
    close: async () => {
      destroy(clients);
      await Promise.all([sqs.remove(), dynamoDb.stop()]);
    },
  };
};

export const peerLetters = async (): Promise<LettersHarness> => {
  const client = testClient(peerUrl('PEER_DYNAMODB_URL'));
  const clients = localSqsClients(peerUrl('PEER_SQS_URL'));
  return {
    ...(await partsOf(client, clients)),
    close: () => {
      client.destroy();
      destroy(clients);
      return Promise.resolve();
    },
  };
};

const partsOf = async (client: ReturnType<typeof testClient>, clients: SqsClients) => {
  const { events } = await freshTables(client);
  const [payments, paymentsDlq] = [await createQueue(clients), await createQueue(clients)];
  return {
    table: createDynamoDbCommitTable(client, { table: events }),
    payments: createSqsMessageQueue(clients, { queueUrl: payments.url }),
    paymentsDlq: createSqsMessageQueue(clients, { queueUrl: paymentsDlq.url }),
  };
};

const destroy = ({ client, receiveClient }: SqsClients): void => {
  client.destroy();
  receiveClient.destroy();
};
