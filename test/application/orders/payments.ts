import { createPaymentLevel } from '../../../src/application/serviceLevel.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createMemoryOrderEvents } from '../../../src/adapters/memory/orderEvents.ts';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { readEvent } from '../../../src/adapters/stripe/events.ts';
import type { Delivery, SendFailed } from '../../../src/application/delivery/handler.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import type { PaymentDependencies } from '../../../src/application/orders/dependencies.ts';
import { createOrderCommandHandler } from '../../../src/application/orders/handleOrderCommand.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { InvoiceView } from '../../../src/application/ports/invoiceView.ts';
import type { OrderEvents } from '../../../src/application/ports/orderEvents.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import {
  createClaimStream,
  createOrderStream,
  type OrderStream,
} from '../../../src/application/log/eventStreams.ts';
import { okAsync, type ResultAsync } from 'neverthrow';
import {
  anyRegistry,
  CLOCK_SKEW_MS,
  CLOSE_MS,
  DEPLOYMENT,
  formatOf,
  NOON,
  AUTHENTICATION_MAX_MS,
  PENDING_MAX_MS,
  REQUEST_LIFE_MS,
  SETTLE_MS,
  RESEND_HORIZON_MS,
  SEALS,
} from '../../support/orderContext.ts';

export const order = {
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 1, unitPriceMinor: 100, taxRateBps: 1_900 }],
  paymentMethod: 'pm_card_visa',
};

export const CANCEL = { type: 'CancelOrder', v: 1, orderId: 'o-1', reason: 'changed my mind' };
export const RESUME = { type: 'ResumeOrder', v: 1, orderId: 'o-1' };
export const refundOf = (refundId: string, amountMinor?: number) => ({
  type: 'RefundPayment',
  v: 1,
  orderId: 'o-1',
  refundId,
  ...(amountMinor === undefined ? {} : { amountMinor }),
});

type Override = {
  readonly gateway?: (gateway: PaymentGateway, clock: SteppedClock) => Partial<PaymentGateway>;
  readonly invoices?: () => Partial<InvoiceView>;
  readonly orders?: (orders: OrderStream, clock: SteppedClock) => Partial<OrderStream>;
  readonly rules?: Partial<PaymentDependencies['rules']>;
  readonly deployment?: PaymentDependencies['deployment'];
  readonly orderEvents?: Partial<OrderEvents> | 'none';
  readonly refundSenders?: PaymentDependencies['refundSenders'];
  /** What becomes of a dead letter that is sent ahead of a review. */
  readonly deadLetter?: () => ResultAsync<void, SendFailed>;
};

/** Stands still but for what a test adds to it. */
export type SteppedClock = Clock & { pass(ms: number): void };

const createSteppedClock = (): SteppedClock => {
  let nowMs = NOON;
  return { now: () => nowMs, sleep: () => Promise.resolve(), pass: (ms) => void (nowMs += ms) };
};

