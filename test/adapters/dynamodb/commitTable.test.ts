import { describeDynamoDbCommitTable } from '../../contracts/dynamoDbCommitTable.contract.ts';
import { describeDynamoDbTables } from '../../contracts/dynamoDbTables.contract.ts';
import { startTestDynamoDb } from '../../support/dynamoDb.ts';

describe('embedded DynamoDB', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  const url = () => server.url;
  describeDynamoDbCommitTable('embedded DynamoDB', url);
  describeDynamoDbTables('embedded DynamoDB', {
    url,
    deletionProtection: false,
    pointInTimeRecovery: false,
    timeToLive: false,
  });
});
