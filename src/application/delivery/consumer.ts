import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { QUEUE_BATCH_MAX, type MessageQueue, type ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { startAttempt, type Attempt, type AttemptEnd } from './attempt.ts';
import { createBell } from './bell.ts';
import type { Handler } from './handler.ts';
import { createReceiveFailures } from './receiveFailures.ts';
import type { Service } from './poison.ts';
import { createSettlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';

/** What became of everything that was held when the consumer was told to stop, or that came after. */
export type DrainReport = Readonly<Record<AttemptEnd, number>> & {
  /** Polls that had to be cut off; what they were about to bring shows when its visibility ends. */
  readonly pollsCut: number;
  readonly durationMs: number;
};

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
/** The end of the drain is kept for handing back what did not finish. */
const HAND_BACK_FRACTION = 0.25;

export const createConsumer = (deps: ConsumerDependencies): Consumer => ({
  run: (stop) => consume(deps, stop),
});

const consume = async (deps: ConsumerDependencies, stop: AbortSignal): Promise<DrainReport> => {
  const { queue, clock, ids, telemetry, service, settings } = deps;
  const settlement = createSettlement(deps);
  const failures = createReceiveFailures({ clock, ids, telemetry, service, settings });
  const bell = createBell(clock);
  const cut = new AbortController();
  const held = new Set<Attempt>();
  const ends = { finished: 0, handedBack: 0, abandoned: 0 };
  // Slots that polls under way may fill. A slot is free, asked for, or held.
  let asked = 0;
  let polls = 0;
  let queueHadMessages = false;

  const freeSlots = (): number => settings.concurrency - held.size - asked;

  // One poll takes whatever is free. More run beside it only while there is work, and only for a full ten,
  // so that neither an idle queue nor slots that free one by one cost a call each.
  const mayPoll = (): boolean =>
    freeSlots() > 0 && (polls === 0 || (queueHadMessages && freeSlots() >= QUEUE_BATCH_MAX));

  const countEnd = (end: AttemptEnd): void => {
    if (stop.aborted) ends[end] += 1;
  };

  // The first end counts: a handler that was given up may still come to one of its own.
  const freeSlot = async (attempt: Attempt, ending: Promise<AttemptEnd>): Promise<void> => {
    const end = await ending;
    if (held.delete(attempt)) countEnd(end);
    bell.ring();
  };

  const begin = (message: ReceivedMessage): void => {
    const attempt = startAttempt(message, { ...deps, settlement });
    held.add(attempt);
    void freeSlot(attempt, attempt.ended);
  };

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
    else received.value.forEach(begin);
  };

  const startPoll = async (): Promise<void> => {
    const max = Math.min(freeSlots(), QUEUE_BATCH_MAX);
    asked += max;
    polls += 1;
    await poll(max);
    asked -= max;
    polls -= 1;
    bell.ring();
  };

  const waitUntil = async (isTrue: () => boolean, untilMs: number): Promise<void> => {
    while (!isTrue() && clock.now() < untilMs) await bell.wait(untilMs - clock.now());
  };

  const drain = async (): Promise<DrainReport> => {
    const stoppedAt = clock.now();
    const endAt = stoppedAt + settings.drainMs;
    const handBackMs = settings.drainMs * HAND_BACK_FRACTION;
    const nothingHeld = (): boolean => held.size === 0 && polls === 0;

    await waitUntil(nothingHeld, endAt - handBackMs);
    const pollsCut = polls;
    cut.abort();
    for (const attempt of held) attempt.interrupt();

    await waitUntil(nothingHeld, endAt - handBackMs / 2);
    const stuck = [...held];
    for (const attempt of stuck) {
      void freeSlot(attempt, attempt.giveUp());
    }

    await waitUntil(nothingHeld, endAt);
    ends.abandoned += held.size;
    held.clear();
    return { ...ends, pollsCut, durationMs: clock.now() - stoppedAt };
  };

  stop.addEventListener('abort', () => bell.ring(), { once: true });
  while (!stop.aborted) {
    while (mayPoll()) void startPoll();
    await bell.wait(LOOK_AROUND_MS);
  }
  const report = await drain();
  const level = report.abandoned + report.pollsCut === 0 ? 'info' : 'warn';
  const facts = { service: service.name, ...report };
  telemetry.record({ level, event: 'consumer.drained', facts });
  return report;
};
