import { Aws } from 'aws-cdk-lib';
import type { TableNames } from '../src/adapters/dynamodb/tableSchemas.ts';
import { resourceNames, type ResourceNames } from '../src/bootstrap/resourceNames.ts';
import type { Deployment } from './parameters.ts';

export type DeploymentNames = {
  /** Each with the name of its dead-letter queue. */
  readonly queues: Readonly<Record<'payments' | 'notifications', readonly [string, string]>>;
  readonly tables: TableNames;
  readonly topic: string;
  readonly logGroup: string;
  /** By the settings where the services learn of them. */
  readonly bySetting: ResourceNames;
};

/** What everything is called, as `paidonce setup --prefix` would call it. */
export const namesOf = ({ name }: Pick<Deployment, 'name'>): DeploymentNames => {
  const bySetting = resourceNames(name);
  return {
    bySetting,
    queues: {
      payments: [bySetting.PAYMENTS_QUEUE_URL, bySetting.PAYMENTS_DLQ_URL],
      notifications: [bySetting.NOTIFICATIONS_QUEUE_URL, bySetting.NOTIFICATIONS_DLQ_URL],
    },
    tables: {
      events: bySetting.EVENTS_TABLE,
      invoices: bySetting.INVOICES_TABLE,
      keys: bySetting.KEYS_TABLE,
    },
    topic: `${name}-order-events`,
    logGroup: bySetting.LOG_GROUP,
  };
};

export const keyAliasName = ({ name }: Pick<Deployment, 'name'>): string => `${name}-personal-data`;

/** Stages share an account, and no metric of one may be taken for another's. */
export const namespaceOf = ({ name }: Pick<Deployment, 'name'>): string => name;

export const queueUrl = (name: string): string =>
  `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/${name}`;

export const topicArn = ({ topic }: Pick<DeploymentNames, 'topic'>): string =>
  `arn:${Aws.PARTITION}:sns:${Aws.REGION}:${Aws.ACCOUNT_ID}:${topic}`;
