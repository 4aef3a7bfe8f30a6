import { setTimeout as sleep } from 'node:timers/promises';
import { createSqsClient, createSqsReceiveClient } from '../../src/adapters/aws/clients.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { countMessages } from '../../src/adapters/sqs/queues.ts';
import { encodeMessage } from '../../src/application/messages/index.ts';
import { awsSettings, parseConfig, type Config } from '../../src/bootstrap/config.ts';
import { SETTING_NAMES } from '../../src/bootstrap/config/settings.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import type { LoadedHistory } from '../../src/application/log/eventStreams.ts';
import type { EmbeddedStack } from '../../src/bootstrap/embedded.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import type * as Order from '../../src/domain/order/index.ts';
import type { Resource } from '../../src/bootstrap/resources.ts';
import type { Env } from '../support/cli.ts';
import { runProcess } from '../support/process.ts';
import { untilEmpty } from '../support/sqs.ts';
import { createDoubts } from './doubts.ts';
import { freePort } from './endpoint.ts';
import { TIMES } from './workerStart.ts';
import type { Plan } from './plan.ts';
import { createWorkers } from './workers.ts';

const ORDERS_AT_ONCE = 16;
const SENT_AT_ONCE = 10;

/** By which the sandbox signs its calls. */
export const WEBHOOK_SECRET = 'whsec_of-the-fault-run-itself';

/** An order as its events stand, and they with their times. */
export type EndedOrder = Pick<LoadedHistory<Order.State, Order.StreamEvent>, 'state' | 'history'>;

export type Deployment = Awaited<ReturnType<typeof createDeployment>>;

export type Ran = { readonly code: number | null; readonly stdout: string };

/**
 * A deployment of its own on the servers that all share: `paidonce setup` makes its queues, its
 * tables, its log group and its id. It learns of the servers from its environment, as in
 * production.
 */
export const createDeployment = async (
  embedded: EmbeddedStack,
  {
    prefix,
    random,
    withEvents,
  }: {
    readonly prefix: string;
    readonly random: () => number;
    /** Whether it hears what the gateway says: by calls, and by the reconciler. */
    readonly withEvents: boolean;
  },
) => {
  const servers = environmentOf(embedded);
  const webhookPort = await freePort();
  const made = await createCli(servers)(['setup', '--prefix', prefix, '--json']);
  if (made.code !== 0) fail(`setup of ${prefix}: exit code ${made.code}`);
  const resources = made.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Resource);
  const env = {
    ...servers,
    ...Object.fromEntries(resources.map(({ setting, value }) => [setting, value])),
    PERSONAL_DATA_KEY: `local:${'f'.repeat(43)}`,
    WEBHOOK_PORT: String(webhookPort),
    WEBHOOK_HOST: '127.0.0.1',
    // The one that is used, and the one that it takes the place of.
    STRIPE_WEBHOOK_SECRETS: `whsec_${prefix}-no-longer-used,${WEBHOOK_SECRET}`,
    RECONCILE_INTERVAL_MS: '10000',
    INTENT_SEAL_KEYS: `${prefix}-${prefix}-${prefix}-`.padEnd(32, '-'),
  };
  const credentials = { settings: {}, credentials: embedded.credentials };
  const config: Config = parseConfig(env, { needs: SETTING_NAMES, embedded: credentials }).match(
    (parsed) => parsed,
    (mistakes) => fail(JSON.stringify(mistakes)),
  );
  const { get } = createContainer(application, aws({ service: 'faults' }), config);
  const { id } = (await get('knownDeployment')())._unsafeUnwrap();
  const sqs = awsSettings(config, 'SQS');
  const clients = { client: createSqsClient(sqs), receiveClient: createSqsReceiveClient(sqs) };
  const payments = createSqsMessageQueue(clients, { queueUrl: config.PAYMENTS_QUEUE_URL });

  const load = async ({ orderId }: Order.SentOrder): Promise<[string, EndedOrder]> => {
    const { state, history } = (await get('orders').load(orderId))._unsafeUnwrap();
    return [orderId, { state, history }];
  };
  const histories = async ({ orders }: Plan): Promise<ReadonlyMap<string, EndedOrder>> => {
    const ended: [string, EndedOrder][] = [];
    for (let at = 0; at < orders.length; at += ORDERS_AT_ONCE) {
      ended.push(...(await Promise.all(orders.slice(at, at + ORDERS_AT_ONCE).map(load))));
    }
    return new Map(ended);
  };
  const doubts = createDoubts();

  return {
    prefix,
    id,
    webhookPort,
    doubts,
    config,
    cli: createCli(env),
    workers: createWorkers(env, {
      random,
      others: ['notifications', ...(withEvents ? (['webhooks', 'reconciler'] as const) : [])],
      onRecord: doubts.onRecord,
    }),
    /** Sends all of a plan, each message when its time has come: when each order was sent. */
    send: async ({ sendings }: Plan): Promise<ReadonlyMap<string, number>> => {
      const startedAt = Date.now();
      const sentAt = new Map<string, number>();
      for (let at = 0; at < sendings.length; at += SENT_AT_ONCE) {
        const batch = sendings.slice(at, at + SENT_AT_ONCE);
        await sleep(Math.max(0, startedAt + (batch[0]?.atMs ?? 0) - Date.now()));
        const messages = batch.map(({ message, groupId }) =>
          encodeMessage(message, { groupId, correlationId: message.orderId }),
        );
        const sent = await payments.send(messages);
        if (sent.isErr()) fail(JSON.stringify(sent.error));
        for (const { message } of batch) {
          if (message.type !== 'PlaceOrder' || sentAt.has(message.orderId)) continue;
          sentAt.set(message.orderId, Date.now());
        }
      }
      return sentAt;
    },
    /** Until nothing is on its way any more. */
    untilEmpty: (withinMs: number): Promise<void> =>
      untilEmpty(clients.client, [config.PAYMENTS_QUEUE_URL, config.NOTIFICATIONS_QUEUE_URL], {
        withinMs,
        everyMs: 500,
      }),
    /** Each order of a plan, as its events stand. */
    ended: async (plan: Plan): Promise<ReadonlyMap<string, Order.State>> =>
      new Map([...(await histories(plan))].map(([orderId, { state }]) => [orderId, state])),
    histories,
    deadLetters: (): Promise<number> =>
      countMessages(clients.client, config.PAYMENTS_DLQ_URL).match(
        ({ visible, inFlight }) => visible + inFlight,
        () => Number.NaN,
      ),
    replayDifferences: async (): Promise<number> =>
      get('replayInvoices')({ segments: 2, dryRun: true }).then((replayed) =>
        replayed.match(
          ({ differences }) => differences,
          () => Number.NaN,
        ),
      ),
  };
};

export const fail = (why: string): never => {
  throw new Error(why);
};

/**
 * The servers by their addresses, and nothing that the embedded ones have set up for themselves.
 */
const environmentOf = ({ settings, credentials }: EmbeddedStack): Env => {
  const shared = Object.entries(settings).filter(
    ([name]) => !/^(PAYMENTS|NOTIFICATIONS)_|_TABLE$|^LOG_GROUP$/.test(name),
  );
  return {
    ...TIMES,
    ...Object.fromEntries(shared),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    HEALTH_PORT: '',
  };
};

/** Runs `paidonce`; its exit code is the caller's to judge. */
const createCli =
  (env: Env) =>
  async (args: readonly string[]): Promise<Ran> => {
    const { code, stdout, stderr } = await runProcess(args, { env, withinMs: Infinity });
    if (code !== 0 && !args.includes('reconcile')) process.stderr.write(stderr);
    return { code, stdout };
  };
