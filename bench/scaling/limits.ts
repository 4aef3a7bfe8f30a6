import { PRICES as LIST_PRICES } from '../../src/application/prices.ts';

/** Where a figure was read. What could not be checked there is said to be unverified. */
type Source = {
  readonly url: string;
  /** `read`: on that page, or a stored copy of it, in November 2026. */
  readonly checked: 'read' | 'unverified';
};

export type Limit = Source & {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What lifts it. */
  readonly lift: string;
};

const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';
const SQS = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide';
const LAMBDA_GUIDE =
  'https://serverlessland.com/content/service/lambda/guides/aws-lambda-operator-guide';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg';

/** Default quotas of an account in one region. */
export const LIMITS = {
  partitionWrites: {
    name: 'DynamoDB: writes of one partition',
    value: 1_000,
    unit: 'write units a second',
    lift: 'other keys, so for a series: more series',
    url: `${DYNAMODB}/warm-throughput-scenarios.html`,
    checked: 'read',
  },
  partitionReads: {
    name: 'DynamoDB: reads of one partition',
    value: 3_000,
    unit: 'read units a second',
    lift: 'other keys',
    url: `${DYNAMODB}/warm-throughput-scenarios.html`,
    checked: 'read',
  },
  newTableWrites: {
    name: 'DynamoDB: writes of a new on-demand table',
    value: 4_000,
    unit: 'write units a second',
    lift: 'warm throughput, set before the day; otherwise at most a doubling in 30 minutes',
    url: `${DYNAMODB}/on-demand-capacity-mode.html`,
    checked: 'read',
  },
  tableWrites: {
    name: 'DynamoDB: writes of one on-demand table',
    value: 40_000,
    unit: 'write units a second',
    lift: 'Service Quotas, for each table',
    url: `${DYNAMODB}/ServiceQuotas.html`,
    checked: 'read',
  },
  queueInFlight: {
    name: 'SQS: messages in flight of a standard queue, about',
    value: 120_000,
    unit: 'messages',
    lift: 'a support case, or a second pair of queues',
    url: `${SQS}/quotas-queues.html`,
    checked: 'read',
  },
  lambdaConcurrency: {
    name: 'Lambda: concurrency of the account',
    value: 1_000,
    unit: 'invocations',
    lift: 'Service Quotas',
    url: `${LAMBDA_GUIDE}/scaling-concurrency`,
    checked: 'read',
  },
  lambdaMapping: {
    name: 'Lambda: one SQS event source, without provisioned pollers',
    value: 1_250,
    unit: 'invocations',
    lift: 'provisioned mode (up to 16 times as much), or a second queue',
    url: `${LAMBDA}/services-sqs-scaling.html`,
    checked: 'read',
  },
  gatewayEndpoint: {
    name: 'Stripe: one endpoint, live or test',
    value: 25,
    unit: 'requests a second',
    lift: 'Stripe, asked six weeks ahead for a large increase',
    url: 'https://docs.stripe.com/rate-limits',
    checked: 'read',
  },
  gatewayAccount: {
    name: 'Stripe: all requests of a live account',
    value: 100,
    unit: 'requests a second',
    lift: 'Stripe, asked six weeks ahead for a large increase',
    url: 'https://docs.stripe.com/rate-limits',
    checked: 'read',
  },
  logPuts: {
    name: 'CloudWatch Logs: PutLogEvents',
    value: 5_000,
    unit: 'requests a second',
    lift: 'Service Quotas',
    url: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
    checked: 'unverified',
  },
  mailsInSandbox: {
    name: 'SES: mails from the sandbox (200 a day)',
    value: 1,
    unit: 'mail a second',
    lift: 'production access; then the quotas are the account’s own, and grow on request',
    url: 'https://docs.aws.amazon.com/ses/latest/dg/quotas.html',
    checked: 'read',
  },
} as const satisfies Readonly<Record<string, Limit>>;

/** DynamoDB bills a write by each KB that it has begun. */
export const WRITE_UNIT_BYTES = 1_024;

/** Further figures of services that the simulations use. */
export const FAIR_QUEUE = {
  share: 0.1,
  inFlightMin: 30,
  url: `${SQS}/sqs-fair-queues-detailed.html`,
};

type Price = Source & {
  readonly name: string;
  /** As a price list says it. */
  readonly text: string;
  /** For one write unit, read unit, request, mail, byte (a month, where stored) or second. */
  readonly usd: number;
};

/** Those of what the meter counts are in one table, for one unit in millionths of a dollar. */
const usdOf = (item: keyof typeof LIST_PRICES): number => LIST_PRICES[item].microUsd / 1e6;

