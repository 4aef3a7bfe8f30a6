import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateTableCommand,
  paginateScan,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { creationOf, tableSchemas } from '../../src/adapters/dynamodb/tableSchemas.ts';
import { BOOK_LINES } from './bookOrder.ts';
import { jsonLines, run, start, type Env, type InProcessCommand } from './cli.ts';
import { testClient } from './dynamoDb.ts';
import { openPeerEnvironment } from './peerEnvironment.ts';
import { peerUrl } from './peerUrl.ts';
import { localSqsClients, untilEmpty } from './sqs.ts';

type TableItem = Record<string, AttributeValue>;

export type RestoreDrill = Awaited<ReturnType<typeof openRestoreDrill>>;

export const BY_ADA = ['--by', 'ada', '--reason', 'a drill'] as const;

/**
 * A deployment on the independent servers, whose tables are brought back to an earlier moment.
 * DynamoDB Local knows neither backups nor point-in-time recovery. Nothing in the log is ever
 * changed, so that it was at any moment what it holds with times up to that one.
 */
export const openRestoreDrill = async () => {
  const { env: peers, stripe, folder, close } = await openPeerEnvironment();
  const prefix = `drill-${crypto.randomUUID().slice(0, 8)}`;
  const client = testClient(peerUrl('PEER_DYNAMODB_URL'));
  const sqs = localSqsClients(peerUrl('PEER_SQS_URL')).client;
  let workers: readonly InProcessCommand[] = [];

  const ended = async (args: readonly string[], env: Env, expected: number) => {
    const { code, ...printed } = await run(args, { env });
    expect(code, `${args.join(' ')}\n${printed.stdout}${printed.stderr}`).to.equal(expected);
    return printed;
  };
  /** One command, as an operator types it, and all that it prints. */
  const paidonce = async (args: readonly string[], env: Env): Promise<string> => {
    const { stdout, stderr } = await ended(args, env, 0);
    return stdout + stderr;
  };
  const json = async (args: readonly string[], env: Env, expected = 0) =>
    jsonLines((await ended([...args, '--json'], env, expected)).stdout);

  const settings = await json(['setup', '--prefix', prefix], peers);
  const env: Env = {
    ...peers,
    ...Object.fromEntries(settings.map(({ setting, value }) => [String(setting), String(value)])),
  };

  const emptied = (): Promise<void> =>
    untilEmpty(sqs, [env['PAYMENTS_QUEUE_URL'] ?? '', env['NOTIFICATIONS_QUEUE_URL'] ?? ''], {
      looks: 2,
    });

  const itemsOf = async (table: string | undefined): Promise<readonly TableItem[]> => {
    const items: TableItem[] = [];
    const scan = { TableName: table, ConsistentRead: true };
    for await (const { Items = [] } of paginateScan({ client }, scan)) items.push(...Items);
    return items;
  };

  const makeTable = async (
    kind: 'events' | 'keys',
    items: readonly TableItem[],
  ): Promise<string> => {
    const TableName = `${prefix}-${kind}-${crypto.randomUUID().slice(0, 8)}`;
    const names = { events: '', invoices: '', keys: '', [kind]: TableName };
    const schema = tableSchemas(names).find(({ table }) => table === TableName);
    if (schema === undefined) throw new Error(`no schema of ${kind}`);
    await client.send(new CreateTableCommand(creationOf(schema)));
    await Promise.all(items.map((Item) => client.send(new PutItemCommand({ TableName, Item }))));
    return TableName;
  };

  return {
    env,
    prefix,
    paidonce,
    json,
    emptied,
    /** The settings with a log that has what the log had at that moment. */
    restoreEvents: async (moment: number): Promise<Env> => {
      const items = await itemsOf(env['EVENTS_TABLE']);
      const kept = items.filter(({ committedAt }) => Number(committedAt?.N) <= moment);
      return { ...env, EVENTS_TABLE: await makeTable('events', kept) };
    },
    keysNow: () => itemsOf(env['KEYS_TABLE']),
    restoreKeys: async (back: Env, items: readonly TableItem[]): Promise<Env> => ({
      ...back,
      KEYS_TABLE: await makeTable('keys', items),
    }),
    startWorkers: (settingsOf: Env): void => {
      workers = ['payments', 'notifications'].map((service) => {
        const worker = start(['worker', '--service', service, '--json'], settingsOf);
        worker.stdout.resume();
        worker.stderr.resume();
        return worker;
      });
    },
    stopWorkers: async (): Promise<void> => {
      const codes = await Promise.all(workers.map((worker) => worker.stop()));
      workers = [];
      expect(codes.filter((code) => code !== 0)).to.deep.equal([]);
    },
    /** What the shop sends, once more under the same id where it has sent it before. */
    submit: async (numbers: readonly number[], to: Env): Promise<void> => {
      const file = join(folder, `${crypto.randomUUID()}.json`);
      await writeFile(file, JSON.stringify(numbers.map(orderOf)));
      await paidonce(['submit', file], to);
      await emptied();
    },
    refund: async (number: number, id: string, to: Env, expected = 0): Promise<void> => {
      const order = `drill-${number}`;
      const pieces = ['--id', id, '--line', '1:1', '--yes', '--wait'];
      await ended(['refund', order, ...pieces, ...BY_ADA], to, expected);
    },
    /** The orders of the findings of a whole audit, by its invariants. */
    findings: async (of: Env, expected = 1) => {
      const all = ['audit', '--gateway', '--queues', '--grace', '0s', '--no-record'];
      const found: Record<string, string[]> = {};
      for (const line of await json(all, of, expected)) {
        if (line['type'] !== 'finding') continue;
        const orders = (found[String(line['invariant'])] ??= []);
        orders.push(String(line['streamId']).replace('order#', ''));
      }
      return found;
    },
    /** What `doctor` finds wrong; the drill has no endpoint for the gateway's events. */
    problems: async (of: Env): Promise<string> => {
      const found = await json(['doctor'], of, 1);
      return found
        .filter(({ status }) => status === 'problem')
        .map(({ what }) => String(what))
        .join('\n');
    },
    /** What the gateway has done, whatever the log says of it. */
    moved: async () => {
      const answer = await fetch(new URL('/sandbox/ledger', stripe));
      const { charges } = (await answer.json()) as {
        readonly charges: readonly Readonly<{
          order_id: string;
          status: string;
          refunded: number;
        }>[];
      };
      return charges
        .filter(({ status }) => status === 'succeeded')
        .map(({ order_id: order, refunded }) => `${order}: ${refunded} refunded`);
    },
    /** How many mails an order's customer got, by the first words of their subjects. */
    mails: async (number: number) => {
      const answer = await fetch(new URL('/moto-api/data.json', peerUrl('PEER_MOTO_URL')));
      const { ses } = (await answer.json()) as {
        readonly ses: {
          readonly Message: readonly Readonly<{ source: string; subject: string }>[];
        };
      };
      return ses.Message.filter(
        ({ source, subject }) =>
          source === env['MAIL_FROM'] && new RegExp(`order drill-${number}\\b`).test(subject),
      ).map(({ subject }) => subject.split(' order ')[0]);
    },
    close: async (): Promise<void> => {
      await Promise.all(workers.map((worker) => worker.stop()));
      client.destroy();
      sqs.destroy();
      await close();
    },
  };
};

const orderOf = (number: number) => ({
  type: 'PlaceOrder',
  v: 2,
  orderId: `drill-${number}`,
  customer: { id: `c-${number}`, email: `c${number}@shop.example` },
  currency: 'EUR',
  priceMode: 'net',
  lines: BOOK_LINES,
  payment: { type: 'method', paymentMethod: 'pm_card_visa' },
});
