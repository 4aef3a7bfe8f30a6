import { setTimeout as sleep } from 'node:timers/promises';
import { ok, safeTry, type ResultAsync } from 'neverthrow';
import { createSqsClient, createSqsReceiveClient } from '../../adapters/aws/clients.ts';
import { createSqsMessageQueue } from '../../adapters/sqs/messageQueue.ts';
import { encodeMessage } from '../../application/messages/index.ts';
import type { OutgoingMessage } from '../../application/ports/messageQueue.ts';
import { failureOf, type CliFailure } from '../cli/common/failure.ts';
import { awsSettings, type Config } from '../config.ts';
import { createContainer } from '../container.ts';
import { application } from '../modules/application.ts';
import { aws } from '../modules/aws.ts';
import { type Board, momentOf } from './board.ts';
import { handled, type Course } from './promises.ts';
import type { OrderFacts, Reader } from './readBack.ts';
import {
  ACTS,
  CANCELLED,
  FIRST_ACTS,
  KILLED_ACTS,
  MALFORMED_BODY,
  REFUND,
  REFUNDED,
  THRICE,
  type Act,
  type Fate,
} from './scenario.ts';
import { startWorker, type WorkerProcess } from './workers.ts';

const LOOK_EVERY_MS = 100;
/** After that time the demo waits no longer, and the checks say what is missing. */
const SETTLED_WITHIN_MS = 20_000;
const MENDED_WITHIN_MS = 30_000;

type Play = {
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  readonly config: Config;
  readonly reader: Reader;
  readonly board: Board;
  /** Those that run; whatever ends the demo kills what is left of them. */
  readonly workers: WorkerProcess[];
};

/** The scenario, in the order in which it is seen. */
export const play = (scene: Play): ResultAsync<Course, CliFailure> =>
  safeTry(async function* () {
    const { config, reader, board, env, stop } = scene;
    const { get } = createContainer(application, aws({ service: 'demo' }), config);
    const send = sender(config);
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
    yield* send([{ body: MALFORMED_BODY }]);
    // While the gateway charges: it has the money, and nobody here has its answer.
    yield* await waitFor(allCharged, SETTLED_WITHIN_MS, CANCELLED);
    board.note('cancelling an order while the gateway is charging it');
    yield* send(CANCELLED.map(cancelOf));
    yield* await waitFor(allSettled, SETTLED_WITHIN_MS, FIRST_ACTS);
    board.note('one piece of a paid order comes back');
    yield* send(REFUNDED.map(refundOf));

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
      `${held.length} orders were taken, ${openWhenKilled.length} without an outcome; ` +
        'starting it again',
    );
    const restarted = await startWorker('payments', { env, onRecord });
    scene.workers.push(restarted);

    yield* await waitFor(allTold, MENDED_WITHIN_MS, ACTS);
    yield* await queuesEmpty(reader, stop);
    board.note('stopping the services');
    const exitCodes = await Promise.all([restarted.stop(), notifications.stop()]);
    return ok({ openWhenKilled, exitCodes });
  });

const sender = (config: Config) => {
  const settings = awsSettings(config, 'SQS');
  const clients = {
    client: createSqsClient(settings),
    receiveClient: createSqsReceiveClient(settings),
  };
  const queue = createSqsMessageQueue(clients, { queueUrl: config.PAYMENTS_QUEUE_URL });
  return (messages: readonly OutgoingMessage[]) => queue.send(messages).mapErr(failureOf);
};

const envelopeOf = ({ order }: Act) => ({
  groupId: order.customer.id,
  correlationId: order.orderId,
});

const cancelOf = (act: Act): OutgoingMessage => {
  const { orderId } = act.order;
  const reason = 'changed their mind';
  return encodeMessage({ type: 'CancelOrder', v: 1, orderId, reason }, envelopeOf(act));
};

const refundOf = (act: Act): OutgoingMessage => {
  const { orderId } = act.order;
  return encodeMessage({ type: 'RefundPayment', v: 1, orderId, ...REFUND }, envelopeOf(act));
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

const allCharged: AreTrue = (orders) => orders.every(({ charges }) => charges.length > 0);

const allSettled: AreTrue = (orders) =>
  orders.every(({ state }) => ['captured', 'declined'].includes(state.payment.status));

const allHandledThrice: AreTrue = (orders) => orders.every((order) => handled(order).length >= 3);

/** Every order is settled, and every customer was notified of it. */
const allTold: AreTrue = (orders) =>
  allSettled(orders) && orders.every(({ mails, act }) => mails.length >= MAILS[act.fate]);

const MAILS: Readonly<Record<Fate, number>> = {
  plain: 2,
  'delivered three times': 2,
  'answer lost': 2,
  'worker killed': 2,
  refunded: 3,
  cancelled: 4,
};
