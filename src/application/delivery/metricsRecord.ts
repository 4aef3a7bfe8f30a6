import type { Clock } from '../ports/clock.ts';
import type { TelemetryRecord } from '../ports/telemetry.ts';
import type { Backpressure } from './backpressure.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import { oneValue, type Metrics } from './metrics.ts';
import type { Slots } from './slots.ts';

export type MetricsRecordParts = {
  readonly clock: Pick<Clock, 'now'>;
  readonly service: ServiceVersion;
  readonly metrics: Pick<Metrics, 'observeAge' | 'collect'>;
  readonly slots: Pick<Slots, 'held' | 'heldBytes'>;
  readonly backpressure: Pick<Backpressure, 'allowed' | 'troubled'>;
};

/** The record of the last minute, with the state of the consumer at this moment. */
export const metricsRecord = ({
  clock,
  service,
  metrics,
  slots,
  backpressure,
}: MetricsRecordParts): TelemetryRecord => {
  const held = slots.held();
  for (const { sentAt } of held) metrics.observeAge(clock.now() - sentAt);
  const started = held.filter((attempt) => attempt.phase() === 'started').length;
  const troubled = Object.entries(backpressure.troubled());
  return {
    level: 'info',
    event: 'consumer.metrics',
    facts: {
      service: service.name,
      ...Object.fromEntries(troubled.map(([dependency, state]) => [`circuit${dependency}`, state])),
    },
    metrics: {
      ...metrics.collect(),
      InFlight: oneValue('Count', started),
      Waiting: oneValue('Count', held.length - started),
      HeldBytes: oneValue('Bytes', slots.heldBytes()),
      AllowedConcurrency: oneValue('Count', backpressure.allowed()),
      CircuitsNotClosed: oneValue('Count', troubled.length),
    },
  };
};
