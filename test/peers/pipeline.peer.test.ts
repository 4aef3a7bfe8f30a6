import {
  DeleteItemCommand,
  paginateScan,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { join } from 'node:path';
import { createDynamoDbClient } from '../../src/adapters/aws/clients.ts';
import type { SandboxCharge } from '../../src/adapters/embedded/stripe/ledger.ts';
import * as Invoice from '../../src/domain/invoice/index.ts';
import { jsonLines, lineOf, type Env } from '../support/cli.ts';
import { openPeerEnvironment, PEER_CREDENTIALS, PEER_REGION } from '../support/peerEnvironment.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { runProcess, startProcess, stopProcess } from '../support/process.ts';
import { localSqsClients, untilEmpty } from '../support/sqs.ts';
import { until } from '../support/until.ts';

/**
 * 1,000 took about half a minute when this was written; a run of all peer tests makes do with
 * fewer.
 */
const ORDERS = Number(process.env['PIPELINE_ORDERS'] ?? 300);
const KILLS = 3;
const DONE_WITHIN_MS = 60_000 + ORDERS * 100;

const BY_ADA = ['--by', 'ada', '--reason', 'late', '--yes'] as const;

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
      await until(
        `${target} charges`,
        async (see) => {
          const { length } = await ledger(stripe);
          see(length);
          return length >= target || undefined;
        },
        { withinMs: DONE_WITHIN_MS },
      );
      await workers.kill('payments');
      await workers.start('payments');
    }
    await emptied(env);

    const charges = await ledger(stripe);
    expect(charges.map(({ order_id: id }) => String(id)).toSorted()).to.deep.equal(orderIds);
    const [returned, cancelled] = [orderIds.slice(0, 3), orderIds.slice(3, 6)];
    await Promise.all([
      ...returned.map((id) =>
        paidonce(
          ['refund', id, '--id', 'r-1', '--line', '1:1', ...BY_ADA, '--wait', '--json'],
          env,
        ),
      ),
      ...cancelled.map((id) => paidonce(['cancel', id, ...BY_ADA, '--wait', '--json'], env)),
    ]);
    // Its exit code says that every number has its document, and that nobody has to do anything.
    await paidonce(['reconcile', '--from-start', '--json'], env);

    const rows = await itemsOf(table);
    expect(rows.map((row) => row['orderId']?.S)).to.deep.equal(orderIds);
    const documents = rows.map((row) => Invoice.readText(row['document']?.S ?? '')._unsafeUnwrap());
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
    await emptied(env);
    expect(await workers.stop()).to.deep.equal([0, 0]);
    const holds = { orders: { captured: ORDERS - 3, cancelled: 3 }, unreadable: 0, inProgress: 0 };
    const now = ['--grace', '0s', '--json'];
    const queues = await paidonce(['audit', '--queues', ...now], env);
    expect(queues).to.have.length(1);
    expect(queues[0]).to.deep.include(holds);
    const [exported] = await paidonce(['audit', '--gateway', '--export', bundle, ...now], env);
    expect(exported).to.deep.include(holds);
    const [offline] = await paidonce(['audit', '--offline', bundle, '--json'], {});
    expect(offline).to.deep.include(holds);
    const [life] = await paidonce(['trace', cancelled[0] ?? '', '--json'], env);
    expect(life).to.deep.include({ orderId: cancelled[0], status: 'cancelled', missing: [] });

    const receipts = (await mails(env)).filter(({ subject }) => subject.includes('receipt'));
    const receipted = new Set(
      receipts.map(({ subject }) => subject.split(' ')[4]?.replace(':', '')),
    );
    expect(receipted.size).to.equal(ORDERS);
    // Nobody who sends mail was killed, so nobody was notified twice.
    expect(receipts.length).to.equal(ORDERS);
  });
});

const sorted = (documents: readonly Invoice.DocumentNumber[]): readonly number[] =>
  documents.map(({ number }) => number).toSorted((a, b) => a - b);

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
  const base: Env = { ...peers, VISIBILITY_TIMEOUT_MS: '10000' };
  const prefix = `pipeline-${crypto.randomUUID().slice(0, 8)}`;
  const made = await paidonce(['setup', '--prefix', prefix, '--json'], base);
  const settings = made.map(({ setting, value }) => [String(setting), String(value)] as const);
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
const paidonce = async (args: readonly string[], env: Env) => {
  const { code, stdout, stderr } = await runProcess(args, { env });
  expect(code, stderr).to.equal(0);
  return jsonLines(stdout);
};

type Service = 'payments' | 'notifications';

const createWorkers = (env: Env, closing: (() => Promise<unknown>)[]) => {
  const running = new Map<Service, ReturnType<typeof startProcess>>();
  const end = (signal: NodeJS.Signals) =>
    Promise.all([...running.values()].map((child) => stopProcess(child, signal)));
  closing.push(() => end('SIGKILL'));
  return {
    start: async (service: Service): Promise<void> => {
      const child = startProcess(['worker', '--service', service, '--json'], env);
      running.set(service, child);
      child.stderr.pipe(process.stderr);
      // Its first record says that it runs; the rest must be read, or it would wait for its reader.
      await lineOf(child, () => true);
      child.stdout.resume();
    },
    kill: async (service: Service): Promise<void> => {
      const child = running.get(service);
      if (child !== undefined) await stopProcess(child, 'SIGKILL');
    },
    stop: () => end('SIGTERM'),
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

const emptied = async (env: Env): Promise<void> => {
  const { client } = localSqsClients(peerUrl('PEER_SQS_URL'));
  const names = ['PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL', 'PAYMENTS_DLQ_URL'] as const;
  const urls = names.map((name) => env[name] ?? '');
  await untilEmpty(client, urls, { looks: 1, withinMs: DONE_WITHIN_MS });
};
