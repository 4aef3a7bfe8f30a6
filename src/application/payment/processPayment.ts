import { err, ok, ResultAsync, safeTry } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { Handler } from '../delivery/handler.ts';
import { correlationOf, decodePaymentMessage, unwrap } from '../messages/index.ts';
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
  const { clerk, rules } = dependencies;
  const series = [rules.invoices.series, rules.creditNotes.series];
  return (received) =>
    safeTry(async function* () {
      const delivery = yield* unwrap(received);
      const command = yield* decodePaymentMessage(delivery.body);
      const { orderId } = command;
      const { correlationId, causationId } = correlationOf(delivery);
      const handling = { correlationId, causationId, orderId, signal: delivery.signal };
      yield* ResultAsync.combine(series.map((name) => clerk.warm(name)));
      const { order, refused } = yield* record(command, handling); // 3a. The intent is durable before anything leaves the house.
      const driven = refused === undefined ? yield* drive(order, handling) : { order }; // 3b. Same key, same bytes: at most one capture; 3c. captured and invoiced in one append.
      yield* publish(driven.order, handling); // 3d. Read model and notices: repeatable.
      if (driven.review !== undefined) {
        return err({ type: 'ReviewRequired' as const, orderId, reason: driven.review });
      }
      const outcome = refused === undefined ? outcomeOf(driven.order.state) : 'refused';
      return ok({ orderId, correlationId, outcome });
    });
};

const outcomeOf = ({ payment, cancelled, cancellation }: Order.State): string => {
  if (cancelled) return 'cancelled';
  if (payment.status === 'captured') return 'paid';
  if (payment.status === 'declined' || payment.status === 'failed') return payment.status;
  return cancellation === undefined ? 'not placed' : 'cancelled before it came';
};
