import type { DeliveryDependencies } from './dependencies.ts';
import { createAttemptCounts } from './settle.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { createAttempt, type Attempt, type AttemptDependencies } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { receivesInAll } from './deadLetterMessage.ts';
import { createVisibilityHold } from './hold.ts';
import { createSettlement, type Settlement } from './settlement.ts';
import { createSignal } from './signal.ts';

export type BatchDependencies = DeliveryDependencies & {
  /** The time for one message where no call is repeated; no message is started with less. */
  readonly startMs: number;
};

/**
 * Handles messages that an event source has received and hidden. The event source deletes them,
 * except those whose ids are in the answer. Always answers within `leftMs`. Never rejects.
 */
export type BatchHandler = (
  received: readonly ReceivedMessage[],
  leftMs: number,
) => Promise<readonly string[]>;

/**
 * The time that is kept at the end: handlers are asked to stop, messages are released, the batch is
 * answered.
 */
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
    // A message that is in the batch twice is handled once, since the answer names it by its id.
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
        ...deps.measured?.(),
      },
    });
    await telemetry.flush(FLUSH_MS);
    return failed.map(({ messageId }) => messageId);
  };

const LEVELS = { Done: 'info', PartlyFailed: 'warn', TooLittleTime: 'error' } as const;

/** A batch needs neither: Lambda polls, and has its own backoff and metrics. */
const WITHOUT_LOOP: Pick<AttemptDependencies, 'backpressure' | 'metrics'> = {
  backpressure: { observe: () => undefined, pausedMs: () => 0 },
  metrics: { count: () => undefined, observeHandlerTime: () => undefined },
};

const createWork = (deps: BatchDependencies) => {
  const { clock, settings } = deps;
  const settlement = createSettlement(deps);
  const attempts = attemptDependencies(deps, settlement);
  const signal = createSignal(clock);
  const running = new Map<Attempt, ReceivedMessage>();
  const done = new Set<string>();
  let releases = 0;

  const start = async (message: ReceivedMessage): Promise<void> => {
    const attempt = createAttempt(message, attempts);
    running.set(attempt, message);
    attempt.start();
    if ((await attempt.ended) === 'done') done.add(message.messageId);
    running.delete(attempt);
    signal.raise();
  };

  const during = async (release: Promise<unknown>): Promise<void> => {
    releases += 1;
    await release;
    releases -= 1;
    signal.raise();
  };

  const endedBy = async (untilMs: number): Promise<void> => {
    while (running.size + releases > 0 && clock.now() < untilMs) {
      await signal.wait(untilMs - clock.now());
    }
  };

  return {
    isDone: (messageId: string): boolean => done.has(messageId),

    /**
     * Starts messages while there is room and time, and returns the number of those not started.
     */
    startUntil: async (messages: readonly ReceivedMessage[], untilMs: number): Promise<number> => {
      const waiting = [...messages];
      while (waiting.length > 0 && clock.now() < untilMs) {
        const room = settings.concurrency - running.size;
        for (const message of waiting.splice(0, room)) void start(message);
        if (waiting.length > 0) await signal.wait(untilMs - clock.now());
      }
      for (const message of waiting) void during(releaseUnstarted(message, deps, settlement));
      return waiting.length;
    },

    endBy: async (untilMs: number): Promise<void> => {
      await endedBy(untilMs - STOP_MS);
      for (const attempt of running.keys()) attempt.interrupt();
      await endedBy(untilMs - HAND_BACK_MS);
      for (const [attempt, message] of running) void during(giveUp(attempt, message, deps));
      running.clear();
      await endedBy(untilMs - ANSWER_MS);
    },
  };
};

const attemptDependencies = (
  { handle, opened, clock, ids, telemetry, tracing, service, settings }: BatchDependencies,
  settlement: Settlement,
): AttemptDependencies => ({
  ...WITHOUT_LOOP,
  handle,
  ...(opened && { opened }),
  settlement,
  openHold: createVisibilityHold({ settlement, clock }),
  attemptCounts: createAttemptCounts(),
  clock,
  ids,
  telemetry,
  tracing,
  service,
  settings,
});

const giveUp = async (
  attempt: Attempt,
  message: ReceivedMessage,
  { telemetry, service }: Pick<BatchDependencies, 'telemetry' | 'service'>,
): Promise<void> => {
  const outcome = await attempt.giveUp();
  const { messageId } = message;
  const facts = { service: service.name };
  const about = { messageId, attempt: receivesInAll(message), outcome, facts };
  telemetry.record({ level: 'warn', event: 'message.given_up', ...about });
};

/**
 * Releases a message with a delay, so that one that never finds the time is not received in a busy
 * loop.
 */
const releaseUnstarted = (
  message: ReceivedMessage,
  { ids, settings }: Pick<BatchDependencies, 'ids' | 'settings'>,
  settlement: Pick<Settlement, 'renew'>,
): Promise<unknown> => {
  const backoff = { attempt: receivesInAll(message), random: ids.random(), heldMs: 0 };
  const delayMs = backoffMs({ ...backoff, delayClass: 'prompt' }, settings);
  return settlement.renew(message, delayMs);
};
