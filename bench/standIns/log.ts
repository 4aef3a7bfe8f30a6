import type { CommitItem } from '../../src/adapters/eventStore/commitTable.ts';
import type { InvoiceRow } from '../../src/application/ports/invoiceView.ts';
import { must } from '../../test/support/commits.ts';
import { ORDER_CASES } from '../../test/support/orderCases.ts';
import { createShop } from '../../test/support/shop.ts';
import { endWithParent } from '../programs/measured.ts';
import { serve, type Answer, type ReceivedRequest } from './server.ts';

/**
 * The process of a DynamoDB that holds a log and its rows, and answers reads alone. All is as the
 * live path leaves it: numbers in their series, rows, notices. Its parent starts it with the number
 * of orders, and is told the address.
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

const REFUNDED_EVERY = 7;
const DECLINED_EVERY = 5;

/** Most are paid, some then get a part of their money back, some are declined. */
const caseOf = (n: number): keyof typeof ORDER_CASES => {
  if (n % DECLINED_EVERY === DECLINED_EVERY - 1) return 'declined';
  return n % REFUNDED_EVERY === 0 ? 'partly-refunded' : 'paid';
};

const shop = createShop();
const { table: events } = shop;
for (let n = 0; n < Number(process.argv[2]); n += 1) await ORDER_CASES[caseOf(n)]?.(shop, `o-${n}`);
shop.laySeries();
const rows = [...shop.rows.values()].toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
const found = (key: Key | undefined): readonly InvoiceRow[] => {
  const row = shop.rows.get(key?.['orderId']?.S ?? '');
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

/** The answers to scans, since a round asks for all of them again. */
const scanned = new Map<string, string>();

const handle = async ({ operation, body }: ReceivedRequest): Promise<Answer> => {
  const asked = JSON.parse(body) as Request;
  const { TableName, Segment, TotalSegments, ExclusiveStartKey } = asked;
  const key = JSON.stringify([TableName, Segment, TotalSegments, ExclusiveStartKey]);
  const known = operation === 'Scan' ? scanned.get(key) : undefined;
  const answer = known ?? JSON.stringify(await answerTo(operation, asked));
  if (operation === 'Scan') scanned.set(key, answer);
  return { body: answer };
};

const server = await serve(handle, { delayMs: 1, contentType: 'application/x-amz-json-1.0' });
const commits = await must(events.size());
endWithParent();
process.send?.({ url: server.url, commits, rows: rows.length });
