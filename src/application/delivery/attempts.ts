import { forgetOldest } from '../forgetOldest.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { receivesInAll } from './deadLetterMessage.ts';

/**
 * Which try a receive is. SQS counts receives, and some of them were no tries: the message was handed back
 * because a dependency was down. SQS has no place to note that, so this process remembers it, for the last
 * 10,000 messages; another process, or this one started anew, takes such a receive for a try, and so waits
 * longer than it had to.
 */
export type AttemptCounts = {
  of(message: ReceivedMessage): number;
  /** This receive is no try. */
  discount(messageId: string): void;
  /** It is done with. */
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
      // Set anew, so that the one that was not seen for longest is forgotten first.
      discounts.delete(messageId);
      discounts.set(messageId, count);
      forgetOldest(discounts, REMEMBERED_MAX);
    },
    forget: (messageId) => {
      discounts.delete(messageId);
    },
  };
};
