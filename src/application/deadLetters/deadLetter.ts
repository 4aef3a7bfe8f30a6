import * as Order from '../../domain/order/index.ts';
import type { DeadLetterQueue } from '../../domain/deadLetter/index.ts';
import type { Result } from 'neverthrow';
import type { Delivery, InvalidOrder, MalformedMessage } from '../delivery/handler.ts';
import {
  correlationOf,
  decodeNotificationMessage,
  decodePaymentMessage,
  isChainId,
  unwrap,
  type NotificationMessage,
  type PaymentCommand,
} from '../messages/index.ts';
import { receivesInAll } from '../delivery/deadLetterMessage.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';

/** What a dead letter says of itself. Its body is not kept: it may hold a megabyte, and personal data. */
export type DeadLetter = {
  readonly messageId: string;
  /** Of the message that it is a copy of; absent where its queue gave it up, which keeps the id. */
  readonly originalId?: string;
  readonly queue: DeadLetterQueue;
  readonly orderId?: string;
  /** What was asked for; absent where the body is no message of ours. */
  readonly command?: string;
  /** The class of the reason: the error's type, `GivenUp` by its queue, or `unknown`. */
  readonly errorType: string;
  readonly reason: string;
  /** Whose code put it there, such as `payments@0.1.0`. */
  readonly codeVersion?: string;
  /** How often it had been received when it was put there; roughly, where its queue gave it up. */
  readonly receives: number;
  /** Of the chain that it belongs to. */
  readonly correlationId: string;
  /** When it was put there; for one that its queue gave up, when it was first sent. */
  readonly sentAt: number;
};

export type DeadLetterContent =
  | { readonly queue: 'payments'; readonly command: PaymentCommand }
  | { readonly queue: 'notifications'; readonly message: NotificationMessage };

/** Without a reason nobody here put it aside. */
const GIVEN_UP = {
  errorType: 'GivenUp',
  reason: 'given up by its queue, after too many receives',
} as const;

/** Whoever sent a letter chose its attributes: what is not in the form that we give them is none of ours. */
const ERROR_TYPE = /^\w{1,64}$/;
const CODE_VERSION = /^(?:payments|notifications)@[\w.+-]{1,64}$/;
const RECEIVES = /^\d{1,9}$/;

/** What the code of today reads in it. */
export const readBody = (
  message: ReceivedMessage,
  queue: DeadLetterQueue,
): Result<DeadLetterContent, MalformedMessage | InvalidOrder> => {
  const delivery = unwrap(deliveryOf(message));
  return queue === 'payments'
    ? delivery
        .andThen(({ body }) => decodePaymentMessage(body))
        .map((command): DeadLetterContent => ({ queue, command }))
    : delivery
        .andThen(({ body }) => decodeNotificationMessage(body))
        .map((notice): DeadLetterContent => ({ queue, message: notice }));
};

/** The message as it was sent, without what SNS puts around it. */
export const bodyText = (message: ReceivedMessage): string =>
  unwrap(deliveryOf(message)).match(
    ({ body }) => body,
    () => message.body,
  );

const deliveryOf = (
  message: ReceivedMessage,
): Pick<Delivery, 'messageId' | 'body' | 'attributes'> => {
  // A letter is a copy: a chain that its message began has that message's name.
  const original = message.attributes['OriginalMessageId'];
  const messageId = isChainId(original) ? original : message.messageId;
  return { ...message, messageId };
};

export const readDeadLetter = (message: ReceivedMessage, queue: DeadLetterQueue): DeadLetter => {
  const { messageId, attributes, sentAt } = message;
  const { Reason: reason, Service: service = '', ReceiveCount: receives = '' } = attributes;
  const errorType = ERROR_TYPE.exec(attributes['ErrorType'] ?? '')?.[0] ?? 'unknown';
  const named = attributes['OrderId'];
  const originalId = attributes['OriginalMessageId'];
  // What acts on the letter goes by its body; the attribute is for a body that names no order.
  const content = readBody(message, queue).match<Pick<DeadLetter, 'orderId' | 'command'>>(
    (read) => {
      const { type, orderId } = read.queue === 'payments' ? read.command : read.message;
      return { command: type, orderId };
    },
    (error) =>
      error.type === 'InvalidOrder' ? { command: 'PlaceOrder', orderId: error.orderId } : {},
  );
  const delivery = deliveryOf(message);
  const { correlationId } = correlationOf(unwrap(delivery).unwrapOr(delivery));
  return {
    messageId,
    ...(isChainId(originalId) ? { originalId } : {}),
    queue,
    ...(named === undefined ? {} : { orderId: named }),
    ...content,
    ...(reason === undefined ? GIVEN_UP : { errorType, reason }),
    ...(CODE_VERSION.test(service) ? { codeVersion: service } : {}),
    receives:
      reason !== undefined && RECEIVES.test(receives) ? Number(receives) : receivesInAll(message),
    correlationId,
    sentAt,
  };
};

/** Whoever sent the letter chose what it says: what cannot be an order's id is none. */
export const orderIdOf = ({ orderId }: DeadLetter): string | undefined =>
  Order.isOrderId(orderId) ? orderId : undefined;
