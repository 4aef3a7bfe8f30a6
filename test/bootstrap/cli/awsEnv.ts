import { EMBEDDED_REGION, keyOfFolder } from '../../../src/adapters/embedded/index.ts';
import { lineOf, run, type Env, type InProcessCommand } from '../../support/cli.ts';

export type Addresses = Readonly<Record<'sqs' | 'dynamodb' | 'logs' | 'ses' | 'stripe', string>>;

/** The servers' addresses as an environment, the way one would point at servers of one's own. */
export const awsEnv = ({ sqs, dynamodb, logs, ses }: Addresses): Env => ({
  AWS_REGION: EMBEDDED_REGION,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs,
  AWS_ENDPOINT_URL_SESV2: ses,
});

/** The key-encryption key of the servers' folder, as a setting. */
export const keyOf = ({ PAIDONCE_DATA_DIR = '' }: Env): string =>
  `local:${keyOfFolder(PAIDONCE_DATA_DIR)}`;

/** The servers of a folder as if they were somebody else's: with their queues, tables and logs. */
export const deploymentEnv = async (local: Env): Promise<{ env: Env; addresses: Addresses }> => {
  const servers = await run(['servers', '--json'], { env: local });
  const { addresses } = JSON.parse(servers.stdout) as { readonly addresses: Addresses };
  const queue = (name: string): string => `${addresses.sqs}/000000000000/paidonce-${name}`;
  const env = {
    ...awsEnv(addresses),
    PAYMENTS_QUEUE_URL: queue('payments'),
    PAYMENTS_DLQ_URL: queue('payments-dlq'),
    NOTIFICATIONS_QUEUE_URL: queue('notifications'),
    NOTIFICATIONS_DLQ_URL: queue('notifications-dlq'),
    EVENTS_TABLE: 'paidonce-events',
    INVOICES_TABLE: 'paidonce-invoices',
    KEYS_TABLE: 'paidonce-keys',
    PERSONAL_DATA_KEY: keyOf(local),
    LOG_GROUP: '/paidonce',
  };
  return { env, addresses };
};

/** Until the payment service has handled a message of each of these orders. */
export const untilHandled = (
  worker: InProcessCommand,
  orders: readonly { readonly orderId: string }[],
): Promise<string> => {
  const handled = new Set<string>();
  return lineOf(worker, (line) => {
    const { event, service, orderId = '' } = JSON.parse(line) as Record<string, string>;
    if (event === 'message.handled' && service === 'payments') handled.add(orderId);
    return orders.every((order) => handled.has(order.orderId));
  });
};
