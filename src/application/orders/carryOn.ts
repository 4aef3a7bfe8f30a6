import { err, ok, type Result, ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type { LoadedOrder, OrderContext, PaymentDependencies } from './dependencies.ts';
import { createDriver } from './drive.ts';
import type { DriveResult, View } from './driveSteps.ts';
import { createPublish } from './publish.ts';

/** The order as far as it came, with the word for its outcome. */
export type CarriedOrder = { readonly order: LoadedOrder; readonly outcome: string };

export type CarryOn = (
  view: View,
  handling: OrderContext,
  wordOf?: (state: Order.State) => string,
) => ResultAsync<CarriedOrder, HandlerError>;

/** Publishes an order that is not driven, because the command is refused for ever. */
export type PublishOnly = (
  order: LoadedOrder,
  handling: OrderContext,
) => ResultAsync<CarriedOrder, HandlerError>;

/**
 * Drives the order to where it waits or ends, and publishes it (R10), whatever message came for it.
 * The result is an error where the message is still needed: to wait, or as a dead letter.
 */
export const createCarryOn = (
  dependencies: PaymentDependencies,
): { readonly carryOn: CarryOn; readonly publishOnly: PublishOnly } => {
  const drive = createDriver(dependencies);
  const publish = createPublish(dependencies);

  const settle = async (
    { order, review, wait }: DriveResult,
    handling: OrderContext,
    wordOf: (state: Order.State) => string,
  ): CarryResult => {
    // 3d. The read model is written and the notices are sent. Both may be repeated.
    const published = await publish(order, handling);
    if (published.isErr()) return err(published.error);
    const { orderId, letter } = handling;
    if (wait !== undefined) return err(wait);
    if (review?.isContradiction === true) {
      return err({ type: 'Contradiction', orderId, reason: review.reason });
    }
    // The dead letter of one message stands for a review, also when that message comes again.
    const isOfAnother = review?.letter !== undefined && !['', letter].includes(review.letter);
    if (review !== undefined && !isOfAnother) {
      return err({ type: 'ReviewRequired', orderId, reason: review.reason });
    }
    return ok({ order, outcome: isOfAnother ? 'in review' : wordOf(order.state) });
  };

  const carry = async (
    view: View,
    handling: OrderContext,
    wordOf: (state: Order.State) => string,
  ): CarryResult => {
    // 3b. The same key and bytes are sent, so that there is at most one capture. 3c. Capture and
    // invoice are one append.
    const driven = await drive(view, handling);
    return driven.isErr() ? err(driven.error) : settle(driven.value, handling, wordOf);
  };

  return {
    carryOn: (view, handling, wordOf = outcomeOf) => new ResultAsync(carry(view, handling, wordOf)),
    publishOnly: (order, handling) => new ResultAsync(settle({ order }, handling, () => 'refused')),
  };
};

type CarryResult = Promise<Result<CarriedOrder, HandlerError>>;

/**
 * The outcome in the record of the handling. Every paid order is `paid`, whatever was refunded
 * since: records are counted by this word.
 */
export const outcomeOf = (state: Order.State): string => {
  const isPaid = state.payment.status === 'captured' && !state.cancelled;
  return isPaid ? 'paid' : Order.statusOf(state);
};
