import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { err, errAsync, ok, type Result, ResultAsync } from 'neverthrow';
import {
  ROW_BYTES_MAX,
  rowBytes,
  type CorruptRow,
  type InvoiceRow,
  type InvoiceTables,
  type InvoiceView,
  type PutResult,
  type ViewError,
} from '../../application/ports/invoiceView.ts';
import { object, string, whole } from '../../domain/decode.ts';
import { fromAttributes, toAttribute } from './attributes.ts';
import { nameOf } from '../aws/errors.ts';
import { isAboutItem, repeatableCall, repeatableFailure } from './failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { insertsOf } from './inserts.ts';
import { createSystemClock } from '../system/clock.ts';
import { createReadRows, type RowItem } from './rowReads.ts';
import { scanPage } from './scan.ts';
import { ensureInvoicesTable } from './tables.ts';

const DEPENDENCY = 'InvoiceView';

type ViewConfig = { readonly table: string };

/** The read model: one item an order, always replaced as a whole and never by an older one. */
export const createDynamoDbInvoiceView = (
  client: DynamoDBClient,
  config: ViewConfig,
): InvoiceView => {
  const inserts = insertsOf(client);
  const readRows = createReadRows(client, { ...config, clock: createSystemClock() });
  const replace = async (row: InvoiceRow): Promise<PutResult> => {
    await client.send(new PutItemCommand(putIfNewer(config.table, row)));
    return 'Written';
  };
  /** Most rows are new, and the insert of a new row shares the request of other writes. */
  const put = async (row: InvoiceRow): Promise<PutResult> => {
    const { orderId, version, document } = row;
    const item = { orderId, version, document };
    const answer = await inserts({ table: config.table, key: orderId, item });
    if (answer.type === 'Failed') throw answer.error;
    return answer.type === 'Inserted' ? 'Written' : replace(row);
  };
  const get = (orderId: string) =>
    repeatableCall(DEPENDENCY, () =>
      client.send(
        new GetItemCommand({
          TableName: config.table,
          ConsistentRead: true,
          ReturnConsumedCapacity: 'TOTAL',
          Key: { orderId: toAttribute(orderId) },
        }),
      ),
    );
  return {
    putIfNewer: (row) => {
      const bytes = rowBytes(row);
      const tooLarge = { type: 'RowTooLarge', orderId: row.orderId, bytes } as const;
      if (bytes > ROW_BYTES_MAX) return errAsync(tooLarge);
      return new ResultAsync(
        put(row).then(
          (written) => ok(written),
          (error: unknown) =>
            // It may be this very row, if the SDK repeated a put whose answer was lost.
            nameOf(error) === 'ConditionalCheckFailedException'
              ? ok<PutResult>('AlreadyThere')
              : err(isAboutItem(error) ? tooLarge : repeatableFailure(DEPENDENCY, error)),
        ),
      );
    },
    get: (orderId) =>
      get(orderId).andThen(({ Item: item }) =>
        item === undefined ? ok(undefined) : decodeRow(item),
      ),
    getMany: (orderIds) =>
      readRows(orderIds).map(
        (items) => new Map(items.map((item) => [idOf(item), decodeRow(item)])),
      ),
    versionsOf: (orderIds) => readRows(orderIds, ['orderId', 'version']).map(versionsIn),
    list: (options) => listRows(client, config, options?.signal),
  };
};

const putIfNewer = (table: string, row: InvoiceRow) => ({
  TableName: table,
  ReturnConsumedCapacity: 'TOTAL' as const,
  Item: {
    orderId: toAttribute(row.orderId),
    version: toAttribute(row.version),
    document: toAttribute(row.document),
  },
  ConditionExpression: 'attribute_not_exists(orderId) OR #v < :v',
  ExpressionAttributeNames: { '#v': 'version' },
  ExpressionAttributeValues: { ':v': toAttribute(row.version) },
});

async function* listRows(
  client: DynamoDBClient,
  config: ViewConfig,
  signal: AbortSignal | undefined,
): AsyncGenerator<Result<readonly InvoiceRow[], ViewError>, void, void> {
  const isAborted = (): boolean => signal?.aborted === true;
  const scan = (after: Record<string, AttributeValue> | undefined) =>
    repeatableCall(DEPENDENCY, () =>
      scanPage(
        client,
        {
          TableName: config.table,
          ConsistentRead: true,
          ReturnConsumedCapacity: 'TOTAL',
          ExclusiveStartKey: after,
        },
        signal,
      ),
    );
  let after: Record<string, AttributeValue> | undefined;
  do {
    if (isAborted()) return;
    const page = await scan(after);
    if (isAborted()) return;
    if (page.isErr()) {
      yield err(page.error);
      return;
    }
    const { Items = [], LastEvaluatedKey } = page.value;
    const decoded = Items.map(decodeRow);
    const rows = decoded.flatMap((row) => (row.isOk() ? [row.value] : []));
    if (rows.length > 0) yield ok(rows);
    for (const row of decoded) if (row.isErr()) yield err(row.error);
    after = LastEvaluatedKey;
  } while (after !== undefined);
}

/** A row without a version of ours is left out, as if it were missing: a write decides about it. */
const versionsIn = (items: readonly RowItem[]): ReadonlyMap<string, number> =>
  new Map(
    items.flatMap((item) => {
      const version = item['version']?.N;
      return version === undefined ? [] : [[idOf(item), Number(version)]];
    }),
  );

const idOf = (item: RowItem): string => String(item['orderId']?.S);

const rowOf = object({ orderId: string, version: whole, document: string });

const decodeRow = (item: RowItem): Result<InvoiceRow, CorruptRow> =>
  rowOf(fromAttributes(item), 'row').mapErr(({ path, why }) => ({
    type: 'CorruptRow',
    orderId: idOf(item),
    why: `${path} ${why}`,
  }));

export const createDynamoDbInvoiceTables = (
  client: DynamoDBClient,
  clock: Pick<Clock, 'sleep'>,
): InvoiceTables => ({
  ensure: (table) => ensureInvoicesTable(client, table, clock).map(({ outcome }) => outcome),
  open: (table) => createDynamoDbInvoiceView(client, { table }),
});
