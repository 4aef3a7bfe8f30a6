import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import {
  READ_UNIT_BYTES,
  type CommitKey,
  type CommitTable,
  type InsertError,
  type ReadItem,
  type InsertOutcome,
  type StreamPage,
  type TablePage,
  type TablePageQuery,
} from '../eventStore/commitTable.ts';
import { itemBytes } from '../eventStore/storedCommit.ts';
import { fromAttributes } from './attributes.ts';
import { isAboutItem, repeatableCall, writeFailure } from './failures.ts';
import { insertsOf, type InsertAnswer } from './inserts.ts';
import { scanPage, type ScanAnswer } from './scan.ts';

const DEPENDENCY = 'EventStore';

/**
 * The event table. Writes are PartiQL INSERTs only: DynamoDB refuses a second item under one key,
 * so that a role with `PartiQLInsert` and `Query` cannot rewrite history, whatever this code does.
 */
export const createDynamoDbCommitTable = (
  client: DynamoDBClient,
  { table }: { readonly table: string },
): CommitTable => {
  const inserts = insertsOf(client);
  const call = <T>(work: () => Promise<T>) => repeatableCall(DEPENDENCY, work);
  const query = (asked: Partial<QueryCommandInput>) =>
    client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
        ...asked,
      }),
    );
  return {
    insert: (item) =>
      new ResultAsync(inserts({ table, key: item.streamId, item }).then(insertResult)),
    // The role already allows Query, and it costs the same as GetItem.
    read: ({ streamId, version }) =>
      call(async () => itemsOf(await query(versions(streamId, '=', version)))[0]),
    readPage: (streamId, from, itemsMax) =>
      call(async () =>
        streamPage(await query({ ...versions(streamId, '>=', from), Limit: itemsMax })),
      ),
    readLast: (streamId) =>
      call(async () => {
        const newestFirst = { ScanIndexForward: false, Limit: 1 };
        return itemsOf(await query({ ...versions(streamId, '>=', 1), ...newestFirst }))[0];
      }),
    scanPage: (asked) => call(async () => tablePage(await scan(client, table, asked))),
    size: () =>
      call(async () => {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
        return Table?.ItemCount ?? 0;
      }),
  };
};

const versions = (
  streamId: string,
  operator: '=' | '>=',
  version: number,
): Partial<QueryCommandInput> => ({
  KeyConditionExpression: `streamId = :s AND #v ${operator} :v`,
  ExpressionAttributeNames: { '#v': 'version' },
  ExpressionAttributeValues: { ':s': { S: streamId }, ':v': { N: `${version}` } },
});

const scan = (
  client: DynamoDBClient,
  table: string,
  { segment, segments, after, signal }: TablePageQuery,
): Promise<ScanAnswer> =>
  scanPage(
    client,
    {
      TableName: table,
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
      Segment: segment,
      TotalSegments: segments,
      ExclusiveStartKey: after && startKey(after),
    },
    signal,
  );

const itemsOf = ({
  Items = [],
}: Pick<QueryCommandOutput | ScanAnswer, 'Items'>): readonly ReadItem[] =>
  Items.map(fromAttributes);

const streamPage = (answer: QueryCommandOutput): StreamPage => {
  const next = answer.LastEvaluatedKey && keyOf(answer.LastEvaluatedKey);
  return { items: itemsOf(answer), ...(next && { nextFrom: next.version + 1 }) };
};

const tablePage = ({ Items = [], ConsumedCapacity, LastEvaluatedKey }: ScanAnswer): TablePage => {
  const next = LastEvaluatedKey && keyOf(LastEvaluatedKey);
  const readUnits = ConsumedCapacity?.CapacityUnits ?? unitsOf(itemsOf({ Items }));
  return { items: eachOf(Items), readUnits, ...(next && { next }) };
};

/**
 * Makes the items as they are read, and keeps none of them: the garbage collector would copy a
 * whole page each time.
 */
function* eachOf(items: NonNullable<ScanAnswer['Items']>): Generator<ReadItem> {
  items.reverse();
  for (let item = items.pop(); item !== undefined; item = items.pop()) yield fromAttributes(item);
}

/** Estimates the units for an endpoint that does not report the cost of a page. */
const unitsOf = (items: readonly ReadItem[]): number =>
  Math.ceil(items.reduce((sum, item) => sum + itemBytes(item), 0) / READ_UNIT_BYTES);

const insertResult = (answer: InsertAnswer): Result<InsertOutcome, InsertError> => {
  if (answer.type !== 'Failed') return ok(answer.type);
  const failure = writeFailure(DEPENDENCY, answer.error);
  if (!isAboutItem(answer.error)) return err(failure);
  return err({ type: 'ItemRefused', cause: failure.cause });
};

const startKey = ({ streamId, version }: CommitKey): Record<string, AttributeValue> => ({
  streamId: { S: streamId },
  version: { N: `${version}` },
});

const keyOf = (key: Record<string, AttributeValue>): CommitKey => ({
  streamId: String(key['streamId']?.S),
  version: Number(key['version']?.N),
});
