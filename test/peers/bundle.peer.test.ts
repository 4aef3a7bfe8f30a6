import { expect } from 'chai';
import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createDynamoDbInvoiceView } from '../../src/adapters/dynamodb/invoiceView.ts';
import { auditBundle, exportEvidence } from '../support/bundles.ts';
import { must } from '../support/commits.ts';
import { freshTables, overwriteItem, testClient } from '../support/dynamoDb.ts';
import { createLogAndGatewayOn } from '../support/logAndGateway.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

const ORDERS = 40;

describe('an evidence bundle of tables in DynamoDB Local', function () {
  this.timeout(120_000);

  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let client: ReturnType<typeof testClient>;

  before(async () => {
    folder = await makeTemporaryFolder();
    client = testClient(peerUrl('PEER_DYNAMODB_URL'));
  });
  after(async () => {
    client?.destroy();
    await folder.remove();
  });

  it('holds a damaged log as it is: offline finds what online found (S7, S16, X13)', async () => {
    const tables = await freshTables(client);
    const table = createDynamoDbCommitTable(client, { table: tables.events });
    const invoices = createDynamoDbInvoiceView(client, { table: tables.invoices });
    const world = createLogAndGatewayOn({ table, invoices });
    await world.agree(ORDERS);
    await world.charge({ orderId: 'o-0' });
    await world.charge({ orderId: 'lost' });
    for (const [orderId, changes] of [
      ['o-5', { causationId: 'somebody else' }],
      ['o-6', { previousHash: 'not bytes' }],
      ['o-7', { surplus: 1 }],
    ] as const) {
      const item = await must(table.read({ streamId: `order#${orderId}`, version: 1 }));
      await overwriteItem(client, tables.events, { ...(item as object), ...changes });
    }
    const online = await exportEvidence(world, folder.path);
    const offline = await auditBundle(folder.path, online.written.manifestSha256);
    expect(offline.problems).to.deep.equal([]);
    const count = (name: string) => online.report.findings[name as 'readable'];
    expect([count('readable'), count('gateway')]).to.deep.equal([3, 2]);
    expect(offline.report.findings).to.deep.equal(online.report.findings);
    const key = ({ streamId, why }: { streamId: string; why: string }) => `${streamId}: ${why}`;
    expect(offline.findings.map(key)).to.have.members(online.findings.map(key));
  });
});
