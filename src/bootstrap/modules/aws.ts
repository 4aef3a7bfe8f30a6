import { createDynamoDbClient, createSesClient } from '../../adapters/aws/clients.ts';
import { createDynamoDbInvoiceTables } from '../../adapters/dynamodb/invoiceTables.ts';
import { createSesNotifier } from '../../adapters/ses/notifier.ts';
import { probeSender } from '../../adapters/ses/sender.ts';
import { probeStripe } from '../../adapters/stripe/account.ts';
import { createStripeClient, gatewayMode } from '../../adapters/stripe/client.ts';
import { createStripePaymentGateway } from '../../adapters/stripe/paymentGateway.ts';
import { createHmacSeals } from '../../adapters/system/seals.ts';
import { createCurrentDeployment } from '../../application/deployment/deployment.ts';
import { probeOfAccount } from '../../application/deployment/probeOfAccount.ts';
import { unlessForbidden } from '../../application/delivery/probes.ts';
import {
  AWS_SETTINGS,
  awsSettings,
  DELIVERY_SETTINGS,
  deliverySettings,
  type Config,
  type DeliverySettingName,
} from '../config.ts';
import { PAYMENT_RULE_SETTINGS, paymentRules, protocolSettings } from '../config/paymentTimes.ts';
import { VERSION } from '../version.ts';
import { from, type Module } from '../tokens.ts';
import {
  EVENT_LOG_SETTINGS,
  LOG_SETTINGS,
  logOf,
  logsOf,
  queuesOf,
  queuesProbe,
  requests,
  system,
  type Observers,
  type WatchLog,
  type With,
} from './awsParts.ts';
import { awsLetterDesk } from './awsLetters.ts';
import { awsReconciler, type ReconcilerConfig } from './awsReconciler.ts';
import { invoices } from './invoices.ts';

/** Which settings each part needs, so that a command asks for no more than its own parts do. */
export const TABLE_SETTINGS = [...AWS_SETTINGS, ...EVENT_LOG_SETTINGS, 'INVOICES_TABLE'] as const;
export const INGEST_SETTINGS = [
  ...AWS_SETTINGS,
  'PAYMENTS_QUEUE_URL',
  'NOTIFICATIONS_QUEUE_URL',
] as const;
export const COMMAND_SETTINGS = [...AWS_SETTINGS, 'PAYMENTS_QUEUE_URL'] as const;
export const SERIES_SETTINGS = [
  ...AWS_SETTINGS,
  ...EVENT_LOG_SETTINGS,
  'INVOICE_SERIES',
  'CREDIT_NOTE_SERIES',
] as const;
/** Who may look at the gateway, and when absence there is proof. */
const GATEWAY_SETTINGS = [
  'STRIPE_SECRET_KEY',
  'STRIPE_API_URL',
  'ALLOW_TEST_KEY',
  ...PAYMENT_RULE_SETTINGS,
] as const;
export const GATEWAY_BOOKS_SETTINGS = [...TABLE_SETTINGS, ...GATEWAY_SETTINGS] as const;
export const REVIEW_DESK_SETTINGS = [...GATEWAY_BOOKS_SETTINGS, 'PAYMENTS_QUEUE_URL'] as const;
export const ADOPTION_SETTINGS = [
  ...TABLE_SETTINGS,
  'PAYMENTS_QUEUE_URL',
  ...PAYMENT_RULE_SETTINGS,
] as const;
export const RESTORE_SETTINGS = [...AWS_SETTINGS, ...EVENT_LOG_SETTINGS] as const;
export const PAYMENT_FUNCTION_SETTINGS = [
  ...TABLE_SETTINGS,
  ...DELIVERY_SETTINGS,
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'INTENT_SEAL_KEYS',
  'REFUND_SENDER_IDS',
  ...GATEWAY_SETTINGS,
] as const;
export const NOTIFICATION_FUNCTION_SETTINGS = [
  ...TABLE_SETTINGS,
  ...DELIVERY_SETTINGS,
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
  'MAIL_FROM',
  'NOTIFICATION_LEASE_MS',
] as const;
export const PAYMENT_SETTINGS = [...PAYMENT_FUNCTION_SETTINGS, ...LOG_SETTINGS] as const;
export const NOTIFICATION_SETTINGS = [...NOTIFICATION_FUNCTION_SETTINGS, ...LOG_SETTINGS] as const;

export type PaymentConfig = With<typeof PAYMENT_SETTINGS>;
export type NotificationConfig = With<typeof NOTIFICATION_SETTINGS>;

export const awsTables = (config: With<typeof TABLE_SETTINGS>, watch?: WatchLog) => {
  const client = createDynamoDbClient(awsSettings(config, 'DYNAMODB'));
  const { INVOICES_TABLE } = config;
  return {
    ...logOf(client, config, watch),
    invoices,
    invoiceTables: from(['clock'], ({ clock }) => createDynamoDbInvoiceTables(client, clock)),
    invoicesHome: from([], () => INVOICES_TABLE),
  } satisfies Module;
};

/** To send commands to. */
export const awsPaymentsQueue = (config: With<typeof COMMAND_SETTINGS>) =>
  ({
    ...system,
    payments: queuesOf(config)(config.PAYMENTS_QUEUE_URL),
  }) satisfies Module;

/** To send to; nothing is received. */
export const awsQueues = (config: With<typeof INGEST_SETTINGS>) => {
  const queue = queuesOf(config);
  return {
    ...system,
    ...requests,
    payments: queue(config.PAYMENTS_QUEUE_URL),
    notifications: queue(config.NOTIFICATIONS_QUEUE_URL),
  } satisfies Module;
};

