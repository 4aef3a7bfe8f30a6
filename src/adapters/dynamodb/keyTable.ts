import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { err, ok, Result } from 'neverthrow';
import type { KeyTrouble } from '../../application/ports/personalData.ts';
import { object, string, whole, type Decoder } from '../../domain/decode.ts';
import { onError } from '../aws/errors.ts';
import type { KeyItem, KeyTable } from '../encryption/keyTable.ts';
import { misconfigured } from '../failures.ts';
import { fromAttributes, toAttribute } from './attributes.ts';
import { repeatableCall } from './failures.ts';

const DEPENDENCY = 'CustomerKeys';
/** The attribute that says when DynamoDB is to remove an item, in seconds since the epoch. */
export const REMOVE_AT = 'removeAt';
const SECOND_MS = 1_000;
/** An owner has a key or two for each year; a page of a query has room for thousands. */
const PAGES_MAX = 10;

type KeyClient = Pick<DynamoDBClient, 'send'>;

const call = <T>(work: () => Promise<T>) => repeatableCall(DEPENDENCY, work);

/** The table of keys. Nothing is cached here. */
export const createDynamoDbKeyTable = (
  client: KeyClient,
  { table }: { readonly table: string },
): KeyTable => ({
  list: (owner) => call(() => listAll(client, table, owner)).andThen((items) => items),
  insert: (item) =>
    call(() =>
      client
        .send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(item),
            ReturnConsumedCapacity: 'TOTAL',
            ConditionExpression: 'attribute_not_exists(#o)',
            ExpressionAttributeNames: { '#o': 'owner' },
          }),
        )
        .then(
          () => 'Inserted' as const,
          onError('ConditionalCheckFailedException', 'Duplicate' as const),
        ),
    ),
  remove: (key) =>
    call(async () => {
      await client.send(
        new DeleteItemCommand({
          TableName: table,
          Key: keyOf(key),
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
    }),
  removeAt: (key, at) =>
    call(() =>
      client
        .send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(key),
            ReturnConsumedCapacity: 'TOTAL',
            // A key that is gone already is not made again.
            ConditionExpression: 'attribute_exists(#o)',
            UpdateExpression: 'SET #r = :r',
            ExpressionAttributeNames: { '#o': 'owner', '#r': REMOVE_AT },
            ExpressionAttributeValues: { ':r': { N: String(Math.ceil(at / SECOND_MS)) } },
          }),
        )
        .then(() => undefined, onError('ConditionalCheckFailedException', undefined)),
    ),
});

const listAll = async (
  client: KeyClient,
  table: string,
  owner: string,
): Promise<Result<readonly KeyItem[], KeyTrouble>> => {
  const found: Record<string, AttributeValue>[] = [];
  let after: Record<string, AttributeValue> | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': { S: owner } },
        ...(after && { ExclusiveStartKey: after }),
      }),
    );
    found.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
    if (after === undefined) return Result.combine(found.map(readItem));
  }
  return err(misconfigured(DEPENDENCY, `${table} has more keys of one customer than can be`));
};

const keyOf = ({ owner, name }: Pick<KeyItem, 'owner' | 'name'>) => ({
  owner: toAttribute(owner),
  name: toAttribute(name),
});

/** An item of a mark has no key at all, although DynamoDB would take an empty one too. */
const toItem = ({ kek, wrapped, at, ...key }: KeyItem): Record<string, AttributeValue> => ({
  ...keyOf(key),
  at: toAttribute(at),
  ...(kek === '' ? {} : { kek: toAttribute(kek), wrapped: toAttribute(wrapped) }),
});

const bytes: Decoder<Uint8Array> = (value, path) =>
  value instanceof Uint8Array ? ok(value) : err({ path, why: 'is not bytes' });

const decodeKey = object({ owner: string, name: string, kek: string, wrapped: bytes, at: whole });

const readItem = (item: Record<string, AttributeValue>): Result<KeyItem, KeyTrouble> => {
  const { [REMOVE_AT]: _, ...read } = fromAttributes(item);
  return decodeKey({ kek: '', wrapped: new Uint8Array(), ...read }, 'item').mapErr(
    ({ path, why }) =>
      misconfigured(DEPENDENCY, `an item of the table of keys is none of ours: ${path} ${why}`),
  );
};
