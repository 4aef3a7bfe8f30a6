import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { freshTables, testClient } from '../../test/support/dynamoDb.ts';
import { grouped, table } from '../statistics.ts';
import { race } from './race.ts';

/** `node bench/scaling/measureSeries.ts URL`: races allocators on one series of that DynamoDB. */
const [url = ''] = process.argv.slice(2);
const clock = createSystemClock();
const SLOTS = 50;
const DURATION_MS = 4_000;

const rows: (readonly (string | number)[])[] = [];
for (const processes of [1, 2, 4, 8]) {
  const own = testClient(url);
  const { events } = await freshTables(own);
  const clients = Array.from({ length: processes }, () => testClient(url));
  const tables = clients.map((client) => createDynamoDbCommitTable(client, { table: events }));
  const raced = await race({ tables, clock, slots: SLOTS, durationMs: DURATION_MS });
  rows.push([processes, ...Object.values(raced).map((value) => grouped(value, 3))]);
  for (const client of [own, ...clients]) client.destroy();
  if (processes === 1) rows.unshift(['processes', ...Object.keys(raced)]);
}
const [head = [], ...races] = rows;
process.stdout.write(`${table(head.map(String), races)}\n`);
