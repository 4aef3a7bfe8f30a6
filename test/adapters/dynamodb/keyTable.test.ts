import { createDynamoDbKeyTable } from '../../../src/adapters/dynamodb/keyTable.ts';
import { describeKeyTable } from '../../contracts/keyTable.contract.ts';
import { freshTables, startTestDynamoDb } from '../../support/dynamoDb.ts';

describe('embedded DynamoDB', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  describeKeyTable('embedded DynamoDB', async () => {
    const { keys } = await freshTables(server.client);
    return createDynamoDbKeyTable(server.client, { table: keys });
  });
});
