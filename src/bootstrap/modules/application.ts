import { createAudit } from '../../application/audit/audit.ts';
import { createCheckOrder } from '../../application/ingest/checkOrder.ts';
import { createPreviewCommand } from '../../application/ingest/previewCommand.ts';
import { createRequestByHand } from '../../application/ingest/requestByHand.ts';
import { createSendCommand } from '../../application/ingest/sendCommand.ts';
import { createSubmitOrders } from '../../application/ingest/submitOrders.ts';
import { createRunLoad } from '../../application/load/runLoad.ts';
import { createCollectTrace } from '../../application/trace/collectTrace.ts';
import { createReplayEvents } from '../../application/orderEvents/replayEvents.ts';
import { createReplayInvoices } from '../../application/readModel/replayInvoices.ts';
import { createConsumer } from '../../application/delivery/consumer.ts';
import {
  probeOfClock,
  probeOfInvoices,
  probeOfKeys,
  probeOfStore,
  probeOfTopic,
  unlessForbidden,
} from '../../application/delivery/probes.ts';
import { createNotificationHandler } from '../../application/notification/notifyCustomer.ts';
import { createOrderCommandHandler } from '../../application/orders/handleOrderCommand.ts';
import { declaredSeries } from '../../application/orders/dependencies.ts';
import { withoutEventDetail } from '../../application/messages/index.ts';
import {
  createRecordingSettings,
  createRecordSettings,
} from '../../application/registry/usedSettings.ts';
import {
  createClaimStream,
  createNotificationStream,
  createOrderStream,
} from '../../application/log/eventStreams.ts';
import { createRebuildInto } from '../../application/readModel/rebuildInto.ts';
import { createCurrentTable } from '../../application/readModel/currentTable.ts';
import { createBindAccount, createRecordRestore } from '../../application/deployment/deployment.ts';
import { createAllocator, probeOfSeries } from '../../application/series/allocator.ts';
import { createListSeries } from '../../application/series/listSeries.ts';
import { createSetFloor } from '../../application/series/setFloor.ts';
import { DEFAULT_ALLOCATOR_SETTINGS } from '../../application/series/settings.ts';
import { createRecordAudit } from '../../application/registry/auditRecords.ts';
import { createSeriesRegistry } from '../../application/registry/seriesRegistry.ts';
import { createNotificationLevel, createPaymentLevel } from '../../application/serviceLevel.ts';
import { from, type Module } from '../tokens.ts';
import { deadLetters } from './deadLetters.ts';
import { people } from './people.ts';
import { reconciliation } from './reconciliation.ts';
import { reviews } from './reviews.ts';

const FOR_CONSUMER = ['clock', 'ids', 'telemetry', 'tracing', 'version', 'delivery'] as const;

const log = {
  orders: from(['store', 'ids'], createOrderStream),
  claims: from(['store', 'ids'], createClaimStream),
  notices: from(['store', 'ids'], createNotificationStream),
  invoices: from(
    ['store', 'clock', 'invoiceTables', 'invoicesHome'],
    ({ store, clock, invoiceTables: tables, invoicesHome }) =>
      createCurrentTable({ store, clock, tables }, invoicesHome),
  ),
} satisfies Module;

const documentSeries = {
  allocator: from(
    ['store', 'ids', 'clock', 'rules', 'clockSkewMaxMs', 'calendar'],
    ({ rules, clockSkewMaxMs: skewMaxMs, ...services }) =>
      createAllocator({
        ...services,
        registry: createSeriesRegistry(services, declaredSeries(rules)),
        settings: { ...DEFAULT_ALLOCATOR_SETTINGS, skewMaxMs },
      }),
  ),
  numberFinder: from(['store', 'ids', 'clock'], (services) =>
    createAllocator({ ...services, registry: createSeriesRegistry(services, []) }),
  ),
  listSeries: from(['store', 'ids', 'clock', 'clockSkewMaxMs', 'calendar'], createListSeries),
  setFloor: from(['store', 'ids', 'clock', 'clockSkewMaxMs', 'calendar'], createSetFloor),
} satisfies Module;

