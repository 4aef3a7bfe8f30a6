import {
  DeleteItemCommand,
  paginateScan,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDynamoDbClient, createSqsClient } from '../../src/adapters/aws/clients.ts';
import type { SandboxCharge } from '../../src/adapters/embedded/stripe/store.ts';
import type * as Invoice from '../../src/domain/invoice/index.ts';
import { countMessages } from '../../src/adapters/sqs/queues.ts';
import { openPeerEnvironment, PEER_CREDENTIALS, PEER_REGION } from '../support/peerEnvironment.ts';
import { peerUrl } from '../support/peerUrl.ts';

/**
 * 1,000 took about half a minute when this was written; a run of all peer tests makes do with
 * fewer.
 */
const ORDERS = Number(process.env['PIPELINE_ORDERS'] ?? 300);
const KILLS = 3;
const CLI = fileURLToPath(new URL('../../src/bootstrap/cli/paidonce.ts', import.meta.url));
const DONE_WITHIN_MS = 60_000 + ORDERS * 100;

describe('the services on independent servers, configured by the environment alone', function () {
  this.timeout(DONE_WITHIN_MS * 2);
  const closing: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const close of closing.toReversed()) await close();
  });

  // (X1, S1, S4, S5, S16, M2)
  it(`charge ${ORDERS} orders once through ${KILLS} kills, all documented and sound`, async () => {
    const { env, stripe, table, bundle } = await setUp(closing);
    const workers = createWorkers(env, closing);
    await workers.start('payments');
    await workers.start('notifications');
    const submitted = await paidonce(['submit', '--generate', String(ORDERS), '--json'], env);
    const orderIds = submitted.map(({ orderId }) => String(orderId)).toSorted();
    expect(orderIds).to.have.length(ORDERS);

    // A third of the way and so on, with charges under way each time.
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const target = (ORDERS * kill) / (KILLS + 1);
      await until(`${target} charges`, async () => (await ledger(stripe)).length >= target);
      await workers.kill('payments');
      await workers.start('payments');
    }
    await until('queues that are empty', async () => await isEmpty(env));

    const charges = await ledger(stripe);
    expect(charges.map(({ order_id: id }) => String(id)).toSorted()).to.deep.equal(orderIds);
    const [returned, cancelled] = [orderIds.slice(0, 3), orderIds.slice(3, 6)];
    await Promise.all([
      ...returned.map((id) =>
        paidonce(['refund', id, '--id', 'r-1', '--line', '1:1', '--wait', '--json'], env),
      ),
      ...cancelled.map((id) => paidonce(['cancel', id, '--wait', '--json'], env)),
    ]);
    // Its exit code says that every number has its document, and that nobody has to do anything.
    await paidonce(['reconcile', '--from-start', '--json'], env);

    const rows = await itemsOf(table);
    expect(rows.map((row) => row['orderId']?.S)).to.deep.equal(orderIds);
    const documents = rows.map((row): Invoice.InvoiceDocument =>
      JSON.parse(row['document']?.S ?? ''),
    );
    const creditNotes = documents.flatMap((document) => document.creditNotes);
    expect(sorted(documents)).to.deep.equal(Array.from({ length: ORDERS }, (_, at) => at + 1));
    expect(sorted(creditNotes)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    for (const { orderId, totalMinor, creditNotes: notes } of documents) {
      const credited = notes.reduce((sum, note) => sum + note.totalMinor, 0);
      if (cancelled.includes(orderId)) expect(credited).to.equal(totalMinor);
      else expect(credited > 0).to.equal(returned.includes(orderId));
    }
    const [clean] = await paidonce(['replay', 'invoices', '--dry-run', '--json'], env);
    expect(clean).to.deep.include({ invoices: ORDERS, differences: 0 });

    for (const row of rows) await table.remove(row);
    expect(await itemsOf(table)).to.deep.equal([]);
    const [replayed] = await paidonce(['replay', 'invoices', '--json'], env);
    expect(replayed).to.deep.include({ written: ORDERS });
    expect(JSON.stringify(await itemsOf(table))).to.equal(JSON.stringify(rows));

    // What is said of refunds and cancellations may be on its way yet.
    await until('queues that are empty', async () => await isEmpty(env));
    expect(await workers.stop()).to.deep.equal([0, 0]);
    const holds = { orders: { captured: ORDERS - 3, cancelled: 3 }, unreadable: 0, inProgress: 0 };
    const now = ['--grace', '0s', '--json'];
    const queues = await paidonce(['audit', '--queues', ...now], env);
    expect(queues).to.have.length(1);
    expect(queues[0]).to.deep.include(holds);
    const [exported] = await paidonce(['audit', '--gateway', '--export', bundle, ...now], env);
    expect(exported).to.deep.include(holds);
    const [offline] = await paidonce(['audit', '--offline', bundle, '--json'], { PATH: env.PATH });
    expect(offline).to.deep.include(holds);
    const [life] = await paidonce(['trace', cancelled[0] ?? '', '--json'], env);
    expect(life).to.deep.include({ orderId: cancelled[0], status: 'cancelled', missing: [] });

    const receipts = (await mails(env)).filter(({ subject }) => subject.includes('receipt'));
    const told = new Set(receipts.map(({ subject }) => subject.split(' ')[4]?.replace(':', '')));
    expect(told.size).to.equal(ORDERS);
    // Nobody who sends mail was killed, so nobody was notified twice.
    expect(receipts.length).to.equal(ORDERS);
  });
});

