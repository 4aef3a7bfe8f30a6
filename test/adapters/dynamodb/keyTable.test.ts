import { createDynamoDbKeyTable } from '../../../src/adapters/dynamodb/keyTable.ts';
import { describeKeyTable } from '../../contracts/keyTable.contract.ts';
import { freshTable, startTestDynamoDb } from '../../support/dynamoDb.ts';

describe('embedded DynamoDB', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  describeKeyTable('embedded DynamoDB', async () => {
    const table = await freshTable(server.client, 'keys');
    return createDynamoDbKeyTable(server.client, { table });
  });
});
