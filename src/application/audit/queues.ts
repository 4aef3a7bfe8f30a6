import { ResultAsync, safeTry, ok } from 'neverthrow';
import type { DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import { type DeadLetter, readDeadLetters } from '../deadLetters/deadLetter.ts';
import type { Clock } from '../ports/clock.ts';
import type { PeekedQueue } from '../deadLetters/peek.ts';
import type { AbortedCall, Misconfiguration, Unavailable } from '../ports/failures.ts';
import type { CountMessages } from '../ports/queueCount.ts';

/** The part of the queues that an audit may see. By its types it can neither send nor delete. */
export type AuditedQueues = {
  readonly paymentsDlq: PeekedQueue;
  readonly notificationsDlq: PeekedQueue;
  readonly countPayments: CountMessages;
};

export type QueuesSeen = {
  readonly paymentDeadLetters: readonly DeadLetter[];
  readonly notificationDeadLetters: readonly DeadLetter[];
  /** The messages in the payments queue, hidden ones included: the highest of the counts. */
  readonly paymentsWaiting: number;
  /** Whether every dead letter was seen, as far as a peek shows. */
  readonly isComplete: boolean;
};

export type ReadAuditQueues = () => ResultAsync<
  QueuesSeen,
  Unavailable | Misconfiguration | AbortedCall
>;

/** The maximum number that one peek reads; each is hidden from others for some seconds. */
const DEAD_LETTERS_READ_MAX = 10_000;

/**
 * Reads the queues only when a check first needs them. The queue is counted before and after the
 * dead letters are read: a count of SQS may lag, and two counts miss a message on its way less
 * easily.
 */
export const createReadQueues = (
  { paymentsDlq, notificationsDlq, countPayments }: AuditedQueues,
  {
    clock,
    signal,
  }: { readonly clock: Pick<Clock, 'now'>; readonly signal?: AbortSignal | undefined },
): ReadAuditQueues => {
  const options = { deadLettersMax: DEAD_LETTERS_READ_MAX, clock, signal };
  const deadLettersIn = (queue: PeekedQueue, of: DeadLetterQueue) =>
    new ResultAsync(readDeadLetters(queue, { ...options, of }));
  const readAll: ReadAuditQueues = () =>
    safeTry(async function* () {
      const before = yield* countPayments();
      const paymentDeadLetters = yield* deadLettersIn(paymentsDlq, 'payments');
      const notificationDeadLetters = yield* deadLettersIn(notificationsDlq, 'notifications');
      const after = yield* countPayments();
      const paymentsWaiting = Math.max(before, after);
      const isComplete = [paymentDeadLetters, notificationDeadLetters].every(
        (deadLetters) => deadLetters.length < DEAD_LETTERS_READ_MAX,
      );
      return ok({ paymentDeadLetters, notificationDeadLetters, paymentsWaiting, isComplete });
    });
  let reading: ReturnType<ReadAuditQueues> | undefined;
  return () => (reading ??= readAll());
};
