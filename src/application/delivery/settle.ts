import type { Backoff } from './backoff.ts';
import type { HandlerResult } from './handlerResult.ts';
import type { Disposition } from './disposition.ts';
import type { OwnLetter } from './ownLetter.ts';
import type { SettlementChange } from './settlement.ts';

export type TryAgain = Extract<Disposition, { type: 'Retry' | 'Pause' }>;

export type SettleOptions = {
  readonly letter: OwnLetter;
  /** Whether another may have the message by now. */
  readonly isLost: () => boolean;
  readonly release: (disposition: TryAgain) => SettlementChange;
  /** A letter lies there for nothing. */
  readonly onSuperfluous: () => void;
};

/** What is done to a message so that it comes to its disposition; poison is copied on the way. */
export const settleChangeOf = async (
  { disposition, outcome: errorType, orderId }: HandlerResult,
  { letter: deadLetter, isLost, release, onSuperfluous }: SettleOptions,
): Promise<SettlementChange> => {
  if (deadLetter.isTooMany(disposition)) onSuperfluous();
  switch (disposition.type) {
    case 'Acknowledge':
      return { type: 'Delete' };
    case 'Retry':
    case 'Pause':
      return release(disposition);
    case 'DeadLetter': {
      const { reason, always } = disposition;
      // Its letter went before its review, or whoever holds the message now will come to the same end and copy it.
      if ((deadLetter.stands() || isLost()) && always !== true) return { type: 'Delete' };
      const refused = await deadLetter.send({ reason, errorType, orderId });
      if (refused === undefined) return { type: 'Delete' };
      // Without a copy in the dead-letter queue the message must stay where it is.
      return release({ type: 'Retry', delayClass: 'normal' });
    }
  }
};

const DELAYS = { Unavailable: 'normal', Throttled: 'throttled', Misconfigured: 'slow' } as const;

/** How soon another try is of use. */
export const delayOf = (
  disposition: TryAgain,
): Pick<Backoff, 'delayClass'> & { readonly retryAfterMs: number } => ({
  delayClass: disposition.type === 'Retry' ? disposition.delayClass : DELAYS[disposition.trouble],
  retryAfterMs: disposition.retryAfterMs ?? 0,
});
