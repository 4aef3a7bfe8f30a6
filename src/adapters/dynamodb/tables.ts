import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { Unavailable, DependencyError } from '../../application/ports/failures.ts';
import { onError } from '../aws/errors.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { repeatableCall } from './failures.ts';
import {
  creationOf,
  invoicesSchema,
  keysText,
  keysWanted,
  type TableNames,
  type TableSchema,
  tableSchemas,
} from './tableSchemas.ts';
import { ensureTimeToLive, timeToLiveOf } from './timeToLive.ts';

/** `NotSupported`: this endpoint (an emulator) lacks it. `NotWanted`: the table can be rebuilt. */
export type Protection = 'On' | 'TurnedOn' | 'NotSupported' | 'NotWanted';

export type EnsuredTable = {
  readonly table: string;
  readonly outcome: 'Created' | 'AlreadyThere';
  readonly deletionProtection: Protection;
  readonly pointInTimeRecovery: Protection;
  /** Whether DynamoDB removes items at their time, which keys that are kept by law have. */
  readonly timeToLive: Protection;
};

export type TableProblem =
  | { readonly type: 'Missing' }
  | { readonly type: 'NotActive'; readonly status: string }
  | { readonly type: 'WrongKeys'; readonly expected: string; readonly actual: string }
  | { readonly type: 'DeletionProtectionOff' }
  | { readonly type: 'PointInTimeRecoveryOff' }
  | { readonly type: 'TimeToLiveOff' };

type DescribedTable = {
  readonly table: string;
  readonly problems: readonly TableProblem[];
  /** Features that could not be checked since this endpoint lacks them. */
  readonly notSupported: readonly ('deletionProtection' | 'pointInTimeRecovery' | 'timeToLive')[];
};

/** DynamoDB takes seconds to create a table, and as long until it can be backed up. */
const POLL_MS = 250;
const POLLS_MAX = 240;

/** Creates missing tables and protects irreplaceable ones; changes nothing else. Repeatable. */
export const ensureTables = (
  client: DynamoDBClient,
  names: TableNames,
  clock: Pick<Clock, 'sleep'>,
): ResultAsync<readonly EnsuredTable[], TableFailure> =>
  ResultAsync.combine(
    tableSchemas(names).map((schema) => attempt(schema, () => ensureTable(client, schema, clock))),
  );

/** Creates and protects one more table of invoices, as `ensureTables` does. */
export const ensureInvoicesTable = (
  client: DynamoDBClient,
  table: string,
  clock: Pick<Clock, 'sleep'>,
): ResultAsync<EnsuredTable, TableFailure> => {
  const schema = invoicesSchema(table);
  return attempt(schema, () => ensureTable(client, schema, clock));
};

/** The problems of the tables; an error only if they cannot be found out. */
export const describeTables = (
  client: DynamoDBClient,
  names: TableNames,
): ResultAsync<readonly DescribedTable[], TableFailure> =>
  ResultAsync.combine(
    tableSchemas(names).map((schema) => attempt(schema, () => inspect(client, schema))),
  );

type TableFailure = DependencyError;

const attempt = <T>(schema: TableSchema, work: () => Promise<Result<T, TableFailure>>) =>
  repeatableCall(schema.dependency, work).andThen((result) => result);

const ensureTable = async (
  client: DynamoDBClient,
  schema: TableSchema,
  clock: Pick<Clock, 'sleep'>,
): Promise<Result<EnsuredTable, TableFailure>> => {
  const created = (await findTable(client, schema.table)) === undefined;
  if (created) await createTable(client, schema);
  const active = await poll(clock, async () => {
    const table = await findTable(client, schema.table);
    return table?.TableStatus === 'ACTIVE' ? table : undefined;
  });
  if (active === undefined) return err(notReady(schema, 'is not ACTIVE'));
  const actual = keysText(active);
  if (actual !== keysWanted(schema)) {
    const cause = `table ${schema.table} has the key ${actual} instead of ${keysWanted(schema)}`;
    return err(misconfigured(schema.dependency, cause));
  }
  const pointInTimeRecovery = await poll(clock, () => ensureRecovery(client, schema));
  if (pointInTimeRecovery === undefined) return err(notReady(schema, 'cannot be backed up'));
  const outcome = created ? 'Created' : 'AlreadyThere';
  const deletionProtection = await ensureProtection(client, schema, { active, created });
  const timeToLive =
    schema.removeAt === undefined
      ? 'NotWanted'
      : await ensureTimeToLive(client, schema.table, schema.removeAt);
  return ok({ table: schema.table, outcome, deletionProtection, pointInTimeRecovery, timeToLive });
};

