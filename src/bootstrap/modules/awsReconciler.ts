import { createDynamoDbClient } from '../../adapters/aws/clients.ts';
import { AWS_SETTINGS, awsSettings } from '../config.ts';
import { from, type Module } from '../tokens.ts';
import {
  EVENT_LOG_SETTINGS,
  LOG_SETTINGS,
  logOf,
  logsOf,
  queuesOf,
  type Observers,
  type With,
} from './awsParts.ts';

export const RECONCILER_SETTINGS = [
  ...AWS_SETTINGS,
  ...LOG_SETTINGS,
  ...EVENT_LOG_SETTINGS,
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'INVOICE_SERIES',
  'CREDIT_NOTE_SERIES',
  'RECONCILE_INTERVAL_MS',
  'DRAIN_TIMEOUT_MS',
] as const;

export type ReconcilerConfig = With<typeof RECONCILER_SETTINGS>;

/** What the reconciler reads, sends to and appends to. Of the dead-letter queue it deletes nothing. */
export const awsReconciler = (config: ReconcilerConfig, observers: Observers) => {
  const queue = queuesOf(config);
  const client = createDynamoDbClient(awsSettings(config, 'DYNAMODB'));
  return {
    ...logOf(client, config),
    ...logsOf(config, 'reconciler', observers),
    payments: queue(config.PAYMENTS_QUEUE_URL),
    paymentsDlq: queue(config.PAYMENTS_DLQ_URL),
    reconciling: from([], () => ({
      series: [config.INVOICE_SERIES, config.CREDIT_NOTE_SERIES],
      intervalMs: config.RECONCILE_INTERVAL_MS,
      drainMs: config.DRAIN_TIMEOUT_MS,
    })),
  } satisfies Module;
};
