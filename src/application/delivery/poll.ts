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

export type Poll = {
  /** Whether a further poll is worth its call. */
  mayStart(): boolean;
  /** One long poll for as many messages as there is room for. */
  start(): Promise<void>;
};

export type PollOptions = {
  readonly queue: MessageQueue;
  readonly slots: Slots;
  readonly vitals: HealthState;
  readonly numbers: Metrics;
  readonly failures: ReceiveFailures;
  readonly settings: DeliverySettings;
  readonly hold: (message: ReceivedMessage) => void;
  /** What came too late to be begun. Neither of the two throws. */
  readonly handBack: (message: ReceivedMessage) => Promise<void>;
  readonly stop: AbortSignal;
  /** Cuts off the polls under way. */
  readonly cut: AbortSignal;
};

export const createPoll = (options: PollOptions): Poll => {
  const { queue, slots, vitals, numbers, failures, stop, cut: signal } = options;
  const { pollMs: waitMs, visibilityMs } = options.settings;
  let queueHadMessages = false;

  /** Nothing that a service answers may end the loop: a throw is a receive that failed. */
  const receive = async (max: number): Promise<Result<readonly ReceivedMessage[], QueueError>> => {
    try {
      return await queue.receive({ max, waitMs, visibilityMs, signal });
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.name : 'it threw';
      return err({ type: 'Unavailable', dependency: 'MessageQueue', cause, throttled: false });
    }
  };

  const poll = async (max: number): Promise<void> => {
    numbers.count('Polls');
    const received = await receive(max);
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
    if (stop.aborted) await Promise.all(messages.map(options.handBack));
    else messages.forEach(options.hold);
  };

  return {
    // One poll takes whatever is free. More run beside it only while there is work, and only for a full ten,
    // so that neither an idle queue nor slots that free one by one cost a call each.
    mayStart: () =>
      slots.free() > 0 &&
      (slots.polls() === 0 || (queueHadMessages && slots.free() >= QUEUE_BATCH_MAX)),
    start: async () => {
      const end = vitals.polls();
      try {
        await slots.askFor(Math.min(slots.free(), QUEUE_BATCH_MAX), poll);
      } finally {
        end();
      }
    },
  };
};
