import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  BatchExecuteStatementCommand,
  type DynamoDBClient,
  ExecuteStatementCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { Level } from 'level';
import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import type { TableNames } from '../../../src/adapters/dynamodb/tableSchemas.ts';
import { describeTables } from '../../../src/adapters/dynamodb/tables.ts';
import { startEmbeddedDynamoDb } from '../../../src/adapters/embedded/dynamodb.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { clock, must, scanAll } from '../../support/commits.ts';
import { freshTables, startTestDynamoDb, testClient } from '../../support/dynamoDb.ts';
import { startProgram } from '../../support/process.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const ACKNOWLEDGED_MIN = 200;
/** Enough for a start that is announced too early to be caught. */
const ROUNDS = 10;

describe('the embedded DynamoDB server', () => {
  describe('asked in PartiQL', () => {
    let server: Awaited<ReturnType<typeof startTestDynamoDb>>;
    let client: DynamoDBClient;
    let table: string;

    before(async () => {
      server = await startTestDynamoDb();
      ({ client } = server);
      ({ events: table } = await freshTables(client));
    });
    after(() => server.stop());

    const insert = (streamId: string, into = table) => ({
      Statement: `INSERT INTO "${into}" VALUE {'streamId':?,'version':?}`,
      Parameters: [{ S: streamId }, { N: '1' }],
    });
    const nameOfRefusal = (statement: ReturnType<typeof insert>): Promise<unknown> =>
      client.send(new ExecuteStatementCommand(statement)).then(
        () => 'done',
        (error: unknown) => error instanceof Error && error.name,
      );

    it('inserts once, and refuses a second item under the same key as DynamoDB does', async () => {
      const inserted = await client.send(new ExecuteStatementCommand(insert('one')));
      expect(inserted.Items).to.deep.equal([]);
      expect(await nameOfRefusal(insert('one'))).to.equal('DuplicateItemException');
    });

    it('closes what it reads through, also where a page ends before the data does', async () => {
      await client.send(new ExecuteStatementCommand(insert('read-1')));
      await client.send(new ExecuteStatementCommand(insert('read-2')));
      const other = await makeTemporaryFolder();
      const level = new Level(other.path);
      await level.open();
      const opened = openedOf(level);
      const iterator = level.iterator();
      expect([opened.count(), opened.left()], 'is seen').to.deep.equal([1, 1]);
      await iterator.close();
      for (let asked = 0; asked < 20; asked += 1) {
        await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'streamId = :s',
            ExpressionAttributeValues: { ':s': { S: 'read-1' } },
          }),
        );
        await client.send(new ScanCommand({ TableName: table, Limit: 1 }));
      }
      opened.restore();
      expect(opened.count()).to.be.at.least(41);
      expect(opened.left()).to.be.at.most(2);
      await level.close();
      await other.remove();
    });

    it('reports to whoever asks what an insert consumed', async () => {
      const ReturnConsumedCapacity = 'TOTAL';
      const one = await client.send(
        new ExecuteStatementCommand({ ...insert('metered'), ReturnConsumedCapacity }),
      );
      const Statements = [insert('metered-1'), insert('metered-2')];
      const two = await client.send(
        new BatchExecuteStatementCommand({ Statements, ReturnConsumedCapacity }),
      );
      const units = [one.ConsumedCapacity, ...(two.ConsumedCapacity ?? [])];
      expect(units.map((each) => each?.CapacityUnits)).to.deep.equal([1, 1, 1]);
    });

    it('answers each statement of a batch by itself (S18)', async () => {
      await client.send(new ExecuteStatementCommand(insert('twice')));
      const select = { Statement: `SELECT * FROM "${table}"` };
      const { Responses = [] } = await client.send(
        new BatchExecuteStatementCommand({
          Statements: [insert('fresh'), insert('twice'), insert('x', 'nowhere'), select],
        }),
      );
      expect(Responses.map((response) => response.Error?.Code)).to.deep.equal([
        undefined,
        'DuplicateItem',
        'ResourceNotFound',
        'ValidationError',
      ]);
    });

    for (const [what, change] of [
      ['a statement that is no INSERT', { Statement: 'DELETE FROM "t" WHERE streamId=?' }],
      ['values written into the statement', { Statement: `INSERT INTO "t" VALUE {'a':'b'}` }],
      ['more values than names', { Parameters: [{ S: 'a' }, { N: '1' }, { S: 'b' }] }],
      ['a name given twice', { Statement: `INSERT INTO "ttt" VALUE {'a':?,'a':?}` }],
      ['no key', { Statement: `INSERT INTO "TABLE" VALUE {'a':?,'b':?}` }],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const statement = { ...insert('refused'), ...change };
        const Statement = statement.Statement.replace('TABLE', table);
        expect(
          await nameOfRefusal({
            ...statement,
            Statement,
            Parameters: [...statement.Parameters],
          }),
        ).to.equal('ValidationException');
      });
    }

    it('refuses a batch of more than 25 statements', async () => {
      const Statements = Array.from({ length: 26 }, (_, i) => insert(`many-${i}`));
      const refused = await client.send(new BatchExecuteStatementCommand({ Statements })).then(
        () => 'done',
        (error: unknown) => error instanceof Error && error.name,
      );
      expect(refused).to.equal('ValidationException');
    });

    it('goes on after a client left in the middle of a request', async () => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const leaving = request(server.url, { method: 'POST', headers: { 'content-length': 100 } });
      const gone = new Promise((resolve) => leaving.on('error', resolve));
      await new Promise((resolve) => leaving.write('{', resolve));
      leaving.destroy();
      await gone;
      expect(await nameOfRefusal(insert('after'))).to.equal('done');
      process.off('unhandledRejection', note);
      // Outside of mocha, one of these ends the process.
      expect(unhandled).to.deep.equal([]);
    });
  });

  describe('started on a folder', () => {
    const cleanups: (() => unknown)[] = [];
    // A server or process that is left over by a failing test would keep the whole run from ending.
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
    });

    const makeFolder = async (): Promise<string> => {
      const folder = await makeTemporaryFolder();
      cleanups.push(folder.remove);
      return folder.path;
    };
    const start = async (dataDir: string, port = 0) => {
      const server = await startEmbeddedDynamoDb({ dataDir, port });
      const client = testClient(server.url);
      cleanups.push(
        () => server.close(),
        () => client.destroy(),
      );
      return { ...server, client };
    };
    const problems = async (client: DynamoDBClient, names: TableNames) =>
      (await must(describeTables(client, names))).flatMap((table) => table.problems);

    it('loses nothing that it acknowledged when its process is killed (X1)', async () => {
      const folder = await makeFolder();
      const names = { events: 'events', invoices: 'invoices' };
      const writer = fileURLToPath(import.meta.resolve('../../support/dynamoDbWriter.ts'));
      const child = startProgram(writer, [folder, names.events, names.invoices]);
      child.stderr.pipe(process.stderr);
      cleanups.push(() => child.kill('SIGKILL'));
      const exit = once(child, 'exit');
      const acknowledged: string[] = [];
      for await (const id of createInterface(child.stdout)) {
        acknowledged.push(id);
        if (acknowledged.length === ACKNOWLEDGED_MIN) child.kill('SIGKILL');
      }
      expect(await exit).to.deep.equal([null, 'SIGKILL']);

      const { client } = await start(folder);
      const table = createDynamoDbCommitTable(client, { table: names.events });
      const found = await scanAll(createEventStore(table, clock), { segment: 0, segments: 1 });
      expect(found.map(({ commitId }) => commitId)).to.include.members(acknowledged);
    });

    it('finishes a table whose making was cut off by a kill (X1)', async () => {
      const folder = await makeFolder();
      const server = await startEmbeddedDynamoDb({ dataDir: folder, port: 0 });
      const names = await freshTables(testClient(server.url));
      await server.close();
      const db = new Level<string, object>(folder, { valueEncoding: 'json' });
      const key = `table~${names.events}`;
      await db.put(key, { ...(await db.get(key)), TableStatus: 'CREATING' });
      await db.close();

      const { client } = await start(folder);
      expect(await problems(client, names)).to.deep.equal([]);
    });

    const refusal = (dataDir: string, port: number): Promise<unknown> =>
      start(dataDir, port).then(
        () => 'started',
        (error: unknown) => error instanceof Error && Reflect.get(error, 'code'),
      );

    it('refuses a folder that another holds, from the moment that one has started', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const folder = await makeFolder();
        await start(folder);
        expect(await refusal(folder, 0)).to.equal('LEVEL_DATABASE_NOT_OPEN');
      }
    });

    it('refuses a port that another holds, and leaves the folder free', async () => {
      const folder = await makeFolder();
      const { url } = await start(await makeFolder());
      expect(await refusal(folder, Number(new URL(url).port))).to.equal('EADDRINUSE');
      expect(await refusal(folder, 0)).to.equal('started');
    });
  });
});

type Resources = Record<'attachResource' | 'detachResource', (resource: object) => void>;

/** Counts what is opened from now on of any LevelDB of this process, and what is not yet closed. */
const openedOf = (level: object) => {
  const base = baseOf(level);
  const { attachResource, detachResource } = base;
  const open = new Set<object>();
  let count = 0;
  base.attachResource = function (resource) {
    count += 1;
    open.add(resource);
    attachResource.call(this, resource);
  };
  base.detachResource = function (resource) {
    open.delete(resource);
    detachResource.call(this, resource);
  };
  return {
    count: () => count,
    left: () => open.size,
    restore: () => Object.assign(base, { attachResource, detachResource }),
  };
};

const baseOf = (level: object): Resources => {
  let prototype: unknown = level;
  while (!Object.hasOwn(Object(prototype), 'attachResource')) {
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototype as Resources;
};
