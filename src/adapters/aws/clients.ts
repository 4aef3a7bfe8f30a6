import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createAgents, observeDate } from '../http.ts';
import { PROXIED_CONNECT_TIMEOUT_MS, type ProxySettings } from '../proxy.ts';
import { withDirectCalls, type DirectCalls, type SdkClient } from './directCalls.ts';
import {
  HOT_CALLS_OF_DYNAMODB,
  HOT_CALLS_OF_LOGS,
  HOT_CALLS_OF_SES,
  HOT_CALLS_OF_SQS,
} from './hotCalls.ts';
import { createHttpHandler, IDLE_CONNECTION_MS } from './httpHandler.ts';
import {
  billedByDynamoDb,
  billedByLogs,
  billedBySes,
  billedBySns,
  billedBySqs,
  meterClient,
  type BilledFor,
  type Meter,
} from './meter.ts';
import { DaySigner } from './signer.ts';

export type AwsSettings = {
  readonly region: string;
  /** The endpoint in place of AWS. Without it the SDK's own rules apply (`AWS_ENDPOINT_URL…`). */
  readonly endpoint?: string;
  /** This and the next choose among the endpoints of AWS itself. */
  readonly fips?: boolean;
  readonly dualStack?: boolean;
  readonly proxies?: ProxySettings;
  /** Whether parts of our own sign and send, or the SDK's (ADR 0031). */
  readonly parts?: 'lean' | 'original';
  /** Counts what is used. */
  readonly meter?: Meter;
  /** Without them the SDK's credentials chain is used. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/**
 * The time in which an attempt must connect, or be answered; the SDK itself sets no limit. A packet
 * that is lost while connecting is sent again after a second (RFC 6298), and an answer comes then.
 */
const CONNECT_TIMEOUT_MS = 2_000;
export const AWS_REQUEST_TIMEOUT_MS = 5_000;
/** The number is pinned, since the SDK's defaults differ between services and changed in 2026. */
export const AWS_ATTEMPTS_MAX = 3;
/** SQS holds a receive open for up to 20 s; a shorter limit would lose what it has handed out. */
const RECEIVE_TIMEOUT_MS = 28_000;

const ignore = (): void => undefined;

/**
 * For its default logger the SDK copies every input and output deeply, and then drops the copies.
 * Without `info` it makes none (ADR 0031).
 */
const WITHOUT_INFO = {
  trace: ignore,
  debug: ignore,
  warn: ignore,
  error: ignore,
} as unknown as Logger;

type Logger = NonNullable<DynamoDBClientConfig['logger']>;

const leanParts = (requestTimeoutMs: number, proxies: ProxySettings) => ({
  signerConstructor: DaySigner,
  requestHandler: createHttpHandler({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    requestTimeoutMs,
    proxies,
  }),
});

const originalParts = (requestTimeoutMs: number, proxies: ProxySettings) => {
  const agents = createAgents(IDLE_CONNECTION_MS, proxies);
  const isDirect = proxies.https === undefined && proxies.http === undefined;
  return {
    // Without throwOnRequestTimeout the handler only warns and continues to wait.
    requestHandler: watchingClock(
      new NodeHttpHandler({
        connectionTimeout: isDirect ? CONNECT_TIMEOUT_MS : PROXIED_CONNECT_TIMEOUT_MS,
        requestTimeout: requestTimeoutMs,
        throwOnRequestTimeout: true,
        httpAgent: agents.http,
        httpsAgent: agents.https,
      }),
    ),
  };
};

/** Every answer has a date, which shows whether this machine's clock is right. */
const watchingClock = (handler: NodeHttpHandler): NodeHttpHandler => {
  const handle = handler.handle.bind(handler);
  handler.handle = async (request, options) => {
    const begun = performance.now();
    const answered = await handle(request, options);
    observeDate(request.hostname, answered.response.headers, begun);
    return answered;
  };
  return handler;
};

const common = (
  settings: AwsSettings,
  { requestTimeoutMs = AWS_REQUEST_TIMEOUT_MS, maxAttempts = AWS_ATTEMPTS_MAX } = {},
) => ({
  region: settings.region,
  maxAttempts,
  retryMode: 'standard',
  ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
  ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
  // These are given explicitly: otherwise the SDK would look for them in the environment and the
  // profile itself.
  useFipsEndpoint: settings.fips ?? false,
  useDualstackEndpoint: settings.dualStack ?? false,
  logger: WITHOUT_INFO,
  ...(settings.parts === 'original' ? originalParts : leanParts)(
    requestTimeoutMs,
    settings.proxies ?? {},
  ),
});

/** The client, metered, whose hot calls go without the SDK's middleware and are counted too. */
const withHotCalls = <Client extends SdkClient>(
  client: Client,
  { parts, meter }: AwsSettings,
  calls: DirectCalls,
  billedFor: BilledFor,
): Client => {
  const metered = meterClient(client, meter, billedFor);
  if (parts === 'original') return metered;
  return withDirectCalls(metered, calls, (operation, input, output) =>
    meter?.count(operation, billedFor({ operation, input, output, error: undefined })),
  );
};

export const createDynamoDbClient = (settings: AwsSettings): DynamoDBClient =>
  withHotCalls(
    new DynamoDBClient(common(settings)),
    settings,
    [
      [BatchExecuteStatementCommand, HOT_CALLS_OF_DYNAMODB.batchExecuteStatement],
      [QueryCommand, HOT_CALLS_OF_DYNAMODB.query],
      [PutItemCommand, HOT_CALLS_OF_DYNAMODB.putItem],
      [BatchGetItemCommand, HOT_CALLS_OF_DYNAMODB.batchGetItem],
    ],
    billedByDynamoDb,
  );

/** The client for everything but receives: sends and deletes must not queue behind long polls. */
export const createSqsClient = (settings: AwsSettings): SQSClient =>
  sqsClient(settings, common(settings));

/**
 * The client for receives. The adapter checks each message, since the SDK would refuse all of them
 * for one wrong checksum.
 */
export const createSqsReceiveClient = (settings: AwsSettings): SQSClient =>
  sqsClient(settings, {
    ...common(settings, { requestTimeoutMs: RECEIVE_TIMEOUT_MS }),
    md5: false,
  });

const sqsClient = (settings: AwsSettings, config: SQSClientConfig): SQSClient =>
  withHotCalls(
    new SQSClient({ ...config, ...sqsOptions(settings) }),
    settings,
    [
      [SendMessageBatchCommand, HOT_CALLS_OF_SQS.sendMessageBatch],
      [DeleteMessageBatchCommand, HOT_CALLS_OF_SQS.deleteMessageBatch],
      [ReceiveMessageCommand, HOT_CALLS_OF_SQS.receiveMessage],
    ],
    billedBySqs,
  );

export const createCloudWatchLogsClient = (settings: AwsSettings): CloudWatchLogsClient =>
  withHotCalls(
    new CloudWatchLogsClient(common(settings)),
    settings,
    [[PutLogEventsCommand, HOT_CALLS_OF_LOGS.putLogEvents]],
    billedByLogs,
  );

/** The SDK of KMS is loaded only if there is a key to unwrap. */
export const openKmsClient = async (settings: AwsSettings): Promise<KMSClient> => {
  const { KMSClient: Client } = await import('@aws-sdk/client-kms');
  return meterClient(new Client(common(settings)), settings.meter, () => ({}));
};

/** The SDK of Secrets Manager is loaded only if a secret is kept there. */
export const openSecretsManagerClient = async (
  settings: AwsSettings,
): Promise<SecretsManagerClient> => {
  const { SecretsManagerClient: Client } = await import('@aws-sdk/client-secrets-manager');
  return new Client(common(settings));
};

/** The SDK of SSM is given, since whoever loads it takes a part of it. */
export const createSsmClient = (settings: AwsSettings, Client: typeof SSMClient): SSMClient =>
  new Client(common(settings));

/** The SDK of SNS is loaded only if something is published. */
export const openSnsClient = async (settings: AwsSettings): Promise<SNSClient> => {
  const { SNSClient: Client } = await import('@aws-sdk/client-sns');
  return meterClient(new Client(common(settings)), settings.meter, billedBySns);
};

/**
 * The client makes one attempt: after a lost answer the SDK would silently send again a mail that
 * is promised at most once. The holder of the claim decides whether to send it again (ADR 0025).
 * The SDK of SES is loaded only by whoever sends mail.
 */
export const openSesClient = async (settings: AwsSettings): Promise<SESv2Client> => {
  const { SendEmailCommand, SESv2Client: Client } = await import('@aws-sdk/client-sesv2');
  return withHotCalls(
    new Client(common(settings, { maxAttempts: 1 })),
    settings,
    [[SendEmailCommand, HOT_CALLS_OF_SES.sendEmail]],
    billedBySes,
  );
};

/**
 * Without this a queue URL's host would take precedence: a local run would call AWS, and a
 * deployment with the FIPS endpoint would be led to another.
 */
const sqsOptions = ({ endpoint, fips = false, dualStack = false }: AwsSettings) =>
  endpoint !== undefined || fips || dualStack ? { useQueueUrlAsEndpoint: false } : {};
