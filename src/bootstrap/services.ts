import type { Consumer } from '../application/delivery/consumer.ts';
import type {
  BindAccount,
  CurrentDeployment,
  RecordRestore,
} from '../application/deployment/deployment.ts';
import type { Handler } from '../application/delivery/handler.ts';
import type { DeliverySettings } from '../application/delivery/settings.ts';
import type { ReconcilerSettings } from '../application/reconcile/reconciler.ts';
import type { Reconcile } from '../application/reconcile/round.ts';
import type { createAudit } from '../application/audit/audit.ts';
import type { CollectTrace } from '../application/trace/collectTrace.ts';
import type { createCurrentTable } from '../application/readModel/currentTable.ts';
import type { createReplayEvents } from '../application/orderEvents/replayEvents.ts';
import type { createReplayInvoices } from '../application/readModel/replayInvoices.ts';
import type { ErasePerson } from '../application/erasure/erasePerson.ts';
import type { ReceiveCall } from '../application/gatewayEvents/receiveCall.ts';
import type { WebhookService } from '../application/gatewayEvents/webhookService.ts';
import type { FindOpenOrders } from '../application/erasure/openOrders.ts';
import type { createReapplyErasures } from '../application/erasure/reapplyErasures.ts';
import type { CheckOrder } from '../application/ingest/checkOrder.ts';
import type { createSendCommand } from '../application/ingest/sendCommand.ts';
import type { PreviewCommand } from '../application/ingest/previewCommand.ts';
import type { RequestByHand } from '../application/ingest/requestByHand.ts';
import type { RunLoad } from '../application/load/runLoad.ts';
import type { createSubmitOrders } from '../application/ingest/submitOrders.ts';
import type { ActOnDeadLetters } from '../application/deadLetters/act.ts';
import type { PredictRedrive } from '../application/deadLetters/predict.ts';
import type { ListDeadLetters } from '../application/deadLetters/list.ts';
import type { Allocator } from '../application/series/allocator.ts';
import type { PaymentRules, RefundSenders } from '../application/orders/dependencies.ts';
import type { createAdopt } from '../application/review/adoptMovements.ts';
import type { AskGateway } from '../application/review/askGateway.ts';
import type { FindNumber } from '../application/review/reviews.ts';
import type { createListReviews } from '../application/review/listReviews.ts';
import type { createResolveReturn } from '../application/review/resolveReturn.ts';
import type { createResolveReview } from '../application/review/resolveReview.ts';
import type { createCloudWatchLogsClient, createDynamoDbClient } from '../adapters/aws/clients.ts';
import type { Meter } from '../adapters/aws/meter.ts';
import type { KeyTable } from '../adapters/encryption/keyTable.ts';
import type { CommitTable } from '../adapters/eventStore/commitTable.ts';
import type { OpenSes } from '../adapters/ses/sender.ts';
import type { OpenSns } from '../adapters/sns/topics.ts';
import type { SqsClients } from '../adapters/sqs/messageQueue.ts';
import type { createStripeClient } from '../adapters/stripe/client.ts';
import type { MailSettings } from '../application/notification/writeMail.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { DocumentRenderer } from '../application/ports/documentRenderer.ts';
import type { EventStore } from '../application/ports/eventStore.ts';
import type {
  GatewayEventReader,
  GatewayEvents,
  WebhookReader,
} from '../application/ports/gatewayEvents.ts';
import type { GatewayLedger } from '../application/ports/gatewayLedger.ts';
import type { Ids } from '../application/ports/ids.ts';
import type { InvoiceTables } from '../application/ports/invoiceView.ts';
import type { CustomerKeys, PersonalData } from '../application/ports/personalData.ts';
import type { MessageQueue } from '../application/ports/messageQueue.ts';
import type { CountMessages, CountQueue } from '../application/ports/queueCount.ts';
import type { Notifier } from '../application/ports/notifier.ts';
import type { OrderEvents } from '../application/ports/orderEvents.ts';
import type { PaymentGateway } from '../application/ports/paymentGateway.ts';
import type { NotificationLevel, PaymentLevel } from '../application/serviceLevel.ts';
import type { Seals } from '../application/ports/seals.ts';
import type { Probes } from '../application/ports/failures.ts';
import type { LogSearch } from '../application/ports/logSearch.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { WorkTracing } from '../application/ports/tracing.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { GatewayRequests } from '../domain/order/index.ts';
import type { createListSeries } from '../application/series/listSeries.ts';
import type { createSetFloor } from '../application/series/setFloor.ts';
import type { createRecordAudit } from '../application/registry/auditRecords.ts';
import type { ProtocolSettings, RecordSettings } from '../application/registry/usedSettings.ts';
import type {
  ClaimStream,
  NotificationStream,
  OrderStream,
} from '../application/log/eventStreams.ts';
import type { createRebuildInto } from '../application/readModel/rebuildInto.ts';

