import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { describeSeries } from '../../contracts/series.contract.ts';
import { runsOf } from '../../support/runs.ts';
import { freshTables, startTestDynamoDb } from '../../support/dynamoDb.ts';

describeSeries('memory', async () => createMemoryCommitTable(), {
  orders: runsOf(150, 1_000),
  allocators: 20,
});

describe('embedded DynamoDB', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  describeSeries(
    'embedded DynamoDB',
    async () => {
      const { events: table } = await freshTables(server.client);
      return createDynamoDbCommitTable(server.client, { table });
    },
    { orders: 200, allocators: 5 },
  );
});
