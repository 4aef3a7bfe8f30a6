import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, ResultAsync, safeTry, type Result } from 'neverthrow';
import { createSqsClient, createSqsReceiveClient } from '../../adapters/aws/clients.ts';
import { createSqsMessageQueue } from '../../adapters/sqs/messageQueue.ts';
import {
  EXIT,
  failed,
  failureOf,
  misconfigured,
  type CliFailure,
  type ExitCode,
} from '../cli/failure.ts';
import { tableOf, type Output } from '../cli/output.ts';
import { awsSettings, parseConfig, type Config } from '../config.ts';
import { SETTING_NAMES } from '../config/settings.ts';
import { createContainer } from '../container.ts';
import { openEmbedded, type Embedded } from '../embedded.ts';
import { ingest } from '../modules/application.ts';
import { awsQueues } from '../modules/aws.ts';
import { createBoard, type Board } from './board.ts';
import { momentOf } from './phases.ts';
import { checksOf, handled, rowOf, type Check, type Course } from './promises.ts';
import { createReader, type Facts, type OrderFacts, type Reader } from './readBack.ts';
import { ACTS, FIRST_ACTS, KILLED_ACTS, MALFORMED_BODY, THRICE, type Act } from './scenario.ts';
import { startWorker, type WorkerProcess } from './workers.ts';

export type DemoOptions = {
  readonly output: Output;
  /** Leaves the folder with the data where it is, to be looked at with the other commands. */
  readonly keep: boolean;
  readonly stop: AbortSignal;
};

/** Shorter than in production, so that what a killed worker held comes again while one watches. */
const VISIBILITY_MS = 10_000;
const LOOK_EVERY_MS = 100;
/** What has not happened by then is not waited for any longer, and the checks say so. */
const SETTLED_WITHIN_MS = 20_000;
const MENDED_WITHIN_MS = 30_000;

/** The main job on servers of this machine, told while it happens, and then checked in the stores. */
export const runDemo = async (options: DemoOptions): Promise<Result<ExitCode, CliFailure>> => {
  const { output, keep } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'paidonce-demo-'));
  const env = {
    ...process.env,
    PAIDONCE_DATA_DIR: dataDir,
    // Several workers run here, and one port would be one too few.
    HEALTH_PORT: '',
    VISIBILITY_TIMEOUT_MS: String(VISIBILITY_MS),
  };
  const result = await openEmbedded(env)
    .mapErr((why) => failed('EmbeddedServers', why))
    .andThen((embedded) => new ResultAsync(perform({ ...options, embedded, env })));
  const checks = result.unwrapOr([]);
  const kept = keep || !checks.every(({ holds }) => holds) || result.isErr();
  if (kept) output.note(`The data is in ${dataDir}: PAIDONCE_DATA_DIR=${dataDir} npx paidonce …`);
  else await rm(dataDir, { recursive: true, force: true });
  return result.map((found) => (found.every(({ holds }) => holds) ? EXIT.OK : EXIT.FAILED));
};

type Stage = DemoOptions & { readonly embedded: Embedded; readonly env: NodeJS.ProcessEnv };

const perform = async (stage: Stage): Promise<Result<readonly Check[], CliFailure>> => {
  const { output, embedded, env } = stage;
  const parsed = parseConfig(env, { needs: SETTING_NAMES, embedded });
  if (parsed.isErr()) {
    await embedded.close();
    return err(misconfigured(parsed.error));
  }
  const config = parsed.value;
  const reader = createReader(config, embedded.addresses);
  const board = createBoard(output);
  const workers: WorkerProcess[] = [];
  try {
    const course = await play({ ...stage, config, reader, board, workers });
    if (course.isErr()) return err(course.error);
    const facts = await reader.all(ACTS);
    if (facts.isErr()) return err(facts.error);
    for (const { act, records } of facts.value.orders) {
      const { orderId } = act.order;
      board.show({
        phase: '5 observe',
        orderId,
        text: `${records.length} records`,
      });
    }
    board.close();
    const checks = checksOf(facts.value, course.value);
    present(facts.value, checks, output);
    return ok(checks);
  } catch (error) {
    return err(failed('Demo', error instanceof Error ? error.message : String(error)));
  } finally {
    board.close();
    await Promise.all(workers.map((worker) => worker.kill()));
    await embedded.close();
  }
};

type Play = Stage & {
  readonly config: Config;
  readonly reader: Reader;
  readonly board: Board;
  /** Those that run; whatever ends the demo kills what is left of them. */
  readonly workers: WorkerProcess[];
};

