import { monotonicFactory } from 'ulid';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../application/ports/clock.ts';
import type { Telemetry, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { toLine } from '../telemetry/line.ts';
import { LOG_BATCH_BYTES_MAX, LOG_BATCH_EVENTS_MAX, LOG_EVENT_BYTES_MAX } from './batching.ts';
import type { PendingLine } from './batching.ts';
import { createLineQueue } from './lineQueue.ts';
import { createLogWriter } from './logWriter.ts';
import { createPutLogEvents } from './putLogEvents.ts';

export type CloudWatchTelemetryConfig = {
  readonly logGroup: string;
  /** One for each process: a stream is a sequence of events from one source. */
  readonly logStream: string;
  /** Named in every line. */
  readonly service: string;
  /** Where the metrics of records are kept; without it they are numbers in the log and no more. */
  readonly metricsNamespace?: string;
  /** A line waits for at most so long before it is sent, while the service takes lines. */
  readonly flushEveryMs?: number;
  /** Memory for lines that wait, besides the one batch that is on its way. */
  readonly linesMax?: number;
  readonly bytesMax?: number;
};

/** While flush waits for the service to come back. */
const FLUSH_PAUSE_MS = 100;

/**
 * Writes records to CloudWatch Logs in batches, beside the work and never in its way: each second, or when
 * a batch is full. While the service is down the oldest lines go first; what is lost is counted, and told
 * in a record of its own once writing works again.
 */
export const createCloudWatchTelemetry = (
  client: CloudWatchLogsClient,
  config: CloudWatchTelemetryConfig,
  clock: Clock,
): Telemetry => {
  const { flushEveryMs = 1_000, linesMax = 50_000, bytesMax = 16 * LOG_BATCH_BYTES_MAX } = config;
  const queue = createLineQueue({ linesMax, bytesMax });
  const createId = monotonicFactory();
  const counts = { written: 0, dropped: 0, rejected: 0 };
  let untold = { dropped: 0, rejected: 0 };

  const lose = (lost: number, how: 'dropped' | 'rejected') => {
    counts[how] += lost;
    untold[how] += lost;
  };

  /** False if no event can hold the record. */
  const add = (record: TelemetryRecord, own: boolean): boolean => {
    const timestamp = clock.now();
    const { service, metricsNamespace } = config;
    const stamp = { time: timestamp, id: createId(timestamp), service, metricsNamespace };
    const line = toLine(record, stamp).map((message) => {
      return { timestamp, message, bytes: Buffer.byteLength(message), own };
    });
    if (line.isErr() || line.value.bytes > LOG_EVENT_BYTES_MAX) return false;
    lose(countRecords(queue.add(line.value)), 'dropped');
    return true;
  };

  const writer = createLogWriter({
    put: createPutLogEvents(client, config),
    queue,
    clock,
    delayMs: flushEveryMs,
    onLost(lines, how) {
      lose(countRecords(lines), how);
    },
    onStored(lines) {
      counts.written += countRecords(lines);
      if (untold.dropped + untold.rejected === 0) return;
      const facts = untold;
      untold = { dropped: 0, rejected: 0 };
      add({ level: 'warn', event: 'telemetry.records_lost', facts }, true);
    },
  });

  return {
    record(record) {
      if (!add(record, false)) {
        lose(1, 'rejected');
        add(refused(record), true);
      }
      const isFull = queue.count() >= LOG_BATCH_EVENTS_MAX || queue.bytes() >= LOG_BATCH_BYTES_MAX;
      if (isFull) void writer.write();
      else writer.writeLater();
    },

    async flush(deadlineMs) {
      const over = new AbortController();
      const deadline = clock.sleep(deadlineMs, over.signal).finally(() => {
        over.abort();
      });
      while (!over.signal.aborted && writer.held().length > 0) {
        writer.forgetFailures();
        await Promise.race([writer.write(), deadline]);
        if (writer.held().length > 0) await clock.sleep(FLUSH_PAUSE_MS, over.signal);
      }
      over.abort();
      await writer.stop();
      // What is still held may yet be written, but nobody may count on it.
      return { ...counts, dropped: counts.dropped + countRecords(writer.held()) };
    },
  };
};

const countRecords = (lines: readonly PendingLine[]): number =>
  lines.filter(({ own }) => !own).length;

/** Stands in the log for a record that no event can hold. */
const refused = (record: TelemetryRecord): TelemetryRecord => ({
  level: 'error',
  event: 'telemetry.record_refused',
  facts: { refused: record.event.slice(0, 200) },
});