/** Serves phases 2, 3 and 5 for the money. It cannot send mail. */
const paymentService = {
  paymentLevel: from(['ids'], createPaymentLevel),
  recordSettings: from(['store', 'ids', 'clock', 'protocolSettings'], createRecordSettings),
  paymentHandler: from(
    [
      'customerOrders',
      'claims',
      'allocator',
      'gateway',
      'gatewayEventReader',
      'deployment',
      'seals',
      'invoices',
      'notifications',
      'orderEvents',
      'clock',
      'ids',
      'telemetry',
      'rules',
      'refundSenders',
      'recordSettings',
      'paymentLevel',
    ],
    ({ customerOrders: orders, ...services }) =>
      createRecordingSettings(services, createOrderCommandHandler({ ...services, orders })),
  ),
  paymentConsumer: from(
    [
      'payments',
      'paymentsDlq',
      'paymentHandler',
      'gatewayEventReader',
      'store',
      'invoices',
      'allocator',
      'rules',
      'paymentProbes',
      'orderEvents',
      'personalData',
      'paymentLevel',
      ...FOR_CONSUMER,
    ],
    ({ payments, paymentsDlq, paymentHandler, version, delivery, ...services }) =>
      createConsumer({
        ...services,
        probes: {
          ...services.paymentProbes,
          ...probeOfTopic(services.orderEvents),
          EventStore: probeOfSeries(
            services.allocator,
            declaredSeries(services.rules).map(({ series }) => series),
            probeOfStore(services.store),
          ),
          InvoiceView: unlessForbidden(probeOfInvoices(services.invoices)),
          CustomerKeys: probeOfKeys(services.personalData),
          Clock: probeOfClock(services.clock, probeOfStore(services.store)),
        },
        queue: payments,
        deadLetterQueue: paymentsDlq,
        handle: paymentHandler,
        opened: (message) => withoutEventDetail(message, services.gatewayEventReader),
        measured: services.paymentLevel.collect,
        service: { name: 'payments', version },
        settings: delivery,
      }),
  ),
} satisfies Module;

/** Serves phases 2, 4 and 5: customers are notified. It cannot charge. */
const notificationService = {
  notificationLevel: from(['ids'], createNotificationLevel),
  notificationHandler: from(
    [
      'customerOrders',
      'notices',
      'notifier',
      'clock',
      'ids',
      'claimLeaseMs',
      'mailSettings',
      'pdfRenderer',
      'notificationLevel',
    ],
    ({ customerOrders: orders, pdfRenderer: renderer, ...services }) =>
      createNotificationHandler({ ...services, orders, renderer }),
  ),
  notificationConsumer: from(
    [
      'notifications',
      'notificationsDlq',
      'notificationHandler',
      'store',
      'notificationProbes',
      'personalData',
      'notificationLevel',
      ...FOR_CONSUMER,
    ],
    ({ notifications, notificationsDlq, notificationHandler, version, delivery, ...services }) =>
      createConsumer({
        ...services,
        probes: {
          ...services.notificationProbes,
          EventStore: probeOfStore(services.store),
          CustomerKeys: probeOfKeys(services.personalData),
          Clock: probeOfClock(services.clock, probeOfStore(services.store)),
        },
        queue: notifications,
        deadLetterQueue: notificationsDlq,
        handle: notificationHandler,
        measured: services.notificationLevel.collect,
        service: { name: 'notifications', version },
        settings: delivery,
      }),
  ),
} satisfies Module;

/** Reads the log, and writes nothing but rows. It holds no gateway, queue or mail. */
const reading = {
  audit: from(['store', 'clock'], createAudit),
  // It appends one thing: that the audit was made.
  recordAudit: from(['store', 'ids'], createRecordAudit),
  collectTrace: from(['store', 'invoices', 'clock'], createCollectTrace),
  replayInvoices: from(['store', 'invoices', 'clock'], createReplayInvoices),
  // It publishes, and appends nothing.
  replayEvents: from(['store', 'clock', 'knownDeployment'], ({ knownDeployment, ...services }) =>
    createReplayEvents({ ...services, deployment: knownDeployment }),
  ),
  // It makes the same in another table, to which it can switch: that is the one thing that it
  // appends.
  rebuildInto: from(['store', 'invoiceTables', 'invoicesHome', 'clock', 'ids'], createRebuildInto),
} satisfies Module;

/** Serves phase 1: orders come in, and requests about an order that was placed, or will be. */
const ingest = {
  // It says whether the payment service would take an order. It is pure, and sends nothing.
  checkOrder: from(['requests', 'roundsToSteps'], createCheckOrder),
  submitOrders: from(['payments', 'notifications', 'ids', 'tracing'], createSubmitOrders),
  sendCommand: from(['payments', 'ids'], createSendCommand),
  runLoad: from(['submitOrders', 'store', 'clock'], createRunLoad),
  // It says what a refund or a cancellation would come to. It is pure, too.
  previewCommand: from(['requests', 'ids'], createPreviewCommand),
  requestByHand: from(['store', 'sendCommand', 'clock', 'ids'], createRequestByHand),
} satisfies Module;

const deployment = {
  bindAccount: from(['store', 'ids', 'clock', 'gateway'], createBindAccount),
  recordRestore: from(['store', 'ids', 'clock'], createRecordRestore),
} satisfies Module;

/** Every use case. Each can do what its own dependencies can, and nothing beyond. */
export const application = {
  ...log,
  ...people,
  ...ingest,
  ...documentSeries,
  ...paymentService,
  ...notificationService,
  ...reading,
  ...reconciliation,
  ...deadLetters,
  ...reviews,
  ...deployment,
} satisfies Module;
