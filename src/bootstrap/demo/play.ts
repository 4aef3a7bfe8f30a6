import { ok, safeTry, type ResultAsync } from 'neverthrow';
import { encodeMessage } from '../../application/messages/index.ts';
import type { OutgoingMessage } from '../../application/ports/messageQueue.ts';
import type { SentOrder } from '../../domain/order/index.ts';
import type { Session } from '../cli/common/command.ts';
import { failureOf, type CliFailure } from '../cli/common/failure.ts';
import { createSandboxApi, type SandboxApi } from '../cli/sandbox/sandboxApi.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { Services } from '../tokens.ts';
import { checkOut } from './checkout.ts';
import { type MomentLines, momentOf } from './moments.ts';
import type { Course } from './outcomes.ts';
import type { Reader } from './readBack.ts';
import { ACTS, DASHBOARD_REFUND_MINOR, MALFORMED_BODY, ordersOf, REFUND } from './scenario.ts';
import {
  CHARGED,
  DISPUTE_ENDED,
  DISPUTED,
  NAMED,
  nameOf,
  NOTIFIED,
  PAID_THRICE,
  RECOVERED_WITHIN_MS,
  REQUESTED,
  SETTLED,
  waitForEmptyQueues,
  waitForOrders,
} from './waits.ts';
import { startWorker, type WorkerProcess } from './workers.ts';

const ALL = ACTS.map(({ order }) => order);
const KILLED = ordersOf('worker killed');
const FIRST = ALL.filter((order) => !KILLED.includes(order));
const THRICE = ordersOf('delivered three times');

type Play = {
  readonly session: Session;
  readonly embedded: EmbeddedStack;
  readonly reader: Reader;
  readonly lines: MomentLines;
  /** The workers that run; whatever ends the demo kills what is left of them. */
  readonly workers: WorkerProcess[];
};

/** The means that the steps share. */
type Scene = Omit<Play, 'embedded'> & {
  readonly sandbox: SandboxApi;
  readonly stop: AbortSignal;
  readonly submitOrders: Services['submitOrders'];
  readonly queue: Services['payments'];
};

type Step<Outcome = unknown> = ResultAsync<Outcome, CliFailure>;

export const play = ({ embedded, ...given }: Play): Step<Course> =>
  safeTry(async function* () {
    const { session, lines } = given;
    const stop = session.untilStopped();
    const opened = yield* session.open({ services: ['submitOrders', 'payments'] });
    const { submitOrders, payments: queue } = opened;
    const sandbox = createSandboxApi(embedded.addresses.stripe);
    const scene: Scene = { ...given, sandbox, stop, submitOrders, queue };

    lines.step('services');
    const [payments, notifications] = await Promise.all([
      start(scene, 'payments'),
      start(scene, 'notifications'),
    ]);
    yield* sendOrders(scene);
    yield* cancelWhileCharged(scene);
    lines.step('settle');
    const webhooks = await start(scene, 'webhooks');
    yield* settleSlowPayments(scene);
    lines.step('refund');
    yield* send(scene, ordersOf('refunded').map(refundOf));
    yield* refundInDashboard(scene);
    yield* disputeAndLose(scene);
    yield* sendOnceMore(scene);
    const openWhenKilled = yield* killWhileCharging(scene, payments);
    lines.step('restart');
    const restarted = await start(scene, 'payments');
    yield* waitForOrders(scene, ALL, NOTIFIED, RECOVERED_WITHIN_MS);
    yield* waitForEmptyQueues(scene);

    lines.step('stop');
    const running = [restarted, notifications, webhooks];
    const exitCodes = await Promise.all(running.map((worker) => worker.stop()));
    return ok({ openWhenKilled, exitCodes });
  });

const sendOrders = (scene: Scene): Step =>
  safeTry(async function* () {
    const { session, lines, sandbox } = scene;
    lines.step('checkout');
    const { STRIPE_SECRET_KEY: key } = yield* session.config(['STRIPE_SECRET_KEY']);
    const checkedOut = yield* checkOut(FIRST, { sandbox, key });
    lines.step('orders');
    yield* submit(scene, [...checkedOut, ...THRICE]);
    return send(scene, [{ body: MALFORMED_BODY }]);
  });

