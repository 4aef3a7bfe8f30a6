import { expect } from 'chai';
import type { InspectedPayment } from '../../../src/application/ports/paymentGateway.ts';
import { must } from '../../support/commits.ts';
import { failedAt, inspectedAt } from '../../support/evidence.ts';
import { GIVE_UP_MS, NOON } from '../../support/facts.ts';
import { anOrderPaidBy, orderLife } from '../../support/orderLife.ts';
import { CAPTURED, createWorld, NOT_CAPTURED } from './world.ts';

const SUBJECT = 'payment#1';
const paid = orderLife().placed(anOrderPaidBy({ type: 'paid', payment: 'pi_shop' }));
const OTHER_AMOUNT = paid.learned(
  SUBJECT,
  inspectedAt(NOON, { status: 'captured', capturedMinor: 4_000 }),
);
const UNRESOLVED = paid.learned(SUBJECT, { ...failedAt(NOON + GIVE_UP_MS), searched: true });

const FOUND: InspectedPayment = {
  type: 'Inspected',
  reference: 'pi_shop',
  status: 'captured',
  currency: 'EUR',
  amountMinor: 4_758,
  capturableMinor: 0,
  capturedMinor: 4_758,
  refundedMinor: 0,
  createdAt: NOON,
};
const RETRIEVED = {
  type: 'Retrieved',
  reference: 'pi_shop',
  currency: 'EUR',
  isMoved: true,
  amountMinor: 4_758,
  refundedMinor: 0,
} as const;

describe('a review of an order that names a payment of the shop’s', () => {
  it('is looked up by the payment’s own name, and needs no mark of ours on it', async () => {
    const { resolve, inspects, named, asked } = await createWorld([UNRESOLVED]);
    inspects(FOUND);
    named('pi_shop', RETRIEVED);
    const { resolved } = await must(resolve(CAPTURED));
    expect(resolved).to.include({ reference: 'pi_shop', forcedBecause: '' });
    expect(asked).to.deep.equal(['payment pi_shop']);
  });

  it('is contradicted where the gateway has another amount, or has released it', async () => {
    const world = await createWorld([OTHER_AMOUNT]);
    world.inspects({ ...FOUND, capturedMinor: 4_000 });
    world.named('pi_shop', { ...RETRIEVED, amountMinor: 4_000 });
    const against = async (decision: typeof CAPTURED) =>
      (await world.resolve(decision)).match(
        () => 'taken',
        (error) =>
          error.type === 'Contradicted' ? error.against.map(({ type }) => type).join() : error.type,
      );
    expect(await against(CAPTURED)).to.equal('OtherAmount');
    expect(await against(NOT_CAPTURED)).to.equal('Moved');
    world.inspects({ ...FOUND, status: 'cancelled', capturedMinor: 0 });
    world.named('pi_shop', { type: 'Absent' });
    expect(await against({ ...CAPTURED, reference: 'pi_shop' })).to.equal('Declined,NoSuch');
    expect(await against(NOT_CAPTURED)).to.equal('taken');
  });
});
