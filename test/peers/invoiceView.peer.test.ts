import { createDynamoDbInvoiceView } from '../../src/adapters/dynamodb/invoiceView.ts';
import { describeInvoiceTables } from '../contracts/invoiceTables.contract.ts';
import { describeInvoiceView } from '../contracts/invoiceView.contract.ts';
import { freshInvoiceTables, freshTables, testClient } from '../support/dynamoDb.ts';
import { peerUrl } from '../support/peerUrl.ts';

describe('DynamoDB Local', () => {
  let client: ReturnType<typeof testClient>;

  before(() => {
    client = testClient(peerUrl('PEER_DYNAMODB_URL'));
  });
  after(() => client?.destroy());

  describeInvoiceView('DynamoDB Local', async () => {
    const { invoices } = await freshTables(client);
    return createDynamoDbInvoiceView(client, { table: invoices });
  });
  describeInvoiceTables('DynamoDB Local', () => freshInvoiceTables(client));
});
