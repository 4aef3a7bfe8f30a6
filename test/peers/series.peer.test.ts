import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { describeSeries } from '../contracts/series.contract.ts';
import { freshTables, testClient } from '../support/dynamoDb.ts';
import { peerUrl } from '../support/peerUrl.ts';

describe('DynamoDB Local', () => {
  let client: ReturnType<typeof testClient>;

  before(() => {
    client = testClient(peerUrl('PEER_DYNAMODB_URL'));
  });
  after(() => client?.destroy());

  describeSeries(
    'DynamoDB Local',
    async () => {
      const { events: table } = await freshTables(client);
      return createDynamoDbCommitTable(client, { table });
    },
    { orders: 200, allocators: 5 },
  );
});
