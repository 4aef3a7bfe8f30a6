import { isOfV1, type Content, type ContentV1, type SentOrder } from '../../domain/order/index.ts';
import type { Delivery, MalformedMessage } from '../delivery/handler.ts';
import type { OutgoingMessage } from '../ports/messageQueue.ts';
import type { NotificationMessage, PaymentMessage } from './schemas.ts';
import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { parseJson } from '../ports/json.ts';
import { malformed, tooLong, WRAPPED_BYTES_MAX } from './limits.ts';

/** The chain of messages and events that something belongs to, and the message that caused it. */
export type Correlation = { readonly correlationId: string; readonly causationId: string };

const CHAIN_ID_CHARACTERS_MAX = 128;
const CHAIN_ID = new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{1,${CHAIN_ID_CHARACTERS_MAX}}$`, 'u');
/**
 * The characters that SQS accepts for a group:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const GROUP_ID = /^[!-~]{1,128}$/;

/**
 * Whether an id from outside may be stored, logged and sent on: 1 to 128 visible characters, not
 * blank. It is the only rule for all such ids (ADR 0021).
 */
export const isChainId = (value: string | undefined): value is string =>
  value !== undefined && CHAIN_ID.test(value) && value.trim() !== '';

export const isGroupId = (value: string | undefined): value is string =>
  value !== undefined && GROUP_ID.test(value);

/**
 * The correlation of a delivery. A message that names no chain, or one that could not be sent on,
 * begins one.
 */
export const correlationOf = ({
  messageId,
  attributes,
}: Pick<Delivery, 'messageId' | 'attributes'>): Correlation => {
  const named = attributes['correlationId'];
  return { correlationId: isChainId(named) ? named : messageId, causationId: messageId };
};

export const causeOf = ({ attributes }: Pick<Delivery, 'attributes'>): string | undefined => {
  const named = attributes['causationId'];
  return isChainId(named) ? named : undefined;
};

type MessageEnvelope = {
  readonly groupId: string;
  readonly correlationId: string;
  /** The message that causes this one; a message that begins a chain has none. */
  readonly causationId?: string;
};

/** The message is of the version in which the order was sent. */
export const placeOrderMessage = (order: SentOrder): OrderMessage =>
  isOfV1(order) ? { type: 'PlaceOrder', v: 1, ...order } : { type: 'PlaceOrder', v: 2, ...order };

export type OrderMessage =
  | ({ readonly type: 'PlaceOrder'; readonly v: 1 } & ContentV1)
  | ({ readonly type: 'PlaceOrder'; readonly v: 2 } & Content);

/** The group is the customer, whose burst does not starve others (SQS fair queues). */
export const encodeMessage = (
  message: PaymentMessage | OrderMessage | NotificationMessage,
  { groupId, correlationId, causationId }: MessageEnvelope,
): OutgoingMessage => ({
  body: JSON.stringify(message),
  // Older streams hold ids that were not checked. Without a valid id the message begins a chain,
  // and is still sent.
  attributes: {
    ...(isChainId(correlationId) ? { correlationId } : {}),
    ...(isChainId(causationId) ? { causationId } : {}),
  },
  ...(isGroupId(groupId) ? { groupId } : {}),
});

/**
 * The envelope that SNS puts around a message on its way to a queue, unless the subscription uses
 * raw delivery. The signature is not checked: the queue's policy says which topic may send. Other
 * fields of SNS are not needed.
 */
const Envelope = z.object({
  Type: z.literal('Notification'),
  MessageId: z.string().min(1),
  TopicArn: z.string().regex(/^arn:[\w-]+:sns:/),
  Message: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ Value: z.string() })).optional(),
});

/**
 * Removes the envelope of SNS from a delivery that has one. An envelope within an envelope is not
 * removed. Messages of ours have no `Type`, so that a body with one is either an envelope or
 * unknown.
 */
export const unwrap = <D extends Pick<Delivery, 'body' | 'attributes'>>(
  delivery: D,
): Result<D, MalformedMessage> => {
  const refused = tooLong(delivery.body, WRAPPED_BYTES_MAX);
  if (refused !== undefined) return err(refused);
  // Most messages have no envelope, and need not be parsed twice.
  if (!delivery.body.includes('"Type"')) return ok(delivery);
  const json = parseJson(delivery.body).unwrapOr(undefined);
  if (typeof json !== 'object' || json === null || !('Type' in json)) return ok(delivery);
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return err(NOT_AN_ENVELOPE);
  const { Message: body, MessageAttributes = {} } = envelope.data;
  const wrapped = Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value]);
  const attributes = { ...Object.fromEntries(wrapped), ...delivery.attributes };
  return ok({ ...delivery, body, attributes });
};

const NOT_AN_ENVELOPE = malformed('message: has a Type, but is no notification of SNS');
