import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { backoffMs } from './backoff.ts';
import { createSignal } from './signal.ts';
import type { ConsumerDependencies } from './consumer.ts';
import { startLambdaAttempt, type LambdaAttempt } from './lambdaAttempt.ts';
import { receivesInAll } from './deadLetterMessage.ts';
import { createSettlement } from './settlement.ts';

/** No circuits: Lambda polls, and has its own backoff. */
export type BatchDependencies = Omit<ConsumerDependencies, 'probes'> & {
  /** What the handling of one message takes where no call has to be repeated; none is started with less. */
  readonly startMs: number;
};

/**
 * Handles messages that another has received, and hides, and will delete but for those whose ids it is told.
 * Always answers within `leftMs`. Never rejects.
 */
export type BatchHandler = (
  received: readonly ReceivedMessage[],
  leftMs: number,
) => Promise<readonly string[]>;

/** So long before the end handlers are asked to stop, then their messages are handed back, then comes the answer. */
export const STOP_MS = 5_000;
const HAND_BACK_MS = 3_000;
const ANSWER_MS = 1_000;
const FLUSH_MS = 500;

export const createBatchHandler =
  (deps: BatchDependencies): BatchHandler =>
  async (received, leftMs) => {
    const { clock, service, telemetry } = deps;
    const startedAt = clock.now();
    const endAt = startedAt + leftMs;
    // One that is in the batch twice has one fate, since the answer knows it by its id.
    const messages = [...new Map(received.map((each) => [each.messageId, each])).values()];
    const work = createWork(deps);

    const notStarted = await work.startUntil(messages, endAt - STOP_MS - deps.startMs);
    await work.endBy(endAt);
    const failed = messages.filter(({ messageId }) => !work.isDone(messageId));

    const outcome = notStarted > 0 ? 'TooLittleTime' : failed.length > 0 ? 'PartlyFailed' : 'Done';
    const facts = { service: service.name, failed: failed.length, notStarted };
    telemetry.record({
      level: LEVELS[outcome],
      event: 'batch.handled',
      outcome,
      durationMs: clock.now() - startedAt,
      facts: { ...facts, messages: messages.length, leftMs: endAt - clock.now() },
      metrics: {
        BatchMessages: { unit: 'Count', values: [messages.length] },
        BatchFailures: { unit: 'Count', values: [failed.length] },
      },
    });
    await telemetry.flush(FLUSH_MS);
    return failed.map(({ messageId }) => messageId);
  };

const LEVELS = { Done: 'info', PartlyFailed: 'warn', TooLittleTime: 'error' } as const;

/** All that is under way for one batch. */
const createWork = (deps: BatchDependencies) => {
  const { clock, ids, settings } = deps;
  const settlement = createSettlement(deps);
  const bell = createSignal(clock);
  const running = new Set<LambdaAttempt>();
  const done = new Set<string>();
  let releases = 0;

  const start = async (message: ReceivedMessage): Promise<void> => {
    const handling = startLambdaAttempt(message, { ...deps, settlement });
    running.add(handling);
    if (await handling.ended) done.add(message.messageId);
    running.delete(handling);
    bell.ring();
  };

  const during = async (release: Promise<unknown>): Promise<void> => {
    releases += 1;
    await release;
    releases -= 1;
    bell.ring();
  };

  /** Later, so that one that never finds the time is not received in a busy loop. */
  const releaseUnread = (message: ReceivedMessage): Promise<unknown> => {
    const backoff = { attempt: receivesInAll(message), random: ids.random(), heldMs: 0 };
    const delayMs = backoffMs({ ...backoff, delayClass: 'prompt' }, settings);
    return settlement.renew(message, delayMs);
  };

  const endedBy = async (untilMs: number): Promise<void> => {
    while (running.size + releases > 0 && clock.now() < untilMs) {
      await bell.wait(untilMs - clock.now());
    }
  };

  return {
    isDone: (messageId: string): boolean => done.has(messageId),

    /** Starts what there is room for while there is time, and tells how many it came too late for. */
    startUntil: async (messages: readonly ReceivedMessage[], untilMs: number): Promise<number> => {
      const waiting = [...messages];
      while (waiting.length > 0 && clock.now() < untilMs) {
        const room = settings.concurrency - running.size;
        for (const message of waiting.splice(0, room)) void start(message);
        if (waiting.length > 0) await bell.wait(untilMs - clock.now());
      }
      for (const message of waiting) void during(releaseUnread(message));
      return waiting.length;
    },

    endBy: async (untilMs: number): Promise<void> => {
      await endedBy(untilMs - STOP_MS);
      for (const handling of running) handling.stop();
      await endedBy(untilMs - HAND_BACK_MS);
      for (const handling of running) void during(handling.giveUp());
      running.clear();
      await endedBy(untilMs - ANSWER_MS);
    },
  };
};
