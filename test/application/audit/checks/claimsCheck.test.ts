import { expect } from 'chai';
import * as Claim from '../../../../src/domain/claim/events.ts';
import { auditShop } from '../../../support/auditing.ts';
import { inspectedAt } from '../../../support/evidence.ts';
import { DEPLOYMENT, NOON } from '../../../support/orderContext.ts';
import { anOrderPaidBy, orderLife } from '../../../support/orderLife.ts';
import { createShop, type Shop } from '../../../support/shop.ts';

const PAYMENT = `payment#${DEPLOYMENT.account}#pi_shop` as const;

/** An order that is paid by the shop's payment. */
const layPaid = (shop: Shop): void => {
  const number = shop.take('INV', 'o-1', 'pi_shop');
  const life = orderLife()
    .placed(anOrderPaidBy({ type: 'paid', payment: 'pi_shop' }))
    .learned('payment#1', { ...inspectedAt(NOON, { status: 'captured' }), payer: 'this order' })
    .learned('payment#1', { number });
  shop.layOrder('o-1', life.commits);
  shop.laySeries();
};

const claimedBy = (shop: Shop, ...orders: readonly string[]): void =>
  shop.lay(
    PAYMENT,
    orders.map((orderId) => ({
      events: [Claim.codec.encode({ type: 'PaymentClaimed', data: { orderId, at: NOON } })],
      at: NOON,
    })),
  );

describe('an audit of payments that the shop has made (I17)', () => {
  it('finds nothing where the first claim of the payment is that of its order', async () => {
    const shop = createShop();
    layPaid(shop);
    claimedBy(shop, 'o-1', 'o-2');
    expect((await auditShop(shop)).findings).to.deep.equal([]);
  });

  it('finds a payment that another order has claimed, and one that nobody has', async () => {
    for (const [claims, why] of [
      [['o-2', 'o-1'], 'another order'],
      [[], 'nobody'],
    ] as const) {
      const shop = createShop();
      layPaid(shop);
      claimedBy(shop, ...claims);
      const { findings } = await auditShop(shop);
      expect(
        findings.map(({ invariant, streamId, version }) => [invariant, streamId, version]),
      ).to.deep.equal([['legal', 'order#o-1', 3]]);
      expect(findings[0]?.why).to.equal(`PaymentVerified: the payment is claimed by ${why} (I17)`);
    }
  });

  it('finds a claim that nobody can read', async () => {
    const shop = createShop();
    layPaid(shop);
    shop.lay(PAYMENT, [{ events: [{ type: 'PaymentClaimed', v: 1, data: {} }], at: NOON }]);
    const { findings } = await auditShop(shop);
    expect(findings.map(({ invariant, streamId }) => [invariant, streamId])).to.deep.equal([
      ['readable', PAYMENT],
    ]);
  });
});
