import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createDynamoDbInvoiceTables } from '../../src/adapters/dynamodb/invoiceView.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import type { InvoiceView } from '../../src/application/ports/invoiceView.ts';
import { createOrderStream } from '../../src/application/log/eventStreams.ts';
import { awsEnv, type Addresses } from '../bootstrap/cli/awsEnv.ts';
import { startProcess, stopProcess } from '../support/process.ts';
import { jsonLines, lineOf, type Env } from '../support/cli.ts';
import { must } from '../support/commits.ts';
import { testClient } from '../support/dynamoDb.ts';
import { nthOrder, storeOrder } from '../support/history.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

/*
 * Orders as the live path writes them, on the embedded DynamoDB; then the command line rebuilds
 * their invoices in a table of its own, is killed half-way and goes on, and rebuilds them in
 * another with other segments. All three tables must hold the same bytes. Run it with
 * `npm run rebuild -- --orders 100000`.
 */

const AT_ONCE = 64;
const SAY_EVERY = 10_000;
const LOOK_EVERY_MS = 50;
const { values } = parseArgs({ options: { orders: { type: 'string', default: '100000' } } });
const ORDERS = Number(values.orders);

const startedAt = Date.now();
const say = (text: string): void =>
  void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s  ${text}\n`);

type Ended = {
  readonly code: number | null;
  readonly last: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  /** The most memory that it held, in MB, as the kernel counts it. */
  readonly memoryMb: number;
};

/**
 * One run of the command, in a process of its own that may be killed once its checkpoint shows so
 * many commits.
 */
const replay = async (args: readonly string[], env: Env, killAt = Infinity): Promise<Ended> => {
  const began = Date.now();
  const child = startProcess(['replay', 'invoices', '--json', ...args], env);
  let [memoryMb, stdout, stderr] = [0, '', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const looking = setInterval(() => {
    memoryMb = Math.max(memoryMb, memoryOf(child.pid));
    if (commitsIn(env['CHECKPOINT']) >= killAt) child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(looking);
  if (stderr !== '') say(stderr);
  return {
    code,
    last: jsonLines(stdout).at(-1) ?? {},
    seconds: (Date.now() - began) / 1_000,
    memoryMb,
  };
};

const memoryOf = (pid: number | undefined): number => {
  try {
    const [, kb = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb) / 1_024);
  } catch {
    return 0;
  }
};

type Saved = { place: { segments: { counts: { commits: number } }[] } };

const commitsIn = (path: string | undefined): number => {
  try {
    const { place } = JSON.parse(readFileSync(path ?? '', 'utf8')) as Saved;
    return place.segments.reduce((sum, { counts }) => sum + counts.commits, 0);
  } catch {
    return 0;
  }
};

/** Every row's bytes, whatever order the table shows them in. */
const hashOf = async (view: InvoiceView): Promise<{ rows: number; hash: string }> => {
  const lines: string[] = [];
  for await (const page of view.list()) {
    for (const row of await must(page)) lines.push(JSON.stringify(row));
  }
  const hash = createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
  return { rows: lines.length, hash };
};

const folder = await makeTemporaryFolder();
const servers = startProcess(['servers', '--json'], { PAIDONCE_DATA_DIR: folder.path });
try {
  const { addresses } = JSON.parse(await lineOf(servers, () => true)) as { addresses: Addresses };
  const client = testClient(addresses.dynamodb);
  const clock = createSystemClock();
  const table = createDynamoDbCommitTable(client, { table: 'paidonce-events' });
  const store = createEventStore(table, clock);
  const tables = createDynamoDbInvoiceTables(client, clock);
  const orders = createOrderStream({ store, ids: createSystemIds() });
  const live = tables.open('paidonce-invoices');
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < ORDERS) {
      const n = next++;
      await storeOrder({ orders, invoices: live }, nthOrder(n));
      if ((n + 1) % SAY_EVERY === 0) say(`${n + 1} orders written`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));

  const checkpoint = join(folder.path, 'checkpoint.json');
  const env = {
    ...awsEnv(addresses),
    EVENTS_TABLE: 'paidonce-events',
    INVOICES_TABLE: 'paidonce-invoices',
    CHECKPOINT: checkpoint,
  };
  const args = ['--checkpoint', checkpoint];
  const killed = await replay([...args, '--into', 'rebuilt-1'], env, ORDERS);
  say(`killed: ${JSON.stringify({ ...killed, commits: commitsIn(checkpoint) })}`);
  const resumed = await replay([...args, '--into', 'rebuilt-1', '--resume'], env);
  say(`resumed: ${JSON.stringify(resumed)}`);
  const again = await replay([...args, '--into', 'rebuilt-2', '--segments', '7'], env);
  say(`again: ${JSON.stringify(again)}`);
  const hashes = {
    live: await hashOf(live),
    resumed: await hashOf(tables.open('rebuilt-1')),
    again: await hashOf(tables.open('rebuilt-2')),
  };
  client.destroy();
  const isSame = new Set(Object.values(hashes).map((one) => JSON.stringify(one))).size === 1;
  const isFine =
    isSame &&
    killed.code === null &&
    commitsIn(checkpoint) === 0 &&
    [resumed, again].every(({ code }) => code === 0);
  const report = { orders: ORDERS, isFine, hashes };
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  process.exitCode = isFine ? 0 : 1;
} finally {
  await stopProcess(servers);
  await folder.remove();
}
