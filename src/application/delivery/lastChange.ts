import type { Backoff } from './backoff.ts';
import type { Conclusion } from './conclusion.ts';
import type { Disposition } from './disposition.ts';
import type { OwnLetter } from './ownLetter.ts';
import type { LastChange } from './settlement.ts';

export type TryAgain = Extract<Disposition, { type: 'Retry' | 'Pause' }>;

export type LastChangeOptions = {
  readonly letter: OwnLetter;
  /** Whether another may have the message by now. */
  readonly isLost: () => boolean;
  readonly release: (disposition: TryAgain) => LastChange;
  /** A letter lies there for nothing. */
  readonly onSuperfluous: () => void;
};

/** What is done to a message so that it comes to its disposition; poison is copied on the way. */
export const lastChangeOf = async (
  { disposition, outcome: errorType, orderId }: Conclusion,
  { letter, isLost, release, onSuperfluous }: LastChangeOptions,
): Promise<LastChange> => {
  if (letter.isTooMany(disposition)) onSuperfluous();
  switch (disposition.type) {
    case 'Acknowledge':
      return { type: 'Delete' };
    case 'Retry':
    case 'Pause':
      return release(disposition);
    case 'DeadLetter': {
      const { reason, always } = disposition;
      // Its letter went before its review, or whoever holds the message now will come to the same end and copy it.
      if ((letter.stands() || isLost()) && always !== true) return { type: 'Delete' };
      const refused = await letter.send({ reason, errorType, orderId });
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
