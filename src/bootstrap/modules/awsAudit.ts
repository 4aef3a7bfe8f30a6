import { createSqsClient } from '../../adapters/aws/clients.ts';
import { countMessages } from '../../adapters/sqs/queues.ts';
import { createStripeClient } from '../../adapters/stripe/client.ts';
import { createStripeGatewayLedger } from '../../adapters/stripe/ledger.ts';
import { awsSettings } from '../config.ts';
import { CLOSE_SETTINGS } from '../config/paymentTimes.ts';
import { from, type Module } from '../tokens.ts';
import { TABLE_SETTINGS } from './aws.ts';
import { queuesOf, system, type With } from './awsParts.ts';

/** What reads the log alone: no gateway's secret, and no queue. */
export const AUDIT_SETTINGS = [...TABLE_SETTINGS, ...CLOSE_SETTINGS] as const;

/** Asked for where it is given: it is the payment service's secret, which not every auditor has. */
export const AUDIT_SEAL_SETTINGS = ['INTENT_SEAL_KEYS'] as const;

export const AUDIT_QUEUE_SETTINGS = [
  ...AUDIT_SETTINGS,
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

export const AUDIT_GATEWAY_SETTINGS = [
  'STRIPE_SECRET_KEY',
  'STRIPE_API_URL',
  'GATEWAY_TIMEOUT_MS',
] as const;

/** The gateway's list, which can be read and not written. */
export const awsGatewayLedger = (config: With<typeof AUDIT_GATEWAY_SETTINGS>) =>
  ({
    ...system,
    gatewayLedger: from(['clock'], ({ clock }) => {
      const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = config;
      const timeoutMs = config.GATEWAY_TIMEOUT_MS;
      const settings = { secretKey, timeoutMs, ...(apiUrl === undefined ? {} : { apiUrl }) };
      return createStripeGatewayLedger(createStripeClient(settings), clock);
    }),
  }) satisfies Module;

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
