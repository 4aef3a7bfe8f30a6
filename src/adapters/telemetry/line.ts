import { Result } from 'neverthrow';
import type { Metric, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { metricDirectives, numbersOf } from './embeddedMetrics.ts';
import { redact } from './redact.ts';

export type LineStamp = {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /**
   * Unique to the line: the log service may store one put twice, and a reader recognizes copies by
   * this.
   */
  readonly id: string;
  readonly service: string;
  /** The namespace for the metrics of a record. Without it they are ordinary members. */
  readonly metricsNamespace?: string | undefined;
};

/**
 * One record as a line of JSON; an error if it contains what JSON cannot express, in spite of its
 * type.
 */
export const toLine = Result.fromThrowable(
  (record: TelemetryRecord, stamp: LineStamp): string => {
    const { level, event, facts, metrics, ...names } = redact(record);
    const time = new Date(stamp.time).toISOString();
    const line = { time, level, service: stamp.service, event, id: stamp.id, ...names };
    const fixed = { ...line, ...(metrics && measured(metrics, stamp)) };
    // Spread twice, so that these names come first and no fact can replace one.
    return JSON.stringify({ ...fixed, ...facts, ...fixed });
  },
  (error) => String(error),
);

/** A metric must replace neither a member of the line nor the member that declares metrics. */
const TAKEN: ReadonlySet<string> = new Set([
  'time',
  'level',
  'service',
  'event',
  'id',
  '_aws',
  'orderId',
  'correlationId',
  'causationId',
  'messageId',
  'attempt',
  'durationMs',
  'outcome',
]);

const measured = (
  given: Readonly<Record<string, Metric>>,
  { time, metricsNamespace: namespace }: LineStamp,
) => {
  const metrics = Object.fromEntries(
    Object.entries(given).map(([name, metric]) => [
      TAKEN.has(name) ? `metric.${name}` : name,
      metric,
    ]),
  );
  const numbers = numbersOf(metrics);
  if (namespace === undefined || Object.keys(numbers).length === 0) return numbers;
  return { ...numbers, _aws: metricDirectives(metrics, numbers, { time, namespace }) };
};
