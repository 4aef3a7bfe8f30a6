import { createDynamoDbClient } from '../../adapters/aws/clients.ts';
import { createKnownDeployment } from '../../application/deployment/deployment.ts';
import { AWS_SETTINGS, awsSettings } from '../config.ts';
import { PAYMENT_RULE_SETTINGS, paymentRules } from '../config/paymentTimes.ts';
import { from, type Module } from '../tokens.ts';
import { EVENT_LOG_SETTINGS, logOf, queuesOf, requests, type With } from './awsParts.ts';

/** To look at dead letters: no gateway's secret, and no queue to send to. */
export const LETTER_SETTINGS = [
  ...AWS_SETTINGS,
  ...EVENT_LOG_SETTINGS,
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_DLQ_URL',
  'NOTIFICATION_LEASE_MS',
  ...PAYMENT_RULE_SETTINGS,
] as const;

export const LETTER_DESK_SETTINGS = [
  ...LETTER_SETTINGS,
  'PAYMENTS_QUEUE_URL',
  'NOTIFICATIONS_QUEUE_URL',
] as const;

export const awsLetters = (config: With<typeof LETTER_SETTINGS>) => {
  const queue = queuesOf(config);
  const client = createDynamoDbClient(awsSettings(config, 'DYNAMODB'));
  return {
    ...logOf(client, config),
    paymentsDlq: queue(config.PAYMENTS_DLQ_URL),
    notificationsDlq: queue(config.NOTIFICATIONS_DLQ_URL),
    ...requests,
    rules: from([], () => paymentRules(config)),
    knownDeployment: from(['store', 'ids', 'clock'], createKnownDeployment),
    claimLeaseMs: from([], () => config.NOTIFICATION_LEASE_MS),
  } satisfies Module;
};

/** The same, with the queues to which letters are sent again. */
export const awsLetterDesk = (config: With<typeof LETTER_DESK_SETTINGS>) => {
  const queue = queuesOf(config);
  return {
    ...awsLetters(config),
    payments: queue(config.PAYMENTS_QUEUE_URL),
    notifications: queue(config.NOTIFICATIONS_QUEUE_URL),
  } satisfies Module;
};
