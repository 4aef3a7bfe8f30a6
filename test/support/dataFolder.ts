import { createSqsClient, createSqsReceiveClient } from '../../src/adapters/aws/clients.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { orderStreamId } from '../../src/application/log/eventStreams.ts';
import { loadHistory, loadMails } from '../../src/bootstrap/cli/common/history.ts';
import { awsSettings, parseConfig } from '../../src/bootstrap/config.ts';
import { SETTING_NAMES } from '../../src/bootstrap/config/settings.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { openEmbedded } from '../../src/bootstrap/embedded.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import type { ServiceName } from '../../src/bootstrap/worker.ts';
import * as Order from '../../src/domain/order/index.ts';
import { createSandbox } from '../faults/sandbox.ts';
import type { ReceivedEvent } from '../contracts/orderEvents.contract.ts';
import { lineOf, run, start, type Ended, type Env, type InProcessCommand } from './cli.ts';
import type { RecordedOrder } from './publishedEvents.ts';
import { localSns, receiveAll, subscribe } from './orderEvents.ts';
import { shiftClock } from './shiftedClock.ts';
import { ensureQueue, untilEmpty } from './sqs.ts';

const CLOCK = new URL('./shiftedClock.ts', import.meta.url).href;

/** The topic on which the order events of a folder are heard, for the settings of who opens it. */
export const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:order-events';

/** Where one order stands, in terms of money, documents and mails alone. */
export type Standing = {
  readonly status: string;
  readonly currency?: string;
  /** In minor units. */
  readonly sums: ReturnType<typeof Order.sumsOf>;
  readonly refunds: Readonly<Record<string, string>>;
  /** The numbers as they are printed, the invoice first. */
  readonly documents: readonly string[];
  readonly mails: Readonly<Record<string, string>>;
};

/** What is in a data folder that was kept, beside it. */
export type Manifest = {
  /** When it was closed, in milliseconds since the epoch. */
  readonly takenAt: number;
  /** Those with which its last workers ran. */
  readonly settings: Readonly<Record<string, string>>;
  /** What an audit finds in it as it lies: the invariant, and the stream. */
  readonly findings: readonly string[];
  /** The dead letters: the queue, and the reason. */
  readonly letters: readonly string[];
  readonly orders: Readonly<
    Record<
      string,
      {
        /** Its status when nothing is on its way any more and a person has resolved the reviews. */
        readonly ends: string;
        /** How often the gateway has charged it, by its ledger. */
        readonly charges: number;
        readonly lies: Standing;
      }
    >
  >;
};

export type DataFolder = Awaited<ReturnType<typeof openDataFolder>>;

/**
 * Runs the embedded servers on a data folder, and what is done with them, in this process, whose
 * clock is shifted until the folder is closed.
 */