const sorted = (documents: readonly Invoice.DocumentNumber[]): readonly number[] =>
  documents.map(({ number }) => number).toSorted((a, b) => a - b);

type Env = NodeJS.ProcessEnv;
type Table = {
  readonly client: DynamoDBClient;
  readonly name: string;
  remove(row: Record<string, AttributeValue>): Promise<unknown>;
};

/**
 * What a person would do: verify a sender, run `paidonce setup`, and put what it prints into the
 * environment.
 */
const setUp = async (closing: (() => Promise<unknown>)[]) => {
  const { env: peers, stripe, folder, close } = await openPeerEnvironment();
  closing.push(close);
  // Short, so that what a killed worker held comes again soon.
  const base: Env = { PATH: process.env['PATH'], ...peers, VISIBILITY_TIMEOUT_MS: '10000' };
  const prefix = `pipeline-${crypto.randomUUID().slice(0, 8)}`;
  const [made] = await paidonce(['setup', '--prefix', prefix, '--json'], base);
  const settings = (made as unknown as readonly { setting: string; value: string }[]).map(
    ({ setting, value }) => [setting, value] as const,
  );
  const env: Env = { ...base, ...Object.fromEntries(settings) };
  const endpoint = peerUrl('PEER_DYNAMODB_URL');
  const client = createDynamoDbClient({
    region: PEER_REGION,
    endpoint,
    credentials: PEER_CREDENTIALS,
  });
  const name = env['INVOICES_TABLE'] ?? '';
  const remove: Table['remove'] = ({ orderId }) =>
    client.send(new DeleteItemCommand({ TableName: name, Key: { orderId: orderId ?? { S: '' } } }));
  const bundle = join(folder, 'evidence');
  return { env, stripe, table: { client, name, remove }, bundle };
};

const itemsOf = async ({ client, name }: Table) => {
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client }, { TableName: name, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  return items.toSorted((a, b) => ((a['orderId']?.S ?? '') < (b['orderId']?.S ?? '') ? -1 : 1));
};

/** One command, as a person types it; what it prints as JSON, line by line. */
const paidonce = async (
  args: readonly string[],
  env: Env,
): Promise<readonly Record<string, unknown>[]> => {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], {
    env,
    maxBuffer: 64 * 1_048_576,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
};

type Service = 'payments' | 'notifications';

const createWorkers = (env: Env, closing: (() => Promise<unknown>)[]) => {
  const running = new Map<Service, ChildProcess>();
  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  closing.push(() => Promise.all([...running.values()].map((child) => end(child, 'SIGKILL'))));
  return {
    start: async (service: Service): Promise<void> => {
      const args = [CLI, 'worker', '--service', service, '--json'];
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      running.set(service, child);
      // Its first record says that it runs; the rest must be read, or it would wait for its reader.
      await once(child.stdout, 'data');
      child.stdout.resume();
    },
    kill: async (service: Service): Promise<void> => {
      const child = running.get(service);
      if (child !== undefined) await end(child, 'SIGKILL');
    },
    stop: () => Promise.all([...running.values()].map((child) => end(child, 'SIGTERM'))),
  };
};

const ledger = async (stripe: string): Promise<readonly SandboxCharge[]> => {
  const answer = await fetch(new URL('/sandbox/ledger', stripe));
  const { charges } = (await answer.json()) as { readonly charges: readonly SandboxCharge[] };
  return charges.filter(({ status }) => status === 'succeeded');
};

const mails = async (env: Env) => {
  const answer = await fetch(new URL('/moto-api/data.json', peerUrl('PEER_MOTO_URL')));
  const { ses } = (await answer.json()) as {
    readonly ses: {
      readonly Message: readonly { readonly source: string; readonly subject: string }[];
    };
  };
  return ses.Message.filter(({ source }) => source === env['MAIL_FROM']);
};

const isEmpty = async (env: Env): Promise<boolean> => {
  const endpoint = peerUrl('PEER_SQS_URL');
  const client = createSqsClient({ region: PEER_REGION, endpoint, credentials: PEER_CREDENTIALS });
  const names = ['PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL', 'PAYMENTS_DLQ_URL'] as const;
  for (const name of names) {
    const { visible, inFlight, delayed } = (
      await countMessages(client, env[name] ?? '')
    )._unsafeUnwrap();
    if (visible + inFlight + delayed > 0) return false;
  }
  return true;
};

const until = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
  const untilMs = Date.now() + DONE_WITHIN_MS;
  while (!(await isTrue())) {
    if (Date.now() > untilMs) expect.fail(`no ${what} in ${DONE_WITHIN_MS} ms`);
    await sleep(100);
  }
};
