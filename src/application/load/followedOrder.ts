import * as Order from '../../domain/order/index.ts';
import { ok, type Result } from 'neverthrow';
import { locateEvents } from '../log/eventStreams.ts';
import type { CorruptStream, RecordedCommit } from '../ports/eventStore.ts';

export type LoadPlan = {
  readonly orders: number;
  readonly ratePerSecond: number;
  /** How long orders may take to end after the last one was sent. */
  readonly waitMs: number;
};

/** How an order ended, and when by the clock of the worker that recorded it. */
export type OrderEnd = { readonly at: number; readonly status: string; readonly cause: string };

/** One order of a load. It is followed until it has ended. */
export type FollowedOrder = {
  readonly orderId: string;
  /** When its message was handed to the queue, by the clock of this process. */
  readonly sentAt: number;
  /** Why the queue did not take it; it is not followed then. */
  refused?: string;
  end?: OrderEnd;
};

/**
 * The end of an order is the first commit after which it needs nothing but notices, or a person. An
 * order that no worker has recorded yet has none.
 */
export const endOfOrder = (
  commits: readonly RecordedCommit[],
): Result<OrderEnd | undefined, CorruptStream> =>
  locateEvents(commits, Order.codec).andThen((located) => {
    let state = Order.initialState;
    for (const [index, { event, commit }] of located.entries()) {
      state = Order.evolve(state, event);
      if (located[index + 1]?.commit === commit) continue;
      const isKnown = state.placed !== undefined || state.refused !== undefined;
      if (!isKnown || Order.progressOf(state) === 'open') continue;
      const status = Order.statusOf(state);
      return ok({ at: commit.committedAt, status, cause: causeOf(status, event) });
    }
    return ok(undefined);
  });

const causeOf = (status: string, { type, data }: Order.StreamEvent): string => {
  if (type === 'PaymentDeclined' || type === 'PaymentFailed') return data.code;
  if (type === 'PaymentReviewRequired') return data.reason;
  return type === 'OrderRefused' ? data.reasons.join('; ') : status;
};