export const openDataFolder = async (
  dataDir: string,
  options: {
    readonly shiftMs: number;
    readonly settings: Readonly<Record<string, string>>;
    /** A worker with all services runs the servers as well. */
    readonly host?: 'servers' | 'worker';
  },
) => {
  const env = {
    PAIDONCE_DATA_DIR: dataDir,
    // For what a caller starts in a process of its own.
    PATH: process.env['PATH'] ?? '',
    NODE_OPTIONS: `--import ${CLOCK}`,
    CLOCK_SHIFT_MS: String(options.shiftMs),
    ...options.settings,
  };
  const hosts = {
    servers: () => startPaidonce(['servers'], env, () => true),
    worker: () => startPaidonce(['worker'], env, ({ event }) => event === 'worker.started'),
  };
  const unshift = shiftClock(options.shiftMs);
  const host = await hosts[options.host ?? 'servers']().catch((error: unknown) => {
    unshift();
    throw error;
  });
  const embedded = (await openEmbedded(env)).match(
    (open) => open,
    (why) => fail(why),
  );
  const config = parseConfig(env, { needs: SETTING_NAMES, embedded }).match(
    (parsed) => parsed,
    (mistakes) => fail(JSON.stringify(mistakes)),
  );
  const sqs = awsSettings(config, 'SQS');
  const clients = { client: createSqsClient(sqs), receiveClient: createSqsReceiveClient(sqs) };
  const queueOf = (queueUrl: string) => createSqsMessageQueue(clients, { queueUrl });
  const { get } = createContainer(application, aws({ service: 'test' }), config);

  return {
    env,
    config,
    get,
    mailboxUrl: embedded.addresses.ses,
    sandbox: createSandbox(embedded.addresses.stripe),
    payments: queueOf(config.PAYMENTS_QUEUE_URL),
    notifications: queueOf(config.NOTIFICATIONS_QUEUE_URL),
    cli: (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
      run(args, { env: { ...env, ...settings } }),
    /** Starts one service, or all in one process; `handled` is what became of its messages. */
    work: async (service: ServiceName | 'all', settings: Readonly<Record<string, string>> = {}) => {
      const handled: unknown[] = [];
      const worker = await startPaidonce(
        ['worker', '--service', service],
        { ...env, ...settings },
        ({ event }) => {
          if (event === 'message.handled') handled.push(event);
          return event === 'worker.started';
        },
      );
      return { handled, stop: () => worker.stop() };
    },
    /**
     * Until nothing waits in either queue: nothing that can be received, or with `also: 'hidden'`
     * nothing at all.
     */
    untilQuiet: (also: 'hidden' | 'nothing', withinMs = 180_000): Promise<void> =>
      untilEmpty(clients.client, [config.PAYMENTS_QUEUE_URL, config.NOTIFICATIONS_QUEUE_URL], {
        looks: 6,
        withinMs,
        everyMs: 250,
        ...(also === 'nothing' && { left: ({ visible }) => visible }),
      }),
    /** What its topic had since somebody asked last; nobody hears it before the first time. */
    receivedEvents: async (): Promise<readonly ReceivedEvent[]> => {
      const { arn, url } = await ensureQueue(clients, 'heard');
      const sns = await localSns(embedded.addresses.sqs);
      await subscribe(sns, TOPIC_ARN, arn, { RawMessageDelivery: 'true' });
      sns.destroy();
      return receiveAll(clients, url);
    },
    /** The events of an order with their versions, and when the last was recorded. */
    recordedOf: async (orderId: string): Promise<RecordedOrder & { readonly lastAt: number }> => {
      const { entries } = (await loadHistory(get('store'), orderId)).match(
        (found) => found,
        (error) => fail(`${orderStreamId(orderId)}: ${JSON.stringify(error)}`),
      );
      const facts = entries.map(({ event: { type }, version }) => ({ type, version }));
      return { orderId, facts, lastAt: Date.parse(entries.at(-1)?.at ?? '') };
    },
    stateOf: async (orderId: string): Promise<Order.State> =>
      (await get('orders').load(orderId)).match(
        ({ state }) => state,
        (error) => fail(JSON.stringify(error)),
      ),
    standingOf: async (orderId: string): Promise<Standing> => {
      const history = (await loadHistory(get('store'), orderId)).match(
        (found) => found,
        (error) => fail(`${orderStreamId(orderId)}: ${JSON.stringify(error)}`),
      );
      const mails = (await loadMails(get('store'), { history }, undefined)).match(
        (found) => found,
        (error) => fail(JSON.stringify(error)),
      );
      return standing(history.state, Object.fromEntries(mails));
    },
    /** What an audit finds: the invariant and the stream of each. */
    findings: async (): Promise<readonly string[]> =>
      linesOf(await run([...AUDIT, '--embedded', '--json'], { env }))
        .filter(({ type }) => type === 'finding')
        .map(({ invariant, streamId }) => `${String(invariant)} ${String(streamId)}`)
        .toSorted(),
    /** The dead letters: the queue and the reason of each. */
    deadLetters: async (): Promise<readonly string[]> =>
      linesOf(await run(['dlq', 'list', '--embedded', '--json'], { env }))
        .filter(({ queue }) => queue !== undefined)
        .map(({ queue, reason }) => `${String(queue)}: ${String(reason)}`)
        .toSorted(),
    /** The exit code of the command that ran the servers. */
    close: async (): Promise<number> => {
      clients.client.destroy();
      clients.receiveClient.destroy();
      try {
        return await host.stop();
      } finally {
        unshift();
      }
    },
  };
};

/** What a fixture was begun with is younger than the grace, and what is old in it is older. */
const AUDIT = ['audit', '--gateway', '--queues', '--grace', '1h'];

/**
 * Of an audit and a list alike the last line is what it comes to; without it, it did not come to
 * its end.
 */
const linesOf = ({ stdout, stderr }: Ended): readonly Readonly<Record<string, unknown>>[] => {
  if (stdout === '') fail(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

const standing = (state: Order.State, mails: Standing['mails']): Standing => {
  const { placed, refunds, invoice } = state;
  const issued = invoice.status === 'issued' ? [invoice.document] : [];
  return {
    status: Order.statusOf(state),
    ...(placed && { currency: placed.currency }),
    sums: Order.sumsOf(state),
    refunds: Object.fromEntries(refunds.map(({ refundId, status }) => [refundId, status])),
    documents: issued.flatMap(({ label, creditNotes }) => [
      label,
      ...creditNotes.map((note) => note.label),
    ]),
    mails,
  };
};

const fail = (why: string): never => {
  throw new Error(why);
};

/**
 * Starts what runs until it is stopped. `isReady` sees each line that it prints, until it has said
 * so and after.
 */
const startPaidonce = async (
  args: readonly string[],
  env: Env,
  isReady: (line: Readonly<Record<string, unknown>>) => boolean,
): Promise<InProcessCommand> => {
  const command = start([...args, '--embedded', '--json'], env);
  const ready = Promise.withResolvers<void>();
  const ended = lineOf(
    command,
    (line) => {
      if (isReady(JSON.parse(line) as Record<string, unknown>)) ready.resolve();
      return false;
    },
    { withinMs: Infinity },
  );
  // It is ready first, or it has ended; once it is ready its end is no surprise.
  await Promise.race([ready.promise, ended]);
  ended.catch(() => undefined);
  return command;
};
