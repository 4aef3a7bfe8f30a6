import fc from 'fast-check';
import type * as Order from '../../src/domain/order/index.ts';
import { createGatewayWorld, type GatewayWorld } from './gatewayWorld.ts';
import type { Plan } from './movingGateway.ts';
import { refundPayment } from './orderLife.ts';

export const anyPlan = (): fc.Arbitrary<Plan> =>
  fc.record({
    charge: fc.constantFrom('succeeded', 'succeeded', 'processing', 'lost'),
    refund: fc.constantFrom('moved', 'open', 'lost'),
  });

export const begin = (plan: Plan): GatewayWorld => {
  const world = createGatewayWorld(plan);
  world.place();
  world.drive([{}]);
  return world;
};

export const ask = (world: GatewayWorld, refundId: string, amountMinor: number): void => {
  world.command(refundPayment(refundId, { type: 'Amount', amountMinor }));
  world.drive([{}]);
};

/** What the gateway says, in the order in which it was so. */
export const lastAsking = (
  world: GatewayWorld,
  said: readonly Order.Hint[],
  context: Partial<Order.DecisionContext> = {},
): readonly Order.OrderStep[] => said.flatMap((one) => world.deliver(one, context));

export const deliver = (
  world: GatewayWorld,
  said: readonly Order.Hint[],
  which: readonly number[],
): void => {
  for (const at of which) {
    const one = said[at % Math.max(said.length, 1)];
    if (one !== undefined) world.deliver(one);
  }
};
