import { EMBEDDED_REGION } from '../../../src/adapters/embedded/index.ts';
import type { Env } from '../../support/cli.ts';

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