const deliveryOf = (config: Config<DeliverySettingName>) =>
  ({
    version: from([], () => VERSION),
    delivery: from([], () => deliverySettings(config)),
  }) satisfies Module;

const stripeOf = (config: With<typeof GATEWAY_SETTINGS>) => {
  const { STRIPE_API_URL: apiUrl } = config;
  return createStripeClient({
    secretKey: config.STRIPE_SECRET_KEY,
    timeoutMs: config.GATEWAY_TIMEOUT_MS,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  });
};

const gatewayOf = (config: With<typeof GATEWAY_SETTINGS>, stripe = stripeOf(config)) =>
  ({
    gateway: from([], () =>
      createStripePaymentGateway(stripe, gatewayMode(config.STRIPE_SECRET_KEY)),
    ),
    rules: from([], () => paymentRules(config)),
    clockSkewMaxMs: from([], () => config.CLOCK_SKEW_MAX_MS),
    protocolSettings: from([], () => protocolSettings(config)),
  }) satisfies Module;

/** The log, with what its series of numbers are held against. */
export const awsSeries = (config: With<typeof SERIES_SETTINGS>) =>
  ({
    ...logOf(createDynamoDbClient(awsSettings(config, 'DYNAMODB')), config),
    clockSkewMaxMs: from([], () => config.CLOCK_SKEW_MAX_MS),
  }) satisfies Module;

/** The log, and the gateway beside it. */
export const awsGatewayBooks = (config: With<typeof GATEWAY_BOOKS_SETTINGS>) =>
  ({
    ...awsTables(config),
    ...gatewayOf(config),
  }) satisfies Module;

/** Where a person decides what became of a payment. */
export const awsReviewDesk = (config: With<typeof REVIEW_DESK_SETTINGS>) =>
  ({
    ...awsPaymentsQueue(config),
    ...awsGatewayBooks(config),
  }) satisfies Module;

/** The event log alone. */
export const awsEventLog = (config: With<typeof RESTORE_SETTINGS>) =>
  logOf(createDynamoDbClient(awsSettings(config, 'DYNAMODB')), config);

/** Where a person has an order compared with the gateway: no gateway's secret. */
export const awsAdoptionDesk = (config: With<typeof ADOPTION_SETTINGS>) =>
  ({
    ...awsTables(config),
    ...awsPaymentsQueue(config),
    rules: from([], () => paymentRules(config)),
  }) satisfies Module;

/** All that the payment service needs but where its records go. */
export const awsPaymentPorts = (config: With<typeof PAYMENT_FUNCTION_SETTINGS>) => {
  const queue = queuesOf(config);
  const stripe = stripeOf(config);
  const isLive = gatewayMode(config.STRIPE_SECRET_KEY) === 'live';
  return {
    ...awsTables(config),
    ...deliveryOf(config),
    payments: queue(config.PAYMENTS_QUEUE_URL),
    paymentsDlq: queue(config.PAYMENTS_DLQ_URL),
    notifications: queue(config.NOTIFICATIONS_QUEUE_URL),
    deployment: from(['store', 'ids', 'clock', 'gateway'], createCurrentDeployment),
    seals: from([], () => createHmacSeals(config.INTENT_SEAL_KEYS)),
    refundSenders: from([], () => config.REFUND_SENDER_IDS ?? ('anyone' as const)),
    ...gatewayOf(config, stripe),
    paymentProbes: from(['store', 'ids', 'clock', 'gateway'], (services) => ({
      MessageQueue: queuesProbe(config, [
        config.PAYMENTS_QUEUE_URL,
        config.PAYMENTS_DLQ_URL,
        config.NOTIFICATIONS_QUEUE_URL,
      ]),
      PaymentGateway: () => probeStripe(stripe, { isLive }).andThen(probeOfAccount(services)),
    })),
  } satisfies Module;
};

export const awsPayments = (config: PaymentConfig, observers: Observers) =>
  ({
    ...awsPaymentPorts(config),
    ...logsOf(config, 'payments', observers),
  }) satisfies Module;

/** All that the notification service needs but where its records go. */
export const awsNotificationPorts = (config: With<typeof NOTIFICATION_FUNCTION_SETTINGS>) => {
  const queue = queuesOf(config);
  const ses = createSesClient(awsSettings(config, 'SESV2'));
  return {
    ...awsTables(config),
    ...deliveryOf(config),
    notifications: queue(config.NOTIFICATIONS_QUEUE_URL),
    notificationsDlq: queue(config.NOTIFICATIONS_DLQ_URL),
    notifier: from([], () => createSesNotifier(ses, { from: config.MAIL_FROM })),
    notificationProbes: from([], () => ({
      MessageQueue: queuesProbe(config, [
        config.NOTIFICATIONS_QUEUE_URL,
        config.NOTIFICATIONS_DLQ_URL,
      ]),
      Notifier: unlessForbidden(() => probeSender(ses)),
    })),
    claimLeaseMs: from([], () => config.NOTIFICATION_LEASE_MS),
  } satisfies Module;
};

export const awsNotifications = (config: NotificationConfig, observers: Observers) =>
  ({
    ...awsNotificationPorts(config),
    ...logsOf(config, 'notifications', observers),
  }) satisfies Module;

/** Every port on AWS, for one process that is all services. */
export const aws = (
  config: PaymentConfig & NotificationConfig & ReconcilerConfig,
  observers: Observers,
) =>
  ({
    ...awsLetterDesk(config),
    ...awsReconciler(config, observers),
    ...awsPayments(config, observers),
    ...awsNotifications(config, observers),
  }) satisfies Module;
