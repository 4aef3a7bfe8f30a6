import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import * as Order from '../../domain/order/index.ts';
import type { MalformedMessage } from '../delivery/handler.ts';
import type { GatewayEvent } from '../ports/gatewayEvents.ts';
import type { OutgoingMessage } from '../ports/messageQueue.ts';
import { issuesIn, issueText } from './issueText.ts';
import { atMost, malformed } from './limits.ts';

/** A text of visible ASCII, such as gateways' ids, codes and names. */
const visible = (max: number) =>
  z.string().regex(new RegExp(`^[!-~]{1,${max}}$`), `is not 1 to ${max} printable characters`);

const ORDER_ID = visible(64);

export const GatewayEventV1 = z
  .strictObject({
    type: z.literal('GatewayEvent'),
    v: z.literal(1),
    event: visible(255).describe("The gateway's id of the event, the same for each repetition"),
    at: z.int().min(0).describe('When it happened, in milliseconds since the epoch'),
    mode: z.enum(['live', 'test']).describe('Whether the money is real'),
    account: visible(255).optional().describe('The connected account that it is of'),
    kind: z.enum(['payment', 'refund', 'dispute']).describe('What has changed'),
    payment: visible(255).describe("The gateway's id of the payment that it is of"),
    id: visible(255).describe("The gateway's id of the payment, refund or dispute itself"),
    says: visible(64).describe("The gateway's word for how it stood"),
    funds: z.enum(['withdrawn', 'reinstated']).optional().describe('Of a dispute'),
    orderId: ORDER_ID.optional().describe('The order that its metadata name'),
    refundId: ORDER_ID.optional().describe('The refund that its metadata name'),
    deployment: ORDER_ID.optional().describe('The deployment that its metadata name'),
  })
  .describe(
    'Queue: payments. The gateway says that something of a payment has changed there: a hint, ' +
      'upon which it is asked by the ids. Ids and words only; sent by the webhook endpoint and ' +
      'by the reconciler.',
  );

export type GatewayEventMessage = z.infer<typeof GatewayEventV1>;

/** The way by which an event came in. */
export type EventSource = 'webhook' | 'eventbridge' | 'reconciler';

/**
 * The message of an event. Names in its metadata that cannot be ours are left out. An order's
 * events are of one group, so that a burst of them does not starve others.
 */
const gatewayEventMessage = (event: GatewayEvent): GatewayEventMessage => {
  const { orderId, refundId, deployment, ...others } = event;
  return {
    type: 'GatewayEvent',
    v: 1,
    ...others,
    ...(Order.isOrderId(orderId) && { orderId }),
    ...(ORDER_ID.safeParse(refundId).success && { refundId }),
    ...(ORDER_ID.safeParse(deployment).success && { deployment }),
  };
};

/** The event begins the chain of all that follows from it. */
export const encodeGatewayEvent = (event: GatewayEvent, source: EventSource): OutgoingMessage => ({
  body: JSON.stringify(gatewayEventMessage(event)),
  attributes: { correlationId: event.event, causationId: source },
  groupId: (event.orderId ?? event.payment).slice(0, 128),
});

export const decodeGatewayEvent = (
  json: unknown,
): Result<GatewayEventMessage, MalformedMessage> => {
  const message = GatewayEventV1.safeParse(json, { error: issueText });
  if (!message.success) return err(malformed(...atMost(issuesIn(message.error))));
  const { orderId } = message.data;
  return orderId === undefined || Order.isOrderId(orderId)
    ? ok(message.data)
    : err(malformed('orderId: is not an order id'));
};
