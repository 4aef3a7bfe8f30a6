import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createDynamoDbKeyTable } from '../../src/adapters/dynamodb/keyTable.ts';
import { describeDynamoDbCommitTable } from '../contracts/dynamoDbCommitTable.contract.ts';
import { describeDynamoDbTables } from '../contracts/dynamoDbTables.contract.ts';
import { describeKeyTable } from '../contracts/keyTable.contract.ts';
import { describeEventStore } from '../contracts/eventStore.contract.ts';
import { freshTables, overwriteItem, testClient } from '../support/dynamoDb.ts';
import { peerUrl } from '../support/peerUrl.ts';

describe('DynamoDB Local', () => {
  let client: ReturnType<typeof testClient>;
  const url = () => peerUrl('PEER_DYNAMODB_URL');

  before(() => {
    client = testClient(url());
  });
  after(() => client?.destroy());

  describeEventStore('DynamoDB Local', async () => {
    const { events } = await freshTables(client);
    return {
      table: createDynamoDbCommitTable(client, { table: events }),
      overwrite: (item) => overwriteItem(client, events, item),
    };
  });
  describeKeyTable('DynamoDB Local', async () => {
    const { keys } = await freshTables(client);
    return createDynamoDbKeyTable(client, { table: keys });
  });
  describeDynamoDbCommitTable('DynamoDB Local', url);
  describeDynamoDbTables('DynamoDB Local', {
    url,
    deletionProtection: true,
    pointInTimeRecovery: false,
    timeToLive: true,
  });
});

// moto is the one server here that knows of point-in-time recovery.
describeDynamoDbTables('moto', {
  url: () => peerUrl('PEER_MOTO_URL'),
  deletionProtection: true,
  pointInTimeRecovery: true,
  timeToLive: true,
});
