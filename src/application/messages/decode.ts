import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import * as Order from '../../domain/order/index.ts';
import type { InvalidOrder, MalformedMessage } from '../delivery/handler.ts';
import { NotificationMessages, PlaceOrderV1 } from './schemas.ts';
import type { OrderReceived, OrderSettled } from './schemas.ts';

/** An accepted PlaceOrder; `order` has passed the domain's own rules. */
export type PlaceOrderCommand = { readonly type: 'PlaceOrder'; readonly order: Order.Content };

const malformed = (...reasons: readonly string[]): MalformedMessage => ({
  type: 'MalformedMessage',
  reasons,
});

/** Where and what, never the value: reasons are logged and travel to the dead-letter queue. */
const reasonsOf = (error: z.ZodError): readonly string[] =>
  error.issues.map(({ path, code, message }) => {
    const where = path.length === 0 ? 'message' : z.core.toDotPath(path);
    return `${where}: ${code === 'unrecognized_keys' ? 'has a part that is not known' : message}`;
  });

const parseJson = (body: string): Result<Record<string, unknown>, MalformedMessage> => {
  if (Order.containsCardNumber(body)) return err(malformed('message: holds a card number'));
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? ok({ ...value })
      : err(malformed('message: is not an object'));
  } catch {
    return err(malformed('message: is not JSON'));
  }
};

/**
 * Reads what the payment service takes. An order is refused with every reason at once: the schema's and the
 * domain's, which also says them where the shape alone would have hidden them.
 */
export const decodePaymentMessage = (
  body: string,
): Result<PlaceOrderCommand, MalformedMessage | InvalidOrder> =>
  parseJson(body).andThen((json): Result<PlaceOrderCommand, MalformedMessage | InvalidOrder> => {
    const { type, v, ...draft } = json;
    if (type !== 'PlaceOrder' || v !== 1) {
      return err(malformed('message: is not a PlaceOrder of version 1'));
    }
    const order = Order.parse(draft);
    if (order.isErr()) return err(refusedOrder(draft['orderId'], order.error.reasons));
    const shape = PlaceOrderV1.safeParse(json);
    return shape.success
      ? ok({ type: 'PlaceOrder', order: order.value })
      : err(refusedOrder(draft['orderId'], reasonsOf(shape.error)));
  });

const refusedOrder = (
  orderId: unknown,
  reasons: readonly string[],
): MalformedMessage | InvalidOrder =>
  Order.isOrderId(orderId) ? { type: 'InvalidOrder', orderId, reasons } : malformed(...reasons);

const NotificationMessage = z.discriminatedUnion('type', NotificationMessages);

/** Reads what the notification service takes. */
export const decodeNotificationMessage = (
  body: string,
): Result<OrderReceived | OrderSettled, MalformedMessage> =>
  parseJson(body).andThen((json) => {
    const message = NotificationMessage.safeParse(json);
    if (!message.success) return err(malformed(...reasonsOf(message.error)));
    return Order.isOrderId(message.data.orderId)
      ? ok(message.data)
      : err(malformed('orderId: is not an order id'));
  });
