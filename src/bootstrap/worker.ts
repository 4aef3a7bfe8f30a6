import { hostname } from 'node:os';
import { hasChecksums } from '../adapters/sqs/checksum.ts';
import type { Consumer } from '../application/delivery/consumer.ts';
import type { Telemetry, TelemetryReport } from '../application/ports/telemetry.ts';
import { createContainer } from './container.ts';
import { notificationService, paymentService, reconciliation } from './modules/application.ts';
import {
  awsNotifications,
  awsPayments,
  type NotificationConfig,
  type PaymentConfig,
} from './modules/aws.ts';
import { awsReconciler, type ReconcilerConfig } from './modules/awsReconciler.ts';

export type ServiceName = 'payments' | 'notifications' | 'reconciler';

/** One service, put together and not yet running. */
export type RunningService = {
  readonly name: ServiceName;
  /** For people: what it is busy with. */
  readonly works: string;
  readonly consumer: Consumer;
  readonly telemetry: Telemetry;
};

export type ServiceReport = {
  readonly service: ServiceName;
  readonly drain: Awaited<ReturnType<Consumer['run']>>;
  readonly records: TelemetryReport;
};

/** How long the last records may take after the drain. */
const FLUSH_MS = 5_000;

/** One for each service and process: a log stream is the sequence of one source (CreateLogStream: no `:` or `*`). */
export const logStreamOf = (service: ServiceName): string =>
  `${service}/${hostname()}/${process.pid}/${new Date().toISOString().replaceAll(':', '.')}`;

export const createPaymentService = (config: PaymentConfig, console: Telemetry): RunningService => {
  const observers = { logStream: logStreamOf('payments'), console };
  const { get } = createContainer(paymentService, awsPayments(config, observers));
  return {
    name: 'payments',
    works: `takes from ${config.PAYMENTS_QUEUE_URL}`,
    consumer: get('paymentConsumer'),
    telemetry: get('telemetry'),
  };
};

export const createNotificationService = (
  config: NotificationConfig,
  console: Telemetry,
): RunningService => {
  const observers = { logStream: logStreamOf('notifications'), console };
  const { get } = createContainer(notificationService, awsNotifications(config, observers));
  return {
    name: 'notifications',
    works: `takes from ${config.NOTIFICATIONS_QUEUE_URL}`,
    consumer: get('notificationConsumer'),
    telemetry: get('telemetry'),
  };
};

export const createReconcilerService = (
  config: ReconcilerConfig,
  console: Telemetry,
): RunningService => {
  const observers = { logStream: logStreamOf('reconciler'), console };
  const { get } = createContainer(reconciliation, awsReconciler(config, observers));
  return {
    name: 'reconciler',
    works: `looks into ${config.PAYMENTS_DLQ_URL} and at every number`,
    consumer: get('reconciler'),
    telemetry: get('telemetry'),
  };
};

/** Runs the services until the signal fires, drains them, and writes their last records. */
export const runServices = (
  services: readonly RunningService[],
  stop: AbortSignal,
): Promise<readonly ServiceReport[]> =>
  Promise.all(
    services.map(async ({ name, consumer, telemetry }) => {
      telemetry.record({ level: 'info', event: 'worker.started', facts: { service: name } });
      tellMissingChecksums(telemetry, name);
      const drain = await consumer.run(stop);
      return { service: name, drain, records: await telemetry.flush(FLUSH_MS) };
    }),
  );

/** Once, instead of for each message: nothing is wrong with any of them. */
export const tellMissingChecksums = (
  telemetry: Pick<Telemetry, 'record'>,
  service: string,
): void => {
  if (hasChecksums()) return;
  telemetry.record({ level: 'warn', event: 'queue.checksum_unavailable', facts: { service } });
};
