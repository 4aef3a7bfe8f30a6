import { ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import type { RecordError } from '../application/ports/eventStore.ts';
import {
  createCloudWatchLogsClient,
  createDynamoDbClient,
  createSqsClient,
  openSnsClient,
} from '../adapters/aws/clients.ts';
import { ensureLogGroup } from '../adapters/cloudwatch/logGroup.ts';
import { ensureTables, type EnsuredTable } from '../adapters/dynamodb/tables.ts';
import { ensureTopic, topicNameOf } from '../adapters/sns/topics.ts';
import { setUpQueues, type QueueSetup } from '../adapters/sqs/queues.ts';
import { createDynamoDbCommitTable } from '../adapters/dynamodb/commitTable.ts';
import { createEventStore } from '../adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../adapters/system/clock.ts';
import { createSystemIds } from '../adapters/system/ids.ts';
import { createIdentifyDeployment } from '../application/deployment/deployment.ts';
import type { DependencyError } from '../application/ports/failures.ts';
import type { QueueError } from '../application/ports/messageQueue.ts';
import { AWS_SETTINGS, awsSettings, type Config, type SettingName } from './config.ts';
import { queuePlan } from './config/queueSettings.ts';
import type { ResourceNames } from './resourceNames.ts';

/** A resource as a setup left it. `setting` is where the services learn of it. */
export type Resource = {
  readonly kind: 'queue' | 'table' | 'log group' | 'topic';
  readonly name: string;
  readonly done: 'made' | 'changed' | 'found';
  readonly notes: readonly string[];
  readonly setting: SettingName;
  readonly value: string;
};

/**
 * The gateway's time-out is part of the time for which a queue has to hide a message. The
 * deployment's id is dated, and requests to move money that are older than it need no seal: by a
 * clock that is ahead none would need one.
 */
export const SETUP_SETTINGS = [
  ...AWS_SETTINGS.SQS,
  ...AWS_SETTINGS.DYNAMODB,
  ...AWS_SETTINGS.CLOUDWATCH_LOGS,
  ...AWS_SETTINGS.SNS,
  'ORDER_EVENTS_TOPIC_ARN',
  'GATEWAY_TIMEOUT_MS',
  'CLOCK_SKEW_MAX_MS',
] as const;

/** Makes what is missing and corrects queue settings. Repeatable, also by two processes at once. */
export const ensureResources = (
  config: Config<(typeof SETUP_SETTINGS)[number]>,
  names: ResourceNames,
): ResultAsync<readonly Resource[], SetupError> =>
  safeTry(async function* () {
    const sqs = createSqsClient(awsSettings(config, 'SQS'));
    const dynamoDb = createDynamoDbClient(awsSettings(config, 'DYNAMODB'));
    const logs = createCloudWatchLogsClient(awsSettings(config, 'CLOUDWATCH_LOGS'));
    const logGroup = names.LOG_GROUP;
    const tables = {
      events: names.EVENTS_TABLE,
      invoices: names.INVOICES_TABLE,
      keys: names.KEYS_TABLE,
    };
    const plan = queuePlan({ gatewayTimeoutMs: config.GATEWAY_TIMEOUT_MS });
    const pairOf = (service: 'PAYMENTS' | 'NOTIFICATIONS') =>
      setUpQueues(sqs, {
        ...plan,
        name: names[`${service}_QUEUE_URL`],
        deadLetterName: names[`${service}_DLQ_URL`],
      }).mapErr(notAborted);

    const payments = yield* pairOf('PAYMENTS');
    const notifications = yield* pairOf('NOTIFICATIONS');
    const clock = createSystemClock({ offMaxMs: config.CLOCK_SKEW_MAX_MS / 2 });
    const [events, invoices, keys] = yield* ensureTables(dynamoDb, tables, clock);
    const store = createEventStore(
      createDynamoDbCommitTable(dynamoDb, { table: tables.events }),
      clock,
    );
    const identify = createIdentifyDeployment({ store, ids: createSystemIds(), clock });
    const { identified } = yield* identify().mapErr(notRecorded);
    const group = yield* ensureLogGroup(logs, logGroup);
    const topics = yield* ensureTopics(config);
    return ok([
      queueResource(payments.queue, 'PAYMENTS_QUEUE_URL'),
      queueResource(payments.deadLetter, 'PAYMENTS_DLQ_URL'),
      queueResource(notifications.queue, 'NOTIFICATIONS_QUEUE_URL'),
      queueResource(notifications.deadLetter, 'NOTIFICATIONS_DLQ_URL'),
      ...(events === undefined
        ? []
        : [tableResource(events, 'EVENTS_TABLE', [`deployment ${identified?.id ?? ''}`])]),
      ...(invoices === undefined ? [] : [tableResource(invoices, 'INVOICES_TABLE')]),
      ...(keys === undefined ? [] : [tableResource(keys, 'KEYS_TABLE')]),
      {
        kind: 'log group' as const,
        name: logGroup,
        done: group === 'Created' ? ('made' as const) : ('found' as const),
        notes: [],
        setting: 'LOG_GROUP' as const,
        value: logGroup,
      },
      ...topics,
    ]);
  });

/** Makes the topic; none if nobody is to hear of orders. */
const ensureTopics = (
  config: Config<(typeof SETUP_SETTINGS)[number]>,
): ResultAsync<readonly Resource[], SetupError> => {
  const { ORDER_EVENTS_TOPIC_ARN: value } = config;
  if (value === undefined) return okAsync([]);
  const name = topicNameOf(value);
  const about = { kind: 'topic', name, notes: [], setting: 'ORDER_EVENTS_TOPIC_ARN' } as const;
  return ensureTopic(() => openSnsClient(awsSettings(config, 'SNS')), value).map((done) => [
    { ...about, done, value },
  ]);
};

export type SetupError = DependencyError;

/** No signal is given to a setup, so that nothing aborts it. */
const notAborted = (error: QueueError): SetupError =>
  error.type === 'Aborted'
    ? { type: 'Unavailable', dependency: error.dependency, cause: 'aborted', throttled: false }
    : error;

/** The table is there, and its first event is not. */
const notRecorded = (error: RecordError): SetupError => {
  if (error.type === 'Unavailable' || error.type === 'Misconfigured') return error;
  const cause = `the deployment’s id cannot be recorded: ${error.type}`;
  return { type: 'Misconfigured', dependency: 'EventStore', cause };
};

const queueResource = (queue: QueueSetup, setting: SettingName): Resource => ({
  kind: 'queue',
  name: queue.name,
  done: queue.done,
  notes: queue.changes.map(
    (change) => `${change.setting} was ${change.actual}, is ${change.expected}`,
  ),
  setting,
  value: queue.url,
});

const tableResource = (
  made: EnsuredTable,
  setting: SettingName,
  more: readonly string[] = [],
): Resource => {
  const protections = [
    ['deletion protection', made.deletionProtection],
    ['point-in-time recovery', made.pointInTimeRecovery],
    ['time to live', made.timeToLive],
  ] as const;
  const notes = protections.flatMap(([what, state]) => {
    if (state === 'NotSupported') return [`${what} is not known to this endpoint`];
    return state === 'TurnedOn' ? [`${what} turned on`] : [];
  });
  const changed = protections.some(([, state]) => state === 'TurnedOn');
  const found = changed ? ('changed' as const) : ('found' as const);
  return {
    kind: 'table',
    name: made.table,
    done: made.outcome === 'Created' ? 'made' : found,
    notes: [...notes, ...more],
    setting,
    value: made.table,
  };
};
