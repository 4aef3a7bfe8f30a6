import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { orderStreamId, locateEvents } from '../log/eventStreams.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError, CorruptStream, RecordedCommit } from '../ports/eventStore.ts';

export type LoadPlan = {
  readonly orders: number;
  readonly ratePerSecond: number;
  /** The maximum time for orders to end after the last one was sent, in milliseconds. */
  readonly waitMs: number;
};

/** The end of an order, and its time by the clock of the worker that recorded it. */
type OrderEnd = { readonly at: number; readonly status: string; readonly cause: string };

/** One order of a load. It is followed until it has ended. */
export type FollowedOrder = {
  readonly orderId: string;
  /** When its message was sent to the queue, by the clock of this process. */
  readonly sentAt: number;
  /** The reason why the queue did not take it. The order is not followed then. */
  refused?: string;
  end?: OrderEnd;
};

/**
 * The end of an order is the first commit after which it needs nothing but notices, or a person. An
 * order that no worker has recorded yet has none.
 */
const endOfOrder = (
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

const ROUND_MS = 1_000;
const LOOKS_MIN = 20;
const LOOK_AFTER_MS = 1_000;
const LOOK_EVERY_MAX_MS = 8_000;
/** This many rounds in a row that could not be read end the load. */
const BLIND_ROUNDS_MAX = 10;

type Following = {
  readonly store: Pick<EventStore, 'load'>;
  readonly clock: Clock;
  readonly onEnded: () => void;
  readonly signal: AbortSignal;
};

type Open = { readonly order: FollowedOrder; lookAt: number; pauseMs: number };

/**
 * Looks at the streams of orders that were sent until each has ended. A look is one read, and there
 * are at most twice as many a second as orders are sent. The first look is a second after its
 * order: for most orders one is enough. The time that the worker recorded counts, and not that of
 * the look.
 */
export const createFollow = (
  { ratePerSecond }: Pick<LoadPlan, 'ratePerSecond'>,
  { store, clock, onEnded, signal }: Following,
) => {
  const open = new Map<string, Open>();
  const looksMax = Math.max(LOOKS_MIN, 2 * ratePerSecond);
  let looks = 0;

  const look = async (seen: Open): Promise<Result<void, LoadError>> => {
    const { order } = seen;
    looks += 1;
    seen.pauseMs = Math.min(2 * seen.pauseMs, LOOK_EVERY_MAX_MS);
    seen.lookAt = clock.now() + seen.pauseMs;
    const loaded = await store.load(orderStreamId(order.orderId));
    return loaded
      .andThen(({ commits }) => endOfOrder(commits))
      .map((end) => {
        if (end === undefined) return;
        order.end = end;
        open.delete(order.orderId);
        onEnded();
      });
  };

  return {
    add: (order: FollowedOrder): void => {
      const lookAt = order.sentAt + LOOK_AFTER_MS;
      open.set(order.orderId, { order, lookAt, pauseMs: LOOK_AFTER_MS });
    },
    looks: () => looks,
    /** Runs until all is sent and nothing is open, or until `waitMs` after all is sent. */
    run: async (sending: AbortSignal, waitMs: number): Promise<Result<void, LoadError>> => {
      let endsAt = Infinity;
      let blind = 0;
      for (;;) {
        for (const { order } of open.values()) if (order.refused) open.delete(order.orderId);
        const now = clock.now();
        if (sending.aborted && endsAt === Infinity) endsAt = now + waitMs;
        if (signal.aborted || now >= endsAt || (sending.aborted && open.size === 0)) return ok();
        const due = [...open.values()].filter(({ lookAt }) => lookAt <= now).slice(0, looksMax);
        const looked = await mapConcurrent(due, look, signal);
        blind = looked.isErr() ? blind + 1 : 0;
        if (looked.isErr() && blind >= BLIND_ROUNDS_MAX) return err(looked.error);
        await clock.sleep(Math.min(ROUND_MS, endsAt - clock.now()), signal);
      }
    },
  };
};
