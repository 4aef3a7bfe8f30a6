import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { MessageQueue, ReceivedMessage } from '../ports/messageQueue.ts';
import type { Probes } from '../ports/probe.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { holdAttempt } from './attempt.ts';
import { createAttemptCounts } from './attempts.ts';
import { createSignal } from './signal.ts';
import { placeOf } from './handlerResult.ts';
import { createDrainCounts, drain, type DrainReport } from './drain.ts';
import { createBackpressure } from './backpressure.ts';
import type { Handler } from './handler.ts';
import { createMetrics, metricsRecord } from './metrics.ts';
import { createPoll } from './poll.ts';
import { createReceiveFailures } from './receiveFailures.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import { createSlots } from './slots.ts';
import { createSettlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';
import { createHealthState, LOOK_AROUND_MS, type ConsumerHealth } from './health.ts';

export type { DrainReport } from './drain.ts';
export type { ConsumerHealth } from './health.ts';

export type Consumer = {
  /** Consumes until the signal fires, then drains. Never rejects. To be called once. */
  run(stop: AbortSignal): Promise<DrainReport>;
  /** At any time, before and after too. */
  health(): ConsumerHealth;
};

export type ConsumerDependencies = {
  readonly queue: MessageQueue;
  readonly deadLetterQueue: MessageQueue;
  readonly handle: Handler;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: ServiceVersion;
  readonly settings: DeliverySettings;
  /** By which a dependency that fails is asked whether it serves again. */
  readonly probes: Probes;
};

const NUMBERS_EVERY_MS = 60_000;

export const createConsumer = (deps: ConsumerDependencies): Consumer => {
  const parts = createParts(deps);
  const { vitals, flow, slots } = parts;
  return {
    run: (stop) => consume(deps, parts, stop),
    health: () => vitals.health({ misconfigured: flow.misconfigured(), slotsStuck: slots.stuck() }),
  };
};

type ConsumerParts = ReturnType<typeof createParts>;

const createParts = (deps: ConsumerDependencies) => {
  const { clock, ids, settings } = deps;
  const bell = createSignal(clock);
  const flow = createBackpressure(deps);
  const drainCounts = createDrainCounts();
  return {
    bell,
    flow,
    drainCounts,
    slots: createSlots({ settings, bell, flow, onEnd: drainCounts.count }),
    vitals: createHealthState(clock, settings),
    numbers: createMetrics(ids),
    attemptCounts: createAttemptCounts(),
    settlement: createSettlement(deps),
    failures: createReceiveFailures(deps),
  };
};

const consume = async (
  deps: ConsumerDependencies,
  parts: ConsumerParts,
  stop: AbortSignal,
): Promise<DrainReport> => {
  const { clock, telemetry, service, settings } = deps;
  const { bell, flow, slots, drainCounts, vitals, numbers, settlement } = parts;
  const cut = new AbortController();
  const ended = new AbortController();

  /** One that breaks an invariant keeps none of those that came with it from being handled. */
  const hold = (message: ReceivedMessage): void => {
    try {
      numbers.sawAge(clock.now() - message.sentAt);
      slots.hold(holdAttempt(message, { ...deps, ...parts }));
    } catch (thrown) {
      numbers.count('Throws');
      const facts = { service: service.name, ...placeOf(thrown) };
      telemetry.record({ level: 'error', event: 'message.not_held', facts });
    }
  };
  const handBack = async (message: ReceivedMessage): Promise<void> => {
    const answer = await settlement.handBack(message);
    numbers.count('Releases');
    drainCounts.count(answer.type === 'Done' ? 'handedBack' : 'abandoned');
  };
  const poll = createPoll({ ...deps, ...parts, hold, handBack, stop, cut: cut.signal });

  const recordNumbers = (): void =>
    telemetry.record(metricsRecord(service, numbers, { clock, slots, flow }));
  const keepRecordingNumbers = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(NUMBERS_EVERY_MS, ended.signal);
      recordNumbers();
      if (ended.signal.aborted) return;
    }
  };

  const told = (): void => {
    drainCounts.open();
    vitals.drains();
    bell.ring();
  };
  stop.addEventListener('abort', told, { once: true });
  if (stop.aborted) told();
  const recording = keepRecordingNumbers();

  while (!stop.aborted) {
    vitals.looped();
    // What waits could only fail like what was started before it.
    if (flow.pausedMs() > 0) slots.putOff(flow.pausedMs());
    slots.fill();
    while (poll.mayStart()) void poll.start();
    await bell.wait(
      Math.min(
        flow.probe(() => bell.ring(), stop),
        LOOK_AROUND_MS,
      ),
    );
  }

  const drained = await drain({ slots, bell, clock, settings, cutPolls: () => cut.abort() });
  ended.abort();
  await recording;
  vitals.ended();
  const ends = drainCounts.ends();
  const report = { ...ends, ...drained, abandoned: ends.abandoned + drained.abandoned };
  const level = report.abandoned + report.pollsCut === 0 ? 'info' : 'warn';
  const facts = { service: service.name, ...report };
  telemetry.record({ level, event: 'consumer.drained', facts });
  return report;
};