/** The payment service over memory, one message after the other; each part may be stood in for. */
export const setUp = ({
  gateway: gate,
  invoices: view,
  orders: log,
  rules,
  deployment,
  orderEvents: given = {},
  refundSenders = 'anyone',
  deadLetter,
}: Override = {}) => {
  const clock = createSteppedClock();
  const ids = createMemoryIds();
  const table = createMemoryCommitTable();
  const gateway = createMemoryPaymentGateway({ clock });
  const invoices = createMemoryInvoiceView();
  const notifications = createMemoryMessageQueue({ clock, ids });
  const topic = createMemoryOrderEvents();
  const orderEvents = given === 'none' ? given : { ...topic, ...given };
  const telemetry = createMemoryTelemetry();
  const paymentLevel = createPaymentLevel({ ids });
  let loads = 0;
  const store = createEventStore(
    {
      ...table,
      readPage: (streamId, from, itemsMax) => {
        loads += 1;
        return table.readPage(streamId, from, itemsMax);
      },
    },
    clock,
  );
  const orders = createOrderStream({ store, ids });
  const claims = createClaimStream({ store, ids });
  const createHandler = () =>
    createOrderCommandHandler({
      paymentLevel,
      orders: { ...orders, ...log?.(orders, clock) },
      claims,
      allocator: createAllocator({ store, ids, registry: anyRegistry(), clock }),
      gateway: { ...gateway, ...gate?.(gateway, clock) },
      gatewayEventReader: { read: readEvent },
      deployment: deployment ?? (() => okAsync(DEPLOYMENT)),
      seals: SEALS,
      invoices: { ...invoices, ...view?.() },
      notifications,
      orderEvents,
      clock,
      ids,
      telemetry,
      rules: {
        resendHorizonMs: RESEND_HORIZON_MS,
        closeMs: CLOSE_MS,
        settleMs: SETTLE_MS,
        requestLifeMs: REQUEST_LIFE_MS,
        pendingMaxMs: PENDING_MAX_MS,
        authenticationMaxMs: AUTHENTICATION_MAX_MS,
        clockSkewMs: CLOCK_SKEW_MS,
        attemptsMax: 1,
        roundsToSteps: false,
        invoices: { series: 'INV', format: formatOf('{series}-{year}-{number:6}') },
        timeZone: 'UTC',
        creditNotes: { series: 'CN', format: formatOf('{series}-{year}-{number:6}') },
        ...rules,
      },
      refundSenders,
    });
  const recordsOf = (name: string) => telemetry.records().filter(({ event }) => event === name);
  /** The commits of the order so far, as their records name them: one record for each. */
  const stored = () => recordsOf('order.committed').map(({ outcome }) => outcome);
  const deadLetters: { readonly reason: string; readonly stored: readonly unknown[] }[] = [];
  let received = 0;
  const worker = () => {
    const handler = createHandler();
    return (
      message: object | string,
      signal = new AbortController().signal,
      as: Partial<Pick<Delivery, 'senderId' | 'messageId' | 'receiveCount'>> = {},
    ) => {
      received += 1;
      const delivery: Delivery = {
        messageId: `m-${received}`,
        body: typeof message === 'string' ? message : JSON.stringify(message),
        attributes: { correlationId: 'chain-1' },
        receiveCount: 1,
        ...as,
        sentAt: 0,
        signal,
        deadLetter: ({ reason }, record) => {
          deadLetters.push({ reason, stored: stored() });
          return deadLetter === undefined ? record() : deadLetter().andThen(record);
        },
      };
      return handler(delivery);
    };
  };
  const handle = worker();
  return {
    handle,
    /** The same message, received again and again. */
    named: (messageId: string) => (message: object) => handle(message, undefined, { messageId }),
    /**
     * Another one over the same log and gateway, which remembers nothing of what the first has
     * read.
     */
    worker,
    orders,
    store,
    /** As another order, or another worker, has claimed a payment. */
    claim: async (orderId: string, payment: string) => {
      const data = { orderId, at: clock.now() };
      const events = [{ type: 'PaymentClaimed' as const, data }];
      const commit = { events, idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
      const id = `${DEPLOYMENT.account}#${payment}`;
      (await claims.append(id, claims.start, commit))._unsafeUnwrap();
    },
    place: (draft: object = order, signal?: AbortSignal) =>
      handle({ type: 'PlaceOrder', v: 1, ...draft }, signal),
    clock,
    gateway,
    invoices,
    notifications,
    /** What others have heard, repeats too. */
    published: () => topic.published(),
    table,
    stored,
    /** The dead letters that were sent ahead of a review, each with what was recorded by then. */
    deadLetters: () => deadLetters,
    alarms: () =>
      recordsOf('review.required').map(({ level, outcome, facts }) => ({ level, outcome, facts })),
    records: recordsOf,
    notified: () => notifications.dump().map(({ body }) => body),
    loads: () => loads,
  };
};
