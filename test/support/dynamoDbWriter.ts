import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { ensureTables } from '../../src/adapters/dynamodb/tables.ts';
import { startEmbeddedDynamoDb } from '../../src/adapters/embedded/dynamodb.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { STREAM_START } from '../../src/application/ports/eventStore.ts';
import { commitOf } from './commits.ts';
import { testClient } from './dynamoDb.ts';

/**
 * A process that serves the folder it is given and writes to it without end, reporting what was
 * acknowledged.
 */
const [dataDir = '', events = '', invoices = ''] = process.argv.slice(2);
const server = await startEmbeddedDynamoDb({ dataDir, port: 0 });
const client = testClient(server.url);
await ensureTables(client, { events, invoices, keys: `${events}-keys` }, createSystemClock());
const store = createEventStore(createDynamoDbCommitTable(client, { table: events }), {
  now: () => Date.now(),
});

const write = async (writer: number): Promise<void> => {
  for (let n = 0; ; n++) {
    const id = `${writer}-${n}`;
    const appended = await store.append(`order#${id}`, STREAM_START, commitOf(id));
    if (appended.isOk()) process.stdout.write(`${id}\n`);
  }
};
await Promise.all([0, 1, 2, 3].map(write));
