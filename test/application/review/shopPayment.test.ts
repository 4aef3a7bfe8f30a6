import { expect } from 'chai';
import type { ResultAsync } from 'neverthrow';
import type { InspectedPayment } from '../../../src/application/ports/paymentGateway.ts';
import { isForceable } from '../../../src/application/review/contradictions.ts';
import type { ResolveError } from '../../../src/application/review/resolveReview.ts';
import { must } from '../../support/commits.ts';
import { failedAt, inspectedAt } from '../../support/evidence.ts';
import { DEPLOYMENT, GIVE_UP_MS, NOON } from '../../support/orderContext.ts';
import { anOrderPaidBy, orderLife } from '../../support/orderLife.ts';
import { CAPTURED, createReviewWorld, NOT_CAPTURED } from './world.ts';

const SUBJECT = 'payment#1';
const paid = orderLife().placed(anOrderPaidBy({ type: 'paid', payment: 'pi_shop' }));
const OTHER_AMOUNT = paid.learned(
  SUBJECT,
  inspectedAt(NOON, { status: 'captured', capturedMinor: 4_000 }),
);
const LOOKED_IN_VAIN = { ...failedAt(NOON + GIVE_UP_MS), searched: true } as const;
const UNRESOLVED = paid.learned(SUBJECT, LOOKED_IN_VAIN);

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
    const { resolve, inspects, named, asked } = await createReviewWorld([UNRESOLVED]);
    inspects(FOUND);
    named('pi_shop', RETRIEVED);
    const { resolved } = await must(resolve(CAPTURED));
    expect(resolved).to.include({ reference: 'pi_shop', forcedBecause: '' });
    expect(asked).to.deep.equal(['payment pi_shop']);
  });

  it('is contradicted where the gateway has another amount, or has released it', async () => {
    const world = await createReviewWorld([OTHER_AMOUNT]);
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

  describe('whose authorisation may stand (R17, I19)', () => {
    const verified = orderLife()
      .placed(anOrderPaidBy({ type: 'authorised', payment: 'pi_shop' }))
      .learned(SUBJECT, { ...inspectedAt(NOON), payer: 'this order' });
    const STANDING = verified.learned(SUBJECT, LOOKED_IN_VAIN);
    const AUTHORISED = { ...FOUND, status: 'authorised', capturedMinor: 0 } as const;

    it('is not decided while it stands: a worker releases it (hole 36)', async () => {
      const { resolve, inspects, since } = await createReviewWorld([STANDING]);
      inspects(AUTHORISED);
      for (const decision of [NOT_CAPTURED, { ...CAPTURED, reference: 'pi_shop' }]) {
        const forced = { ...decision, forcedBecause: 'it is late' };
        expect(await againstIn(resolve(forced))).to.include('Authorised');
      }
      expect(await since(STANDING)).to.deep.equal([]);
    });

    it('is decided once it is released, and where it was never to be captured', async () => {
      const { resolve, inspects } = await createReviewWorld([STANDING]);
      inspects({ ...AUTHORISED, status: 'cancelled' });
      expect(await againstIn(resolve(NOT_CAPTURED))).to.deep.equal(['taken']);
      const toBePaid = await createReviewWorld([UNRESOLVED]);
      toBePaid.inspects(AUTHORISED);
      expect(await againstIn(toBePaid.resolve(NOT_CAPTURED))).to.deep.equal(['taken']);
    });

    it('needs a reason while nobody can see whether it stands', async () => {
      const { resolve, inspects } = await createReviewWorld([STANDING]);
      inspects({ type: 'Unknown', cause: 'status code 500' });
      expect(await againstIn(resolve(NOT_CAPTURED))).to.deep.equal(['Unverified']);
      const forced = { ...NOT_CAPTURED, forcedBecause: 'released in the dashboard' };
      expect(await againstIn(resolve(forced))).to.deep.equal(['taken']);
    });
  });

  describe('that another order names too (R16, I17)', () => {
    const other = orderLife()
      .placed({ ...anOrderPaidBy({ type: 'paid', payment: 'pi_shop' }), orderId: 'o-2' })
      .learned(SUBJECT, LOOKED_IN_VAIN);
    const given = async () => {
      const world = await createReviewWorld([UNRESOLVED, other]);
      world.inspects(FOUND);
      world.named('pi_shop', RETRIEVED);
      return world;
    };
    const OTHER = { orderId: 'o-2', forcedBecause: 'the shop says so' };

    it('pays one of them, also for a person, for whatever reason (hole 37)', async () => {
      const { resolve, since } = await given();
      expect(await againstIn(resolve(CAPTURED))).to.deep.equal(['taken']);
      expect(await againstIn(resolve({ ...CAPTURED, ...OTHER }))).to.deep.equal([
        'ClaimedByAnother',
      ]);
      expect(await since(other)).to.deep.equal([]);
      const against = { type: 'ClaimedByAnother', reference: 'pi_shop', claimedBy: 'o-1' } as const;
      expect(isForceable([against])).to.equal(false);
      // It is the first one's money, so that the second one has none.
      const { orderId } = OTHER;
      expect(await againstIn(resolve({ ...NOT_CAPTURED, orderId }))).to.deep.equal(['taken']);
    });

    it('pays one of them where two people decide at the same moment', async () => {
      const { resolve } = await given();
      const both = await Promise.all([
        againstIn(resolve(CAPTURED)),
        againstIn(resolve({ ...CAPTURED, ...OTHER })),
      ]);
      expect(both.flat().toSorted()).to.deep.equal(['ClaimedByAnother', 'taken']);
    });

    it('is the order’s that a worker has claimed it for', async () => {
      const { resolve, dependencies, trace } = await given();
      const claim = { type: 'PaymentClaimed', data: { orderId: 'o-2', at: NOON } } as const;
      const { claims } = dependencies;
      const id = `${DEPLOYMENT.account}#pi_shop`;
      await must(claims.append(id, claims.start, { events: [claim], ...trace }));
      expect(await againstIn(resolve(CAPTURED))).to.deep.equal(['ClaimedByAnother']);
      expect(await againstIn(resolve({ ...CAPTURED, ...OTHER }))).to.deep.equal(['taken']);
    });
  });
});

const againstIn = async (
  deciding: ResultAsync<unknown, ResolveError>,
): Promise<readonly string[]> =>
  (await deciding).match(
    () => ['taken'],
    (error) =>
      error.type === 'Contradicted' ? error.against.map(({ type }) => type) : [error.type],
  );
