import {
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { createBatcher, type BatchTracing } from '../../application/batcher.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { isClientFault, readAwsError } from '../aws/errors.ts';
import { createSystemClock } from '../system/clock.ts';
import { toAttribute } from './attributes.ts';

/** An item that is written if and only if no item has its key. */
export type TableInsert = {
  readonly table: string;
  /** The value of the partition key. */
  readonly key: string;
  readonly item: Readonly<Record<string, string | number | Uint8Array>>;
};

/** `Failed` with the SDK's error, or the entry of the answer that has one. */
export type InsertAnswer =
  | { readonly type: 'Inserted' }
  | { readonly type: 'Duplicate' }
  | { readonly type: 'Failed'; readonly error: unknown };

export type Inserts = (insert: TableInsert) => Promise<InsertAnswer>;

/** The limit of one BatchExecuteStatement. */
const STATEMENTS_MAX = 25;
/** The limit is well below the 16 MB of a request, so that one answer does not take long. */
const REQUEST_BYTES_MAX = 4_194_304;

const insertsOfClients = new WeakMap<DynamoDBClient, Inserts>();

/**
 * The inserts of one client, into all its tables: they share their requests. Whoever asks first
 * says whether they are traced.
 */
export const insertsOf = (client: DynamoDBClient, tracing?: BatchTracing): Inserts => {
  const inserts =
    insertsOfClients.get(client) ?? createInserts(client, createSystemClock(), tracing);
  insertsOfClients.set(client, inserts);
  return inserts;
};

/**
 * Items as PartiQL INSERTs, in full requests. A request that is refused as a whole does not say
 * which item, or which table, is at fault, so that each item is then sent by itself. Two items of
 * one partition never share a request: its statements run in parallel, and a later version of a
 * stream must not be written where an earlier one failed.
 */
export const createInserts = (
  client: Pick<DynamoDBClient, 'send'>,
  clock: Pick<Clock, 'now' | 'sleep'>,
  tracing?: BatchTracing,
): Inserts =>
  createBatcher<TableInsert, InsertAnswer>({
    call: async (inserts) => {
      const Statements = inserts.map(statementOf);
      const { Responses = [] } = await client.send(
        new BatchExecuteStatementCommand({ Statements, ReturnConsumedCapacity: 'TOTAL' }),
      );
      return Responses.map(answerOf);
    },
    failed: (error) => ({ type: 'Failed', error: error ?? NO_ANSWER }),
    isEntryAtFault: (error) => isClientFault(readAwsError(error)) && !isThrottle(error),
    isThrottled: (answer) => answer.type === 'Failed' && isThrottledEntry(answer.error),
    entriesMax: STATEMENTS_MAX,
    bytesMax: REQUEST_BYTES_MAX,
    bytesOf: ({ item }) => sizeOf(item),
    keyOf: ({ table, key }) => `${table}/${key}`,
    clock,
    traced: tracing && { name: 'DynamoDB/BatchExecuteStatement', tracing },
  });

const NO_ANSWER = { name: 'NoAnswer', message: 'no answer for this statement' };

const isThrottle = (error: unknown): boolean => readAwsError(error).throttled;

/** An error with a status is that of a whole request, which the SDK has already repeated. */
const isThrottledEntry = (error: unknown): boolean =>
  isThrottle(error) && readAwsError(error).status === 0;

const answerOf = ({ Error: error }: BatchStatementResponse): InsertAnswer => {
  if (error === undefined) return { type: 'Inserted' };
  return error.Code === 'DuplicateItem' ? { type: 'Duplicate' } : { type: 'Failed', error };
};

/** The approximate size of an item in the request, in bytes. */
const sizeOf = (item: TableInsert['item']): number => {
  let size = 0;
  for (const name of Object.keys(item)) {
    const value = item[name] ?? '';
    size += name.length + (typeof value === 'number' ? 8 : value.length);
  }
  return size;
};

/** The statements of one table and kind of item only differ in their parameters. */
const statements = new Map<string, string>();

const statementOf = ({ table, item }: TableInsert) => {
  const names = Object.keys(item);
  const shape = `${table}/${names.join('/')}`;
  let Statement = statements.get(shape);
  if (Statement === undefined) {
    const fields = names.map((name) => `'${name}':?`);
    Statement = `INSERT INTO "${table}" VALUE {${fields.join(',')}}`;
    statements.set(shape, Statement);
  }
  return { Statement, Parameters: Object.values(item).map(toAttribute) };
};
