import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb';
import type { Dependency } from '../../application/ports/failures.ts';
import { REMOVE_AT } from './keyTable.ts';

export type TableNames = {
  readonly events: string;
  readonly invoices: string;
  readonly keys: string;
};

type KeyAttribute = { readonly name: string; readonly type: 'S' | 'N' };

export type TableSchema = {
  readonly table: string;
  readonly dependency: Dependency;
  readonly keys: readonly [KeyAttribute, ...KeyAttribute[]];
  /** The log and the keys cannot be restored from anything else; rows are rebuilt from the log. */
  readonly irreplaceable: boolean;
  /** The attribute with the time from which on DynamoDB removes an item. */
  readonly removeAt?: string;
};

export const tableSchemas = (names: TableNames): readonly TableSchema[] => [
  {
    table: names.events,
    dependency: 'EventStore',
    keys: [
      { name: 'streamId', type: 'S' },
      { name: 'version', type: 'N' },
    ],
    irreplaceable: true,
  },
  invoicesSchema(names.invoices),
  {
    table: names.keys,
    dependency: 'CustomerKeys',
    keys: [
      { name: 'owner', type: 'S' },
      { name: 'name', type: 'S' },
    ],
    irreplaceable: true,
    removeAt: REMOVE_AT,
  },
];

export const invoicesSchema = (table: string): TableSchema => ({
  table,
  dependency: 'InvoiceView',
  keys: [{ name: 'orderId', type: 'S' }],
  irreplaceable: false,
});

export const creationOf = (schema: TableSchema): CreateTableCommandInput => ({
  TableName: schema.table,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: schema.keys.map(({ name, type }) => ({
    AttributeName: name,
    AttributeType: type,
  })),
  KeySchema: schema.keys.map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? 'HASH' : 'RANGE',
  })),
  ...(schema.irreplaceable ? { DeletionProtectionEnabled: true } : {}),
});

/** The keys as text, for reports and comparisons: `streamId (S, HASH), version (N, RANGE)`. */
export const keysWanted = (schema: TableSchema): string => keysText(creationOf(schema));

export const keysText = (
  table: Pick<TableDescription, 'KeySchema' | 'AttributeDefinitions'>,
): string =>
  (table.KeySchema ?? [])
    .map(({ AttributeName, KeyType }) => {
      const type = table.AttributeDefinitions?.find(
        (definition) => definition.AttributeName === AttributeName,
      )?.AttributeType;
      return `${AttributeName} (${type}, ${KeyType})`;
    })
    .join(', ');
