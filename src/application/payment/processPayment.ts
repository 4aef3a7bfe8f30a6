import { ok, safeTry, type ResultAsync } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { Handler, HandlerError } from '../delivery/handler.ts';
import { correlationOf, decodePaymentMessage, unwrap } from '../messages/index.ts';
import type { Handling, Steps } from './steps.ts';

export type Settled = 'paid' | 'declined';

/** Phase 3 of the picture. Every step may be repeated, so a crash anywhere is mended by a redelivery. */
const createProcessPayment =
  (steps: Steps) =>
  (order: Order.Content, handling: Handling): ResultAsync<Settled, HandlerError> =>
    safeTry(async function* () {
      const intent = yield* steps.recordIntent(order, handling); // 3a. The intent is durable before anything leaves the house.
      const evidence = yield* steps.charge(intent, handling); // 3b. Same order, same key, same bytes: at most one capture.
      const settled = yield* steps.recordOutcome(intent, evidence, handling); // 3c. Captured and invoiced in one append.
      const outcome = yield* steps.publish(settled, handling); // 3d. Read model and notification: repeatable.
      return ok(outcome); // The message is deleted by the delivery engine, last of all.
    });

/** The payment service's handler: reads a message, then drives its order until it is settled. */
export const createPaymentHandler = (steps: Steps): Handler => {
  const processPayment = createProcessPayment(steps);
  return (received) =>
    safeTry(async function* () {
      const delivery = yield* unwrap(received);
      const { order } = yield* decodePaymentMessage(delivery.body);
      const { orderId } = order;
      const correlation = correlationOf(delivery);
      const handling = { ...correlation, orderId, signal: delivery.signal };
      const outcome = yield* processPayment(order, handling);
      return ok({ orderId, correlationId: correlation.correlationId, outcome });
    });
};
