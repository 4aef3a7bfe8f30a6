import { createAudit } from '../../application/audit/audit.ts';
import { createCollectTrace } from '../../application/trace/collectTrace.ts';
import { createReplayInvoices } from '../../application/readModel/replayInvoices.ts';
import { createConsumer } from '../../application/delivery/consumer.ts';
import {
  probeOfClock,
  probeOfInvoices,
  probeOfStore,
  unlessForbidden,
} from '../../application/delivery/probes.ts';
import { createCheckOrder } from '../../application/ingest/checkOrder.ts';
import { createSendCommand } from '../../application/ingest/sendCommand.ts';
import { createSubmitOrders } from '../../application/ingest/submitOrders.ts';
import { createActOnDeadLetters } from '../../application/deadLetters/act.ts';
import { createPredictRedrive } from '../../application/deadLetters/predict.ts';
import { createListDeadLetters } from '../../application/deadLetters/list.ts';
import { createAppendDecision } from '../../application/deadLetters/appendDecision.ts';
import { probeOfSeries } from '../../application/series/allocator.ts';
import { createNotificationHandler } from '../../application/notification/notifyCustomer.ts';
import { createOrderCommandHandler } from '../../application/orders/handleOrderCommand.ts';
import { declaredSeries } from '../../application/orders/dependencies.ts';
import { createReconciler } from '../../application/reconcile/reconciler.ts';
import { createReconcile } from '../../application/reconcile/round.ts';
import { createRecordingSettings } from '../../application/registry/recordingSettings.ts';
import { createRecordSettings } from '../../application/registry/usedSettings.ts';
import { createAskGateway } from '../../application/review/askGateway.ts';
import { createFindNumber } from '../../application/review/findNumber.ts';
import { createListReviews } from '../../application/review/listReviews.ts';
import { createResolveReview } from '../../application/review/resolveReview.ts';
import { createNotificationStream, createOrderStream } from '../../application/log/eventStreams.ts';
import { createRebuildInto } from '../../application/readModel/rebuildInto.ts';
import { from, type Module } from '../tokens.ts';
import { allocator, finder, seriesDesk } from './numbers.ts';

const streams = {
  orders: from(['store', 'ids'], createOrderStream),
  notices: from(['store', 'ids'], createNotificationStream),
};

const forConsumer = ['clock', 'ids', 'telemetry', 'version', 'delivery'] as const;

/** Whether the payment service would take an order: pure, and sends nothing. */
export const orderCheck = {
  checkOrder: from(['requests'], createCheckOrder),
} satisfies Module;

/** Phase 1: orders come in. */
export const ingest = {
  ...orderCheck,
  submitOrders: from(['payments', 'notifications', 'ids'], createSubmitOrders),
} satisfies Module;

/** What is asked for an order that was placed, or will be. */
export const commands = {
  sendCommand: from(['payments', 'ids'], createSendCommand),
} satisfies Module;

/** Phases 2, 3 and 5 for the money. It cannot send mail. */
export const paymentService = {
  orders: streams.orders,
  allocator,
  recordSettings: from(['store', 'ids', 'clock', 'protocolSettings'], createRecordSettings),
  paymentHandler: from(
    [
      'orders',
      'allocator',
      'gateway',
      'deployment',
      'seals',
      'invoices',
      'notifications',
      'clock',
      'ids',
      'telemetry',
      'rules',
      'refundSenders',
      'recordSettings',
    ],
    (services) => createRecordingSettings(services, createOrderCommandHandler(services)),
  ),
  paymentConsumer: from(
    [
      'payments',
      'paymentsDlq',
      'paymentHandler',
      'store',
      'invoices',
      'allocator',
      'rules',
      'paymentProbes',
      ...forConsumer,
    ],
    ({ payments, paymentsDlq, paymentHandler, version, delivery, ...services }) =>
      createConsumer({
        ...services,
        probes: {
          ...services.paymentProbes,
          EventStore: probeOfSeries(
            services.allocator,
            declaredSeries(services.rules).map(({ series }) => series),
            probeOfStore(services.store),
          ),
          InvoiceView: unlessForbidden(probeOfInvoices(services.invoices)),
          Clock: probeOfClock(services.clock, probeOfStore(services.store)),
        },
        queue: payments,
        deadLetterQueue: paymentsDlq,
        handle: paymentHandler,
        service: { name: 'payments', version },
        settings: delivery,
      }),
  ),
} satisfies Module;

