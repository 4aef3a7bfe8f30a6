import type { Content } from '../../domain/order/index.ts';
import type { Delivery } from '../delivery/handler.ts';
import type { OutgoingMessage } from '../ports/messageQueue.ts';
import type { NotificationMessage, PaymentMessage } from './schemas.ts';

/** Which chain of messages and events something belongs to, and which message caused it. */
export type Correlation = { readonly correlationId: string; readonly causationId: string };

const CHAIN_ID_CHARACTERS_MAX = 128;
const CHAIN_ID = new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{1,${CHAIN_ID_CHARACTERS_MAX}}$`, 'u');
/** What SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const GROUP_ID = /^[!-~]{1,128}$/;

/**
 * Whether an id that came from outside may be stored, logged and sent on: 1 to 128 characters, all of which can be
 * seen, and not blank. The one rule for all such ids (ADR 0021).
 */
export const isChainId = (value: string | undefined): value is string =>
  value !== undefined && CHAIN_ID.test(value) && value.trim() !== '';

export const isGroupId = (value: string | undefined): value is string =>
  value !== undefined && GROUP_ID.test(value);

/** A message that names no chain begins one, and so does one whose chain could not be sent on. */
export const correlationOf = ({
  messageId,
  attributes,
}: Pick<Delivery, 'messageId' | 'attributes'>): Correlation => {
  const named = attributes['correlationId'];
  return { correlationId: isChainId(named) ? named : messageId, causationId: messageId };
};

/** The message that this one was sent for, as it says. */
export const causeOf = ({ attributes }: Pick<Delivery, 'attributes'>): string | undefined => {
  const named = attributes['causationId'];
  return isChainId(named) ? named : undefined;
};

type MessageEnvelope = {
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
  { groupId, correlationId, causationId }: MessageEnvelope,
): OutgoingMessage => ({
  body: JSON.stringify(message),
  // Older streams hold ids that were taken unchecked. Without one the message begins a chain, and is sent.
  attributes: {
    ...(isChainId(correlationId) ? { correlationId } : {}),
    ...(isChainId(causationId) ? { causationId } : {}),
  },
  ...(isGroupId(groupId) ? { groupId } : {}),
});
