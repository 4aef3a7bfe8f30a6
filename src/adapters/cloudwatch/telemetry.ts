import { monotonicFactory } from 'ulid';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../application/ports/clock.ts';
import type { Telemetry, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { pooledRandom } from '../system/ids.ts';
import { toLine } from '../telemetry/line.ts';
import {
  LOG_BATCH_BYTES_MAX,
  LOG_BATCH_EVENTS_MAX,
  LOG_EVENT_BYTES_MAX,
  type PendingLine,
  createLineQueue,
} from './batching.ts';
import { LogWriter } from './logWriter.ts';
import { createPutLogEvents } from './putLogEvents.ts';

export type CloudWatchTelemetryConfig = {
  readonly logGroup: string;
  /** One stream for each process: a stream is a sequence of events from one source. */
  readonly logStream: string;
  /** Every line names it. */
  readonly service: string;
  /** The namespace for the metrics of records; without it they are only numbers in the log. */
  readonly metricsNamespace?: string;
  /** The maximum time that a line waits before it is sent, while the service accepts lines. */
  readonly flushEveryMs?: number;
  /** The memory for waiting lines, besides the one batch that is being sent. */
  readonly linesMax?: number;
  readonly bytesMax?: number;
};

/** The pause of a flush that waits for the service to recover. */
const FLUSH_PAUSE_MS = 100;

/**
 * Writes records to CloudWatch Logs in batches, without delaying the work: each second, or when a
 * batch is full. While the service is down, the oldest lines are dropped first. Lost lines are
 * counted, and reported in a record of their own once writing works again.
 */
export const createCloudWatchTelemetry = (
  client: CloudWatchLogsClient,
  config: CloudWatchTelemetryConfig,
  clock: Clock,
): Telemetry => {
  const { flushEveryMs = 1_000, linesMax = 50_000, bytesMax = 16 * LOG_BATCH_BYTES_MAX } = config;
  const queue = createLineQueue({ linesMax, bytesMax });
  const createId = monotonicFactory(pooledRandom);
  const counts = { written: 0, dropped: 0, rejected: 0 };
  let unreported = { dropped: 0, rejected: 0 };

  const lose = (lost: number, how: 'dropped' | 'rejected') => {
    counts[how] += lost;
    unreported[how] += lost;
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

  const writer = new LogWriter({
    put: createPutLogEvents(client, config),
    queue,
    clock,
    delayMs: flushEveryMs,
    onLost(lines, how) {
      lose(countRecords(lines), how);
    },
    onStored(lines) {
      counts.written += countRecords(lines);
      if (unreported.dropped + unreported.rejected === 0) return;
      const facts = unreported;
      unreported = { dropped: 0, rejected: 0 };
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
      await writeWithin(deadlineMs, { writer, clock });
      // The remaining lines may still be written, but nobody may rely on it.
      return { ...counts, dropped: counts.dropped + countRecords(writer.held()) };
    },
  };
};

/** Writes until nothing is held or the time is over, however often the service fails. */
const writeWithin = async (
  deadlineMs: number,
  { writer, clock }: { readonly writer: LogWriter; readonly clock: Clock },
): Promise<void> => {
  const over = new AbortController();
  const deadline = clock.sleep(deadlineMs, over.signal).finally(() => over.abort());
  while (!over.signal.aborted && writer.held().length > 0) {
    writer.forgetFailures();
    await Promise.race([writer.write(), deadline]);
    if (writer.held().length > 0) await clock.sleep(FLUSH_PAUSE_MS, over.signal);
  }
  over.abort();
  await writer.stop();
};

const countRecords = (lines: readonly PendingLine[]): number =>
  lines.filter(({ own }) => !own).length;

/** Takes the place of a record that no event can hold. */
const refused = (record: TelemetryRecord): TelemetryRecord => ({
  level: 'error',
  event: 'telemetry.record_refused',
  facts: { refused: record.event.slice(0, 200) },
});
