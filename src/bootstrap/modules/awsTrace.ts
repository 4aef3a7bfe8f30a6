import { createCloudWatchLogsClient } from '../../adapters/aws/clients.ts';
import { createCloudWatchRecordLog } from '../../adapters/cloudwatch/logSearch.ts';
import { AWS_SETTINGS, awsSettings } from '../config.ts';
import { from, type Module } from '../tokens.ts';
import { queuesOf, type With } from './awsParts.ts';

export const RECORD_SETTINGS = [...AWS_SETTINGS, 'LOG_GROUP'] as const;
export const DEAD_LETTER_SETTINGS = [
  ...AWS_SETTINGS,
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

/** The records that all services have written, to be read. */
export const awsRecords = (config: With<typeof RECORD_SETTINGS>) => {
  const { LOG_GROUP: logGroup } = config;
  const client = createCloudWatchLogsClient(awsSettings(config, 'CLOUDWATCH_LOGS'));
  return {
    recordLog: from([], () => createCloudWatchRecordLog(client, { logGroup })),
  } satisfies Module;
};

/** To be looked at. */
export const awsDeadLetters = (config: With<typeof DEAD_LETTER_SETTINGS>) => {
  const queue = queuesOf(config);
  return {
    paymentsDlq: queue(config.PAYMENTS_DLQ_URL),
    notificationsDlq: queue(config.NOTIFICATIONS_DLQ_URL),
  } satisfies Module;
};
