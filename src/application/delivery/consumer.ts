import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { QUEUE_BATCH_MAX, type MessageQueue, type ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { holdAttempt } from './attempt.ts';
import { createAttemptNumbers } from './attemptNumbers.ts';
import { createBell } from './bell.ts';
import { createTally, drain, type DrainReport } from './drain.ts';
import { createFlow } from './flow.ts';
import type { Handler } from './handler.ts';
import { createNumbers, numbersRecord } from './numbers.ts';
import { createReceiveFailures } from './receiveFailures.ts';
import type { Service } from './poison.ts';
import { createSlots } from './slots.ts';
import { createSettlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';
import { createVitals, LOOK_AROUND_MS, type ConsumerHealth } from './vitals.ts';

export type { DrainReport } from './drain.ts';
export type { ConsumerHealth } from './vitals.ts';

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
  readonly service: Service;
  readonly settings: DeliverySettings;
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

type Parts = ReturnType<typeof createParts>;

const createParts = (deps: ConsumerDependencies) => {
  const { clock, ids, settings } = deps;
  const bell = createBell(clock);
  const flow = createFlow(deps);
  const tally = createTally();
  return {
    bell,
    flow,
    tally,
    slots: createSlots({ settings, bell, flow, onEnd: tally.count }),
    vitals: createVitals(clock, settings),
    numbers: createNumbers(ids),
    attemptNumbers: createAttemptNumbers(),
    settlement: createSettlement(deps),
    failures: createReceiveFailures(deps),
  };
};

const consume = async (
  deps: ConsumerDependencies,
  parts: Parts,
  stop: AbortSignal,
): Promise<DrainReport> => {
  const { clock, telemetry, service, settings } = deps;
  const { bell, flow, slots, tally, vitals } = parts;
  const cut = new AbortController();
  const ended = new AbortController();
  const poll = createPoll(deps, parts, { stop, cut: cut.signal });

  const recordNumbers = (): void =>
    telemetry.record(numbersRecord(service, parts.numbers, { clock, slots, flow }));
  const keepRecordingNumbers = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(NUMBERS_EVERY_MS, ended.signal);
      recordNumbers();
      if (ended.signal.aborted) return;
    }
  };

  const told = (): void => {
    tally.open();
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
    await bell.wait(flow.pausedMs() || LOOK_AROUND_MS);
  }

  const drained = await drain({ slots, bell, clock, settings, cutPolls: () => cut.abort() });
  ended.abort();
  await recording;
  vitals.ended();
  const ends = tally.ends();
  const report = { ...ends, ...drained, abandoned: ends.abandoned + drained.abandoned };
  const level = report.abandoned + report.pollsCut === 0 ? 'info' : 'warn';
  const facts = { service: service.name, ...report };
  telemetry.record({ level, event: 'consumer.drained', facts });
  return report;
};

/** One long poll for as many messages as there is room for. */
const createPoll = (
  deps: ConsumerDependencies,
  { slots, tally, vitals, numbers, settlement, failures, ...parts }: Parts,
  { stop, cut: signal }: { readonly stop: AbortSignal; readonly cut: AbortSignal },
) => {
  const { pollMs: waitMs, visibilityMs } = deps.settings;
  let queueHadMessages = false;

  const handBack = async (message: ReceivedMessage): Promise<void> => {
    const answer = await settlement.handBack(message);
    numbers.count('Releases');
    tally.count(answer.type === 'Done' ? 'handedBack' : 'abandoned');
  };

  const hold = (message: ReceivedMessage): void => {
    numbers.sawAge(deps.clock.now() - message.sentAt);
    slots.hold(holdAttempt(message, { ...deps, ...parts, numbers, settlement }));
  };

  const poll = async (max: number): Promise<void> => {
    numbers.count('Polls');
    const received = await deps.queue.receive({ max, waitMs, visibilityMs, signal });
    if (received.isErr()) {
      queueHadMessages = false;
      if (received.error.type === 'Misconfigured') vitals.refused();
      return failures.pause(received.error, stop);
    }
    const messages = received.value;
    failures.clear();
    vitals.answered();
    queueHadMessages = messages.length > 0;
    numbers.count(queueHadMessages ? 'Receives' : 'EmptyReceives', messages.length || 1);
    if (stop.aborted) await Promise.all(messages.map(handBack));
    else messages.forEach(hold);
  };

  return {
    // One poll takes whatever is free. More run beside it only while there is work, and only for a full ten,
    // so that neither an idle queue nor slots that free one by one cost a call each.
    mayStart: (): boolean =>
      slots.free() > 0 &&
      (slots.polls() === 0 || (queueHadMessages && slots.free() >= QUEUE_BATCH_MAX)),
    start: async (): Promise<void> => {
      const end = vitals.polls();
      await slots.askFor(Math.min(slots.free(), QUEUE_BATCH_MAX), poll);
      end();
    },
  };
};
