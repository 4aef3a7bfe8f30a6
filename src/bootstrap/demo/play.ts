import { setTimeout as sleep } from 'node:timers/promises';
import { ok, safeTry, type ResultAsync } from 'neverthrow';
import { encodeMessage } from '../../application/messages/index.ts';
import type { OutgoingMessage } from '../../application/ports/messageQueue.ts';
import type { SentOrder } from '../../domain/order/index.ts';
import type { Session } from '../cli/common/command.ts';
import { failureOf, type CliFailure } from '../cli/common/failure.ts';
import { createSandboxApi } from '../cli/sandbox/sandboxApi.ts';
import type { EmbeddedStack } from '../embedded.ts';
import { checkOut } from './checkout.ts';
import { type MomentLines, momentOf } from './moments.ts';
import { handledOutcomes, type Course } from './outcomes.ts';
import type { OrderFacts, Reader } from './readBack.ts';
import { ACTS, DASHBOARD_REFUND_MINOR, MALFORMED_BODY, ordersOf, REFUND } from './scenario.ts';
import { startWorker, type WorkerProcess } from './workers.ts';

const LOOK_EVERY_MS = 100;
/**
 * After that time the demo waits no longer, and the checks say what is missing. It takes far less
 * unless the machine is busy with something more.
 */
const SETTLED_WITHIN_MS = 60_000;
const MENDED_WITHIN_MS = 90_000;

const ALL = ACTS.map(({ order }) => order);
const KILLED = ordersOf('worker killed');
const FIRST = ALL.filter((order) => !KILLED.includes(order));
const THRICE = ordersOf('delivered three times');
const CANCELLED = ordersOf('cancelled');
const SLOW = ordersOf('settled later');
const DISPUTED = ordersOf('charged back');
const DASHBOARD = ordersOf('refunded at the gateway');

type Play = {
  readonly session: Session;
  readonly embedded: EmbeddedStack;
  readonly reader: Reader;
  readonly lines: MomentLines;
  /** Those that run; whatever ends the demo kills what is left of them. */
  readonly workers: WorkerProcess[];
};

