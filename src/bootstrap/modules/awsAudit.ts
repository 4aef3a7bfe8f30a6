import { createSqsClient } from '../../adapters/aws/clients.ts';
import { countMessages } from '../../adapters/sqs/queues.ts';
import { awsSettings } from '../config.ts';
import { CLOSE_SETTINGS } from '../config/paymentTimes.ts';
import { from, type Module } from '../tokens.ts';
import { TABLE_SETTINGS } from './aws.ts';
import { queuesOf, type With } from './awsParts.ts';

/** What reads the log alone: no gateway's secret, and no queue. */
export const AUDIT_SETTINGS = [...TABLE_SETTINGS, ...CLOSE_SETTINGS] as const;

export const AUDIT_QUEUE_SETTINGS = [
  ...AUDIT_SETTINGS,
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

/** The dead letters, to be looked at, and how many messages are on their way. */
export const awsAuditQueues = (config: With<typeof AUDIT_QUEUE_SETTINGS>) => {
  const queue = queuesOf(config);
  const sqs = createSqsClient(awsSettings(config, 'SQS'));
  return {
    paymentsDlq: queue(config.PAYMENTS_DLQ_URL),
    notificationsDlq: queue(config.NOTIFICATIONS_DLQ_URL),
    countPayments: from(
      [],
      () => () =>
        countMessages(sqs, config.PAYMENTS_QUEUE_URL).map(
          ({ visible, inFlight, delayed }) => visible + inFlight + delayed,
        ),
    ),
  } satisfies Module;
};
