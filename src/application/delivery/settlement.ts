import type { ResultAsync } from 'neverthrow';
import type { DeliveryDependencies } from './dependencies.ts';
import type { Trouble } from '../ports/failures.ts';
import type {
  EntryResult,
  OutgoingMessage,
  QueueError,
  ReceivedMessage,
  TooLarge,
} from '../ports/messageQueue.ts';
import { exponentialMs, jitteredMs } from './backoff.ts';
import { answerOfFailedCall, NO_ANSWER, THREW } from '../groupedCalls.ts';
import type { Lease } from './lease.ts';

/** The last change to a message: it is deleted, or shows again after a delay. */
export type SettlementChange =
  { readonly type: 'Delete' } | { readonly type: 'Release'; readonly delayMs: number };

/** `Failed` is no error of the order: the message comes again, and its effects are repeatable. */
export type SettlementResult =
  | { readonly type: 'Settled' }
  | { readonly type: 'LeaseLost' }
  | { readonly type: 'Failed'; readonly code: string; readonly trouble?: Trouble };

export type Settlement = {
  renew(message: ReceivedMessage, visibilityMs: number): Promise<EntryResult>;
  settle(
    message: ReceivedMessage,
    lease: Lease,
    change: SettlementChange,
  ): Promise<SettlementResult>;
  release(message: ReceivedMessage): Promise<EntryResult>;
  /** Returns undefined if the copy is in the dead-letter queue, otherwise why it is not. */
  deadLetter(copy: OutgoingMessage): Promise<string | undefined>;
};

export type SettlementOptions = Pick<
  DeliveryDependencies,
  'queue' | 'deadLetterQueue' | 'clock' | 'ids'
>;

const TRIES_MAX = 5;
const TRY_PAUSE_MS = 200;

export const createSettlement = (options: SettlementOptions): Settlement => {
  const { queue, deadLetterQueue, clock, ids } = options;
  const changeOnce = (receipt: string, change: SettlementChange): Promise<EntryResult> =>
    change.type === 'Delete'
      ? answerFor(() => queue.delete([receipt]))
      : hide(receipt, change.delayMs);
  const hide = (receipt: string, visibilityMs: number): Promise<EntryResult> =>
    answerFor(() => queue.changeVisibility([{ receipt, visibilityMs }]));

  return {
    renew: ({ receipt }, visibilityMs) => hide(receipt, visibilityMs),

    settle: async ({ receipt }, lease, change) => {
      if (!(await lease.settle())) return { type: 'LeaseLost' };
      let failed: SettlementResult = { type: 'Failed', code: 'LeaseEnded' };
      // The tries end with the lease: after it the message is another's, and its receipt may be
      // stale.
      for (let tries = 1; tries <= TRIES_MAX && lease.leftMs() > 0; tries += 1) {
        const answer = await changeOnce(receipt, change);
        if (answer.type === 'Done') {
          lease.settled();
          return { type: 'Settled' };
        }
        const { code, trouble } = answer;
        failed = { type: 'Failed', code, ...(trouble === undefined ? {} : { trouble }) };
        if (!answer.retryable) break;
        const longestMs = exponentialMs(tries, { baseMs: TRY_PAUSE_MS });
        await clock.sleep(jitteredMs(longestMs, 0.5, ids.random()));
      }
      return failed;
    },

    release: ({ receipt }) => hide(receipt, 0),

    deadLetter: async (copy) => {
      const answer = await answerFor(() => deadLetterQueue.send([copy]));
      return answer.type === 'Done' ? undefined : answer.code;
    },
  };
};

/** The answer for the one entry of a call. A call that fails, or throws, is its answer too. */
const answerFor = async (
  call: () => ResultAsync<readonly EntryResult[], QueueError | TooLarge>,
): Promise<EntryResult> => {
  try {
    const called = await call();
    return called.match(([answer]) => answer ?? NO_ANSWER, answerOfFailedCall);
  } catch {
    return THREW;
  }
};
