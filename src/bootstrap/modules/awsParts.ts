import {
  createCloudWatchLogsClient,
  type createDynamoDbClient,
  createSqsClient,
  createSqsReceiveClient,
} from '../../adapters/aws/clients.ts';
import { createCloudWatchTelemetry } from '../../adapters/cloudwatch/telemetry.ts';
import { createDynamoDbCommitTable } from '../../adapters/dynamodb/commitTable.ts';
import type { CommitTable } from '../../adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../adapters/eventStore/eventStore.ts';
import { probeQueues } from '../../adapters/sqs/queues.ts';
import { createSqsMessageQueue } from '../../adapters/sqs/messageQueue.ts';
import {
  isPreparedCharge,
  isPreparedRefund,
  prepareCharge,
  prepareRefund,
} from '../../adapters/stripe/bodies.ts';
import { createSystemClock } from '../../adapters/system/clock.ts';
import { createSystemIds } from '../../adapters/system/ids.ts';
import { combineTelemetry } from '../../adapters/telemetry/combine.ts';
import { unlessForbidden } from '../../application/delivery/probes.ts';
import type { Probe } from '../../application/ports/probe.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import { awsSettings, type AwsSettingName, type Config, type SettingName } from '../config.ts';
import { from, type Module } from '../tokens.ts';

/** A configuration with these settings. */
export type With<T extends readonly SettingName[]> = Config<T[number]>;

/** A worker writes its own log stream; what a function writes, Lambda collects. */
export const LOG_SETTINGS = ['LOG_GROUP', 'METRICS_NAMESPACE'] as const;

/** Names this process in the logs, and shows its records to whoever watches it, if anybody does. */
export type Observers = { readonly logStream: string; readonly console?: Telemetry };

export const system = {
  clock: from([], createSystemClock),
  ids: from([], createSystemIds),
} satisfies Module;

/** Without the log nothing is recorded, so that its parts are those that need a right clock. */
export const EVENT_LOG_SETTINGS = ['EVENTS_TABLE', 'CLOCK_SKEW_MAX_MS'] as const;
type LogSettingName = (typeof EVENT_LOG_SETTINGS)[number];

/** The pure part of the gateway: what it can charge, and no secret to have it charged. */
export const requests = {
  requests: from([], () => ({
    prepare: prepareCharge,
    prepareRefund,
    isPrepared: isPreparedCharge,
    isPreparedRefund,
  })),
} satisfies Module;

/** Sees what is read of the log, item by item, and changes nothing. */
export type WatchLog = (table: CommitTable) => CommitTable;

/** The event log alone. */
export const logOf = (
  client: ReturnType<typeof createDynamoDbClient>,
  config: Config<LogSettingName>,
  watch: WatchLog = (watched) => watched,
) =>
  ({
    ...system,
    // Two machines may be off to either side.
    clock: from([], () => createSystemClock({ offMaxMs: config.CLOCK_SKEW_MAX_MS / 2 })),
    store: from(['clock'], ({ clock }) =>
      createEventStore(
        watch(createDynamoDbCommitTable(client, { table: config.EVENTS_TABLE })),
        clock,
      ),
    ),
  }) satisfies Module;

export const queuesOf = (config: Config<AwsSettingName>) => {
  const settings = awsSettings(config, 'SQS');
  const clients = {
    client: createSqsClient(settings),
    receiveClient: createSqsReceiveClient(settings),
  };
  return (queueUrl: string) => from([], () => createSqsMessageQueue(clients, { queueUrl }));
};

/** Whether the queues answer that a service deletes from and sends to. */
export const queuesProbe = (
  config: Config<AwsSettingName>,
  queueUrls: readonly string[],
): Probe => {
  const client = createSqsClient(awsSettings(config, 'SQS'));
  return unlessForbidden(() => probeQueues(client, queueUrls));
};

/** Where a worker's records go. */
export const logsOf = (
  config: Config<AwsSettingName | (typeof LOG_SETTINGS)[number]>,
  service: string,
  { logStream, console }: Observers,
) => {
  const client = createCloudWatchLogsClient(awsSettings(config, 'CLOUDWATCH_LOGS'));
  const { LOG_GROUP: logGroup, METRICS_NAMESPACE: metricsNamespace } = config;
  const logs = { logGroup, logStream, service, metricsNamespace };
  return {
    telemetry: from(['clock'], ({ clock }) =>
      combineTelemetry([
        createCloudWatchTelemetry(client, logs, clock),
        ...(console === undefined ? [] : [console]),
      ]),
    ),
  } satisfies Module;
};
