import { expect } from 'chai';
import { createDynamoDbInvoiceTables } from '../../../src/adapters/dynamodb/invoiceView.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { describeInvoiceTables } from '../../contracts/invoiceTables.contract.ts';
import { freshInvoiceTables, freshTable, startTestDynamoDb } from '../../support/dynamoDb.ts';

describe('embedded DynamoDB', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  describeInvoiceTables('embedded DynamoDB', () => freshInvoiceTables(server.client));

  it('refuse a table of another shape, such as the log', async () => {
    const events = await freshTable(server.client, 'events');
    const tables = createDynamoDbInvoiceTables(server.client, createSystemClock());
    const ensured = await tables.ensure(events);
    expect(ensured.isErr() && ensured.error.cause).to.match(/has the key streamId/);
  });
});
