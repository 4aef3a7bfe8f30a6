import { z } from 'zod';
import * as Order from '../../domain/order/index.ts';
import type { GatewayEvent } from '../ports/gatewayEvents.ts';
import type { OutgoingMessage } from '../ports/messageQueue.ts';

/** Visible ASCII, as gateways' ids, codes and names are. */
const visible = (max: number) => z.string().regex(new RegExp(`^[!-~]{1,${max}}$`));

export const GatewayEventV1 = z
  .strictObject({
    type: z.literal('GatewayEvent'),
    v: z.literal(1),
    eventId: visible(255).describe("The gateway's id of the event, the same for each repetition"),
    eventType: visible(64).describe("The gateway's name of what happened: charge.dispute.created"),
    at: z.iso.datetime().describe('When it happened, as the gateway says'),
    mode: z.enum(['live', 'test']).describe('Whether the money is real'),
    account: visible(255).optional().describe('The connected account that it is of'),
    object: z
      .strictObject({
        kind: z.enum(['payment', 'refund', 'charge', 'dispute']),
        id: visible(255).describe("The gateway's id of the object"),
        status: visible(64).optional().describe("The gateway's word for how it stood"),
      })
      .describe('What the event is about'),
    payment: visible(255).optional().describe('The payment that the object belongs to'),
    orderId: visible(64).optional().describe('The order that the metadata of the object name'),
    deployment: visible(64).optional().describe('The deployment that they name'),
  })
  .describe(
    'Queue: payments. The gateway says that an object there has changed: a hint, upon which the ' +
      'object is asked for by its id. Sent by the webhook endpoint.',
  );

export type GatewayEventMessage = z.infer<typeof GatewayEventV1>;

/** What an event names of others is left out where it is none of ours. */
const DEPLOYMENT = /^[!-~]{1,64}$/;

/** One group for each payment: a burst of events of one does not starve the orders of a customer. */
export const encodeGatewayEvent = (event: GatewayEvent): OutgoingMessage => {
  const { eventId, eventType, at, isLive, account, object, payment, orderId, deployment } = event;
  const message: GatewayEventMessage = {
    type: 'GatewayEvent',
    v: 1,
    eventId,
    eventType,
    at: new Date(at).toISOString(),
    mode: isLive ? 'live' : 'test',
    ...(account !== undefined && { account }),
    object: { ...object },
    ...(payment !== undefined && { payment }),
    ...(Order.isOrderId(orderId) && { orderId }),
    ...(deployment !== undefined && DEPLOYMENT.test(deployment) && { deployment }),
  };
  // The event begins a chain of its own, which everything that follows from it names.
  return {
    body: JSON.stringify(message),
    attributes: { correlationId: eventId },
    groupId: (payment ?? object.id).slice(0, 128),
  };
};
