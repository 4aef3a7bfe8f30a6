import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createDynamoDbClient } from '../../../src/adapters/aws/clients.ts';
import { createDynamoDbInvoiceView } from '../../../src/adapters/dynamodb/invoiceView.ts';
import { describeInvoiceView } from '../../contracts/invoiceView.contract.ts';
import { must } from '../../support/commits.ts';
import { freshTable, overwriteItem, startTestDynamoDb } from '../../support/dynamoDb.ts';

describe('embedded DynamoDB', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  const makeView = async () => {
    const table = await freshTable(server.client, 'invoices');
    return { table, view: createDynamoDbInvoiceView(server.client, { table }) };
  };

  describeInvoiceView('embedded DynamoDB', async () => (await makeView()).view);

  it('names a row that this system did not write, and reads it for nobody', async () => {
    const { table, view } = await makeView();
    await overwriteItem(server.client, table, { orderId: 'o-1', version: 1, document: 7 });
    const corrupt = { type: 'CorruptRow', orderId: 'o-1', why: 'row.document is not a string' };
    expect(await view.get('o-1')).to.deep.equal(err(corrupt));
    expect((await view.list().next()).value).to.deep.equal(err(corrupt));
    expect((await must(view.getMany(['o-1', 'o-2']))).get('o-1')).to.deep.equal(err(corrupt));
    expect([...(await must(view.versionsOf(['o-1', 'o-2'])))]).to.deep.equal([['o-1', 1]]);
    const whole = { orderId: 'o-2', version: 1, document: '{}' };
    await view.putIfNewer(whole);
    const pages: unknown[] = [];
    for await (const page of view.list()) pages.push(page);
    expect(pages).to.deep.equal([ok([whole]), err(corrupt)]);
  });

  it('A2: measures a row before it is sent', async () => {
    const { table } = await makeView();
    const client = createDynamoDbClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1' });
    const row = { orderId: 'o-1', version: 1, document: 'x'.repeat(410_000) };
    const unsent = await createDynamoDbInvoiceView(client, { table }).putIfNewer(row);
    expect(unsent.isErr() && unsent.error.type).to.equal('RowTooLarge');
    client.destroy();
  });

  it('says so when its table is missing', async () => {
    const view = createDynamoDbInvoiceView(server.client, { table: 'nowhere' });
    const put = await view.putIfNewer({ orderId: 'o-1', version: 1, document: '{}' });
    const many = await view.getMany(['o-1']);
    for (const failed of [put, many]) {
      expect(failed.isErr() && failed.error).to.include({
        type: 'Misconfigured',
        dependency: 'InvoiceView',
      });
    }
  });
});
