import { forgetOldest } from '../forgetOldest.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { receivesInAll } from './deadLetterMessage.ts';

/**
 * Counts the tries of a message. SQS counts its receives, and some of them were no tries: the
 * message was released because a dependency was down. SQS has no place to note that, so this
 * process remembers it for the last 10,000 messages. Another process, or this one after a restart,
 * counts such a receive as a try, and so waits longer than necessary.
 */
export type AttemptCounts = {
  of(message: ReceivedMessage): number;
  /** This receive is no try. */
  discount(messageId: string): void;
  /** The message is done. */
  forget(messageId: string): void;
};

/** About a megabyte of ids. */
export const REMEMBERED_MAX = 10_000;

export const createAttemptCounts = (): AttemptCounts => {
  const discounts = new Map<string, number>();
  return {
    of: (message) => Math.max(1, receivesInAll(message) - (discounts.get(message.messageId) ?? 0)),
    discount: (messageId) => {
      const count = (discounts.get(messageId) ?? 0) + 1;
      // Set again, so that the least recent message is forgotten first.
      discounts.delete(messageId);
      discounts.set(messageId, count);
      forgetOldest(discounts, REMEMBERED_MAX);
    },
    forget: (messageId) => {
      discounts.delete(messageId);
    },
  };
};