const play = (scene: Play): ResultAsync<Course, CliFailure> =>
  safeTry(async function* () {
    const { config, reader, board, env, stop } = scene;
    const { get } = createContainer(ingest, awsQueues(config));
    const onRecord = (record: Parameters<typeof momentOf>[0]) => {
      const moment = momentOf(record);
      if (moment !== undefined) board.show(moment);
    };
    const submit = (acts: readonly Act[]) =>
      get('submitOrders')(acts.map(({ order }) => order))
        .mapErr(failureOf)
        .map((submitted) => {
          for (const { orderId, payment } of submitted) {
            board.show({
              phase: '1 ingest',
              orderId,
              text: payment.type === 'Done' ? 'on both queues' : payment.code,
            });
          }
        });
    const waitFor = async (
      isTrue: (orders: readonly OrderFacts[]) => boolean,
      withinMs: number,
      acts: readonly Act[],
    ) => {
      const until = Date.now() + withinMs;
      for (;;) {
        const orders = await reader.orders(acts);
        if (orders.isErr() || isTrue(orders.value)) return orders;
        if (Date.now() > until || stop.aborted) return orders;
        await sleep(LOOK_EVERY_MS);
      }
    };

    board.note('servers of this machine run; starting the payment and the notification service');
    const [payments, notifications] = await Promise.all([
      startWorker('payments', { env, onRecord }),
      startWorker('notifications', { env, onRecord }),
    ]);
    scene.workers.push(payments, notifications);

    board.note('sending orders, one of them twice at the same moment, and a malformed message');
    yield* submit([...FIRST_ACTS, ...THRICE]);
    yield* sendMalformed(config);
    yield* await waitFor(allSettled, SETTLED_WITHIN_MS, FIRST_ACTS);

    board.note('one order comes a third time, now that it is settled');
    yield* submit(THRICE);
    // A record that a killed process had not written yet is lost, so this one is waited for.
    yield* await waitFor(allHandledThrice, SETTLED_WITHIN_MS, THRICE);

    yield* submit(KILLED_ACTS);
    const held = yield* await waitFor(allRequested, SETTLED_WITHIN_MS, KILLED_ACTS);
    await payments.kill();
    board.note(`killed the payment service (process ${payments.pid}) with charges on their way`);
    const left = yield* reader.orders(KILLED_ACTS);
    const openWhenKilled = left
      .filter(({ state }) => state.payment.status === 'requested')
      .map(({ act }) => act.order.orderId);
    board.note(
      `${held.length} orders were taken, ${openWhenKilled.length} without an outcome; starting it again`,
    );
    const restarted = await startWorker('payments', { env, onRecord });
    scene.workers.push(restarted);

    yield* await waitFor(allTold, MENDED_WITHIN_MS, ACTS);
    yield* await queuesEmpty(reader, stop);
    board.note('telling the services to stop');
    const exitCodes = await Promise.all([restarted.stop(), notifications.stop()]);
    return ok({ openWhenKilled, exitCodes });
  });

const sendMalformed = (config: Config): ResultAsync<unknown, CliFailure> => {
  const settings = awsSettings(config, 'SQS');
  const clients = {
    client: createSqsClient(settings),
    receiveClient: createSqsReceiveClient(settings),
  };
  const queue = createSqsMessageQueue(clients, { queueUrl: config.PAYMENTS_QUEUE_URL });
  return queue.send([{ body: MALFORMED_BODY }]).mapErr(failureOf);
};

/** Until the last deletes are done; the counts of SQS itself may lag by up to a minute. */
const queuesEmpty = async (reader: Reader, stop: AbortSignal) => {
  const until = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const queues = await reader.queues();
    if (queues.isErr()) return queues;
    const isEmpty = queues.value.every(({ visible, inFlight }) => visible + inFlight === 0);
    if (isEmpty || Date.now() > until || stop.aborted) return queues;
    await sleep(LOOK_EVERY_MS);
  }
};

type AreTrue = (orders: readonly OrderFacts[]) => boolean;

const allRequested: AreTrue = (orders) =>
  orders.every(({ state }) => state.payment.status !== 'none');

const allSettled: AreTrue = (orders) =>
  orders.every(({ state }) => ['captured', 'declined'].includes(state.payment.status));

const allHandledThrice: AreTrue = (orders) => orders.every((order) => handled(order).length >= 3);

/** Settled, and told of both: received, and the outcome. */
const allTold: AreTrue = (orders) =>
  allSettled(orders) && orders.every(({ mails }) => mails.length >= 2);

const present = (facts: Facts, checks: readonly Check[], output: Output): void => {
  const rows = facts.orders.map(rowOf);
  const { colours } = output;
  output.data(
    {
      orders: rows.map(([order, outcome, charged, invoice, mail, records]) => ({
        order,
        outcome,
        charged,
        invoice,
        mail,
        records: Number(records),
      })),
      checks,
    },
    () =>
      [
        '',
        tableOf(['order', 'outcome', 'charged', 'invoice', 'mail', 'records'], rows),
        '',
        ...checks.map(
          ({ promise, holds, found }) =>
            `${holds ? colours.green('ok ') : colours.red('NOT')}  ${promise} ${colours.dim(`(${found})`)}`,
        ),
      ].join('\n'),
  );
};
