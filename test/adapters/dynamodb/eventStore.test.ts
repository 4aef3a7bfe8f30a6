import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import { describeEventStore } from '../../contracts/eventStore.contract.ts';
import { freshTable, overwriteItem, startTestDynamoDb } from '../../support/dynamoDb.ts';

describe('embedded DynamoDB', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  describeEventStore('embedded DynamoDB', async () => {
    const events = await freshTable(server.client, 'events');
    return {
      table: createDynamoDbCommitTable(server.client, { table: events }),
      overwrite: (item) => overwriteItem(server.client, events, item),
      countsNothing: true,
      halvesReadUnits: true,
    };
  });
});
