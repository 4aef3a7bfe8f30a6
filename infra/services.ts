import { Aws } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { SettingName } from '../src/bootstrap/config/settings.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../src/adapters/iam/roles.ts';
import type { DeploymentSecrets } from './dataStack.ts';
import { keyAliasName, namesOf, namespaceOf, queueUrl, topicArn } from './names.ts';
import type { Deployment } from './parameters.ts';

/** What runs all the time, or by a schedule. */
export const SERVICES = ['payments', 'notifications', 'reconciler', 'webhooks', 'audit'] as const;
export type Service = (typeof SERVICES)[number];

const ROLE_OF = {
  payments: 'Payment',
  notifications: 'Notification',
  reconciler: 'Reconciler',
  webhooks: 'Webhooks',
  audit: 'Auditing',
} as const satisfies Record<Service, PolicyRoleName>;

/** The settings of each that are secrets, and where they are kept. */
const SECRETS_OF = {
  payments: { STRIPE_SECRET_KEY: 'gatewayKey', INTENT_SEAL_KEYS: 'sealKeys' },
  notifications: {},
  // It reads the gateway's list of events, and needs no key that moves money.
  reconciler: { STRIPE_SECRET_KEY: 'gatewayReadKey' },
  webhooks: { STRIPE_WEBHOOK_SECRETS: 'webhookSecrets' },
  audit: {},
} as const satisfies Record<Service, Partial<Record<SettingName, keyof DeploymentSecrets>>>;

export const secretsOf = (
  service: Service,
  secrets: DeploymentSecrets,
): readonly (readonly [setting: string, secret: Secret])[] =>
  Object.entries(SECRETS_OF[service]).map(([setting, name]) => [setting, secrets[name]] as const);

/**
 * Of the settings that a service takes, those that the deployment gives it. A secret is none of
 * them.
 */
export const environmentOf = (
  of: Deployment,
  takes: readonly SettingName[],
): Record<string, string> => {
  const names = namesOf(of);
  const { bySetting } = names;
  const given: Readonly<Partial<Record<SettingName, string>>> = {
    ...of.settings,
    ...bySetting,
    PAYMENTS_QUEUE_URL: queueUrl(bySetting.PAYMENTS_QUEUE_URL),
    PAYMENTS_DLQ_URL: queueUrl(bySetting.PAYMENTS_DLQ_URL),
    NOTIFICATIONS_QUEUE_URL: queueUrl(bySetting.NOTIFICATIONS_QUEUE_URL),
    NOTIFICATIONS_DLQ_URL: queueUrl(bySetting.NOTIFICATIONS_DLQ_URL),
    ORDER_EVENTS_TOPIC_ARN: topicArn(names),
    METRICS_NAMESPACE: namespaceOf(of),
    PERSONAL_DATA_KEY: `kms:alias/${keyAliasName(of)}`,
    MAIL_FROM: of.mailFrom,
  };
  return Object.fromEntries(
    takes.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
};

/** Where the policies of src are to hold. */
export const placeOf = (of: Deployment) => {
  const { queues, tables, topic, logGroup } = namesOf(of);
  const [payments, paymentsDeadLetters] = queues.payments;
  const [notifications, notificationsDeadLetters] = queues.notifications;
  return {
    partition: Aws.PARTITION,
    region: Aws.REGION,
    account: Aws.ACCOUNT_ID,
    queues: { payments, paymentsDeadLetters, notifications, notificationsDeadLetters },
    tables,
    logGroup,
    topic,
    mailFrom: of.mailFrom,
    personalDataKey: `alias/${keyAliasName(of)}`,
  };
};

export const roleOf = (service: Service) => POLICY_ROLES[ROLE_OF[service]];