/** Everything that can be had from a container. A name is a token, and its type stands here. */
export type Services = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** Undefined while tracing is off. */
  readonly tracing: WorkTracing | undefined;
  /** The items of the event log, beneath the store. */
  readonly commitTable: CommitTable;
  /** It shows markers instead of what is personal and encrypted. */
  readonly store: EventStore;
  /** The table of customers' keys, beneath what encrypts and erases. */
  readonly keyTable: KeyTable;
  readonly personalData: PersonalData;
  readonly customerKeys: CustomerKeys;
  readonly erasePerson: ErasePerson;
  readonly findOpenOrders: FindOpenOrders;
  readonly reapplyErasures: ReturnType<typeof createReapplyErasures>;
  readonly invoiceRetentionYears: number;
  /** The same log as `store`, with what is personal: encrypted and decrypted by customers' keys. */
  readonly privateStore: EventStore;
  /** The invoices in the table that is in use, by the log. */
  readonly invoices: ReturnType<typeof createCurrentTable>;
  readonly invoiceTables: InvoiceTables;
  /** The table that the invoices are in as long as nobody has switched. */
  readonly invoicesHome: string;
  readonly payments: MessageQueue;
  readonly paymentsDlq: MessageQueue;
  readonly notifications: MessageQueue;
  readonly notificationsDlq: MessageQueue;
  /** `none` if no topic is set. */
  readonly orderEvents: OrderEvents | 'none';
  readonly openQueue: (queueUrl: string) => Pick<OrderEvents, 'publish'>;
  readonly replayEvents: ReturnType<typeof createReplayEvents>;
  readonly countPayments: CountMessages;
  readonly countQueue: CountQueue;
  readonly gateway: PaymentGateway;
  readonly gatewayLedger: GatewayLedger;
  readonly logSearch: LogSearch;
  /** The pure part of the gateway, for which no secret is needed. */
  readonly requests: GatewayRequests & Pick<PaymentGateway, 'kindOf'>;
  readonly notifier: Notifier;
  /**
   * Probes of the dependencies of the payment service's handlers, except the log and the invoices.
   */
  readonly paymentProbes: Probes;
  /** Probes of the dependencies of the notification service's handlers, except the log. */
  readonly notificationProbes: Probes;
  readonly version: string;
  readonly delivery: DeliverySettings;
  readonly roundsToSteps: boolean;
  readonly rules: PaymentRules;
  readonly refundSenders: RefundSenders;
  readonly clockSkewMaxMs: number;
  readonly calendar: Calendar;
  /** The settings that all workers must have in common. */
  readonly protocolSettings: ProtocolSettings;
  readonly recordSettings: RecordSettings;
  readonly recordAudit: ReturnType<typeof createRecordAudit>;
  readonly setFloor: ReturnType<typeof createSetFloor>;
  readonly listSeries: ReturnType<typeof createListSeries>;
  /** The deployment for which this process moves money. */
  readonly deployment: CurrentDeployment;
  /** The same deployment from the log alone, for a process that moves no money. */
  readonly knownDeployment: CurrentDeployment;
  readonly seals: Seals;
  /** Records whether secrets could be asked for again. */
  readonly secretRecords: Pick<Telemetry, 'record'>;
  /** Takes numbers in the series of the configuration, and registers these. */
  readonly allocator: Allocator;
  /** Finds the numbers that documents have. It knows no series to take a number from. */
  readonly numberFinder: Pick<Allocator, 'lookup' | 'open'>;
  readonly claimLeaseMs: number;
  readonly mailSettings: MailSettings;
  readonly pdfRenderer: Pick<DocumentRenderer, 'pdf' | 'unprintable'>;
  readonly reconciling: ReconcilerSettings;
  /** The series of invoices and of credit notes, of this process's settings. */
  readonly seriesNames: readonly string[];

  /** The orders without what is personal. */
  readonly orders: OrderStream;
  /** The orders with what is personal: for whoever records orders, and for whoever sends mail. */
  readonly customerOrders: OrderStream;
  readonly claims: ClaimStream;
  readonly notices: NotificationStream;
  readonly webhookReader: WebhookReader;
  /** The gateway's own list of its events, which can be read and not written. */
  readonly gatewayEvents: GatewayEvents;
  readonly gatewayEventReader: GatewayEventReader;
  readonly receiveCall: ReceiveCall;
  readonly webhooks: WebhookService;
  readonly checkOrder: CheckOrder;
  readonly submitOrders: ReturnType<typeof createSubmitOrders>;
  readonly sendCommand: ReturnType<typeof createSendCommand>;
  /** Says what a worker would decide about a refund or a cancellation. It changes nothing. */
  readonly previewCommand: PreviewCommand;
  readonly requestByHand: RequestByHand;
  readonly runLoad: RunLoad;
  readonly listReviews: ReturnType<typeof createListReviews>;
  readonly findNumber: FindNumber;
  readonly askGateway: AskGateway;
  readonly adopt: ReturnType<typeof createAdopt>;
  readonly recordRestore: RecordRestore;
  readonly bindAccount: BindAccount;
  readonly resolveReview: ReturnType<typeof createResolveReview>;
  readonly resolveReturn: ReturnType<typeof createResolveReturn>;
  readonly audit: ReturnType<typeof createAudit>;
  readonly replayInvoices: ReturnType<typeof createReplayInvoices>;
  readonly collectTrace: CollectTrace;
  readonly rebuildInto: ReturnType<typeof createRebuildInto>;
  readonly paymentLevel: PaymentLevel;
  readonly notificationLevel: NotificationLevel;
  readonly paymentHandler: Handler;
  readonly notificationHandler: Handler;
  readonly paymentConsumer: Consumer;
  readonly notificationConsumer: Consumer;
  readonly reconcile: Reconcile;
  /** Predicts what would happen to a dead letter that is sent again. It changes nothing. */
  readonly predictRedrive: PredictRedrive;
  readonly listDeadLetters: ListDeadLetters;
  readonly redriveDeadLetters: ActOnDeadLetters;
  readonly discardDeadLetters: ActOnDeadLetters;
  readonly reconciler: Consumer;

  /** Counts what the connections to AWS use. */
  readonly meter: Meter;
  /** Connections, which only the adapters for AWS and Stripe share among themselves. */
  readonly dynamoDb: ReturnType<typeof createDynamoDbClient>;
  readonly sqs: SqsClients;
  readonly openSns: OpenSns;
  readonly cloudWatchLogs: ReturnType<typeof createCloudWatchLogsClient>;
  readonly openSes: OpenSes;
  readonly stripe: ReturnType<typeof createStripeClient>;
};
