import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSqsClient, createSqsReceiveClient } from '../../src/adapters/aws/clients.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { countMessages } from '../../src/adapters/sqs/queues.ts';
import { encodeMessage } from '../../src/application/messages/index.ts';
import type * as Order from '../../src/domain/order/index.ts';
import { awsSettings, parseConfig } from '../../src/bootstrap/config.ts';
import { SETTING_NAMES } from '../../src/bootstrap/config/settings.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { startWorker, type WorkerProcess } from '../../src/bootstrap/demo/workers.ts';
import { openEmbedded } from '../../src/bootstrap/embedded.ts';
import { books } from '../../src/bootstrap/modules/application.ts';
import { awsTables } from '../../src/bootstrap/modules/aws.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { reconcile, type Reconciliation } from './books.ts';
import { resolveReviews } from './operator.ts';
import { planOf } from './plan.ts';
import { createSandbox } from './sandbox.ts';

export type FaultsOptions = {
  readonly orders: number;
  /** Of the requests that a fault is for. */
  readonly percent: number;
  readonly seed: number;
  readonly random: () => number;
};

export type FaultsReport = Reconciliation & {
  readonly seconds: number;
  readonly messages: number;
  readonly kills: number;
  readonly reviewed: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  readonly shown: unknown;
  readonly replayDifferences: number;
};

const CLI = fileURLToPath(new URL('../../src/bootstrap/cli/paidonce.ts', import.meta.url));
/** As short as the configuration allows, so that nothing takes hours until its close. */
const TIMES = {
  GATEWAY_TIMEOUT_MS: '2000',
  GATEWAY_RUN_ON_MS: '4000',
  GATEWAY_RESEND_HORIZON_MS: '60000',
  GATEWAY_SETTLE_DELAY_MS: '2000',
  GATEWAY_KEY_WINDOW_MS: '120000',
  CLOCK_SKEW_MAX_MS: '1000',
  VISIBILITY_TIMEOUT_MS: '10000',
  RETRY_DELAY_MAX_MS: '8000',
  // So that new attempts happen too; what fails twice is for a person.
  PAYMENT_ATTEMPTS_MAX: '2',
};
const PAYMENT_WORKERS = 2;
const RESOLVED_BY_CLI = 20;
const KILL_EVERY_MS = 4_000;
const LOOK_EVERY_MS = 500;
const EMPTY_LOOKS = 5;
const ORDERS_AT_ONCE = 16;

