import * as z from 'zod';
import { parseJson } from '../ports/json.ts';
import type { GatewayEventReader } from '../ports/gatewayEvents.ts';
import { encodeGatewayEvent } from './gatewayEvent.ts';
import { tooLong, WRAPPED_BYTES_MAX } from './limits.ts';

/**
 * The envelope of EventBridge around an event of a partner
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html). The rule's
 * target is the queue, and the queue's policy says which rule may send.
 */
const Envelope = z.object({
  source: z.string().regex(/^aws\.partner\/[!-~]{1,200}$/),
  'detail-type': z.string().regex(/^[!-~]{1,128}$/),
  detail: z.unknown().optional(),
});

const envelopeIn = (body: string): z.infer<typeof Envelope> | undefined => {
  // Most messages have no envelope, and need not be parsed twice.
  if (!body.includes('"detail-type"') || tooLong(body, WRAPPED_BYTES_MAX)) return undefined;
  return Envelope.safeParse(parseJson(body).unwrapOr(undefined)).data;
};

type BridgedMessage = {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groupId?: string | undefined;
};

/**
 * The message as it is handled, and kept as a dead letter. An event of the gateway that EventBridge
 * delivered comes with everything about its customer: from here on it is the small message that a
 * webhook makes of it, or an envelope without content. Any other message is unchanged.
 */
export const withoutEventDetail = <M extends BridgedMessage>(
  message: M,
  reader: GatewayEventReader,
): M => {
  const envelope = envelopeIn(message.body);
  if (envelope === undefined) return message;
  const { source, 'detail-type': detailType, detail } = envelope;
  const reported = reader.read(detail).unwrapOr(undefined);
  if (reported?.type !== 'Reported') {
    return { ...message, body: JSON.stringify({ source, 'detail-type': detailType }) };
  }
  const { body, attributes, groupId } = encodeGatewayEvent(reported.event, 'eventbridge');
  return {
    ...message,
    body,
    attributes: { ...attributes, ...message.attributes },
    ...(message.groupId === undefined && groupId !== undefined ? { groupId } : {}),
  };
};

/** The type of an event that says nothing of a payment; undefined for every other message. */
export const ignoredEventIn = (
  { body }: Pick<BridgedMessage, 'body'>,
  reader: GatewayEventReader,
): string | undefined => {
  const envelope = envelopeIn(body);
  if (envelope === undefined) return undefined;
  const reported = reader
    .read(envelope.detail ?? { type: envelope['detail-type'] })
    .unwrapOr(undefined);
  return reported?.type === 'Ignored' ? reported.eventType : undefined;
};
