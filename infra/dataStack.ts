import { Duration, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../src/adapters/cloudwatch/logGroup.ts';
import { tableSchemas, type TableSchema } from '../src/adapters/dynamodb/tableSchemas.ts';
import { queueSettings } from '../src/adapters/sqs/queueSettings.ts';
import { queuePlan } from '../src/bootstrap/config/queueSettings.ts';
import { keyAliasName, namesOf, type DeploymentNames } from './names.ts';
import type { Deployment } from './parameters.ts';
import { settingValue } from './settings.ts';

/** What nobody can make again: secrets that people enter, or that are made once. */
export type DeploymentSecrets = Readonly<
  Record<'gatewayKey' | 'gatewayReadKey' | 'webhookSecrets' | 'sealKeys', Secret>
>;

/**
 * Everything that outlives a release: queues, tables, keys, secrets, the topic and the log group.
 * Whoever has made these with `paidonce setup` imports them instead of making them again.
 */
export class DataStack extends Stack {
  readonly secrets: DeploymentSecrets;
  /** Undefined without customer keys. */
  readonly customerKey: kms.IKey | undefined;

  constructor(scope: Construct, id: string, props: StackProps & { readonly of: Deployment }) {
    super(scope, id, { ...props, terminationProtection: props.of.stage === 'prod' });
    const { of } = props;
    Tags.of(this).add('paidonce:stage', of.stage);
    const names = namesOf(of);
    this.customerKey = of.customerKeys ? this.#key('Key', of, `${of.name}-data`) : undefined;
    this.#key('PersonalDataKey', of, keyAliasName(of));

    const payments = this.#queues('Payments', names.queues.payments, names, of);
    this.#queues('Notifications', names.queues.notifications, names, of);
    if (of.eventSource !== undefined) this.#gatewayEvents(of.eventSource, payments, of);
    for (const schema of tableSchemas(names.tables)) this.#table(schema);
    const key = this.customerKey;
    new sns.Topic(this, 'OrderEvents', {
      topicName: names.topic,
      enforceSSL: true,
      ...(key && { masterKey: key }),
    });
    new logs.LogGroup(this, 'Log', {
      logGroupName: names.logGroup,
      retention: LOG_RETENTION_DAYS,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(key && { encryptionKey: key }),
    });
    this.secrets = {
      gatewayKey: this.#secret('GatewayKey', `${of.name}/stripe-secret-key`),
      gatewayReadKey: this.#secret('GatewayReadKey', `${of.name}/stripe-read-key`),
      webhookSecrets: this.#secret('WebhookSecrets', `${of.name}/stripe-webhook-secrets`),
      sealKeys: this.#secret('SealKeys', `${of.name}/intent-seal-keys`),
    };
  }

  #key(id: string, of: Deployment, alias: string): kms.Key {
    const key = new kms.Key(this, id, {
      alias,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    if (id === 'Key') {
      // CloudWatch Logs and EventBridge use it themselves; roles of services have it by policy.
      const services = [`logs.${this.region}.${this.urlSuffix}`, 'events.amazonaws.com'];
      for (const service of services) {
        key.grantEncryptDecrypt(new iam.ServicePrincipal(service));
      }
    }
    return key;
  }

  #queues(
    id: string,
    [name, deadLetterName]: readonly [string, string],
    names: DeploymentNames,
    of: Deployment,
  ): sqs.Queue {
    const key = this.customerKey;
    const gatewayTimeoutMs = settingValue(of, 'GATEWAY_TIMEOUT_MS');
    const plan = queuePlan({ gatewayTimeoutMs });
    const set = queueSettings({ ...plan, name, deadLetterName }, '');
    const seconds = (setting: string): Duration => Duration.seconds(Number(set[setting]));
    const common = {
      retentionPeriod: seconds('MessageRetentionPeriod'),
      receiveMessageWaitTime: seconds('ReceiveMessageWaitTimeSeconds'),
      maxMessageSizeBytes: Number(set['MaximumMessageSize']),
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(key
        ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: key }
        : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
    };
    // By its name: its queue names it, and two resources cannot name each other.
    const arn = this.formatArn({ service: 'sqs', resource: name });
    const queue = sqs.Queue.fromQueueArn(this, `${id}Source`, arn);
    const deadLetters = new sqs.Queue(this, `${id}DeadLetters`, {
      ...common,
      queueName: deadLetterName,
      redriveAllowPolicy: {
        redrivePermission: sqs.RedrivePermission.BY_QUEUE,
        sourceQueues: [queue],
      },
    });
    return new sqs.Queue(this, id, {
      ...common,
      queueName: name,
      visibilityTimeout: seconds('VisibilityTimeout'),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: plan.maxReceiveCount },
    });
  }

  /** docs/webhooks.md#eventbridge. What else the gateway says is led nowhere. */
  #gatewayEvents(eventSource: string, payments: sqs.Queue, of: Deployment): void {
    const bus = new events.EventBus(this, 'GatewayBus', { eventSourceName: eventSource });
    const rule = new events.Rule(this, 'GatewayEvents', {
      ruleName: `${of.name}-gateway-events`,
      eventBus: bus,
      eventPattern: {
        detailType: events.Match.anyOf(
          ...['payment_intent.', 'refund.', 'charge.dispute.'].map((each) =>
            events.Match.prefix(each),
          ),
        ),
      },
    });
    rule.addTarget(new SqsQueue(payments));
  }

  /** With `Table`, since moto makes no `TableV2`, and one region is all that is wanted. */
  #table({ table, keys: [hash, range], irreplaceable, removeAt }: TableSchema): void {
    const attribute = ({ name, type }: TableSchema['keys'][0]): dynamodb.Attribute => ({
      name,
      type: type === 'S' ? dynamodb.AttributeType.STRING : dynamodb.AttributeType.NUMBER,
    });
    const key = this.customerKey;
    new dynamodb.Table(this, `Table${table.split('-').at(-1) ?? ''}`, {
      tableName: table,
      partitionKey: attribute(hash),
      ...(range && { sortKey: attribute(range) }),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      ...(irreplaceable && {
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      }),
      deletionProtection: irreplaceable,
      ...(removeAt !== undefined && { timeToLiveAttribute: removeAt }),
      ...(key
        ? { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }
        : { encryption: dynamodb.TableEncryption.DEFAULT }),
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Made with a text of chance, which is good for seals; people enter the gateway's. */
  #secret(id: string, secretName: string): Secret {
    const key = this.customerKey;
    return new Secret(this, id, {
      secretName,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
      ...(key && { encryptionKey: key }),
    });
  }
}