export const play = ({ session, embedded, reader, lines, workers }: Play) =>
  safeTry<Course, CliFailure>(async function* () {
    const stop = session.untilStopped();
    const { submitOrders, payments: queue } = yield* session.open({
      services: ['submitOrders', 'payments'],
    });
    const send = (messages: readonly OutgoingMessage[]) => queue.send(messages).mapErr(failureOf);
    const submit = (orders: readonly SentOrder[]) =>
      submitOrders(orders)
        .mapErr(failureOf)
        .map((submitted) => {
          for (const { orderId, payment } of submitted) {
            const text = payment.type === 'Done' ? 'on both queues' : payment.code;
            lines.show({ phase: 1, orderId, text });
          }
        });
    const start = async (service: 'payments' | 'notifications' | 'webhooks') => {
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
    const waitFor = async <T>(
      look: () => ResultAsync<T, CliFailure>,
      isTrue: (seen: T) => boolean,
      withinMs = SETTLED_WITHIN_MS,
    ) => {
      const until = Date.now() + withinMs;
      for (;;) {
        const seen = await look();
        if (seen.isErr() || isTrue(seen.value)) return seen;
        if (Date.now() > until || stop.aborted) return seen;
        await sleep(LOOK_EVERY_MS);
      }
    };

    lines.step('services');
    const [payments, notifications] = await Promise.all([
      start('payments'),
      start('notifications'),
    ]);

    lines.step('checkout');
    const { STRIPE_SECRET_KEY: key } = yield* session.config(['STRIPE_SECRET_KEY']);
    const sandbox = createSandboxApi(embedded.addresses.stripe);
    const checkedOut = yield* checkOut(FIRST, { sandbox, key });
    lines.step('orders');
    yield* submit([...checkedOut, ...THRICE]);
    yield* send([{ body: MALFORMED_BODY }]);
    // While the gateway charges: it has the money, and nobody here has its answer.
    yield* await waitFor(() => reader.orders(CANCELLED), allCharged);
    lines.step('cancel');
    yield* send(CANCELLED.map(cancelOf));
    lines.step('settle');
    const webhooks = await start('webhooks');
    const slow = yield* await waitFor(() => reader.orders(SLOW), allNamed);
    for (const name of slow.flatMap(nameOf)) yield* sandbox.act(`settle/${name}`);
    yield* await waitFor(() => reader.orders(FIRST), allSettled);
    lines.step('refund');
    yield* send(ordersOf('refunded').map(refundOf));

    lines.step('dashboard');
    for (const name of (yield* reader.orders(DASHBOARD)).flatMap(nameOf)) {
      yield* sandbox.act(`payments/${name}/refund`, { amount: DASHBOARD_REFUND_MINOR });
    }
    lines.step('dispute');
    for (const name of (yield* reader.orders(DISPUTED)).flatMap(nameOf)) {
      yield* sandbox.act(`payments/${name}/dispute`);
    }
    const disputed = yield* await waitFor(() => reader.orders(DISPUTED), allDisputed);
    lines.step('lost');
    for (const { dispute } of disputed.flatMap(({ state }) => state.disputes ?? [])) {
      yield* sandbox.act(`disputes/${dispute}/close`, { isWon: false });
    }
    yield* await waitFor(() => reader.orders(DISPUTED), allClosed);

    lines.step('again');
    yield* submit(THRICE);
    // A record that a killed process had not written yet is lost, so this one is waited for.
    yield* await waitFor(() => reader.orders(THRICE), allPaidThrice);

    lines.step('kill');
    // Each would say at once what the answer to a charge says later.
    yield* sandbox.clearWebhooks();
    yield* submit(KILLED);
    const held = yield* await waitFor(() => reader.orders(KILLED), allRequested);
    await payments.kill();
    lines.note(`killed process ${payments.pid}`);
    const left = yield* reader.orders(KILLED);
    const openWhenKilled = left
      .filter(({ state }) => state.payment.status === 'requested')
      .map(({ orderId }) => orderId);
    lines.note(`${held.length} orders were taken, ${openWhenKilled.length} without an outcome`);
    lines.step('restart');
    const restarted = await start('payments');

    yield* await waitFor(() => reader.orders(ALL), allNotified, MENDED_WITHIN_MS);
    // Until the last deletes are done; the counts of SQS itself may lag by up to a minute.
    yield* await waitFor(
      () => reader.queues(),
      (queues) => queues.every(({ visible, inFlight }) => visible + inFlight === 0),
      MENDED_WITHIN_MS,
    );
    lines.step('stop');
    const exitCodes = await Promise.all(
      [restarted, notifications, webhooks].map((worker) => worker.stop()),
    );
    return ok({ openWhenKilled, exitCodes });
  });

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

type AreTrue = (orders: readonly OrderFacts[]) => boolean;

const allRequested: AreTrue = (orders) =>
  orders.every(({ state }) => state.payment.status !== 'none');

const allCharged: AreTrue = (orders) => orders.every(({ charges }) => charges.length > 0);

/** The gateway's name of the payment, once it is known. */
const nameOf = ({ state: { payment } }: OrderFacts): readonly string[] => {
  if (payment.status === 'captured') return [payment.reference];
  return payment.status === 'requested' && payment.pending !== undefined
    ? [payment.pending.reference]
    : [];
};

const allNamed: AreTrue = (orders) => orders.every((order) => nameOf(order).length > 0);

const allDisputed: AreTrue = (orders) =>
  orders.every(({ state: { disputes = [] } }) => disputes.length > 0);

const allClosed: AreTrue = (orders) =>
  orders.every(({ state: { disputes = [] } }) =>
    disputes.every(({ verdict }) => verdict !== undefined),
  );

const allSettled: AreTrue = (orders) =>
  orders.every(({ state }) => ['captured', 'declined'].includes(state.payment.status));

/** Two copies may meet at the gateway, which lets one of them ask again. */
const allPaidThrice: AreTrue = (orders) =>
  orders.every((order) => handledOutcomes(order).filter((one) => one === 'paid').length >= 3);

/** Every order is settled, and every customer was notified of it. */
const allNotified: AreTrue = (orders) =>
  allSettled(orders) &&
  orders.every(({ orderId, mails }) => {
    const act = ACTS.find(({ order }) => order.orderId === orderId);
    return act !== undefined && mails.length >= act.expected.mail.length;
  });
