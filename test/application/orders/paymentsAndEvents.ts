import { encodeGatewayEvent } from '../../../src/application/messages/index.ts';
import type { GatewayEvent } from '../../../src/application/ports/gatewayEvents.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { DEPLOYMENT } from '../../support/orderContext.ts';
import { gatewayEvent } from '../../support/gatewayEvents.ts';
import { setUp } from './payments.ts';

/** What is asked of the gateway, and changes nothing there. */
const LOOK_UPS = [
  'find',
  'findRefund',
  'inspect',
  'listRefunds',
  'retrieve',
  'retrievePayment',
  'standing',
] as const satisfies readonly (keyof PaymentGateway)[];

type LookUps = Pick<PaymentGateway, (typeof LOOK_UPS)[number]>;

const counted = (gateway: LookUps, asked: string[]): LookUps => {
  const count =
    <Of, Answer>(name: string, ask: (of: Of) => Answer) =>
    (of: Of): Answer => {
      asked.push(name);
      return ask(of);
    };
  return {
    find: count('find', (of) => gateway.find(of)),
    findRefund: count('findRefund', (of) => gateway.findRefund(of)),
    inspect: count('inspect', (of) => gateway.inspect(of)),
    listRefunds: count('listRefunds', (of) => gateway.listRefunds(of)),
    retrieve: count('retrieve', (of) => gateway.retrieve(of)),
    retrievePayment: count('retrievePayment', (of) => gateway.retrievePayment(of)),
    standing: count('standing', (of) => gateway.standing(of)),
  };
};

/** The payment service, with everything that it asks of the gateway, and what events say to it. */
export const setUpWithEvents = (override: Parameters<typeof setUp>[0] = {}) => {
  const asked: string[] = [];
  const shop = setUp({
    ...override,
    gateway: (real, clock) => {
      const changes = override.gateway?.(real, clock) ?? {};
      return { ...changes, ...counted({ ...real, ...changes }, asked) };
    },
  });
  let events = 0;
  const deliver = (
    event: Partial<GatewayEvent> = {},
    as: { readonly messageId?: string; readonly receiveCount?: number } = {},
    worker = shop.handle,
  ) => {
    events += 1;
    const message = gatewayEvent({ event: `evt_${events}`, ...event });
    return worker(encodeGatewayEvent(message, 'webhook').body, undefined, as);
  };
  const stateOf = async (orderId = 'o-1'): Promise<Order.State> =>
    (await shop.orders.load(orderId))._unsafeUnwrap().state;
  return {
    ...shop,
    asked,
    deliver,
    /** Every event of the gateway's own since the last time, in order. */
    deliverAll: async (from = 0) => {
      const outcomes: unknown[] = [];
      for (const event of shop.gateway.gatewayEvents.all().slice(from)) {
        const delivered = await deliver(event);
        outcomes.push(
          delivered.match(
            ({ outcome }) => outcome,
            ({ type }) => type,
          ),
        );
      }
      return outcomes;
    },
    stateOf,
    statusOf: async (orderId = 'o-1') => Order.statusOf(await stateOf(orderId)),
    /** A payment that the gateway has, and that no order here has. */
    chargeFor: (orderId: string, deployment = DEPLOYMENT.id): string => {
      const money = { amountMinor: 119, currency: 'EUR' };
      return shop.gateway.authorise({
        ...money,
        orderId,
        deployment,
        attempt: 1,
        isCaptured: true,
      });
    },
  };
};
