import type { Content } from '../../domain/order/index.ts';
import type { Delivery } from '../delivery/handler.ts';
import type { OutgoingMessage } from '../ports/messageQueue.ts';
import type { NotificationMessage, PaymentMessage } from './schemas.ts';

/** Which chain of messages and events something belongs to, and which message caused it. */
export type Correlation = { readonly correlationId: string; readonly causationId: string };

/** A message that names no chain begins one. */
export const correlationOf = ({ messageId, attributes }: Delivery): Correlation => ({
  correlationId: attributes['correlationId'] ?? messageId,
  causationId: messageId,
});

type Envelope = {
  readonly groupId: string;
  readonly correlationId: string;
  /** The message that this one is sent for; one that begins a chain has none. */
  readonly causationId?: string;
};

/** The message that places an order. */
export const placeOrderMessage = (order: Content): PaymentMessage => ({
  type: 'PlaceOrder',
  v: 1,
  ...order,
  lines: [...order.lines],
});

/** The group is the customer, so that one customer's burst does not starve the others (SQS fair queues). */
export const encodeMessage = (
  message: PaymentMessage | NotificationMessage,
  { groupId, correlationId, causationId }: Envelope,
): OutgoingMessage => ({
  body: JSON.stringify(message),
  attributes: { correlationId, ...(causationId === undefined ? {} : { causationId }) },
  groupId,
});
