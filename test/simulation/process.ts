import { createNotificationLevel, createPaymentLevel } from '../../src/application/serviceLevel.ts';
import { readEvent } from '../../src/adapters/stripe/events.ts';
import { okAsync, type Result, type ResultAsync } from 'neverthrow';
import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import type {
  Delivery,
  HandlerSuccess,
  HandlerError,
} from '../../src/application/delivery/handler.ts';
import { createNotificationHandler } from '../../src/application/notification/notifyCustomer.ts';
import { createAllocator } from '../../src/application/series/allocator.ts';
import { DEFAULT_ALLOCATOR_SETTINGS } from '../../src/application/series/settings.ts';
import { declaredSeries } from '../../src/application/orders/dependencies.ts';
import { createOrderCommandHandler } from '../../src/application/orders/handleOrderCommand.ts';
import {
  createSeriesRegistry,
  type SeriesRegistry,
} from '../../src/application/registry/seriesRegistry.ts';
import type { NotifierError } from '../../src/application/ports/notifier.ts';
import {
  createClaimStream,
  createNotificationStream,
} from '../../src/application/log/eventStreams.ts';
import { DEPLOYMENT, SEALS } from '../support/orderContext.ts';
import { MAILING } from '../support/mailing.ts';
import type { Loaded } from './always.ts';
import {
  call,
  createOwnCalls,
  createSharedCalls,
  kindOf,
  unavailable,
  type ProcessCalls,
} from './calls.ts';
import { createMortal, type Fault, type Mortal, type Step } from './faults.ts';
import { createSlotGateway } from './gateway.ts';
import { CLAIM_LEASE_MS } from './time.ts';
import type { World } from './world.ts';

export type Incoming = { readonly id: string; readonly body: string };
/**
 * A message of the payments, how its dead letter comes to the dead-letter queue, and that it stands
 * for a review.
 */
export type IncomingPayment = Incoming & {
  /** How often it was received, this time among them. */
  readonly receives: number;
  readonly sendDeadLetter: (orderId?: string) => void;
  readonly onStands: () => void;
};
export type Outcome = Result<HandlerSuccess, HandlerError> | 'crashed';

/** One of the messages that a process handles at once. */
export type Slot = {
  payment(message: IncomingPayment, signal?: AbortSignal): Promise<Outcome>;
  notification(message: Incoming): Promise<Outcome>;
  /**
   * Deletes what was handled. A delete that fails is nothing to the process: the message comes
   * again.
   */
  delete(act: () => void): Promise<'deleted' | 'kept' | 'crashed'>;
};

export type Process = {
  readonly slots: readonly [Slot, Slot];
  isDead(): boolean;
};

export type NextFault = (step: Step) => Fault;

const ALLOCATOR_SETTINGS = { ...DEFAULT_ALLOCATOR_SETTINGS, batchDelayMs: 0, batchDelayMaxMs: 0 };

