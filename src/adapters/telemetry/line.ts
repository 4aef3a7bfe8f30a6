import { Result } from 'neverthrow';
import type { Metric, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { redactValue } from './redact.ts';

type LineStamp = {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** For lines that nothing else stamps with their time, as CloudWatch stamps its events. */
  readonly isTimed?: boolean;
  /** Unique to the line, so that a reader recognizes the copies of a put that was stored twice. */
  readonly id: string;
  readonly service: string;
  /** The namespace for the metrics of a record. Without it they are ordinary members. */
  readonly metricsNamespace?: string | undefined;
};

/** One record as a line; an error if it contains what JSON cannot express, in spite of its type. */
export const toLine = Result.fromThrowable(
  (record: TelemetryRecord, stamp: LineStamp): string => {
    const { level, event, facts, metrics } = record;
    const line: Record<string, unknown> = {
      ...(stamp.isTimed && { time: new Date(stamp.time).toISOString() }),
      level,
      service: stamp.service,
      event,
      id: stamp.id,
    };
    for (const name of MEMBERS) {
      const value = record[name];
      if (value !== undefined) line[name] = redactValue(name, value);
    }
    if (metrics !== undefined) Object.assign(line, measured(metrics, stamp));
    for (const [name, fact] of Object.entries(facts ?? {})) {
      // These names come first, and no fact can replace one; a reader takes `time` for the line's.
      if (name !== 'time' && !Object.hasOwn(line, name)) line[name] = redactValue(name, fact);
    }
    return JSON.stringify(line);
  },
  (error) => String(error),
);

const MEMBERS = [
  'orderId',
  'correlationId',
  'causationId',
  'messageId',
  'attempt',
  'durationMs',
  'outcome',
] as const;

/** A metric must replace neither a member of the line nor the member that declares metrics. */
const TAKEN: ReadonlySet<string> = new Set([
  'time',
  'level',
  'service',
  'event',
  'id',
  '_aws',
  ...MEMBERS,
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

/*
 * Embedded metric format: CloudWatch creates metrics from a line whose root says which of its
 * members are metrics. It needs no header. Limits and names are those of the CloudWatch User Guide,
 * "Specification: Embedded metric format"; that page also says that a metric may arrive twice.
 */
/** The limit of one directive; there may be several. */
const METRICS_MAX = 100;
/** The limit of one member. */
const VALUES_MAX = 100;

type MetricValues = Readonly<Record<string, number | readonly number[]>>;

type NamedMetrics = Readonly<Record<string, Metric>>;

/** The numbers as members of a line: JSON has finite ones, and CloudWatch wants no empty list. */
const numbersOf = (metrics: NamedMetrics): MetricValues =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { values }]) => {
      const finite = values.filter(Number.isFinite);
      const [first] = finite;
      if (first === undefined) return [];
      return [[name, finite.length === 1 ? first : atMost(VALUES_MAX, finite)]];
    }),
  );

/**
 * At most that many values, at evenly spaced ranks, which keep the minimum, the maximum and every
 * percentile.
 */
const atMost = (count: number, values: readonly number[]): readonly number[] => {
  if (values.length <= count) return values;
  const sorted = values.toSorted((a, b) => a - b);
  const step = (sorted.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, rank) => sorted[Math.round(rank * step)] ?? 0);
};

/** Declares to CloudWatch that these members of the line are metrics, one of each for a service. */
const metricDirectives = (
  metrics: NamedMetrics,
  numbers: MetricValues,
  { time, namespace }: { readonly time: number; readonly namespace: string },
) => {
  const definitions = Object.keys(numbers).map((name) => ({
    Name: name,
    Unit: metrics[name]?.unit ?? 'None',
  }));
  const directives = Array.from(
    { length: Math.ceil(definitions.length / METRICS_MAX) },
    (_, index) => ({
      Namespace: namespace,
      // The only dimension: each further value makes a metric of its own, and is billed as one.
      Dimensions: [['service']],
      Metrics: definitions.slice(index * METRICS_MAX, (index + 1) * METRICS_MAX),
    }),
  );
  return { Timestamp: time, CloudWatchMetrics: directives };
};
