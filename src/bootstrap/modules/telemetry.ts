import { hostname } from 'node:os';
import { createCloudWatchTelemetry } from '../../adapters/cloudwatch/telemetry.ts';
import { combineTelemetry } from '../../adapters/telemetry/combine.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import { from } from '../tokens.ts';

/**
 * Names this process in its log stream, and shows its records to whoever watches it, if anybody
 * does.
 */
export type Observers = { readonly service: string; readonly console?: Telemetry };

/** A worker writes a log stream of its own; what a function writes, Lambda collects. */
export const telemetryFor = ({ service, console }: Observers) =>
  from(
    { settings: ['LOG_GROUP', 'METRICS_NAMESPACE'], needs: ['cloudWatchLogs', 'clock'] },
    ({ cloudWatchLogs, clock }, { LOG_GROUP: logGroup, METRICS_NAMESPACE: metricsNamespace }) => {
      const logs = { logGroup, logStream: logStreamOf(service), service, metricsNamespace };
      return combineTelemetry([
        createCloudWatchTelemetry(cloudWatchLogs, logs, clock),
        ...(console === undefined ? [] : [console]),
      ]);
    },
  );

/**
 * The name of a log stream, which is the sequence of one source: one for each service and process.
 * A name holds neither `:` nor `*` (CreateLogStream).
 */
const logStreamOf = (service: string): string =>
  `${service}/${hostname()}/${process.pid}/${new Date().toISOString().replaceAll(':', '.')}`;