const inspect = async (
  client: DynamoDBClient,
  schema: TableSchema,
): Promise<Result<DescribedTable, TableFailure>> => {
  const { table, irreplaceable } = schema;
  const found = await findTable(client, table);
  if (found === undefined) return ok({ table, problems: [{ type: 'Missing' }], notSupported: [] });
  const problems: TableProblem[] = [];
  const notSupported: DescribedTable['notSupported'][number][] = [];
  const [status, actual, expected] = [found.TableStatus, keysText(found), keysWanted(schema)];
  if (status !== 'ACTIVE') problems.push({ type: 'NotActive', status: String(status) });
  if (actual !== expected) problems.push({ type: 'WrongKeys', expected, actual });
  if (irreplaceable) {
    const isProtected = found.DeletionProtectionEnabled;
    if (isProtected === undefined) notSupported.push('deletionProtection');
    if (isProtected === false) problems.push({ type: 'DeletionProtectionOff' });
    const recovery = await recoveryOf(client, table);
    if (recovery === 'NotSupported') notSupported.push('pointInTimeRecovery');
    if (recovery === 'Off') problems.push({ type: 'PointInTimeRecoveryOff' });
  }
  if (schema.removeAt !== undefined) {
    const timeToLive = await timeToLiveOf(client, table);
    if (timeToLive === 'NotSupported') notSupported.push('timeToLive');
    if (timeToLive === 'Off') problems.push({ type: 'TimeToLiveOff' });
  }
  return ok({ table, problems, notSupported });
};

const poll = async <T>(
  clock: Pick<Clock, 'sleep'>,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    const found = await look();
    if (found !== undefined) return found;
    await clock.sleep(POLL_MS);
  }
  return undefined;
};

const notReady = ({ dependency, table }: TableSchema, why: string): Unavailable =>
  unavailable(dependency, `table ${table} ${why} after ${(POLL_MS * POLLS_MAX) / 1_000} s`);

const findTable = (client: DynamoDBClient, table: string): Promise<TableDescription | undefined> =>
  client
    .send(new DescribeTableCommand({ TableName: table }))
    .then(({ Table }) => Table, onError('ResourceNotFoundException', undefined));

const createTable = (client: DynamoDBClient, schema: TableSchema): Promise<unknown> =>
  client
    .send(new CreateTableCommand(creationOf(schema)))
    // Another setup runs at the same moment. The table is checked next, whoever created it.
    .catch(onError('ResourceInUseException', undefined));

const ensureProtection = async (
  client: DynamoDBClient,
  schema: TableSchema,
  { active, created }: { readonly active: TableDescription; readonly created: boolean },
): Promise<Protection> => {
  if (!schema.irreplaceable) return 'NotWanted';
  if (active.DeletionProtectionEnabled === undefined) return 'NotSupported';
  if (active.DeletionProtectionEnabled) return created ? 'TurnedOn' : 'On';
  await client.send(
    new UpdateTableCommand({ TableName: schema.table, DeletionProtectionEnabled: true }),
  );
  return 'TurnedOn';
};

/** Undefined while DynamoDB still prepares a new table for backups. */
const ensureRecovery = async (
  client: DynamoDBClient,
  schema: TableSchema,
): Promise<Protection | undefined> => {
  if (!schema.irreplaceable) return 'NotWanted';
  const recovery = await recoveryOf(client, schema.table);
  if (recovery !== 'Off') return recovery;
  const turnOn = new UpdateContinuousBackupsCommand({
    TableName: schema.table,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  return client
    .send(turnOn)
    .then(
      (): Protection => 'TurnedOn',
      onError('ContinuousBackupsUnavailableException', undefined),
    );
};

const recoveryOf = (
  client: DynamoDBClient,
  table: string,
): Promise<'On' | 'Off' | 'NotSupported'> =>
  client
    .send(new DescribeContinuousBackupsCommand({ TableName: table }))
    .then(
      ({ ContinuousBackupsDescription: found }) =>
        found?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
          ? 'On'
          : 'Off',
      onError('UnknownOperationException', 'NotSupported'),
    );

export type TableEncryption = {
  readonly table: string;
  /** The ARN of the KMS key; undefined for the key that is DynamoDB's own. */
  readonly kms: string | undefined;
};

/** The key that encrypts each table; an error if one of the tables is missing. */
export const encryptionOf = (
  client: DynamoDBClient,
  names: TableNames,
): ResultAsync<readonly TableEncryption[], DependencyError> =>
  ResultAsync.combine(
    tableSchemas(names).map(({ table, dependency }) =>
      repeatableCall(dependency, () =>
        client.send(new DescribeTableCommand({ TableName: table })),
      ).map(({ Table }) => ({ table, kms: Table?.SSEDescription?.KMSMasterKeyArn })),
    ),
  );
