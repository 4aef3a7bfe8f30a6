import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { ok } from 'neverthrow';
import {
  describeTables,
  ensureTables,
  type Protection,
} from '../../src/adapters/dynamodb/tables.ts';
import type { TableNames } from '../../src/adapters/dynamodb/tableSchemas.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { testClient } from '../support/dynamoDb.ts';
import { until } from '../support/until.ts';

type Endpoint = {
  readonly url: () => string;
  /** What the endpoint can do of what protects the log. */
  readonly deletionProtection: boolean;
  readonly pointInTimeRecovery: boolean;
  /** Whether items can be removed at their time. */
  readonly timeToLive: boolean;
};

/** Setting tables up, and reporting what is wrong with them. */
export const describeDynamoDbTables = (name: string, endpoint: Endpoint): void => {
  describe(`DynamoDB tables on ${name}`, () => {
    let client: DynamoDBClient;
    let names: TableNames;

    beforeEach(() => {
      client = testClient(endpoint.url());
      const run = randomUUID();
      names = { events: `events-${run}`, invoices: `invoices-${run}`, keys: `keys-${run}` };
    });
    afterEach(() => client.destroy());

    const ensure = () => ensureTables(client, names, createSystemClock());
    const report = (outcome: 'Created' | 'AlreadyThere', protection: Protection) => [
      {
        table: names.events,
        outcome,
        deletionProtection: endpoint.deletionProtection ? protection : 'NotSupported',
        pointInTimeRecovery: endpoint.pointInTimeRecovery ? protection : 'NotSupported',
        timeToLive: 'NotWanted',
      },
      {
        table: names.invoices,
        outcome,
        deletionProtection: 'NotWanted',
        pointInTimeRecovery: 'NotWanted',
        timeToLive: 'NotWanted',
      },
      {
        table: names.keys,
        outcome,
        deletionProtection: endpoint.deletionProtection ? protection : 'NotSupported',
        pointInTimeRecovery: endpoint.pointInTimeRecovery ? protection : 'NotSupported',
        timeToLive: endpoint.timeToLive ? protection : 'NotSupported',
      },
    ];

    it('makes what is missing, says so, and leaves it alone the next time', async () => {
      expect(await ensure()).to.deep.equal(ok(report('Created', 'TurnedOn')));
      expect(await ensure()).to.deep.equal(ok(report('AlreadyThere', 'On')));
    });

    it('may be set up by two at once', async () => {
      const both = await Promise.all([ensure(), ensure()]);
      expect(both.map((each) => each.isOk())).to.deep.equal([true, true]);
    });

    it('refuses a table that has other keys, and says which', async () => {
      await createEventsTable(client, names.events, 'S');
      const ensured = await ensure();
      expect(ensured.isErr() && ensured.error).to.deep.equal({
        type: 'Misconfigured',
        dependency: 'EventStore',
        cause:
          `table ${names.events} has the key streamId (S, HASH), version (S, RANGE) ` +
          'instead of streamId (S, HASH), version (N, RANGE)',
      });
    });

    it('protects a log that it finds unprotected', async () => {
      await createEventsTable(client, names.events, 'N');
      await ensure();
      const described = await describeTables(client, names);
      expect(described.map((tables) => tables.flatMap(({ problems }) => problems))).to.deep.equal(
        ok([]),
      );
    });

    it('describes what is missing, wrong or unprotected', async () => {
      await createEventsTable(client, names.events, 'S');
      const expected = 'streamId (S, HASH), version (N, RANGE)';
      const actual = 'streamId (S, HASH), version (S, RANGE)';
      const { deletionProtection, pointInTimeRecovery } = endpoint;
      expect(await describeTables(client, names)).to.deep.equal(
        ok([
          {
            table: names.events,
            problems: [
              { type: 'WrongKeys', expected, actual },
              ...(deletionProtection ? [{ type: 'DeletionProtectionOff' }] : []),
              ...(pointInTimeRecovery ? [{ type: 'PointInTimeRecoveryOff' }] : []),
            ],
            notSupported: [
              ...(deletionProtection ? [] : ['deletionProtection']),
              ...(pointInTimeRecovery ? [] : ['pointInTimeRecovery']),
            ],
          },
          { table: names.invoices, problems: [{ type: 'Missing' }], notSupported: [] },
          { table: names.keys, problems: [{ type: 'Missing' }], notSupported: [] },
        ]),
      );
    });

    it('finds nothing wrong with what it has set up', async () => {
      await ensure();
      const described = await describeTables(client, names);
      expect(described.map((tables) => tables.flatMap(({ problems }) => problems))).to.deep.equal(
        ok([]),
      );
    });
  });
};

const createEventsTable = async (client: DynamoDBClient, table: string, versionType: 'N' | 'S') => {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'streamId', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: versionType },
      ],
      KeySchema: [
        { AttributeName: 'streamId', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
    }),
  );
  await until(
    `${table} is ACTIVE`,
    async (see) => {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
      see(Table?.TableStatus);
      return Table?.TableStatus === 'ACTIVE' || undefined;
    },
    { everyMs: 5 },
  );
};
