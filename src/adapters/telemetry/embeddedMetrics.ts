import type { Metric } from '../../application/ports/telemetry.ts';

/*
 * Embedded metric format: CloudWatch makes metrics of a line that says at its root which of its members are
 * some. No header is needed for it. Limits and names are those of the CloudWatch User Guide, "Specification:
 * Embedded metric format"; that page also says that a metric may arrive twice.
 */
/** Of one directive; there may be several. */
const METRICS_MAX = 100;
/** Of one member. */
const VALUES_MAX = 100;

export type MetricValues = Readonly<Record<string, number | readonly number[]>>;

type NamedMetrics = Readonly<Record<string, Metric>>;

/** The numbers as members of a line. JSON knows no others than finite ones, and CloudWatch takes no empty list. */
export const numbersOf = (metrics: NamedMetrics): MetricValues =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { values }]) => {
      const finite = values.filter(Number.isFinite);
      const [first] = finite;
      if (first === undefined) return [];
      return [[name, finite.length === 1 ? first : atMost(VALUES_MAX, finite)]];
    }),
  );

/** Evenly spaced ranks: the least, the greatest and every percentile stay what they were. */
const atMost = (count: number, values: readonly number[]): readonly number[] => {
  if (values.length <= count) return values;
  const sorted = values.toSorted((a, b) => a - b);
  const step = (sorted.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, rank) => sorted[Math.round(rank * step)] ?? 0);
};

/** What tells CloudWatch that these members of the line are metrics, one of each for a service. */
export const metricDirectives = (
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
      // No other: each further value of a dimension is a metric of its own, and paid for as one.
      Dimensions: [['service']],
      Metrics: definitions.slice(index * METRICS_MAX, (index + 1) * METRICS_MAX),
    }),
  );
  return { Timestamp: time, CloudWatchMetrics: directives };
};
