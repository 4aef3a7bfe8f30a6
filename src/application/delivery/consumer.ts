import type { DeliveryDependencies } from './dependencies.ts';
import type { Probes } from '../ports/failures.ts';
import type { TelemetryRecord } from '../ports/telemetry.ts';
import { createAttempt } from './attempt.ts';
import { createAttemptCounts } from './settle.ts';
import { createBackpressure, type Backpressure } from './backpressure.ts';
import { createDrainCounts, drain, type DrainCounts, type DrainReport } from './drain.ts';
import { createHealthState, TURN_MAX_MS, type ConsumerHealth, type HealthState } from './health.ts';
import { createLeaseHold } from './hold.ts';
import {
  createIntake,
  createPoll,
  type Poll,
  type PollSignals,
  createReceiveFailures,
} from './poll.ts';
import { createMetrics, type Metrics, oneValue } from './metrics.ts';
import { createSettlement } from './settlement.ts';
import { createSignal, type Signal } from './signal.ts';
import { createSlots, type Slots } from './slots.ts';

export type { DrainReport } from './drain.ts';
export type { ConsumerHealth } from './health.ts';

export type Consumer = {
  /** Consumes until the signal fires, then drains. Never rejects. It has to be called only once. */
  run(stop: AbortSignal): Promise<DrainReport>;
  health(): ConsumerHealth;
  /** The messages that it has in hand; a service without messages has none. */
  held?(): HeldMessages;
};

export type HeldMessages = {
  /** The number of messages that are being handled. */
  readonly inFlight: number;
  readonly waiting: number;
  /** When the oldest message was sent, in milliseconds since the epoch. */
  readonly oldestSentAt: number | undefined;
};

export type ConsumerDependencies = DeliveryDependencies & {
  readonly probes: Probes;
};

const METRICS_EVERY_MS = 60_000;

export const createConsumer = (deps: ConsumerDependencies): Consumer => {
  const { queue, deadLetterQueue, handle, clock, ids, telemetry, service, settings } = deps;
  const signal = createSignal(clock);
  const backpressure = createBackpressure(deps);
  const health = createHealthState(clock, settings);
  const metrics = createMetrics(ids);
  const failures = createReceiveFailures(deps);
  const settlement = createSettlement({ queue, deadLetterQueue, clock, ids });
  const openHold = createLeaseHold({ settlement, clock, ids, settings });
  const attemptCounts = createAttemptCounts();
  const drainCounts = createDrainCounts();
  const slots = createSlots({ settings, signal, backpressure, onEnd: drainCounts.count });
  const attempts = {
    handle,
    ...(deps.opened && { opened: deps.opened }),
    openHold,
    settlement,
    backpressure,
    attemptCounts,
    metrics,
    clock,
    ids,
    telemetry,
    tracing: deps.tracing,
    service,
    settings,
  };
  const intake = createIntake({
    attemptAt: (message) => createAttempt(message, attempts),
    slots,
    settlement,
    drainCounts,
    metrics,
    clock,
    telemetry,
    service,
  });
  const poll = createPoll({ queue, slots, health, metrics, failures, settings, intake });
  const loop = {
    poll,
    slots,
    signal,
    backpressure,
    health,
    metrics,
    drainCounts,
    clock,
    telemetry,
    service,
    settings,
    measured: deps.measured ?? (() => ({})),
  };
  return {
    run: (stop) => consume(loop, stop),
    health: () => health.health(backpressure.misconfigured(), slots.stuck()),
    held: () => {
      const held = slots.held();
      const inFlight = held.filter((attempt) => attempt.phase() === 'started').length;
      return {
        inFlight,
        waiting: held.length - inFlight,
        oldestSentAt: held.length === 0 ? undefined : Math.min(...held.map(({ sentAt }) => sentAt)),
      };
    },
  };
};

type LoopParts = Pick<DeliveryDependencies, 'clock' | 'telemetry' | 'service' | 'settings'> & {
  readonly measured: NonNullable<DeliveryDependencies['measured']>;
  readonly poll: Poll;
  readonly slots: Slots;
  readonly signal: Signal;
  readonly backpressure: Backpressure;
  readonly health: HealthState;
  readonly metrics: Metrics;
  readonly drainCounts: DrainCounts;
};

const consume = async (parts: LoopParts, stop: AbortSignal): Promise<DrainReport> => {
  const { slots, signal, health, drainCounts, clock } = parts;
  const { drainMs } = parts.settings;
  const polls = new AbortController();
  const ended = new AbortController();
  const stopRequested = (): void => {
    drainCounts.open();
    health.drains();
    signal.raise();
  };
  stop.addEventListener('abort', stopRequested, { once: true });
  if (stop.aborted) stopRequested();
  const recording = recordMetrics(parts, ended.signal);

  while (!stop.aborted) {
    health.looped();
    await takeTurn(parts, { stop, abort: polls.signal });
  }

  const abortPolls = () => polls.abort();
  const drained = await drain({ slots, signal, clock, drainMs, abortPolls });
  ended.abort();
  await recording;
  health.ended();
  return reportDrain(parts, drained);
};

const takeTurn = async (
  { poll, slots, signal, backpressure }: LoopParts,
  signals: PollSignals,
): Promise<void> => {
  // Waiting messages could only fail like those started before them.
  const pausedMs = backpressure.pausedMs();
  if (pausedMs > 0) slots.putOff(pausedMs);
  slots.fill();
  while (poll.mayStart()) void poll.start(signals);
  const nextProbeMs = backpressure.advance(() => signal.raise(), signals.stop);
  await signal.wait(Math.min(nextProbeMs, TURN_MAX_MS));
};

const recordMetrics = async (parts: LoopParts, ended: AbortSignal): Promise<void> => {
  while (!ended.aborted) {
    await parts.clock.sleep(METRICS_EVERY_MS, ended);
    parts.telemetry.record(metricsRecord(parts));
  }
};

const reportDrain = (
  { drainCounts, telemetry, service }: Pick<LoopParts, 'drainCounts' | 'telemetry' | 'service'>,
  drained: Pick<DrainReport, 'pollsCut' | 'durationMs' | 'abandoned'>,
): DrainReport => {
  const ends = drainCounts.ends();
  const report = { ...ends, ...drained, abandoned: ends.abandoned + drained.abandoned };
  const level = report.abandoned + report.pollsCut === 0 ? 'info' : 'warn';
  const facts = { service: service.name, ...report };
  telemetry.record({ level, event: 'consumer.drained', facts });
  return report;
};

type MetricsRecordParts = Pick<
  LoopParts,
  'clock' | 'service' | 'metrics' | 'slots' | 'backpressure' | 'measured'
>;

/** The record of the last minute, with the state of the consumer at this moment. */
const metricsRecord = ({
  clock,
  service,
  metrics,
  slots,
  backpressure,
  measured,
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
      ...measured(),
    },
  };
};
