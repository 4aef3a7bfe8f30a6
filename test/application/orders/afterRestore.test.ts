import { expect } from 'chai';
import { ok, okAsync } from 'neverthrow';
import type * as Order from '../../../src/domain/order/index.ts';
import { DEPLOYMENT, NOON } from '../../support/orderContext.ts';
import { order, refundOf, RESUME, setUp } from './payments.ts';

const DAY_MS = 86_400_000;
const PLACE = { type: 'PlaceOrder', v: 1, ...order };

/**
 * A deployment whose log can lose its newest commits, and a gateway that forgets nothing but keys.
 */
const deployed = () => {
  let deployment: Order.DeploymentIdentity = DEPLOYMENT;
  const world = setUp({ deployment: () => okAsync(deployment) });
  const { table, clock } = world;
  return {
    ...world,
    /**
     * Back to how the streams were after so many commits, which a day later nobody but others
     * remembers.
     */
    restore: async (kept: Readonly<Record<string, number>>, isSaid = true) => {
      clock.pass(DAY_MS);
      for (const [streamId, commits] of Object.entries(kept)) {
        const { items } = (await table.readPage(streamId, 1, 100))._unsafeUnwrap();
        for (const { version } of items.slice(commits)) {
          table.remove({ streamId, version: Number(version) });
        }
      }
      if (isSaid) deployment = { ...DEPLOYMENT, restoredAt: clock.now() };
      clock.pass(1);
    },
    charges: () => world.gateway.ledger().charges.length,
    stateOf: async () => (await world.orders.load('o-1'))._unsafeUnwrap().state,
  };
};

describe('the payment service, after its log was restored from a backup', () => {
  it('takes the payment of a resent order for its own, and charges nobody twice', async () => {
    const world = deployed();
    await world.place();
    await world.restore({ 'order#o-1': 0, 'series#INV': 0 });
    const handled = await world.worker()(PLACE);
    expect(handled.map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(world.charges()).to.equal(1);
    const { payment } = await world.stateOf();
    expect(payment).to.include({ status: 'captured', reference: 'pi_memory_1' });
  });

  it('would charge twice if nobody said so: what `paidonce restored` is for', async () => {
    const world = deployed();
    await world.place();
    await world.restore({ 'order#o-1': 0, 'series#INV': 0 }, false);
    await world.worker()(PLACE);
    expect(world.charges()).to.equal(2);
  });

  it('charges an order that was never paid, once', async () => {
    const world = deployed();
    await world.restore({});
    const handle = world.worker();
    expect((await handle(PLACE)).isOk()).to.equal(true);
    expect((await handle(PLACE)).isOk()).to.equal(true);
    expect(world.charges()).to.equal(1);
  });

  it('finds the payment of an order whose intent was kept, as after any lost answer', async () => {
    const world = deployed();
    await world.place();
    await world.restore({ 'order#o-1': 1, 'series#INV': 0 });
    expect((await world.worker()(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(world.charges()).to.equal(1);
  });

  it('refunds nothing twice of a refund that was lost, and numbers it again', async () => {
    const world = deployed();
    await world.place();
    await world.handle(refundOf('r-1', 19));
    await world.restore({ 'order#o-1': 2, 'series#CN': 0 });
    expect((await world.worker()(refundOf('r-1', 19))).isOk()).to.equal(true);
    expect(world.gateway.ledger().refunds).to.have.length(1);
    const { refunds } = await world.stateOf();
    expect(refunds.map(({ refundId, status }) => [refundId, status])).to.deep.equal([
      ['r-1', 'succeeded'],
    ]);
    expect(NOON).to.be.below(world.clock.now());
  });

  it('does not take what another amount was paid for: a person must look', async () => {
    const world = deployed();
    await world.place();
    await world.restore({ 'order#o-1': 0, 'series#INV': 0 });
    const dearer = { ...order, lines: order.lines.map((line) => ({ ...line, quantity: 2 })) };
    const handled = await world.worker()({ ...PLACE, ...dearer });
    expect(handled.isErr() && handled.error).to.include({ type: 'ReviewRequired' });
    expect(world.charges()).to.equal(1);
  });
});