/** List prices of us-east-1, without free tiers or discounts. */
export const PRICES = {
  write: {
    name: 'DynamoDB writes, on demand',
    text: '$0.625 a million write units',
    usd: usdOf('writeUnits'),
    url: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    checked: 'unverified',
  },
  read: {
    name: 'DynamoDB reads, on demand',
    text: '$0.125 a million read units',
    usd: usdOf('readUnits'),
    url: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    checked: 'unverified',
  },
  stored: {
    name: 'DynamoDB storage',
    text: '$0.25 a GB and month',
    usd: 0.25e-9,
    url: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    checked: 'unverified',
  },
  queue: {
    name: 'SQS, standard queues, with message groups',
    text: '$0.50 a million requests, of which $0.10 for the groups',
    usd: usdOf('queueRequests'),
    url: 'https://aws.amazon.com/sqs/pricing/',
    checked: 'unverified',
  },
  log: {
    name: 'CloudWatch Logs',
    text: '$0.50 a GB taken in',
    usd: usdOf('logBytes'),
    url: 'https://aws.amazon.com/cloudwatch/pricing/',
    checked: 'unverified',
  },
  mail: {
    name: 'SES',
    text: '$0.10 a thousand mails',
    usd: usdOf('mails'),
    url: 'https://aws.amazon.com/ses/pricing/',
    checked: 'unverified',
  },
  core: {
    name: 'Fargate, a vCPU with 1 GB, on x86',
    text: '$0.044925 an hour',
    usd: 0.044925 / 3_600,
    url: 'https://aws.amazon.com/fargate/pricing/',
    checked: 'unverified',
  },
} as const satisfies Readonly<Record<string, Price>>;

const FARGATE = 'https://aws.amazon.com/fargate/pricing/';
const LAMBDA_PRICES = 'https://aws.amazon.com/lambda/pricing/';
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';

type OperatingPrice = Pick<Price, 'name' | 'text' | 'usd' | 'url'>;

/** What a deployment of `infra/` needs besides, each a month unless it says otherwise. */
export const OPERATING_PRICES = {
  publish: {
    name: 'SNS',
    text: '$0.50 a million requests',
    usd: usdOf('topicRequests'),
    url: LIST_PRICES.topicRequests.page,
  },
  recovery: {
    name: 'DynamoDB, to recover',
    text: '$0.20 a GB and month',
    usd: 0.2e-9,
    url: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  logStored: {
    name: 'CloudWatch Logs, kept',
    text: '$0.03 a GB and month',
    usd: 0.03e-9,
    url: CLOUDWATCH,
  },
  metric: { name: 'a custom metric', text: '$0.30 a month', usd: 0.3, url: CLOUDWATCH },
  alarm: {
    name: 'an alarm, by each metric of it',
    text: '$0.10 a month',
    usd: 0.1,
    url: CLOUDWATCH,
  },
  composite: { name: 'a composite alarm', text: '$0.50 a month', usd: 0.5, url: CLOUDWATCH },
  dashboard: { name: 'a dashboard', text: '$3 a month', usd: 3, url: CLOUDWATCH },
  key: {
    name: 'a KMS key',
    text: '$1 a month',
    usd: 1,
    url: 'https://aws.amazon.com/kms/pricing/',
  },
  secret: {
    name: 'a secret',
    text: '$0.40 a month',
    usd: 0.4,
    url: 'https://aws.amazon.com/secrets-manager/pricing/',
  },
  gigabyteSecond: {
    name: 'Lambda on Arm',
    text: '$0.0000133334 a GB and second',
    usd: 0.0000133334,
    url: LAMBDA_PRICES,
  },
  invocation: {
    name: 'Lambda, invocations',
    text: '$0.20 a million',
    usd: 0.2e-6,
    url: LAMBDA_PRICES,
  },
  coreSecond: {
    name: 'Fargate on x86, a vCPU',
    text: '$0.04048 an hour',
    usd: 0.04048 / 3_600,
    url: FARGATE,
  },
  memorySecond: {
    name: 'Fargate on x86, a GB of memory',
    text: '$0.004445 an hour',
    usd: 0.004445 / 3_600,
    url: FARGATE,
  },
  addressSecond: {
    name: 'a public IPv4 address',
    text: '$0.005 an hour',
    usd: 0.005 / 3_600,
    url: 'https://aws.amazon.com/vpc/pricing/',
  },
} as const satisfies Readonly<Record<string, OperatingPrice>>;
