import { readUnitsOf, writeUnitsOf } from '../../src/application/ports/usage.ts';
import { addTo, READS, WRITES, type Bill } from './bill.ts';
import type { Answer, ReceivedRequest } from './server.ts';

type Value = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, Value>>;
type Statement = { readonly Statement: string; readonly Parameters: readonly Value[] };
type Request = {
  readonly TableName?: string;
  readonly Statements?: readonly Statement[];
  readonly ReturnConsumedCapacity?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExpressionAttributeValues?: Item;
};

/** Parses `INSERT INTO "table" VALUE {'name':?,…}`, the one statement that is asked for. */
const INSERT = /^INSERT INTO "([^"]+)" VALUE \{(.*)\}$/u;

const text = (value: Value | undefined): string => String(Object.values(value ?? {})[0]);

/** UTF-8 bytes of names and values; a number is a byte for two digits, and one. */
const bytesOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => {
    const [type = '', content = ''] = Object.entries(value)[0] ?? [];
    const known = String(content);
    if (type === 'N') return sum + name.length + Math.ceil(known.length / 2) + 1;
    return sum + name.length + Buffer.byteLength(known, type === 'B' ? 'base64' : 'utf8');
  }, 0);

/** The table, with the kind of stream where it has streams. */
const placeOf = (table: string, streamId: Value | undefined): string =>
  streamId === undefined ? table : `${table} ${text(streamId).split('#')[0]}`;

/** `place` is the table, with the kind of stream where it has streams. */
export type WrittenItem = {
  readonly place: string;
  readonly version: string;
  readonly bytes: number;
};

const unitsOfPage = (items: readonly Item[]): number =>
  readUnitsOf(items.reduce((sum, item) => sum + bytesOf(item), 0));

/** Partitions of a table. A million orders would be gigabytes, and nobody asks for old ones. */
const KEPT = 100_000;

/**
 * The tables of one run in memory: inserts that fail for a key that is there, replacing puts, and
 * reads by partition key. It checks nothing else.
 */
export const createDynamoDb = (
  bill: Bill,
  onWrite?: (written: WrittenItem) => void,
): ((request: ReceivedRequest) => Answer) => {
  const tables = new Map<string, Map<string, Item[]>>();
  const partition = (table: string, key: string): Item[] => {
    const items = tables.get(table) ?? new Map<string, Item[]>();
    tables.set(table, items);
    const found = items.get(key) ?? [];
    items.delete(key);
    items.set(key, found);
    const [unused] = items.size > KEPT ? items.keys() : [];
    if (unused !== undefined) items.delete(unused);
    return found;
  };
  const keyOf = (item: Item): string =>
    text(item['streamId'] ?? item['owner'] ?? item['orderId'] ?? item['id']);

  /** A write that is refused for its key costs as much. */
  const billWrite = (table: string, item: Item): number => {
    const [bytes, place] = [bytesOf(item), placeOf(table, item['streamId'])];
    const units = writeUnitsOf(bytes);
    addTo(bill, `${WRITES}${place}`, units);
    onWrite?.({ place, version: text(item['version']), bytes });
    return units;
  };

  const insert = ({ Statement, Parameters }: Statement, units: Map<string, number>) => {
    const [, table = '', fields = ''] = INSERT.exec(Statement) ?? [];
    const names = fields.split(',').map((field) => field.replace(/^\s*'|'\s*:\s*\?$/gu, ''));
    const item: Item = Object.fromEntries(names.map((name, at) => [name, Parameters[at] ?? {}]));
    units.set(table, (units.get(table) ?? 0) + billWrite(table, item));
    const items = partition(table, keyOf(item));
    const version = text(item['version']);
    const isThere = items.some(
      (each) => !('streamId' in item) || text(each['version']) === version,
    );
    if (isThere) return { Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key' } };
    items.push(item);
    return { TableName: table };
  };

  const insertAll = ({ Statements = [], ReturnConsumedCapacity: wanted }: Request) => {
    const units = new Map<string, number>();
    const Responses = Statements.map((statement) => insert(statement, units));
    const ConsumedCapacity = [...units].map(([TableName, CapacityUnits]) => ({
      TableName,
      CapacityUnits,
    }));
    return { Responses, ...(wanted === 'TOTAL' && { ConsumedCapacity }) };
  };

  const query = (asked: Request) => {
    const { ScanIndexForward: forward = true, Limit = 1_000 } = asked;
    const values = asked.ExpressionAttributeValues ?? {};
    const from = values[':v'] === undefined ? 0 : Number(text(values[':v']));
    const table = asked.TableName ?? '';
    const all = partition(table, text(values[':s'] ?? values[':o']));
    const wanted = all.filter(
      (item) => item['version'] === undefined || Number(text(item['version'])) >= from,
    );
    const Items = (forward ? wanted : wanted.toReversed()).slice(0, Limit);
    addTo(bill, `${READS}${placeOf(table, values[':s'])}`, unitsOfPage(Items));
    return { Items };
  };

  return ({ operation, body }) => {
    const asked = JSON.parse(body) as Request;
    switch (operation) {
      case 'BatchExecuteStatement':
        return { body: JSON.stringify(insertAll(asked)) };
      case 'Query':
        return { body: JSON.stringify(query(asked)) };
      case 'PutItem': {
        const item = asked.Item ?? {};
        billWrite(asked.TableName ?? '', item);
        const items = partition(asked.TableName ?? '', keyOf(item));
        // Of an owner there are many keys; of an order there is one row.
        if (item['owner'] === undefined) items.splice(0, items.length);
        items.push(item);
        return { body: '{}' };
      }
      case 'UpdateItem':
        billWrite(asked.TableName ?? '', { ...asked.Key, ...asked.ExpressionAttributeValues });
        return { body: '{}' };
      case 'GetItem': {
        const { TableName: table = '', Key: key = {} } = asked;
        const [Item] = partition(table, keyOf(key));
        const units = unitsOfPage(Item === undefined ? [] : [Item]);
        addTo(bill, `${READS}${placeOf(table, key['streamId'])}`, units);
        return { body: JSON.stringify(Item === undefined ? {} : { Item }) };
      }
      default:
        return { body: '{}' };
    }
  };
};
