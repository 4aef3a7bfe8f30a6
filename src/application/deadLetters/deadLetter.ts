import * as Order from '../../domain/order/index.ts';
import type { DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import { type Result, err, ok } from 'neverthrow';
import type { Delivery, InvalidOrder, MalformedMessage } from '../delivery/handler.ts';
import {
  correlationOf,
  decodeNotificationMessage,
  decodePaymentMessage,
  isChainId,
  unwrap,
  type GatewayEventMessage,
  type NotificationMessage,
  type PaymentCommand,
} from '../messages/index.ts';
import { receivesInAll } from '../delivery/deadLetterMessage.ts';
import type { ReceivedMessage, QueueError } from '../ports/messageQueue.ts';
import { peekDeadLetters, type PeekedQueue, type PeekOptions } from './peek.ts';

/** The data of a dead letter without its body, which may have a megabyte. */
export type DeadLetter = {
  readonly messageId: string;
  /** The message of which this is a copy; absent where the queue moved the message itself. */
  readonly originalId?: string;
  readonly queue: DeadLetterQueue;
  readonly orderId?: string;
  /** The command or notice in it; absent where the body is no message of ours. */
  readonly command?: string;
  /** The class of the reason: the error's type, `GivenUp` if the queue moved it, or `unknown`. */
  readonly errorType: string;
  readonly reason: string;
  /** The service and version that moved it, such as `payments@0.1.0`. */
  readonly codeVersion?: string;
  /** The number of receives when it was moved; approximate where the queue moved it. */
  readonly receives: number;
  readonly correlationId: string;
  /** When it was moved; if the queue moved it, when it was first sent. */
  readonly sentAt: number;
};

export type DeadLetterContent =
  | { readonly queue: 'payments'; readonly command: PaymentCommand | GatewayEventMessage }
  | { readonly queue: 'notifications'; readonly message: NotificationMessage };

/** A dead letter without a reason was moved by its queue, not by a service. */
const GIVEN_UP = {
  errorType: 'GivenUp',
  reason: 'given up by its queue, after too many receives',
} as const;

/** The sender chose the attributes: a value in another form than ours is not ours. */
const ERROR_TYPE = /^\w{1,64}$/;
const CODE_VERSION = /^(?:payments|notifications)@[\w.+-]{1,64}$/;
const RECEIVES = /^\d{1,9}$/;

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

/** The message as it was sent, without the envelope of SNS. */
export const bodyText = (message: ReceivedMessage): string =>
  unwrap(deliveryOf(message)).match(
    ({ body }) => body,
    () => message.body,
  );

const deliveryOf = (
  message: ReceivedMessage,
): Pick<Delivery, 'messageId' | 'body' | 'attributes'> => {
  // A dead letter is a copy: a chain that its message began has the id of that message.
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
  // Actions go by the body; the attribute is for a body that names no order.
  const content = readBody(message, queue).match<Pick<DeadLetter, 'orderId' | 'command'>>(
    (read) => {
      const { type, orderId } = read.queue === 'payments' ? read.command : read.message;
      // What an event names is a hint: the order that was found for it stands in the attribute.
      const isHint = orderId === undefined || (type === 'GatewayEvent' && named !== undefined);
      return isHint ? { command: type } : { command: type, orderId };
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

/**
 * The order's id. The sender chose the content: whatever cannot be an order's id counts as none.
 */
export const orderIdOf = ({ orderId }: DeadLetter): string | undefined =>
  Order.isOrderId(orderId) ? orderId : undefined;

/** The bound is a hundred receives. Nobody reads more dead letters than that one by one. */
export const DEAD_LETTERS_MAX = 1_000;

export const readDeadLetters = async (
  queue: PeekedQueue,
  { of, ...options }: PeekOptions & { readonly of: DeadLetterQueue },
): Promise<Result<readonly DeadLetter[], QueueError>> => {
  const deadLetters: DeadLetter[] = [];
  for await (const message of peekDeadLetters(queue, options)) {
    if (message.isErr()) return err(message.error);
    deadLetters.push(readDeadLetter(message.value, of));
  }
  return ok(deadLetters);
};
