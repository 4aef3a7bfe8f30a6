import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  DescribeTableCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import {
  READ_UNIT_BYTES,
  type CommitItem,
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
import { fromAttributes, toAttribute } from './attributes.ts';
import { isAboutItem, repeatableCall, writeFailure } from './failures.ts';

type DynamoDbCommitTableConfig = {
  readonly table: string;
  /** How long an append waits for others to share its request. */
  readonly lingerMs?: number;
};

const LINGER_MS = 2;
const DEPENDENCY = 'EventStore';

/**
 * The event table. Writes are PartiQL INSERTs only: DynamoDB refuses a second item under one key,
 * so that a role with `PartiQLInsert` and `Query` cannot rewrite history, whatever this code does.
 */
export const createDynamoDbCommitTable = (
  client: DynamoDBClient,
  { table, lingerMs = LINGER_MS }: DynamoDbCommitTableConfig,
): CommitTable => {
  const call = <T>(work: () => Promise<T>) => repeatableCall(DEPENDENCY, work);
  const query = (asked: Partial<QueryCommandInput>) =>
    client.send(new QueryCommand({ TableName: table, ConsistentRead: true, ...asked }));
  return {
    insert: createInsertBatcher((items) => insertAll(client, table, items), lingerMs),
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
): Promise<ScanCommandOutput> =>
  client.send(
    new ScanCommand({
      TableName: table,
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
      Segment: segment,
      TotalSegments: segments,
      ExclusiveStartKey: after && startKey(after),
    }),
    signal === undefined ? {} : { abortSignal: signal },
  );

const itemsOf = ({ Items = [] }: Pick<QueryCommandOutput, 'Items'>): readonly ReadItem[] =>
  Items.map(fromAttributes);

const streamPage = (answer: QueryCommandOutput): StreamPage => {
  const next = answer.LastEvaluatedKey && keyOf(answer.LastEvaluatedKey);
  return { items: itemsOf(answer), ...(next && { nextFrom: next.version + 1 }) };
};

const tablePage = (answer: ScanCommandOutput): TablePage => {
  const items = itemsOf(answer);
  const next = answer.LastEvaluatedKey && keyOf(answer.LastEvaluatedKey);
  const readUnits = answer.ConsumedCapacity?.CapacityUnits ?? unitsOf(items);
  return { items, readUnits, ...(next && { next }) };
};

/** For an endpoint that does not report the cost of a page. */
const unitsOf = (items: readonly ReadItem[]): number =>
  Math.ceil(items.reduce((sum, item) => sum + itemBytes(item), 0) / READ_UNIT_BYTES);

/** A request refused for its content does not name the item, so that each is sent by itself. */
const insertAll = async (
  client: DynamoDBClient,
  table: string,
  items: readonly CommitItem[],
): Promise<readonly InsertAnswer[]> => {
  const Statements = items.map((item) => insertInto(table, item));
  const answers = await executeBatch(client, new BatchExecuteStatementCommand({ Statements }));
  const isRefused = answers.every(
    (answer) => answer.isErr() && answer.error.type === 'ItemRefused',
  );
  if (!isRefused || items.length === 1) return answers;
  return (await Promise.all(items.map((item) => insertAll(client, table, [item])))).flat();
};

const insertInto = (table: string, item: CommitItem) => {
  const fields = Object.keys(item).map((name) => `'${name}':?`);
  return {
    Statement: `INSERT INTO "${table}" VALUE {${fields.join(',')}}`,
    Parameters: Object.values(item).map(toAttribute),
  };
};

/** One answer for each statement. An error of the whole request is the answer to all of them. */
const executeBatch = (
  client: DynamoDBClient,
  command: BatchExecuteStatementCommand,
): Promise<readonly InsertAnswer[]> =>
  ResultAsync.fromThrowable(
    () => client.send(command),
    (error): InsertAnswer => err(insertFailure(error)),
  )().match(
    ({ Responses = [] }) => Responses.map(answerOf),
    (failure) => command.input.Statements?.map(() => failure) ?? [],
  );

const answerOf = ({ Error: error }: BatchStatementResponse): InsertAnswer => {
  if (error === undefined) return ok('Inserted');
  return error.Code === 'DuplicateItem' ? ok('Duplicate') : err(insertFailure(error));
};

const insertFailure = (error: unknown): InsertError => {
  const failure = writeFailure(DEPENDENCY, error);
  return isAboutItem(error) ? { type: 'ItemRefused', cause: failure.cause } : failure;
};

const startKey = ({ streamId, version }: CommitKey): Record<string, AttributeValue> => ({
  streamId: { S: streamId },
  version: { N: `${version}` },
});

const keyOf = (key: Record<string, AttributeValue>): CommitKey => ({
  streamId: String(key['streamId']?.S),
  version: Number(key['version']?.N),
});

type InsertAnswer = Result<InsertOutcome, InsertError>;

/** DynamoDB accepts at most 25 statements in one BatchExecuteStatement. */
const BATCH_MAX = 25;

type QueuedInsert = { readonly item: CommitItem; readonly settle: (answer: InsertAnswer) => void };

/**
 * Gathers inserts that meet within `lingerMs` into one request, since the SDK's work for a request
 * costs more than DynamoDB's for an item. Two items of one stream never share a batch: its
 * statements run in parallel, and a later version must not be written where an earlier one failed.
 * The number of waiting inserts is bounded by the callers, each of which waits for its own answer.
 */
export const createInsertBatcher = (
  send: (items: readonly CommitItem[]) => Promise<readonly InsertAnswer[]>,
  lingerMs: number,
): ((item: CommitItem) => ResultAsync<InsertOutcome, InsertError>) => {
  let open = new Map<string, QueuedInsert>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    const batch = [...open.values()];
    open = new Map();
    const answers = await answersOf(batch.map(({ item }) => item));
    for (const [index, { settle }] of batch.entries()) settle(answers[index] ?? unanswered);
  };

  /** Nobody may wait for ever, so that an unreadable answer counts as none. */
  const answersOf = async (items: readonly CommitItem[]): Promise<readonly InsertAnswer[]> => {
    try {
      return await send(items);
    } catch {
      return [];
    }
  };

  const add = (waiting: QueuedInsert): void => {
    if (open.has(waiting.item.streamId)) void flush();
    open.set(waiting.item.streamId, waiting);
    if (open.size === 1) timer = setTimeout(() => void flush(), lingerMs);
    if (open.size === BATCH_MAX) void flush();
  };

  return (item) => new ResultAsync(new Promise<InsertAnswer>((settle) => add({ item, settle })));
};

const unanswered: InsertAnswer = err({ type: 'Ambiguous', cause: 'no answer for this statement' });
