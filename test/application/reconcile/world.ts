import type { MemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { fingerprint } from '../../../src/adapters/system/ids.ts';
import { deadLetterOf } from '../../../src/application/delivery/deadLetterMessage.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { GRACE_MS } from '../../../src/application/reconcile/checkSeries.ts';
import {
  createReconcile,
  type ReconcileDependencies,
  type RoundOptions,
} from '../../../src/application/reconcile/round.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { memory } from '../../../src/bootstrap/modules/memory.ts';
import type * as Order from '../../../src/domain/order/index.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';

/**
 * A payment service that works or does not, its queues, and whoever looks after them; time is the
 * test's.
 */
export const createReconcileWorld = () => {
  const { get } = createContainer(application, memory());
  const [clock, store, telemetry] = [get('clock'), get('store'), get('telemetry')];
  const [payments, paymentsDlq, ids] = [get('payments'), get('paymentsDlq'), get('ids')];
  const base = {
    clock,
    ids,
    telemetry,
    payments,
    paymentsDlq,
    store,
    series: ['INV', 'CN'],
    claims: get('claims'),
    knownDeployment: get('knownDeployment'),
    gatewayEvents: get('gatewayEvents'),
  };

  const place = (orderId: string, changes: Partial<Order.ContentV1> = {}) =>
    must(
      payments.send([
        {
          body: JSON.stringify({ type: 'PlaceOrder', v: 1, ...anOrder({ orderId, ...changes }) }),
          attributes: { correlationId: `chain-${orderId}` },
        },
      ]),
    );

  /** Lets a worker work, and stops it again. */
  const work = async (ms = 5_000, gateway: Partial<PaymentGateway> = {}): Promise<void> => {
    const { get: another } = createContainer(application, {
      ...memory(),
      ...sharing(get),
      gateway: its({ ...get('gateway'), ...gateway }),
    });
    const stop = new AbortController();
    const running = another('paymentConsumer').run(stop.signal);
    await clock.advance(ms);
    stop.abort();
    await clock.advance(30_000);
    await running;
  };

  /** Lets a call of the product come to its end, however long it waits. */
  const through = async <T>(call: Promise<T>): Promise<T> => {
    let ended = false;
    const done = call.finally(() => (ended = true));
    for (let waits = 0; !ended && waits < 10_000; waits += 1) await clock.advance(100);
    return done;
  };

  const reconciler = (changes: Partial<ReconcileDependencies> = {}) => {
    const reconcile = createReconcile({ ...base, ...changes });
    return (options?: RoundOptions) => through(reconcile(options));
  };

  const takeNumber = async (id: string, reference: string) =>
    get('allocator').allocate('INV', { id, reference, from: 0 });

  /** What a worker does that dies between the number and the document. */
  const numberAndDie = async (orderId: string, reference = 'pi_1') =>
    must(await through(takeNumber(orderId, reference)));

  /**
   * Every message that is there is moved to the dead letters, as if it had been handled in vain.
   */
  const giveUp = async (reason = 'ReviewRequired; payment#1 is in review: unresolved') => {
    const received = await must(payments.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 }));
    for (const message of received) {
      const { orderId } = JSON.parse(message.body) as { readonly orderId: string };
      const service = { name: 'payments', version: 'test' };
      const about = { reason, errorType: 'Test', orderId, failedAt: clock.now(), service };
      await must(paymentsDlq.send([deadLetterOf(message, about, { fingerprint })]));
    }
    await must(payments.delete(received.map(({ receipt }) => receipt)));
  };

  return {
    clock,
    store,
    personalData: get('personalData'),
    payments,
    paymentsDlq,
    notifications: get('notifications'),
    notificationsDlq: get('notificationsDlq'),
    ids,
    gateway: get('gateway'),
    memoryGateway: get('gateway'),
    gatewayEvents: get('gatewayEvents'),
    orders: get('orders'),
    place,
    work,
    giveUp,
    reconciler,
    numberAndDie,
    through,
    pastGrace: () => clock.advance(GRACE_MS),
    records: (event: string) => telemetry.records().filter((record) => record.event === event),
    state: async (orderId: string) => (await must(get('customerOrders').load(orderId))).state,
    sent: (queue: MemoryMessageQueue) =>
      queue.dump().map(({ body }) => JSON.parse(body) as Record<string, unknown>),
  };
};

type Get = ReturnType<typeof createContainer<typeof application, ReturnType<typeof memory>>>['get'];

/** A second process has an allocator and memory of its own; everything that lasts is the same. */
const sharing = (get: Get) => ({
  clock: its(get('clock')),
  ids: its(get('ids')),
  telemetry: its(get('telemetry')),
  store: its(get('store')),
  personalData: its(get('personalData')),
  invoices: its(get('invoices')),
  payments: its(get('payments')),
  paymentsDlq: its(get('paymentsDlq')),
  notifications: its(get('notifications')),
});

export const its = <T extends object>(value: T) => ({
  needs: [] as const,
  settings: [] as const,
  create: () => value,
});