/** A process with one allocator and two slots. What it remembers dies with it. */
export const createProcess = (
  world: World,
  name: string,
  nextFault: NextFault = () => 'none',
  { registry: given }: { readonly registry?: SeriesRegistry } = {},
): Process => {
  const mortal = createMortal(name, nextFault, world.surroundings);
  const { time: clock, ids } = world;
  const calls = (world.isGrouped ? createSharedCalls : createOwnCalls)(world, mortal);
  const store = createEventStore(createProcessTable(world, mortal, calls), clock);
  const registry =
    given ?? createSeriesRegistry({ store, ids, clock }, declaredSeries(world.rules));
  const allocator = createAllocator({ store, ids, clock, registry, settings: ALLOCATOR_SETTINGS });

  const createSlot = (): Slot => {
    const loaded = createLoaded();
    const { invoices, notifications, orderEvents, notifier, telemetry, rules } = world;
    const table = createProcessTable(world, mortal, calls, loaded.add);
    const streams = { store: createEventStore(table, clock), ids };
    const orders = world.ordersOf(name, streams);
    const handlePayment = createOrderCommandHandler({
      paymentLevel: createPaymentLevel({ ids }),
      orders,
      claims: createClaimStream(streams),
      allocator,
      gateway: createSlotGateway(world, mortal, (orderId) => loaded.of(`order#${orderId}`)),
      gatewayEventReader: { read: readEvent },
      deployment: () => okAsync(DEPLOYMENT),
      seals: SEALS,
      invoices: {
        ...invoices,
        putIfNewer: (row) => call(mortal, 'row', 'InvoiceView', () => invoices.putIfNewer(row)),
      },
      notifications: { ...notifications, send: calls.notify },
      orderEvents: {
        ...orderEvents,
        publish: (events) =>
          call(mortal, 'publish', 'OrderEvents', () => orderEvents.publish(events)),
      },
      clock,
      ids,
      telemetry,
      rules,
      refundSenders: 'anyone',
    });
    const handleNotification = createNotificationHandler({
      notificationLevel: createNotificationLevel({ ids }),
      orders,
      notices: createNotificationStream(streams),
      notifier: {
        send: (mail) =>
          mortal.call<{ readonly messageId: string }, NotifierError>({
            step: 'mail',
            act: () => notifier.send(mail),
            rejected: { ...unavailable('Notifier', 'refused'), notTaken: true },
            lost: unavailable('Notifier', 'the answer was lost'),
          }),
      },
      clock,
      ids,
      claimLeaseMs: CLAIM_LEASE_MS,
      ...MAILING,
    });
    const delivery = (
      { id, body, receives = 1, ...deadLetter }: Incoming & Partial<IncomingPayment>,
      signal = new AbortController().signal,
    ) => ({
      messageId: id,
      body,
      attributes: {},
      receiveCount: receives,
      sentAt: 0,
      signal,
      deadLetter: ownDeadLetter(mortal, deadLetter),
    });
    return {
      payment: (message, signal) => {
        loaded.clear();
        return Promise.race([handlePayment(delivery(message, signal)), mortal.died]);
      },
      notification: (message) => Promise.race([handleNotification(delivery(message)), mortal.died]),
      delete: async (act) => {
        const deleted = await Promise.race([calls.delete(act), mortal.died]);
        if (deleted === 'crashed') return deleted;
        return deleted.isOk() ? 'deleted' : 'kept';
      },
    };
  };

  return { slots: [createSlot(), createSlot()], isDead: () => mortal.isDead() };
};

/** As the delivery engine sends it: none while one stands. */
const ownDeadLetter = (
  mortal: Mortal,
  { sendDeadLetter, onStands }: Partial<IncomingPayment>,
): Delivery['deadLetter'] => {
  let stands = false;
  return ({ orderId }, record) => {
    const sent = stands
      ? okAsync(undefined)
      : call(mortal, 'deadLetter', 'MessageQueue', () => okAsync(sendDeadLetter?.(orderId)));
    return sent
      .mapErr(({ type: code }) => ({ type: 'SendFailed' as const, code }))
      .andThen(() => record())
      .andTee(() => {
        stands = true;
        onStands?.();
      });
  };
};

/** A commit, as far as it matters here. */
type Seen = Readonly<Record<string, unknown>>;

/** What one handling has seen of the orders that it has loaded. */
const createLoaded = () => {
  const texts = new Map<string, Map<number, string>>();
  return {
    add: (streamId: string, { version, events }: Seen): void => {
      const commits = texts.get(streamId) ?? new Map<number, string>();
      texts.set(streamId, commits.set(Number(version), JSON.stringify(events)));
    },
    of: (streamId: string): Loaded => {
      const text = [...(texts.get(streamId) ?? [])]
        .toSorted(([one], [other]) => one - other)
        .map(([, events]) => events)
        .join();
      return {
        isCancelled: text.includes('CancellationRequested'),
        // There is one dispute of a payment at a time.
        isDisputed: text.lastIndexOf('DisputeOpened') > text.lastIndexOf('DisputeClosed'),
      };
    },
    clear: () => texts.clear(),
  };
};

/** The table as one process reaches it; `onSeen` is called for each commit that comes to it. */
const createProcessTable = (
  { table }: World,
  mortal: Mortal,
  { insert }: Pick<ProcessCalls, 'insert'>,
  onSeen: (streamId: string, commit: Seen) => void = () => undefined,
): CommitTable => {
  const storeCall = <T, E>(step: Step, act: () => ResultAsync<T, E>) =>
    call(mortal, step, 'EventStore', act);
  return {
    insert: (item) =>
      insert(item).andTee((outcome) => {
        if (outcome === 'Inserted') onSeen(item.streamId, item);
      }),
    read: (key) => storeCall(`read ${kindOf(key.streamId)}`, () => table.read(key)),
    readPage: (streamId, from, itemsMax) => {
      const kind = kindOf(streamId);
      const step: Step = `load ${kind}`;
      return storeCall(step, () => table.readPage(streamId, from, itemsMax)).andTee(({ items }) =>
        items.forEach((item) => onSeen(streamId, item)),
      );
    },
    readLast: (streamId) => storeCall('head series', () => table.readLast(streamId)),
    scanPage: (query) => table.scanPage(query),
    size: () => table.size(),
  };
};
