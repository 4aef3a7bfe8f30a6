import { err, ok, ResultAsync, safeTry } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { Delivery, Handler } from '../delivery/handler.ts';
import { correlationOf, decodePaymentMessage, unwrap } from '../messages/index.ts';
import { checkClock } from '../ports/clock.ts';
import type { PaymentDependencies } from './dependencies.ts';
import { createDriver } from './drive.ts';
import { createPublish } from './publish.ts';
import { createRecordCommand } from './recordCommand.ts';

/**
 * Phase 3 of the picture, and the payment service's handler. Every step may be repeated, so a crash anywhere
 * is mended by a redelivery. The message is deleted by the delivery engine, last of all.
 */
export const createPaymentHandler = (dependencies: PaymentDependencies): Handler => {
  const record = createRecordCommand(dependencies);
  const drive = createDriver(dependencies);
  const publish = createPublish(dependencies);
  const { clerk, clock, rules, deployment: current } = dependencies;
  const series = [rules.invoices.series, rules.creditNotes.series];
  return (received) =>
    safeTry(async function* () {
      yield* checkClock(clock);
      const delivery = yield* unwrap(received);
      const command = yield* decodePaymentMessage(delivery.body);
      const { orderId } = command;
      const { correlationId, causationId } = correlationOf(delivery);
      const deployment = yield* current();
      const letter = letterIdOf(delivery);
      const { signal } = delivery;
      const handling = { correlationId, causationId, orderId, signal, deployment, letter };
      yield* ResultAsync.combine(series.map((name) => clerk.warm(name)));
      const { order, viewedAt, refused } = yield* record(command, handling); // 3a. The intent is durable before anything leaves the house.
      const driven =
        refused === undefined ? yield* drive({ order, viewedAt }, handling) : { order }; // 3b. Same key, same bytes: at most one capture; 3c. captured and invoiced in one append.
      yield* publish(driven.order, handling); // 3d. Read model and notices: repeatable.
      const { review } = driven;
      if (review?.isContradiction === true) {
        return err({ type: 'Contradiction' as const, orderId, reason: review.reason });
      }
      // One dead letter stands for a review: its own message's, also when that comes again.
      const isOfAnother = review?.letter !== undefined && !['', letter].includes(review.letter);
      if (review !== undefined && !isOfAnother) {
        return err({ type: 'ReviewRequired' as const, orderId, reason: review.reason });
      }
      if (isOfAnother) return ok({ orderId, correlationId, outcome: 'in review' });
      const outcome = refused === undefined ? outcomeOf(driven.order.state) : 'refused';
      return ok({ orderId, correlationId, outcome });
    });
};

/** A message that was sent again from the dead-letter queue says which one it was. */
const letterIdOf = ({ messageId, attributes }: Delivery): string =>
  attributes['OriginalMessageId'] ?? messageId;

const outcomeOf = ({ payment, cancelled, cancellation }: Order.State): string => {
  if (cancelled) return 'cancelled';
  if (payment.status === 'captured') return 'paid';
  if (payment.status === 'declined' || payment.status === 'failed') return payment.status;
  return cancellation === undefined ? 'not placed' : 'cancelled before it came';
};
