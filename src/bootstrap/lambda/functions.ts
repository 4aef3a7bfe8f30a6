import type { Result } from 'neverthrow';
import { createBatchHandler } from '../../application/delivery/batch.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { Config, ConfigMistake, SettingName } from '../config.ts';
import { queueNameOf } from '../config/settingTypes.ts';
import { createContainer } from '../container.ts';
import { notificationService, paymentService } from '../modules/application.ts';
import {
  awsNotificationPorts,
  awsPaymentPorts,
  NOTIFICATION_FUNCTION_SETTINGS,
  PAYMENT_FUNCTION_SETTINGS,
} from '../modules/aws.ts';
import { from } from '../tokens.ts';
import { tellMissingChecksums } from '../worker.ts';
import { createFunction, type LambdaFunction } from './function.ts';
import { startMs } from './timeBounds.ts';

export type Surroundings = {
  /** Reads the settings that the function needs. */
  readonly config: <N extends SettingName>(
    needs: readonly N[],
  ) => Result<Config<N>, readonly ConfigMistake[]>;
  /** Writes to stdout, which Lambda collects: no call of an API is on the path of a payment. */
  readonly telemetry: (metricsNamespace: string) => Telemetry;
};

export const createPaymentsFunction = (on: Surroundings): LambdaFunction =>
  createFunction(() =>
    on.config([...PAYMENT_FUNCTION_SETTINGS, 'METRICS_NAMESPACE']).map((settings) => {
      const telemetry = on.telemetry(settings.METRICS_NAMESPACE);
      const ports = { ...awsPaymentPorts(settings), telemetry: from([], () => telemetry) };
      const { get } = createContainer(paymentService, ports);
      tellMissingChecksums(telemetry, 'payments');
      return {
        queueName: queueNameOf(settings.PAYMENTS_QUEUE_URL),
        handle: createBatchHandler({
          queue: get('payments'),
          deadLetterQueue: get('paymentsDlq'),
          handle: get('paymentHandler'),
          clock: get('clock'),
          ids: get('ids'),
          telemetry,
          service: { name: 'payments', version: get('version') },
          settings: get('delivery'),
          startMs: startMs({ gatewayTimeoutMs: settings.GATEWAY_TIMEOUT_MS }).payments,
        }),
      };
    }),
  );

export const createNotificationsFunction = (on: Surroundings): LambdaFunction =>
  createFunction(() =>
    on.config([...NOTIFICATION_FUNCTION_SETTINGS, 'METRICS_NAMESPACE']).map((settings) => {
      const telemetry = on.telemetry(settings.METRICS_NAMESPACE);
      const ports = { ...awsNotificationPorts(settings), telemetry: from([], () => telemetry) };
      const { get } = createContainer(notificationService, ports);
      tellMissingChecksums(telemetry, 'notifications');
      return {
        queueName: queueNameOf(settings.NOTIFICATIONS_QUEUE_URL),
        handle: createBatchHandler({
          queue: get('notifications'),
          deadLetterQueue: get('notificationsDlq'),
          handle: get('notificationHandler'),
          clock: get('clock'),
          ids: get('ids'),
          telemetry,
          service: { name: 'notifications', version: get('version') },
          settings: get('delivery'),
          startMs: startMs({ gatewayTimeoutMs: 0 }).notifications,
        }),
      };
    }),
  );
