import { fileURLToPath } from 'node:url';
import { CfnOutput, CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { createJsonTelemetry } from '../src/adapters/console/telemetry.ts';
import { createSystemClock } from '../src/adapters/system/clock.ts';
import { QUEUE_BATCH_MAX } from '../src/application/ports/messageQueue.ts';
import {
  FUNCTION_LIMITS,
  MAPPING_CONCURRENCY,
  WEBHOOK_CONCURRENCY,
} from '../src/bootstrap/lambda/limits.ts';
import { settingsOfFunction } from '../src/bootstrap/lambda/settings.ts';
import { namesOf } from './names.ts';
import { createRole } from './roles.ts';
import type { ServiceStackProps } from './serviceStack.ts';
import { environmentOf, secretsOf, SERVICES, type Service } from './services.ts';
import { settingValue } from './settings.ts';

const BUNDLE = fileURLToPath(new URL('../dist/lambda', import.meta.url));
const AUDIT_EVERY = Duration.days(1);

/** The services as Lambda functions: docs/lambda.md. */
export const createFunctions = (stack: Stack, props: ServiceStackProps): void => {
  const { of } = props;
  const code = codeOf(stack, props);
  const logGroup = LogGroup.fromLogGroupName(stack, 'Log', namesOf(of).logGroup);
  const made = Object.fromEntries(
    SERVICES.map((service) => [service, createOne(stack, { ...props, service, code, logGroup })]),
  ) as Record<Service, lambda.Function>;

  for (const service of ['payments', 'notifications'] as const) {
    new lambda.EventSourceMapping(stack, `${service}Mapping`, {
      target: made[service],
      eventSourceArn: stack.formatArn({ service: 'sqs', resource: namesOf(of).queues[service][0] }),
      batchSize: QUEUE_BATCH_MAX,
      reportBatchItemFailures: true,
      maxConcurrency: MAPPING_CONCURRENCY,
    });
  }
  const rounds = Duration.millis(settingValue(of, 'RECONCILE_INTERVAL_MS'));
  schedule(stack, made.reconciler, rounds, 'reconciler');
  schedule(stack, made.audit, AUDIT_EVERY, 'audit');
  // Its calls are signed by the gateway.
  const url = made.webhooks.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
  new CfnOutput(stack, 'WebhookUrl', { value: url.url, description: 'Enter it at Stripe' });
};

/** In a plain template the archive is where whoever deploys has put it. */
const codeOf = (stack: Stack, { of, bundle = BUNDLE }: ServiceStackProps): lambda.Code => {
  if (!of.plain) return lambda.Code.fromAsset(bundle);
  const parameter = (id: string, description: string): string =>
    new CfnParameter(stack, id, { description }).valueAsString;
  const bucket = parameter('CodeBucket', 'The bucket with the archive of dist/lambda');
  const key = parameter('CodeKey', 'The name of that archive, another one for each release');
  return lambda.Code.fromBucketV2(Bucket.fromBucketName(stack, 'Code', bucket), key);
};

type FunctionOptions = ServiceStackProps & {
  readonly service: Service;
  readonly code: lambda.Code;
  readonly logGroup: ReturnType<typeof LogGroup.fromLogGroupName>;
};

const createOne = (
  stack: Stack,
  { of, secrets, customerKey, service, code, logGroup }: FunctionOptions,
): lambda.Function => {
  const { timeoutSeconds, memoryMb } = FUNCTION_LIMITS[service];
  const own = secretsOf(service, secrets);
  const read = own.map(
    ([, secret]) =>
      new iam.PolicyStatement({
        sid: `Read${secret.node.id}`,
        actions: ['secretsmanager:GetSecretValue'],
        resources: [secret.secretArn],
      }),
  );
  const takes = settingsOfFunction(service, {
    telemetry: () => createJsonTelemetry(createSystemClock(), { service }),
  });
  return new lambda.Function(stack, service, {
    functionName: `${of.name}-${service}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: `index.${service}`,
    code,
    timeout: Duration.seconds(timeoutSeconds),
    memorySize: memoryMb,
    role: createRole(stack, {
      of,
      service,
      customerKey,
      principal: 'lambda.amazonaws.com',
      besides: read,
    }),
    environment: {
      ...environmentOf(of, takes),
      // The secret itself would be shown to whoever may read the function's configuration.
      ...Object.fromEntries(own.map(([name, secret]) => [`${name}_ARN`, secret.secretArn])),
    },
    // One group for all, as workers have it. The lines are JSON already.
    logGroup,
    loggingFormat: lambda.LoggingFormat.TEXT,
    // An invocation of a schedule is made up for by the next one.
    ...(service === 'reconciler' || service === 'audit' ? { retryAttempts: 0 } : {}),
    ...(service === 'webhooks' && { reservedConcurrentExecutions: WEBHOOK_CONCURRENCY }),
  });
};

const schedule = (
  stack: Stack,
  target: lambda.Function,
  every: Duration,
  service: Service,
): void => {
  new Rule(stack, `${service}Schedule`, {
    schedule: Schedule.rate(every),
    targets: [new LambdaFunction(target, { retryAttempts: 0 })],
  });
};
