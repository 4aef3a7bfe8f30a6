import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import type { Backoff } from './backoff.ts';
import type { Conclusion } from './conclusion.ts';
import type { Disposition } from './disposition.ts';
import { deadLetterOf, type Service } from './poison.ts';
import type { LastChange, Settlement } from './settlement.ts';

export type TryAgain = Extract<Disposition, { type: 'Retry' | 'Pause' }>;

export type LastChangeOptions = {
  readonly deadLetter: Settlement['deadLetter'];
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fingerprint'>;
  readonly service: Service;
  /** Whether another may have the message by now. */
  readonly isLost: () => boolean;
  readonly release: (disposition: TryAgain) => LastChange;
  readonly onRefused: (code: string) => void;
};

/** What is done to a message so that it comes to its disposition; poison is copied on the way. */
export const lastChangeOf = async (
  message: ReceivedMessage,
  { disposition, outcome: errorType, orderId }: Conclusion,
  { deadLetter, clock, ids, service, isLost, release, onRefused }: LastChangeOptions,
): Promise<LastChange> => {
  switch (disposition.type) {
    case 'Acknowledge':
      return { type: 'Delete' };
    case 'Retry':
    case 'Pause':
      return release(disposition);
    case 'DeadLetter': {
      // Whoever holds the message now will come to the same end and copy it.
      const { reason, always } = disposition;
      if (isLost() && always !== true) return { type: 'Delete' };
      const failure = { reason, errorType, orderId, failedAt: clock.now(), service };
      const refused = await deadLetter(deadLetterOf(message, failure, ids));
      if (refused === undefined) return { type: 'Delete' };
      // Without a copy in the dead-letter queue the message must stay where it is.
      onRefused(refused);
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
