import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../../src/adapters/aws/clients.ts';
import type { Meter } from '../../src/adapters/aws/meter.ts';
import { toAttribute } from '../../src/adapters/dynamodb/attributes.ts';
import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createDynamoDbInvoiceTables } from '../../src/adapters/dynamodb/invoiceView.ts';
import {
  creationOf,
  type TableNames,
  tableSchemas,
} from '../../src/adapters/dynamodb/tableSchemas.ts';
import { ensureTables } from '../../src/adapters/dynamodb/tables.ts';
import { startEmbeddedDynamoDb } from '../../src/adapters/embedded/dynamodb.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';
import { until } from './until.ts';

export const testClient = (endpoint: string, meter?: Meter): DynamoDBClient =>
  createDynamoDbClient({
    region: 'us-east-1',
    endpoint,
    ...(meter && { meter }),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

/** New tables of names that no other run has. */
export const freshTables = async (client: DynamoDBClient): Promise<TableNames> => {
  const names = newNames();
  const made = await ensureTables(client, names, createSystemClock());
  if (made.isErr()) throw new Error(made.error.cause);
  return names;
};

/** One of them, without what protects it: for what is tested with a new table for each case. */
export const freshTable = async (
  client: DynamoDBClient,
  which: keyof TableNames,
): Promise<string> => {
  const names = newNames();
  const TableName = names[which];
  const schema = tableSchemas(names).find(({ table }) => table === TableName);
  if (schema === undefined) throw new Error(`there is no schema of ${which}`);
  await client.send(new CreateTableCommand(creationOf(schema)));
  await until(`${TableName} is there`, async (see) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    see(Table?.TableStatus);
    return Table?.TableStatus === 'ACTIVE' || undefined;
  });
  return TableName;
};

const newNames = (): TableNames => {
  const run = randomUUID();
  return { events: `events-${run}`, invoices: `invoices-${run}`, keys: `keys-${run}` };
};

/** A log, a table of invoices and room for more of them. */
export const freshInvoiceTables = async (client: DynamoDBClient) => {
  const events = await freshTable(client, 'events');
  const home = await freshTable(client, 'invoices');
  const clock = createSystemClock();
  return {
    store: createEventStore(createDynamoDbCommitTable(client, { table: events }), clock),
    tables: createDynamoDbInvoiceTables(client, clock),
    home,
  };
};

/** An embedded server in a folder of its own, which is gone with it. */
export const startTestDynamoDb = async () => {
  const folder = await makeTemporaryFolder();
  const server = await startEmbeddedDynamoDb({ dataDir: folder.path, port: 0 });
  const client = testClient(server.url);
  return {
    url: server.url,
    client,
    stop: async (): Promise<void> => {
      client.destroy();
      await server.close();
      await folder.remove();
    },
  };
};

/** Writes over whatever is there, as only somebody with too many rights could. */
export const overwriteItem = async (
  client: DynamoDBClient,
  table: string,
  item: Readonly<Record<string, string | number | Uint8Array>>,
): Promise<void> => {
  const entries = Object.entries(item).map(([name, value]) => [name, toAttribute(value)] as const);
  await client.send(new PutItemCommand({ TableName: table, Item: Object.fromEntries(entries) }));
};
