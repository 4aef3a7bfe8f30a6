import { ResultAsync, safeTry, ok } from 'neverthrow';
import type { LetterQueue } from '../../../domain/letter/index.ts';
import type { Letter } from '../../letters/letter.ts';
import { readLetters } from '../../letters/readLetters.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PeekedQueue } from '../../delivery/peekDeadLetters.ts';
import type { Aborted, Misconfigured, Unavailable } from '../../ports/failures.ts';
import type { CountMessages } from '../../ports/queueCount.ts';

/** What an audit may see of the queues. By type it can neither send nor delete. */
export type AuditedQueues = {
  readonly paymentsDlq: PeekedQueue;
  readonly notificationsDlq: PeekedQueue;
  readonly countPayments: CountMessages;
};

export type QueuesSeen = {
  readonly paymentLetters: readonly Letter[];
  readonly notificationLetters: readonly Letter[];
  /** Messages in the payments queue, hidden ones included: the most of the times it was asked. */
  readonly paymentsWaiting: number;
  /** Every dead letter was seen, as far as a peek can tell. */
  readonly isComplete: boolean;
};

export type ReadAuditQueues = () => ResultAsync<QueuesSeen, Unavailable | Misconfigured | Aborted>;

/** Looked at in one go; each is hidden from others for some seconds meanwhile. */
const LETTERS_MAX = 10_000;

/**
 * Reads the queues when somebody first asks, and only then. The queue is counted before and after the dead
 * letters, since a count of SQS may lag: a message on its way is missed less easily by two.
 */
export const createReadQueues = (
  { paymentsDlq, notificationsDlq, countPayments }: AuditedQueues,
  {
    clock,
    signal,
  }: { readonly clock: Pick<Clock, 'now'>; readonly signal?: AbortSignal | undefined },
): ReadAuditQueues => {
  const options = { lettersMax: LETTERS_MAX, clock, signal };
  const lettersIn = (queue: PeekedQueue, of: LetterQueue) =>
    new ResultAsync(readLetters(queue, { ...options, of }));
  const readAll: ReadAuditQueues = () =>
    safeTry(async function* () {
      const before = yield* countPayments();
      const paymentLetters = yield* lettersIn(paymentsDlq, 'payments');
      const notificationLetters = yield* lettersIn(notificationsDlq, 'notifications');
      const after = yield* countPayments();
      const paymentsWaiting = Math.max(before, after);
      const isComplete = [paymentLetters, notificationLetters].every(
        (letters) => letters.length < LETTERS_MAX,
      );
      return ok({ paymentLetters, notificationLetters, paymentsWaiting, isComplete });
    });
  let reading: ReturnType<ReadAuditQueues> | undefined;
  return () => (reading ??= readAll());
};
