import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { DependencyError } from '../../application/ports/failures.ts';
import { unavailable } from '../failures.ts';
import { toAttribute, type WrittenValue } from './attributes.ts';
import { repeatableFailure } from './failures.ts';

const DEPENDENCY = 'InvoiceView';

/** The limit of one BatchGetItem. */
const KEYS_MAX = 100;
/** Answers in a row that leave every key out, before the table counts as throttled. */
const REFUSALS_MAX = 6;
const PAUSE_MS = 50;

export type RowItem = Readonly<Record<string, AttributeValue | WrittenValue>>;
type Key = Record<string, AttributeValue>;

/** Reads many items by their order, strongly consistent; those that are missing are left out. */
export type ReadRows = (
  orderIds: readonly string[],
  /** The attributes to read; without it all of them. */
  attributes?: readonly string[],
) => ResultAsync<readonly RowItem[], DependencyError>;

/**
 * Reads by full BatchGetItems. An answer may leave keys out, since it is too large or the table
 * throttles; those are asked for again.
 */
export const createReadRows = (
  client: Pick<DynamoDBClient, 'send'>,
  { table, clock }: { readonly table: string; readonly clock: Pick<Clock, 'sleep'> },
): ReadRows => {
  type Chunk = { readonly keys: readonly Key[]; readonly attributes: readonly string[] };
  type Answer = { readonly items: readonly RowItem[]; readonly left: readonly Key[] };

  const request = async ({ keys, attributes }: Chunk): Promise<Answer> => {
    const names = attributes.map((name, at) => [`#${at}`, name] as const);
    const asked = {
      Keys: [...keys],
      ConsistentRead: true,
      ...(names.length > 0 && {
        ProjectionExpression: names.map(([alias]) => alias).join(','),
        ExpressionAttributeNames: Object.fromEntries(names),
      }),
    };
    const answer = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: asked },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    return {
      items: answer.Responses?.[table] ?? [],
      left: answer.UnprocessedKeys?.[table]?.Keys ?? [],
    };
  };
  const ask = ResultAsync.fromThrowable(request, (error) => repeatableFailure(DEPENDENCY, error));

  const readChunk = async ({
    keys: all,
    attributes,
  }: Chunk): Promise<Result<readonly RowItem[], DependencyError>> => {
    const items: RowItem[] = [];
    let keys = all;
    for (let refusals = 0; ;) {
      const answer = await ask({ keys, attributes });
      if (answer.isErr()) return err(answer.error);
      const { left } = answer.value;
      items.push(...answer.value.items);
      if (left.length === 0) return ok(items);
      refusals = left.length === keys.length ? refusals + 1 : 0;
      keys = left;
      if (refusals === REFUSALS_MAX)
        return err(unavailable(DEPENDENCY, `${keys.length} keys were not processed`, true));
      if (refusals > 0) await clock.sleep(PAUSE_MS * 2 ** (refusals - 1));
    }
  };

  return (orderIds, attributes = []) => {
    // A request that names a key twice is refused.
    const keys = [...new Set(orderIds)].map((orderId) => ({ orderId: toAttribute(orderId) }));
    const chunks: Chunk[] = [];
    for (let from = 0; from < keys.length; from += KEYS_MAX) {
      chunks.push({ keys: keys.slice(from, from + KEYS_MAX), attributes });
    }
    const reading = chunks.map((chunk) => new ResultAsync(readChunk(chunk)));
    return ResultAsync.combine(reading).map((read) => read.flat());
  };
};