/** Phases 2, 4 and 5 for what customers are told. It cannot charge. */
export const notificationService = {
  ...streams,
  notificationHandler: from(
    ['orders', 'notices', 'notifier', 'clock', 'ids', 'claimLeaseMs'],
    createNotificationHandler,
  ),
  notificationConsumer: from(
    [
      'notifications',
      'notificationsDlq',
      'notificationHandler',
      'store',
      'notificationProbes',
      ...forConsumer,
    ],
    ({ notifications, notificationsDlq, notificationHandler, version, delivery, ...services }) =>
      createConsumer({
        ...services,
        probes: {
          ...services.notificationProbes,
          EventStore: probeOfStore(services.store),
          Clock: probeOfClock(services.clock, probeOfStore(services.store)),
        },
        queue: notifications,
        deadLetterQueue: notificationsDlq,
        handle: notificationHandler,
        service: { name: 'notifications', version },
        settings: delivery,
      }),
  ),
} satisfies Module;

/** Reads the log and causes nothing but rows. It holds no gateway, queue or mail. */
export const books = {
  ...streams,
  audit: from(['store', 'clock'], createAudit),
  collectTrace: from(['store', 'invoices', 'clock'], createCollectTrace),
  replayInvoices: from(['store', 'invoices', 'clock'], createReplayInvoices),
} satisfies Module;

/** The same in another table, to which it can switch: the one thing that it appends. */
export const rebuilding = {
  ...books,
  rebuildInto: from(['store', 'invoiceTables', 'invoicesHome', 'clock', 'ids'], createRebuildInto),
} satisfies Module;

/** Looks whether anything was left behind. It holds no gateway and no mail, and deletes no message. */
export const reconciliation = {
  reconcile: from(
    ['store', 'payments', 'paymentsDlq', 'clock', 'ids', 'telemetry', 'reconciling'],
    ({ reconciling: { series }, ...services }) => createReconcile({ ...services, series }),
  ),
  reconciler: from(
    ['reconcile', 'clock', 'ids', 'telemetry', 'reconciling'],
    ({ reconciling: settings, ...services }) => createReconciler({ ...services, settings }),
  ),
} satisfies Module;

/** What lies in the dead-letter queues, and what would become of it. It sends, deletes and appends nothing. */
export const deadLetters = {
  notices: streams.notices,
  predictRedrive: from(
    ['store', 'notices', 'ids', 'clock', 'requests', 'rules', 'claimLeaseMs', 'knownDeployment'],
    ({ requests, knownDeployment: deployment, ...services }) =>
      createPredictRedrive({ ...services, gateway: requests, deployment }),
  ),
  listDeadLetters: from(
    ['paymentsDlq', 'notificationsDlq', 'predictRedrive', 'clock'],
    ({ paymentsDlq: payments, notificationsDlq: notifications, ...services }) =>
      createListDeadLetters({ ...services, deadLetters: { payments, notifications } }),
  ),
} satisfies Module;

/** Where a person sends them again, or throws them away. It can neither charge nor mail. */
export const letterDesk = {
  ...deadLetters,
  actOnDeadLetters: from(
    [
      'payments',
      'paymentsDlq',
      'notifications',
      'notificationsDlq',
      'store',
      'ids',
      'predictRedrive',
      'clock',
    ],
    ({ payments, paymentsDlq, notifications, notificationsDlq, ...services }) =>
      createActOnDeadLetters({
        ...services,
        queues: { payments, notifications },
        deadLetters: { payments: paymentsDlq, notifications: notificationsDlq },
        recordDecision: createAppendDecision(services),
      }),
  ),
} satisfies Module;

/** What waits for a person, from the log alone. */
export const reviews = {
  ...streams,
  allocator: finder,
  listReviews: from(['store', 'clock'], createListReviews),
  findNumber: from(['allocator'], createFindNumber),
} satisfies Module;

/** The same with the gateway, which it can ask and not have charge. */
export const reviewsWithGateway = {
  ...reviews,
  askGateway: from(['gateway'], createAskGateway),
} satisfies Module;

/** Where a person decides. */
export const reviewDesk = {
  ...reviewsWithGateway,
  ...commands,
  resolveReview: from(
    ['store', 'orders', 'askGateway', 'findNumber', 'sendCommand', 'clock', 'ids'],
    createResolveReview,
  ),
} satisfies Module;

export const application = {
  ...reviewDesk,
  ...ingest,
  // After the desk, whose clerk takes no numbers.
  ...paymentService,
  ...notificationService,
  ...rebuilding,
  ...letterDesk,
  ...seriesDesk,
  ...reconciliation,
} satisfies Module;
