import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { Delivery, MalformedMessage } from '../delivery/handler.ts';
import { parseJson } from '../ports/json.ts';
import { malformed, tooLong, WRAPPED_BYTES_MAX } from './limits.ts';

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
