import type { DeliveryDependencies } from './dependencies.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import type { Backpressure } from './backpressure.ts';
import type { Disposition } from './disposition.ts';
import type { HandlerResult } from './handlerResult.ts';
import type { Hold } from './hold.ts';
import type { OwnDeadLetter } from './ownDeadLetter.ts';
import type { SettlementChange } from './settlement.ts';
import { forgetOldest } from '../forgetOldest.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { receivesInAll } from './deadLetterMessage.ts';

type TryAgain = Extract<Disposition, { type: 'Retry' | 'Pause' }>;

export const AT_ONCE: SettlementChange = { type: 'Release', delayMs: 0 };

export type SettleOptions = {
  readonly deadLetter: OwnDeadLetter;
  readonly isLost: () => boolean;
  readonly release: (disposition: TryAgain) => SettlementChange;
  readonly onSuperfluous: () => void;
};

/** The last change that a disposition asks for. Poison is copied to the dead letters first. */
export const settleChangeOf = async (
  { disposition, outcome: errorType, orderId }: HandlerResult,
  { deadLetter, isLost, release, onSuperfluous }: SettleOptions,
): Promise<SettlementChange> => {
  if (deadLetter.isSuperfluous(disposition)) onSuperfluous();
  switch (disposition.type) {
    case 'Acknowledge':
      return { type: 'Delete' };
    case 'Retry':
    case 'Pause':
      return release(disposition);
    case 'DeadLetter': {
      const { reason, always } = disposition;
      // The dead letter was sent before the review, or the message's next receiver will send it.
      if ((deadLetter.isNamed() || isLost()) && always !== true) return { type: 'Delete' };
      const refused = await deadLetter.send({ reason, errorType, orderId });
      if (refused === undefined) return { type: 'Delete' };
      // Without a copy in the dead-letter queue the message must stay where it is.
      return release({ type: 'Retry', delayClass: 'normal' });
    }
  }
};

export type Releases = {
  afterTry(disposition: TryAgain): SettlementChange;
  /** The change once the dependency has been probed. This receive does not count as a try. */
  untilProbed(retryAfterMs: number): SettlementChange;
};

export type ReleaseOptions = Pick<DeliveryDependencies, 'ids' | 'settings'> & {
  readonly messageId: string;
  readonly attempt: number;
  readonly hold: Pick<Hold, 'heldMs'>;
  readonly attemptCounts: Pick<AttemptCounts, 'discount'>;
  readonly backpressure: Pick<Backpressure, 'pausedMs'>;
};

export const createReleases = ({
  messageId,
  attempt,
  hold,
  attemptCounts,
  backpressure,
  ids,
  settings,
}: ReleaseOptions): Releases => {
  const releaseAfter = (delay: Pick<Backoff, 'attempt' | 'delayClass' | 'retryAfterMs'>) => {
    const backoff = { ...delay, random: ids.random(), heldMs: hold.heldMs() };
    return { type: 'Release', delayMs: backoffMs(backoff, settings) } as const;
  };

  const untilProbed = (retryAfterMs: number): SettlementChange => {
    attemptCounts.discount(messageId);
    return releaseAfter({ attempt: 1, delayClass: 'prompt', retryAfterMs });
  };

  return {
    untilProbed,
    afterTry: (disposition) => {
      const { retryAfterMs = 0 } = disposition;
      const pausedMs = disposition.type === 'Pause' ? backpressure.pausedMs() : 0;
      if (pausedMs > 0) return untilProbed(Math.max(pausedMs, retryAfterMs));
      return releaseAfter({ attempt, delayClass: delayClassOf(disposition), retryAfterMs });
    },
  };
};

const DELAYS = { Unavailable: 'normal', Throttled: 'throttled', Misconfigured: 'slow' } as const;

const delayClassOf = (disposition: TryAgain): Backoff['delayClass'] =>
  disposition.type === 'Retry' ? disposition.delayClass : DELAYS[disposition.trouble];

/** The ids take about a megabyte. */
export const REMEMBERED_MAX = 10_000;

/**
 * Counts the tries of a message. SQS counts its receives, and some of them were no tries: the
 * message was released because a dependency was down. SQS has no place to note that, so this
 * process remembers it for the last 10,000 messages. Another process, or this one after a restart,
 * counts such a receive as a try, and so waits longer than necessary.
 */
export const createAttemptCounts = () => {
  const discounts = new Map<string, number>();
  return {
    of: (message: ReceivedMessage): number =>
      Math.max(1, receivesInAll(message) - (discounts.get(message.messageId) ?? 0)),
    discount: (messageId: string): void => {
      const count = (discounts.get(messageId) ?? 0) + 1;
      // The id is set again, so that the least recent message is forgotten first.
      discounts.delete(messageId);
      discounts.set(messageId, count);
      forgetOldest(discounts, REMEMBERED_MAX);
    },
    forget: (messageId: string): void => {
      discounts.delete(messageId);
    },
  };
};

export type AttemptCounts = ReturnType<typeof createAttemptCounts>;
