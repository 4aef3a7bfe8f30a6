import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { QUEUE_BATCH_MAX, type MessageQueue, type ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { startAttempt, type AttemptEnd } from './attempt.ts';
import { createBell } from './bell.ts';
import { drain, type DrainReport } from './drain.ts';
import type { Handler } from './handler.ts';
import { createReceiveFailures } from './receiveFailures.ts';
import type { Service } from './poison.ts';
import { createSlots } from './slots.ts';
import { createSettlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';

export type { DrainReport } from './drain.ts';

export type Consumer = {
  /** Consumes until the signal fires, then drains. Never rejects. */
  run(stop: AbortSignal): Promise<DrainReport>;
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

/** Nothing depends on it: whatever changes rings the bell. */
const LOOK_AROUND_MS = 60_000;
export const createConsumer = (deps: ConsumerDependencies): Consumer => ({
  run: (stop) => consume(deps, stop),
});

const consume = async (deps: ConsumerDependencies, stop: AbortSignal): Promise<DrainReport> => {
  const { queue, clock, telemetry, service, settings } = deps;
  const settlement = createSettlement(deps);
  const failures = createReceiveFailures(deps);
  const bell = createBell(clock);
  const cut = new AbortController();
  const ends = { finished: 0, handedBack: 0, abandoned: 0 };
  const countEnd = (end: AttemptEnd): void => {
    if (stop.aborted) ends[end] += 1;
  };
  const slots = createSlots(settings.concurrency, bell, countEnd);
  let queueHadMessages = false;

  const handBack = async (message: ReceivedMessage): Promise<void> => {
    const answer = await settlement.handBack(message);
    countEnd(answer.type === 'Done' ? 'handedBack' : 'abandoned');
  };

  const poll = async (max: number): Promise<void> => {
    const { pollMs: waitMs, visibilityMs } = settings;
    const received = await queue.receive({ max, waitMs, visibilityMs, signal: cut.signal });
    if (received.isErr()) {
      queueHadMessages = false;
      return failures.pause(received.error, stop);
    }
    failures.clear();
    queueHadMessages = received.value.length > 0;
    if (stop.aborted) await Promise.all(received.value.map(handBack));
    else
      for (const message of received.value)
        slots.hold(startAttempt(message, { ...deps, settlement }));
  };

  // One poll takes whatever is free. More run beside it only while there is work, and only for a full ten,
  // so that neither an idle queue nor slots that free one by one cost a call each.
  const mayPoll = (): boolean =>
    slots.free() > 0 &&
    (slots.polls() === 0 || (queueHadMessages && slots.free() >= QUEUE_BATCH_MAX));

  stop.addEventListener('abort', () => bell.ring(), { once: true });
  while (!stop.aborted) {
    while (mayPoll()) void slots.askFor(Math.min(slots.free(), QUEUE_BATCH_MAX), poll);
    await bell.wait(LOOK_AROUND_MS);
  }

  const drained = await drain({ slots, bell, clock, settings, cutPolls: () => cut.abort() });
  const report = { ...ends, ...drained, abandoned: ends.abandoned + drained.abandoned };
  const level = report.abandoned + report.pollsCut === 0 ? 'info' : 'warn';
  const facts = { service: service.name, ...report };
  telemetry.record({ level, event: 'consumer.drained', facts });
  return report;
};
