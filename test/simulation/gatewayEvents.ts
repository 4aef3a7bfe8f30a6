import { encodeGatewayEvent } from '../../src/application/messages/index.ts';
import type { GatewayEvent } from '../../src/application/ports/gatewayEvents.ts';
import { gatewayEvent } from '../support/gatewayEvents.ts';
import type { World } from './world.ts';

/** What becomes of the events that the gateway makes. Their order is that of the receives. */
export const REPORTINGS = ['reported', 'lost', 'doubled'] as const;
export type Reporting = (typeof REPORTINGS)[number];

/** Calls that the gateway has not made, or not to this deployment. */
export const FORGERIES = [
  'of nobody’s payment',
  'of another payment of the order',
  'of a refund that there is not',
  'of a dispute that there is not',
  'of nobody’s dispute',
  'of what is not so',
  'of another deployment',
  'of real money',
] as const;
export type Forgery = (typeof FORGERIES)[number];

const say = ({ payments }: World, event: GatewayEvent): void =>
  void payments.send(encodeGatewayEvent(event, 'webhook').body);

/** Everything that has happened there since the last time. */
export const reportEvents = (world: World, reporting: Reporting): void => {
  const { gateway, eventsSaid, seen } = world;
  const events = gateway.gatewayEvents.all().slice(eventsSaid.now);
  eventsSaid.now += events.length;
  for (const event of events) {
    seen.add(`event ${reporting}`);
    if (reporting !== 'lost') say(world, event);
    if (reporting === 'doubled') say(world, event);
  }
};

/** As the reconciler does it, of whatever the gateway has kept since (R23). */
export const reportAll = (world: World, from: number): number => {
  const events = world.gateway.gatewayEvents.all();
  for (const event of events.slice(from)) say(world, event);
  return events.length;
};

export const forge = (world: World, forgery: Forgery): void => {
  const payment = world.gateway.ledger().charges.at(-1)?.reference ?? 'pi_memory_1';
  const forged = { event: `evt_forged_${world.payments.messages.length}`, payment };
  const other = { payment: 'pi_memory_99', id: 'pi_memory_99' } as const;
  const forgeries: Readonly<Record<Forgery, Partial<GatewayEvent>>> = {
    'of nobody’s payment': other,
    'of another payment of the order': { ...other, orderId: 'o-1' },
    'of a refund that there is not': { kind: 'refund', id: 're_memory_99' },
    'of a dispute that there is not': { kind: 'dispute', id: 'du_memory_99', says: 'lost' },
    'of nobody’s dispute': { ...other, kind: 'dispute', id: 'du_memory_99', says: 'lost' },
    'of what is not so': { says: 'canceled', orderId: 'o-1' },
    'of another deployment': { deployment: 'dep2', orderId: 'o-1' },
    'of real money': { mode: 'live', orderId: 'o-1' },
  };
  say(world, gatewayEvent({ ...forged, id: payment, ...forgeries[forgery] }));
};
