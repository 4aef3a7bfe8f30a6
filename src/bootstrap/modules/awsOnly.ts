import {
  createCloudWatchLogsClient,
  createDynamoDbClient,
  createSqsClient,
  createSqsReceiveClient,
  openSesClient,
} from '../../adapters/aws/clients.ts';
import { createMeter } from '../../adapters/aws/meter.ts';
import { createCloudWatchLogSearch } from '../../adapters/cloudwatch/logSearch.ts';
import { createDynamoDbCommitTable } from '../../adapters/dynamodb/commitTable.ts';
import { insertsOf } from '../../adapters/dynamodb/inserts.ts';
import { createDynamoDbInvoiceTables } from '../../adapters/dynamodb/invoiceView.ts';
import { createEventStore } from '../../adapters/eventStore/eventStore.ts';
import { createSqsMessageQueue } from '../../adapters/sqs/messageQueue.ts';
import { countMessages } from '../../adapters/sqs/queues.ts';
import { readEvent } from '../../adapters/stripe/events.ts';
import { stripeRequests } from '../../adapters/stripe/requests.ts';
import { createSystemClock } from '../../adapters/system/clock.ts';
import { createSystemIds } from '../../adapters/system/ids.ts';
import { createLiveSeals } from '../../adapters/system/seals.ts';
import { createKnownDeployment } from '../../application/deployment/deployment.ts';
import { createGroupedQueue } from '../../application/delivery/groupedQueue.ts';
import { createOpenedQueue } from '../../application/deadLetters/openedQueue.ts';
import type { QueueName } from '../../application/ports/queueCount.ts';
import type { WorkTracing } from '../../application/ports/tracing.ts';
import {
  AWS_SETTINGS,
  awsSettings,
  DELIVERY_SETTINGS,
  deliverySettings,
  type Config,
  type SettingName,
} from '../config.ts';
import {
  PAYMENT_RULE_SETTINGS,
  paymentRules,
  protocolSettings,
  roundsToSteps,
} from '../config/paymentRules.ts';
import { SELLER_SETTINGS } from '../config/seller.ts';
import { VERSION } from '../version.ts';
import { from, type Module, type Services } from '../tokens.ts';
import { documents } from './documents.ts';
import { keys } from './keys.ts';
import { mail } from './mail.ts';
import { orderEvents } from './orderEvents.ts';
import { LIVE_SECRETS, liveSetting, unrecorded } from './secrets.ts';
import { telemetryFor, type Observers } from './telemetry.ts';

export type { Observers } from './telemetry.ts';

const connections = {
  meter: from([], createMeter),
  dynamoDb: from(
    { settings: AWS_SETTINGS.DYNAMODB, needs: ['meter', 'tracing'] },
    ({ meter, tracing }, config) => {
      const client = createDynamoDbClient({ ...awsSettings(config, 'DYNAMODB'), meter });
      insertsOf(client, tracing);
      return client;
    },
  ),
  sqs: from({ settings: AWS_SETTINGS.SQS, needs: ['meter'] }, ({ meter }, config) => {
    const settings = { ...awsSettings(config, 'SQS'), meter };
    return {
      client: createSqsClient(settings),
      receiveClient: createSqsReceiveClient(settings),
    };
  }),
  cloudWatchLogs: from(
    { settings: AWS_SETTINGS.CLOUDWATCH_LOGS, needs: ['meter'] },
    ({ meter }, config) =>
      createCloudWatchLogsClient({ ...awsSettings(config, 'CLOUDWATCH_LOGS'), meter }),
  ),
  openSes: from({ settings: AWS_SETTINGS.SESV2, needs: ['meter'] }, ({ meter }, config) => {
    let client: ReturnType<typeof openSesClient> | undefined;
    return () => (client ??= openSesClient({ ...awsSettings(config, 'SESV2'), meter }));
  }),
} satisfies Module;

/** The event log, and the read model beside it. */
const tables = {
  // Without the log nothing is recorded, so that whoever reads or writes it needs a right clock.
  clock: from({ settings: ['CLOCK_SKEW_MAX_MS'] }, (_, config) =>
    // Two machines may be off to either side.
    createSystemClock({ offMaxMs: config.CLOCK_SKEW_MAX_MS / 2 }),
  ),
  ids: from([], createSystemIds),
  commitTable: from({ settings: ['EVENTS_TABLE'], needs: ['dynamoDb'] }, ({ dynamoDb }, config) =>
    createDynamoDbCommitTable(dynamoDb, { table: config.EVENTS_TABLE }),
  ),
  store: from(['commitTable', 'clock'], ({ commitTable, clock }) =>
    createEventStore(commitTable, clock),
  ),
  invoiceTables: from(['dynamoDb', 'clock'], ({ dynamoDb, clock }) =>
    createDynamoDbInvoiceTables(dynamoDb, clock),
  ),
  invoicesHome: from({ settings: ['INVOICES_TABLE'] }, (_, config) => config.INVOICES_TABLE),
  knownDeployment: from(['store', 'ids', 'clock'], createKnownDeployment),
} satisfies Module;

const FOR_QUEUE = ['sqs', 'clock', 'tracing'] as const;

