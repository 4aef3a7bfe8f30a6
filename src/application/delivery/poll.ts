import type { DeliveryDependencies } from './dependencies.ts';
import { err, type Result } from 'neverthrow';
import {
  QUEUE_BATCH_MAX,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
} from '../ports/messageQueue.ts';
import type { Metrics } from './metrics.ts';
import type { DeliverySettings } from './settings.ts';
import type { Slots } from './slots.ts';
import type { HealthState } from './health.ts';
import type { Attempt } from './attempt.ts';
import type { DrainCounts } from './drain.ts';
import { placeOf } from './handlerResult.ts';
import type { Settlement } from './settlement.ts';
import { exponentialMs, jitteredMs } from './backoff.ts';

export type Poll = {
  mayStart(): boolean;
  start(signals: PollSignals): Promise<void>;
};

export type PollSignals = {
  /** Fires when messages come too late to be started. */
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
};

type Received = Promise<Result<readonly ReceivedMessage[], QueueError>>;

export const createPoll = (options: {
  readonly queue: Pick<MessageQueue, 'receive'>;
  readonly slots: Pick<Slots, 'free' | 'polls' | 'reserve'>;
  readonly health: Pick<HealthState, 'pollStarted' | 'answered' | 'refused'>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly failures: ReturnType<typeof createReceiveFailures>;
  readonly settings: Pick<DeliverySettings, 'pollMs' | 'visibilityMs'>;
  readonly intake: Intake;
}): Poll => {
  const { queue, slots, health, metrics, failures, intake } = options;
  const { pollMs: waitMs, visibilityMs } = options.settings;
  let queueHadMessages = false;

  /** No answer of a service may end the loop: a throw counts as a failed receive. */
  const receive = async (max: number, signal: AbortSignal): Received => {
    try {
      return await queue.receive({ max, waitMs, visibilityMs, signal });
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.name : 'it threw';
      return err({ type: 'Unavailable', dependency: 'MessageQueue', cause, throttled: false });
    }
  };

  const poll = async (max: number, { stop, abort }: PollSignals): Promise<void> => {
    metrics.count('Polls');
    const received = await receive(max, abort);
    if (received.isErr()) {
      queueHadMessages = false;
      if (received.error.type === 'Misconfigured') health.refused();
      return failures.pause(received.error, stop);
    }
    const messages = received.value;
    failures.clear();
    health.answered();
    queueHadMessages = messages.length > 0;
    metrics.count(queueHadMessages ? 'Receives' : 'EmptyReceives', messages.length || 1);
    if (stop.aborted) await Promise.all(messages.map(intake.release));
    else messages.forEach(intake.hold);
  };

  return {
    // One poll takes whatever is free. Others run at the same time only while there is work, and
    // only for a full ten, so that neither an idle queue nor slots that free one by one cost a call
    // each.
    mayStart: () => {
      const free = slots.free();
      return free > 0 && (slots.polls() === 0 || (queueHadMessages && free >= QUEUE_BATCH_MAX));
    },
    start: async (signals) => {
      const end = health.pollStarted();
      try {
        await slots.reserve(Math.min(slots.free(), QUEUE_BATCH_MAX), (max) => poll(max, signals));
      } finally {
        end();
      }
    },
  };
};

/** Takes the messages that a poll brings. Neither function throws. */
type Intake = {
  readonly hold: (message: ReceivedMessage) => void;
  readonly release: (message: ReceivedMessage) => Promise<void>;
};

type IntakeOptions = Pick<DeliveryDependencies, 'clock' | 'telemetry' | 'service'> & {
  readonly attemptAt: (message: ReceivedMessage) => Attempt;
  readonly slots: Pick<Slots, 'hold'>;
  readonly settlement: Pick<Settlement, 'release'>;
  readonly drainCounts: Pick<DrainCounts, 'count'>;
  readonly metrics: Pick<Metrics, 'count' | 'observeAge'>;
};

export const createIntake = ({
  attemptAt,
  slots,
  settlement,
  drainCounts,
  metrics,
  clock,
  telemetry,
  service,
}: IntakeOptions): Intake => ({
  hold: (message) => {
    try {
      metrics.observeAge(clock.now() - message.sentAt);
      slots.hold(attemptAt(message));
    } catch (thrown) {
      // A message that breaks an invariant must not keep those that came with it from being
      // handled.
      metrics.count('Throws');
      const facts = { service: service.name, ...placeOf(thrown) };
      telemetry.record({ level: 'error', event: 'message.not_held', facts });
    }
  },
  release: async (message) => {
    const answer = await settlement.release(message);
    metrics.count('Releases');
    drainCounts.count(answer.type === 'Done' ? 'handedBack' : 'abandoned');
  },
});

type ReceiveFailuresOptions = Pick<
  DeliveryDependencies,
  'clock' | 'ids' | 'telemetry' | 'service' | 'settings'
>;

/**
 * With this maximum, a queue that is available again is noticed soon, whatever the longest delay of
 * a message is.
 */
const PAUSE_MAX_MS = 30_000;
/** A missing queue is not created within seconds, and each call costs money. */
const MISCONFIGURED_PAUSE_MS = 15_000;
const RECORD_EVERY_MS = 60_000;

/** Pauses the polls while the queue cannot be read, longer each time, and records why. */
export const createReceiveFailures = (options: ReceiveFailuresOptions) => {
  const { clock, ids, telemetry, service, settings } = options;
  const recordedAt = new Map<QueueError['type'], number>();
  let inARow = 0;

  const record = (error: Exclude<QueueError, { type: 'Aborted' }>): void => {
    const now = clock.now();
    if (now - (recordedAt.get(error.type) ?? -Infinity) < RECORD_EVERY_MS) return;
    recordedAt.set(error.type, now);
    const level = error.type === 'Misconfigured' ? 'error' : 'warn';
    const facts = { service: service.name, cause: error.cause, inARow };
    telemetry.record({ level, event: 'receive.failed', outcome: error.type, facts });
  };

  return {
    /** Returns when the next poll is due, or at once when the consumer stops. */
    pause: async (error: QueueError, stop: AbortSignal): Promise<void> => {
      // Only the drain aborts a poll, and no other poll follows it.
      if (error.type === 'Aborted') return;
      inARow += 1;
      record(error);
      const longestMs =
        error.type === 'Misconfigured'
          ? MISCONFIGURED_PAUSE_MS
          : exponentialMs(inARow, { baseMs: settings.retryBaseMs, maxMs: PAUSE_MAX_MS });
      // At least half of the pause is fixed, so that no chance makes a busy loop.
      await clock.sleep(jitteredMs(longestMs, 0.5, ids.random()), stop);
    },
    clear: (): void => {
      inARow = 0;
    },
  };
};
