import { createMemoryCommitTable } from '../../src/adapters/memory/commitTable.ts';
import { createMemoryInvoiceView } from '../../src/adapters/memory/invoiceView.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import type { CommitItem } from '../../src/adapters/eventStore/commitTable.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import type { InvoiceRow } from '../../src/application/ports/invoiceView.ts';
import { must } from '../../test/support/commits.ts';
import { writeHistory } from '../../test/support/history.ts';
import { serve, type Answer, type ReceivedRequest } from './server.ts';

/**
 * The process of a DynamoDB that holds a log and its rows, and answers reads alone. Its parent
 * starts it with the number of orders, and is told the address.
 */
type Value = { readonly S?: string; readonly N?: string; readonly B?: string };
type Key = Readonly<Record<string, Value>>;
type KeysAndNames = {
  readonly Keys: readonly Key[];
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
};
type Request = {
  readonly TableName?: string;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly ExclusiveStartKey?: Key;
  readonly RequestItems?: Readonly<Record<string, KeysAndNames>>;
  readonly Key?: Key;
  readonly ExpressionAttributeValues?: Key;
};

const toValue = (value: string | number | Uint8Array): Value => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return { B: Buffer.from(value).toString('base64') };
};

const toAttributes = (item: object): Key =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toValue(value as string)]));

const events = createMemoryCommitTable();
const invoices = createMemoryInvoiceView();
const store = createEventStore(events, createSystemClock());
const rows = await writeHistory(
  { store, ids: createSystemIds(), invoices },
  { orders: Number(process.argv[2]) },
);
const rowOf = new Map(rows.map((row) => [row.orderId, row]));
const found = (key: Key | undefined): readonly InvoiceRow[] => {
  const row = rowOf.get(key?.['orderId']?.S ?? '');
  return row === undefined ? [] : [row];
};

/** With names, those attributes alone, as DynamoDB projects them. */
const rowsAt = ({ Keys, ExpressionAttributeNames: names }: KeysAndNames): readonly Key[] => {
  const all = Keys.flatMap(found).map(toAttributes);
  if (names === undefined) return all;
  const wanted = new Set(Object.values(names));
  return all.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name))),
  );
};

const scanEvents = async (asked: Request): Promise<object> => {
  const { Segment: segment = 0, TotalSegments: segments = 1, ExclusiveStartKey: start } = asked;
  const after = start && {
    streamId: String(start['streamId']?.S),
    version: Number(start['version']?.N),
  };
  const page = await must(events.scanPage({ segment, segments, ...(after && { after }) }));
  return {
    Items: (page.items as readonly CommitItem[]).map(toAttributes),
    ConsumedCapacity: { TableName: asked.TableName, CapacityUnits: page.readUnits },
    ...(page.next && { LastEvaluatedKey: toAttributes(page.next) }),
  };
};

/** Pages of about 1 MB, by position. */
const ROWS_A_PAGE = 1_000;
const scanRows = ({ ExclusiveStartKey: start }: Request): object => {
  const from =
    start === undefined ? 0 : rows.findIndex(({ orderId }) => orderId === start['orderId']?.S) + 1;
  const page = rows.slice(from, from + ROWS_A_PAGE);
  const last = page.at(-1);
  const isEnd = last === undefined || from + ROWS_A_PAGE >= rows.length;
  return {
    Items: page.map(toAttributes),
    ...(isEnd ? {} : { LastEvaluatedKey: toAttributes({ orderId: last.orderId }) }),
  };
};

const queryStream = async ({ ExpressionAttributeValues: values }: Request): Promise<object> => {
  const from = Number(values?.[':v']?.N ?? 1);
  const page = await must(events.readPage(values?.[':s']?.S ?? '', from));
  return { Items: (page.items as readonly CommitItem[]).map(toAttributes) };
};

const answerTo = async (operation: string, asked: Request): Promise<object> => {
  switch (operation) {
    case 'Scan':
      return asked.TableName === 'events' ? await scanEvents(asked) : scanRows(asked);
    case 'Query':
      return await queryStream(asked);
    case 'GetItem': {
      const [row] = found(asked.Key);
      return row === undefined ? {} : { Item: toAttributes(row) };
    }
    case 'BatchGetItem': {
      const answers = Object.entries(asked.RequestItems ?? {}).map(([table, keysAndNames]) => [
        table,
        rowsAt(keysAndNames),
      ]);
      return { Responses: Object.fromEntries(answers), UnprocessedKeys: {} };
    }
    case 'DescribeTable':
      return { Table: { TableName: asked.TableName, ItemCount: 0 } };
    default:
      throw new Error(`the stand-in does not answer ${operation}`);
  }
};

const handle = async ({ operation, body }: ReceivedRequest): Promise<Answer> => ({
  body: JSON.stringify(await answerTo(operation, JSON.parse(body) as Request)),
});

const server = await serve(handle, { delayMs: 1, contentType: 'application/x-amz-json-1.0' });
const commits = await must(events.size());
process.send?.({ url: server.url, commits, rows: rows.length });
