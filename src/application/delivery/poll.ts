import { err, type Result } from 'neverthrow';
import {
  QUEUE_BATCH_MAX,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
} from '../ports/messageQueue.ts';
import type { Metrics } from './metrics.ts';
import type { ReceiveFailures } from './receiveFailures.ts';
import type { DeliverySettings } from './settings.ts';
import type { Slots } from './slots.ts';
import type { HealthState } from './health.ts';
import type { Intake } from './intake.ts';

export type Poll = {
  /** Whether another poll is worth its call. */
  mayStart(): boolean;
  /** One long poll for as many messages as there is room for. */
  start(signals: PollSignals): Promise<void>;
};

export type PollOptions = {
  readonly queue: Pick<MessageQueue, 'receive'>;
  readonly slots: Pick<Slots, 'free' | 'polls' | 'reserve'>;
  readonly health: Pick<HealthState, 'pollStarted' | 'answered' | 'refused'>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly failures: ReceiveFailures;
  readonly settings: Pick<DeliverySettings, 'pollMs' | 'visibilityMs'>;
  readonly intake: Intake;
};

export type PollSignals = {
  /** Fires when messages come too late to be started. */
  readonly stop: AbortSignal;
  /** Aborts the polls under way. */
  readonly abort: AbortSignal;
};

type Received = Promise<Result<readonly ReceivedMessage[], QueueError>>;

export const createPoll = (options: PollOptions): Poll => {
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
    if (stop.aborted) await Promise.all(messages.map(intake.handBack));
    else messages.forEach(intake.hold);
  };

  return {
    // One poll takes whatever is free. Others run beside it only while there is work, and only for
    // a full ten, so that neither an idle queue nor slots that free one by one cost a call each.
    mayStart: () =>
      slots.free() > 0 &&
      (slots.polls() === 0 || (queueHadMessages && slots.free() >= QUEUE_BATCH_MAX)),
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