/** Pays orders through a gateway that lies at every turn, kills the workers, and compares the books at the end. */
export const runFaults = async (options: FaultsOptions): Promise<FaultsReport> => {
  const startedAt = Date.now();
  const folder = await makeTemporaryFolder();
  const env = { ...process.env, ...TIMES, PAIDONCE_DATA_DIR: folder.path, HEALTH_PORT: '' };
  const embedded = (await openEmbedded(env)).match(
    (open) => open,
    (why) => fail(why),
  );
  const config = parseConfig(env, { needs: SETTING_NAMES, embedded }).match(
    (parsed) => parsed,
    (mistakes) => fail(JSON.stringify(mistakes)),
  );
  const sandbox = createSandbox(embedded.addresses.stripe);
  const sqs = awsSettings(config, 'SQS');
  const clients = { client: createSqsClient(sqs), receiveClient: createSqsReceiveClient(sqs) };
  const payments = createSqsMessageQueue(clients, { queueUrl: config.PAYMENTS_QUEUE_URL });
  const { get } = createContainer(books, awsTables(config));
  const workers = createWorkers(env, options.random);
  const say = (text: string): void =>
    void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s  ${text}\n`);

  const untilEmpty = async (withinMs: number): Promise<void> => {
    const until = Date.now() + withinMs;
    for (let empty = 0; empty < EMPTY_LOOKS;) {
      if (Date.now() > until) return say('gave up waiting for empty queues');
      const waiting = await Promise.all(
        [config.PAYMENTS_QUEUE_URL, config.NOTIFICATIONS_QUEUE_URL].map((url) =>
          countMessages(clients.client, url).match(
            ({ visible, inFlight, delayed }) => visible + inFlight + delayed,
            () => 1,
          ),
        ),
      );
      empty = waiting.every((count) => count === 0) ? empty + 1 : 0;
      await sleep(LOOK_EVERY_MS);
    }
  };

  try {
    await sandbox.setFaults(options);
    await workers.start();
    const plan = planOf({ ...options, stormMs: options.orders * 90 });
    say(`${plan.orders.length} orders, ${plan.sendings.length} messages`);
    const over = new AbortController();
    const striking = workers.strike(over.signal);
    const stormAt = Date.now();
    for (let from = 0; from < plan.sendings.length; from += 10) {
      const batch = plan.sendings.slice(from, from + 10);
      await sleep(Math.max(0, stormAt + (batch[0]?.atMs ?? 0) - Date.now()));
      const sent = await payments.send(
        batch.map(({ message, groupId }) =>
          encodeMessage(message, { groupId, correlationId: message.orderId }),
        ),
      );
      if (sent.isErr()) fail(JSON.stringify(sent.error));
    }
    say('everything is sent; waiting until nothing is on its way');
    // Faults and deaths go on until the last payment that can end by itself has ended.
    await untilEmpty(15 * 60_000);
    over.abort();
    await striking;
    const shown = await sandbox.shown();
    await sandbox.clearFaults();

    say(`${workers.kills()} kills; a person resolves what is in review`);
    const paidonce = createCli(env);
    const { reasons: reviewed, failed } = await resolveReviews(config, {
      sandbox,
      throughCli: RESOLVED_BY_CLI,
      cli: paidonce,
    });
    say(`resolved: ${JSON.stringify(reviewed)}`);
    await untilEmpty(10 * 60_000);
    // Whatever only lacks its push: the reconciler finds it, and workers finish it.
    await paidonce(['reconcile', '--embedded', '--json', '--from-start']);
    await untilEmpty(10 * 60_000);
    const drained = await workers.stop();
    const now = ['--embedded', '--json', '--grace', '0s'];
    const audited = await paidonce(['audit', '--gateway', '--queues', ...now]);
    const findings = audited.stdout.trim().split('\n').slice(0, -1);

    const states = new Map<string, Order.State>();
    for (let from = 0; from < plan.orders.length; from += ORDERS_AT_ONCE) {
      await Promise.all(
        plan.orders.slice(from, from + ORDERS_AT_ONCE).map(async ({ orderId }) => {
          const loaded = await get('orders').load(orderId);
          states.set(
            orderId,
            loaded.match(
              ({ state }) => state,
              (e) => fail(JSON.stringify(e)),
            ),
          );
        }),
      );
    }
    const replay = await get('replayInvoices')({ segments: 2, dryRun: true });
    const replayDifferences = replay.match(
      ({ differences }) => differences,
      () => Number.NaN,
    );
    const compared = reconcile(states, await sandbox.ledger());
    const deadLetters = await countMessages(clients.client, config.PAYMENTS_DLQ_URL);
    return {
      ...compared,
      faults: [
        ...compared.faults,
        ...failed.map((why) => `not resolved: ${why}`),
        ...(replayDifferences === 0 ? [] : [`replay: ${replayDifferences} differences`]),
        ...(drained ? [] : ['a worker did not drain']),
        ...findings.map((finding) => `audit: ${finding}`),
        ...(audited.code === 0 || findings.length > 0 ? [] : [`audit: exit code ${audited.code}`]),
      ],
      seconds: Math.round((Date.now() - startedAt) / 1_000),
      messages: plan.sendings.length,
      kills: workers.kills(),
      reviewed,
      deadLetters: deadLetters.match(
        ({ visible, inFlight }) => visible + inFlight,
        () => -1,
      ),
      shown,
      replayDifferences,
    };
  } finally {
    await workers.end();
    await embedded.close();
    await folder.remove();
  }
};

const fail = (why: string): never => {
  throw new Error(why);
};

/** Runs `paidonce`; its exit code is the caller's to judge. */
const createCli =
  (env: NodeJS.ProcessEnv) =>
  (args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }> =>
    promisify(execFile)(process.execPath, [CLI, ...args], { env, maxBuffer: 2 ** 26 }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => {
        if (!args.includes('reconcile')) process.stderr.write(error.stderr);
        return error;
      },
    );

const createWorkers = (env: NodeJS.ProcessEnv, random: () => number) => {
  const onRecord = (): void => undefined;
  const payments: WorkerProcess[] = [];
  const others: WorkerProcess[] = [];
  let kills = 0;
  return {
    kills: () => kills,
    start: async () => {
      others.push(await startWorker('notifications', { env, onRecord }));
      for (let at = 0; at < PAYMENT_WORKERS; at += 1) {
        payments.push(await startWorker('payments', { env, onRecord }));
      }
    },
    strike: async (over: AbortSignal): Promise<void> => {
      while (!over.aborted) {
        await sleep(KILL_EVERY_MS * (0.5 + random()), undefined, { signal: over }).catch(() => {});
        if (over.aborted) return;
        const at = Math.floor(random() * payments.length);
        await payments[at]?.kill();
        kills += 1;
        payments[at] = await startWorker('payments', { env, onRecord });
      }
    },
    stop: async (): Promise<boolean> => {
      const codes = await Promise.all([...payments, ...others].map((worker) => worker.stop()));
      return codes.every((code) => code === 0);
    },
    end: () => Promise.all([...payments, ...others].map((worker) => worker.kill())),
  };
};