/** What is sent, deleted and hidden within a few milliseconds shares its calls. */
const grouped = (
  { sqs, clock, tracing }: Pick<Services, (typeof FOR_QUEUE)[number]>,
  queueUrl: string,
) => createGroupedQueue(createSqsMessageQueue(sqs, { queueUrl }), clock, tracing);

const queueAt = <N extends SettingName>(name: N, urlIn: (config: Config<N>) => string) =>
  from({ settings: [name], needs: FOR_QUEUE }, (services, config) =>
    grouped(services, urlIn(config)),
  );

const queues = {
  payments: queueAt('PAYMENTS_QUEUE_URL', (config) => config.PAYMENTS_QUEUE_URL),
  gatewayEventReader: from([], () => ({ read: readEvent })),
  paymentsDlq: from(
    { settings: ['PAYMENTS_DLQ_URL'], needs: [...FOR_QUEUE, 'gatewayEventReader'] },
    ({ gatewayEventReader, ...services }, { PAYMENTS_DLQ_URL: url }) =>
      createOpenedQueue(grouped(services, url), gatewayEventReader),
  ),
  notifications: queueAt('NOTIFICATIONS_QUEUE_URL', (config) => config.NOTIFICATIONS_QUEUE_URL),
  notificationsDlq: queueAt('NOTIFICATIONS_DLQ_URL', (config) => config.NOTIFICATIONS_DLQ_URL),
  countPayments: from(
    { settings: ['PAYMENTS_QUEUE_URL'], needs: ['sqs'] },
    ({ sqs: { client } }, { PAYMENTS_QUEUE_URL }) =>
      () =>
        countMessages(client, PAYMENTS_QUEUE_URL).map(
          ({ visible, inFlight, delayed }) => visible + inFlight + delayed,
        ),
  ),
  countQueue: from(
    {
      settings: [
        'PAYMENTS_QUEUE_URL',
        'PAYMENTS_DLQ_URL',
        'NOTIFICATIONS_QUEUE_URL',
        'NOTIFICATIONS_DLQ_URL',
      ],
      needs: ['sqs'],
    },
    ({ sqs: { client } }, config) => {
      const urls = {
        payments: config.PAYMENTS_QUEUE_URL,
        'payments-dlq': config.PAYMENTS_DLQ_URL,
        notifications: config.NOTIFICATIONS_QUEUE_URL,
        'notifications-dlq': config.NOTIFICATIONS_DLQ_URL,
      };
      return (queue: QueueName) => countMessages(client, urls[queue]);
    },
  ),
  delivery: from({ settings: DELIVERY_SETTINGS }, (_, config) => deliverySettings(config)),
} satisfies Module;

const payment = {
  requests: from([], () => stripeRequests),
  seals: from({ settings: ['INTENT_SEAL_KEYS'], needs: LIVE_SECRETS }, (services, config) =>
    createLiveSeals(liveSetting('INTENT_SEAL_KEYS', config, services)),
  ),
  roundsToSteps: from({ settings: ['CASH_ROUNDING'] }, (_, config) => roundsToSteps(config)),
  rules: from({ settings: [...PAYMENT_RULE_SETTINGS, ...SELLER_SETTINGS] }, (_, config) =>
    paymentRules(config),
  ),
  protocolSettings: from({ settings: PAYMENT_RULE_SETTINGS }, (_, config) =>
    protocolSettings(config),
  ),
  clockSkewMaxMs: from(
    { settings: ['CLOCK_SKEW_MAX_MS'] },
    (_, config) => config.CLOCK_SKEW_MAX_MS,
  ),
  refundSenders: from(
    { settings: ['REFUND_SENDER_IDS'] },
    (_, config) => config.REFUND_SENDER_IDS ?? ('anyone' as const),
  ),
} satisfies Module;

const reconciliation = {
  seriesNames: from({ settings: ['INVOICE_SERIES', 'CREDIT_NOTE_SERIES'] }, (_, config) => [
    config.INVOICE_SERIES,
    config.CREDIT_NOTE_SERIES,
  ]),
  reconciling: from({ settings: ['RECONCILE_INTERVAL_MS', 'DRAIN_TIMEOUT_MS'] }, (_, config) => ({
    intervalMs: config.RECONCILE_INTERVAL_MS,
    drainMs: config.DRAIN_TIMEOUT_MS,
  })),
} satisfies Module;

/** Every port but those on Stripe. Nothing is connected before it is used. */
export const awsOnly = (observers: Observers) =>
  ({
    ...connections,
    ...tables,
    ...keys,
    ...queues,
    ...orderEvents,
    ...payment,
    ...mail,
    ...reconciliation,
    ...documents,
    ...unrecorded,
    version: from([], () => VERSION),
    telemetry: telemetryFor(observers),
    // The tracing of the process takes its place where it is on.
    tracing: from([], (): WorkTracing | undefined => undefined),
    logSearch: from({ settings: ['LOG_GROUP'], needs: ['cloudWatchLogs'] }, (services, config) =>
      createCloudWatchLogSearch(services.cloudWatchLogs, { logGroup: config.LOG_GROUP }),
    ),
  }) satisfies Module;
