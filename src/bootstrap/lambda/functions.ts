import type { Result } from 'neverthrow';
import { createBatchHandler } from '../../application/delivery/batch.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { Config, ConfigMistake, SettingName } from '../config.ts';
import { queueNameOf } from '../config/settingTypes.ts';
import { aws } from '../modules/aws.ts';
import { openServices, settingsOf } from '../openServices.ts';
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

export type FunctionName = 'payments' | 'notifications';

const COMMON = ['clock', 'ids', 'telemetry', 'version', 'delivery'] as const;

const PAYMENTS = {
  services: ['payments', 'paymentsDlq', 'paymentHandler', ...COMMON],
  settings: ['PAYMENTS_QUEUE_URL', 'GATEWAY_TIMEOUT_MS'],
} as const;

const NOTIFICATIONS = {
  services: ['notifications', 'notificationsDlq', 'notificationHandler', ...COMMON],
  settings: ['NOTIFICATIONS_QUEUE_URL'],
} as const;

const adaptersOf = (telemetry: Surroundings['telemetry']) => ({
  ...aws({ service: 'lambda' }),
  telemetry: from({ settings: ['METRICS_NAMESPACE'] }, (_, config) =>
    telemetry(config.METRICS_NAMESPACE),
  ),
});

/** All settings of one function. */
export const settingsOfFunction = (
  name: FunctionName,
  { telemetry }: Pick<Surroundings, 'telemetry'>,
): readonly SettingName[] =>
  name === 'payments'
    ? settingsOf(adaptersOf(telemetry), PAYMENTS)
    : settingsOf(adaptersOf(telemetry), NOTIFICATIONS);

export const createPaymentsFunction = (on: Surroundings): LambdaFunction =>
  createFunction(() =>
    openServices(adaptersOf(on.telemetry), PAYMENTS, on.config).map((services) => {
      const { payments, paymentsDlq, paymentHandler, version, delivery, config, ...ports } =
        services;
      tellMissingChecksums(ports.telemetry, 'payments');
      return {
        queueName: queueNameOf(config.PAYMENTS_QUEUE_URL),
        handle: createBatchHandler({
          ...ports,
          queue: payments,
          deadLetterQueue: paymentsDlq,
          handle: paymentHandler,
          service: { name: 'payments', version },
          settings: delivery,
          startMs: startMs({ gatewayTimeoutMs: config.GATEWAY_TIMEOUT_MS }).payments,
        }),
      };
    }),
  );

export const createNotificationsFunction = (on: Surroundings): LambdaFunction =>
  createFunction(() =>
    openServices(adaptersOf(on.telemetry), NOTIFICATIONS, on.config).map((services) => {
      const { notifications, notificationsDlq, notificationHandler, version, delivery, ...rest } =
        services;
      const { config, ...ports } = rest;
      tellMissingChecksums(ports.telemetry, 'notifications');
      return {
        queueName: queueNameOf(config.NOTIFICATIONS_QUEUE_URL),
        handle: createBatchHandler({
          ...ports,
          queue: notifications,
          deadLetterQueue: notificationsDlq,
          handle: notificationHandler,
          service: { name: 'notifications', version },
          settings: delivery,
          startMs: startMs({ gatewayTimeoutMs: 0 }).notifications,
        }),
      };
    }),
  );
