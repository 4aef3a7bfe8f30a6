import { expect } from 'chai';
import { createPaymentLevel } from '../../src/application/serviceLevel.ts';
import type { PaymentGateway } from '../../src/application/ports/paymentGateway.ts';
import { okAsync } from 'neverthrow';
import { createReconcileWorld } from './reconcile/world.ts';

const SILENT: Partial<PaymentGateway> = {
  charge: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
  find: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
};

/** Of all records of the payment service: sums, and the greatest where it is an age. */
const measuredIn = (world: ReturnType<typeof createReconcileWorld>, name: string) => {
  const values = world
    .records('consumer.metrics')
    .flatMap(({ metrics = {} }) => metrics[name]?.values ?? []);
  return name.endsWith('Age')
    ? Math.max(0, ...values)
    : values.reduce((sum, value) => sum + value, 0);
};

describe('The level of service of payments', () => {
  it('counts an order once that is settled in time, and how long it took', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(70_000);

    expect(measuredIn(world, 'OrdersSettled')).to.equal(1);
    expect(measuredIn(world, 'OrdersSettledLate')).to.equal(0);
    expect(measuredIn(world, 'SettleTime')).to.be.within(0, 5_000);
  });

  it('counts one as late that waited in the queue', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.clock.advance(61_000);
    await world.work(70_000);

    expect(measuredIn(world, 'OrdersSettledLate')).to.equal(1);
    expect(measuredIn(world, 'SettleTime')).to.be.within(61_000, 70_000);
  });

  it('counts no second time where a message comes for a settled order', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(70_000);
    await world.place('o-1');
    await world.work(70_000);

    expect(measuredIn(world, 'OrdersSettled')).to.equal(1);
  });

  it('counts a payment that a person is asked about, and not as settled', async () => {
    const world = createReconcileWorld();
    await world.place('o-1', { paymentMethod: 'pm_sandbox_wrong_amount' });
    await world.work(70_000);

    expect(measuredIn(world, 'OrdersToReview')).to.equal(1);
    expect(measuredIn(world, 'OrdersSettled')).to.equal(0);
  });

  it('says how long the oldest outcome has been unknown, until it is known', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_800_000, SILENT);

    expect(measuredIn(world, 'UnknownOutcomeAge')).to.be.within(1_200, 1_860);
  });

  it('begins again with each record', () => {
    const level = createPaymentLevel({ ids: { random: () => 0 } });
    const requested = { payment: { status: 'requested' }, refunds: [] };
    level.appended(
      { state: requested as never, history: [] },
      [{ type: 'PaymentDeclined' } as never],
      { sentAt: 0, now: 61_000 },
    );

    expect(level.collect()['OrdersSettledLate']?.values).to.deep.equal([1]);
    expect(level.collect()['OrdersSettledLate']?.values).to.deep.equal([0]);
  });
});
