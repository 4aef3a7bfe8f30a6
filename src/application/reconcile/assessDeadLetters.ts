import type { ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { DependencyError } from '../ports/failures.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { KnownOrder, OrderReading, OrderReads } from '../log/loadOrder.ts';
import { orderIdOf, type DeadLetter } from '../deadLetters/deadLetter.ts';

/** `none`: the dead letter names no order. `unknown`: nothing of its order was ever recorded. */
export type DeadLetterState = Order.OrderProgress | 'none' | 'unknown' | 'unreadable';

export type DeadLetterReport = DeadLetter & { readonly state: DeadLetterState };

export type ReviewReport = Order.OpenReview & { readonly orderId: string };

export type Assessment = {
  readonly deadLetters: readonly DeadLetterReport[];
  readonly reviews: readonly ReviewReport[];
  /**
   * Orders that are open, or settled and perhaps not notified, since the message never got to its
   * end (R10, R11).
   */
  readonly needPush: readonly KnownOrder[];
};

/** The maximum difference between the clock of SQS and that of the log's writer. */
const SKEW_MS = 300_000;

/**
 * Whether the order was resumed after that time and has failed again, so that it need not be
 * repeated.
 */
export type TrialCheck = (orderId: string, since: number) => boolean;

export const triedSince = (deadLetters: readonly DeadLetter[]): TrialCheck => {
  const newest = new Map<string, number>();
  for (const { orderId, command, sentAt } of deadLetters) {
    if (orderId === undefined || command !== 'ResumeOrder') continue;
    newest.set(orderId, Math.max(newest.get(orderId) ?? 0, sentAt));
  }
  return (orderId, since) => (newest.get(orderId) ?? -Infinity) > since + SKEW_MS;
};

/** Reads each order as it is now, since its dead letter may be older (hole 14). */
export const assessDeadLetters = (
  deadLetters: readonly DeadLetter[],
  { loadOrder, isTried, signal }: OrderReads & { readonly isTried: TrialCheck },
): ResultAsync<Assessment, DependencyError> => {
  const named = deadLetters.flatMap((deadLetter) => orderIdOf(deadLetter) ?? []);
  return mapConcurrent(
    [...new Set(named)],
    (orderId) => loadOrder(orderId).map((reading) => [orderId, reading] as const),
    signal,
  ).map((entries) => {
    const orders = new Map(entries);
    const known = entries.flatMap(([, reading]) => (reading.type === 'Known' ? [reading] : []));
    return {
      deadLetters: deadLetters.map((deadLetter) => ({
        ...deadLetter,
        state: stateOf(orders.get(deadLetter.orderId ?? '')),
      })),
      reviews: known.flatMap(({ orderId, state }) =>
        Order.openReviews(state).map((review) => ({ orderId, ...review })),
      ),
      needPush: known.filter(
        ({ orderId, state, changedAt }) =>
          Order.progressOf(state) !== 'review' && !isTried(orderId, changedAt),
      ),
    };
  });
};

const stateOf = (reading: OrderReading | undefined): DeadLetterState => {
  switch (reading?.type) {
    case 'Known':
      return Order.progressOf(reading.state);
    case 'Unknown':
      return 'unknown';
    case 'Unreadable':
      return 'unreadable';
    case undefined:
      return 'none';
  }
};
