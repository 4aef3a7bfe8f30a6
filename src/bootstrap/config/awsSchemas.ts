import * as z from 'zod';
import { proxyAt } from '../../adapters/proxy.ts';
import { endpoint, flag } from './settingTypes.ts';

const proxy = (what: string) =>
  z
    .string()
    .refine((text) => proxyAt(text) !== undefined, 'is not the address of an HTTP proxy')
    .optional()
    .describe('Set it to http(s)://[user:password@]host:port, or take it away.')
    .meta({ title: `proxy through which ${what} is reached` });

/**
 * The settings that lead to AWS and to Stripe. The names are those of AWS's SDKs, and of everybody.
 */
export const awsSchemas = {
  AWS_REGION: z
    .string()
    // The first word is the partition's: us, cn, eusc, us-gov, us-isob, …
    .regex(/^[a-z]{2,8}(-[a-z]{2,16}){1,3}-\d{1,2}$/, 'is not a region')
    .describe(
      'Set it to a region such as eu-central-1; otherwise AWS_DEFAULT_REGION is read, and then ' +
        'the region of the AWS profile (AWS_PROFILE, or default).',
    )
    .meta({ title: 'region of the queues, tables, logs and mail' }),
  AWS_ENDPOINT_URL: endpoint('every service'),
  AWS_ENDPOINT_URL_SQS: endpoint('SQS'),
  AWS_ENDPOINT_URL_DYNAMODB: endpoint('DynamoDB'),
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint('CloudWatch Logs'),
  AWS_ENDPOINT_URL_SESV2: endpoint('SES'),
  AWS_ENDPOINT_URL_SNS: endpoint('SNS'),
  AWS_ENDPOINT_URL_KMS: endpoint('KMS'),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint('Secrets Manager'),
  AWS_ENDPOINT_URL_SSM: endpoint('Systems Manager'),
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: flag('true: the addresses above are not used'),
  AWS_USE_FIPS_ENDPOINT: flag('true: the FIPS endpoints of AWS are used'),
  AWS_USE_DUALSTACK_ENDPOINT: flag('true: endpoints are used that answer over IPv6 too'),
  AWS_SDK_PARTS: z
    .enum(['lean', 'original'], 'is neither lean nor original')
    .default('lean')
    .describe('Set it to lean or original, or take it away.')
    .meta({ title: "original: the SDK's own parts for every call, which cost more time" }),
  HTTPS_PROXY: proxy('what is asked over HTTPS, AWS and Stripe,'),
  HTTP_PROXY: proxy('an endpoint or a sandbox with a plain http address'),
  NO_PROXY: z
    .string()
    .optional()
    .describe('Set it to names, addresses or networks, separated by commas, or take it away.')
    .meta({ title: 'what is reached without a proxy; this machine always is' }),
};
