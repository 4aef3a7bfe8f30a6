import { errAsync, ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { SendFailed } from '../delivery/handler.ts';
import type { AppendError } from '../ports/eventStore.ts';
import { orderStreamId, type OrderStream } from '../log/eventStreams.ts';
import type { OrderContext, LoadedOrder, PaymentDependencies } from './dependencies.ts';
import type { Correlation } from '../messages/index.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { recordsOf } from './eventRecords.ts';

type Commit = Parameters<OrderStream['append']>[2];
type Appended = ResultAsync<LoadedOrder, AppendError | SendFailed>;

export type AppendEvents = (order: LoadedOrder, commit: Commit, handling: OrderContext) => Appended;

/**
 * Appends the events of a decision. If they ask for a person, the dead letter goes first (R11): a
 * process that dies in between leaves one dead letter too many, and never a review without one.
 */
export const createAppend = ({ orders }: Pick<PaymentDependencies, 'orders'>): AppendEvents => {
  const inTurn = createTurns();

  const appendReview = (
    order: LoadedOrder,
    commit: Commit,
    { orderId, deadLetter, reason }: OrderContext & { readonly reason: string },
  ): Appended =>
    // Another process may have recorded it, or gone on, meanwhile: then no dead letter is sent.
    orders.load(orderId).andThen((fresh): Appended => {
      const { version } = order.position;
      if (fresh.position.version !== version) {
        return errAsync({ type: 'Conflict', streamId: orderStreamId(orderId), version });
      }
      const review = { type: 'ReviewRequired', orderId, reason } as const;
      return deadLetter(review, () => orders.append(orderId, fresh, commit));
    });

  return (order, commit, handling) => {
    const { orderId } = handling;
    const reason = Order.reviewIn(commit.events);
    if (reason === undefined) return orders.append(orderId, order, commit);
    // Messages of one order come, and look it up, together: one of them sends the dead letter.
    const appended = inTurn(orderId, async () =>
      appendReview(order, commit, { ...handling, reason }),
    );
    return new ResultAsync(appended);
  };
};

/** Runs work on one order in the order in which it came, and work on others meanwhile. */
const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(orderId: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(orderId) ?? Promise.resolve();
    // Those who asked for the work before it handle its end.
    const mine = before.then(work, work);
    last.set(orderId, mine);
    try {
      return await mine;
    } finally {
      if (last.get(orderId) === mine) last.delete(orderId);
    }
  };
};

/** Records the events that an order got, and each one of which somebody must know at once. */
export const logCommit = (
  telemetry: Telemetry,
  events: readonly Order.StreamEvent[],
  subject: Correlation & { readonly orderId: string },
): void => {
  if (events.length === 0) return;
  const outcome = events.map(({ type }) => type).join('+');
  telemetry.record({ level: 'info', event: 'order.committed', ...subject, outcome });
  for (const event of events) {
    for (const record of recordsOf(event)) telemetry.record({ ...subject, ...record });
  }
};