/** While the gateway charges, it has the money, and nobody here has its answer. */
const cancelWhileCharged = (scene: Scene): Step =>
  safeTry(async function* () {
    const orders = ordersOf('cancelled');
    yield* waitForOrders(scene, orders, CHARGED);
    scene.lines.step('cancel');
    return send(scene, orders.map(cancelOf));
  });

const settleSlowPayments = (scene: Scene): Step =>
  safeTry(async function* () {
    const slow = yield* waitForOrders(scene, ordersOf('settled later'), NAMED);
    for (const name of slow.flatMap(nameOf)) yield* scene.sandbox.act(`settle/${name}`);
    return waitForOrders(scene, FIRST, SETTLED);
  });

const refundInDashboard = ({ lines, reader, sandbox }: Scene): Step =>
  safeTry(async function* () {
    lines.step('dashboard');
    const orders = yield* reader.orders(ordersOf('refunded at the gateway'));
    for (const name of orders.flatMap(nameOf)) {
      yield* sandbox.act(`payments/${name}/refund`, { amount: DASHBOARD_REFUND_MINOR });
    }
    return ok();
  });

const disputeAndLose = (scene: Scene): Step =>
  safeTry(async function* () {
    const { lines, reader, sandbox } = scene;
    const orders = ordersOf('charged back');
    lines.step('dispute');
    for (const name of (yield* reader.orders(orders)).flatMap(nameOf)) {
      yield* sandbox.act(`payments/${name}/dispute`);
    }
    const disputed = yield* waitForOrders(scene, orders, DISPUTED);
    lines.step('lost');
    for (const { dispute } of disputed.flatMap(({ state }) => state.disputes ?? [])) {
      yield* sandbox.act(`disputes/${dispute}/close`, { isWon: false });
    }
    return waitForOrders(scene, orders, DISPUTE_ENDED);
  });

const sendOnceMore = (scene: Scene): Step =>
  safeTry(async function* () {
    scene.lines.step('again');
    yield* submit(scene, THRICE);
    // A record that a killed process had not written yet is lost, so this one is waited for.
    return waitForOrders(scene, THRICE, PAID_THRICE);
  });

/** The ids of the orders whose charge was on its way when the worker was killed. */
const killWhileCharging = (scene: Scene, payments: WorkerProcess): Step<readonly string[]> =>
  safeTry(async function* () {
    const { lines, reader, sandbox } = scene;
    lines.step('kill');
    // Each webhook call would say at once what the answer to a charge says later.
    yield* sandbox.clearWebhooks();
    yield* submit(scene, KILLED);
    const held = yield* waitForOrders(scene, KILLED, REQUESTED);
    await payments.kill();
    lines.note(`killed process ${payments.pid}`);
    const left = yield* reader.orders(KILLED);
    const openWhenKilled = left
      .filter(({ state }) => state.payment.status === 'requested')
      .map(({ orderId }) => orderId);
    lines.note(`${held.length} orders were taken, ${openWhenKilled.length} without an outcome`);
    return ok(openWhenKilled);
  });

const start = async (
  { session, lines, workers }: Scene,
  service: 'payments' | 'notifications' | 'webhooks',
): Promise<WorkerProcess> => {
  const worker = await startWorker(service, {
    env: { ...session.io.env },
    onRecord: (record) => {
      const moment = momentOf(record);
      if (moment !== undefined) lines.show(moment);
    },
  });
  workers.push(worker);
  return worker;
};

const submit = ({ submitOrders, lines }: Scene, orders: readonly SentOrder[]): Step =>
  submitOrders(orders)
    .mapErr(failureOf)
    .map((submitted) => {
      for (const { orderId, payment } of submitted) {
        const text = payment.type === 'Done' ? 'on both queues' : payment.code;
        lines.show({ phase: 1, orderId, text });
      }
    });

const send = ({ queue }: Scene, messages: readonly OutgoingMessage[]): Step =>
  queue.send(messages).mapErr(failureOf);

const envelopeOf = ({ orderId, customer }: SentOrder) => ({
  groupId: customer.id,
  correlationId: orderId,
});

const cancelOf = (order: SentOrder): OutgoingMessage => {
  const { orderId } = order;
  const reason = 'changed their mind';
  return encodeMessage({ type: 'CancelOrder', v: 1, orderId, reason }, envelopeOf(order));
};

const refundOf = (order: SentOrder): OutgoingMessage => {
  const { orderId } = order;
  return encodeMessage({ type: 'RefundPayment', v: 1, orderId, ...REFUND }, envelopeOf(order));
};
