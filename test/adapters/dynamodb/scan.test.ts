import { expect } from 'chai';
import { createDynamoDbClient } from '../../../src/adapters/aws/clients.ts';
import { fromAttributes } from '../../../src/adapters/dynamodb/attributes.ts';
import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import type { ReadItem } from '../../../src/adapters/eventStore/commitTable.ts';
import { encodeCommit } from '../../../src/adapters/eventStore/storedCommit.ts';
import { STREAM_START } from '../../../src/application/ports/eventStore.ts';
import { bigCommit, commitOf, must } from '../../support/commits.ts';
import { freshTables, startTestDynamoDb } from '../../support/dynamoDb.ts';

const ORDERS = 8;

describe('a scan whose items the SDK does not copy', () => {
  let server: Awaited<ReturnType<typeof startTestDynamoDb>>;

  before(async () => {
    server = await startTestDynamoDb();
  });
  after(() => server.stop());

  const clientOf = (parts: 'lean' | 'original') =>
    createDynamoDbClient({
      region: 'us-east-1',
      endpoint: server.url,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      parts,
    });

  it('has the items, pages and cost that the SDK itself gives', async () => {
    const { events: table } = await freshTables(server.client);
    const writing = createDynamoDbCommitTable(server.client, { table });
    for (let n = 0; n < ORDERS; n += 1) {
      const commit = n % 2 === 0 ? bigCommit(`c-${n}`, 390_000) : commitOf(`c-${n}`);
      await must(writing.insert(encodeCommit(`order#ö-${n}`, STREAM_START, commit, 7)));
    }
    const pagesBy = async (parts: 'lean' | 'original') => {
      const client = clientOf(parts);
      const reading = createDynamoDbCommitTable(client, { table });
      const pages = [];
      let after: { streamId: string; version: number } | undefined;
      do {
        const page = await must(
          reading.scanPage({ segment: 0, segments: 1, ...(after && { after }) }),
        );
        pages.push({ ...page, items: [...page.items].map(withoutBuffers) });
        after = page.next;
      } while (after !== undefined);
      client.destroy();
      return pages;
    };
    const [lean, original] = [await pagesBy('lean'), await pagesBy('original')];

    expect(lean.length).to.be.at.least(2);
    expect(lean.flatMap(({ items }) => items)).to.have.length(ORDERS);
    expect(lean).to.deep.equal(original);
  });

  it('has the items in the order in which they are answered', async () => {
    const { events: table } = await freshTables(server.client);
    const reading = createDynamoDbCommitTable(server.client, { table });
    for (let version = 0; version < ORDERS; version += 1) {
      const after = { version, hash: 'a'.repeat(64) };
      await must(reading.insert(encodeCommit('order#o-1', after, commitOf(`c-${version}`), 7)));
    }
    const { items } = await must(reading.scanPage({ segment: 0, segments: 1 }));
    expect([...items].map(({ version }) => version)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('has the errors of the SDK', async () => {
    const failures = [];
    for (const parts of ['lean', 'original'] as const) {
      const client = clientOf(parts);
      const page = await createDynamoDbCommitTable(client, { table: 'nowhere' }).scanPage({
        segment: 0,
        segments: 1,
      });
      failures.push(page._unsafeUnwrapErr());
      client.destroy();
    }
    expect(failures[0]).to.include({ type: 'Misconfigured', dependency: 'EventStore' });
    expect(failures[0]).to.deep.equal(failures[1]);
  });

  it('reads an attribute of any name and type', () => {
    const item = JSON.parse(
      '{"__proto__":{"S":"x"},"a":{"B":"AAEC"},"b":{"N":"12"},"c":{"BOOL":true},"d":{"S":""}}',
    );
    const read = fromAttributes(item);
    expect(Object.keys(read)).to.deep.equal(['__proto__', 'a', 'b', 'c', 'd']);
    expect(Object.getPrototypeOf(read)).to.equal(Object.prototype);
    expect(withoutBuffers(read)).to.deep.include({ a: '000102', b: 12, c: { BOOL: true }, d: '' });
  });
});

const withoutBuffers = (item: ReadItem): ReadItem =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ]),
  );
