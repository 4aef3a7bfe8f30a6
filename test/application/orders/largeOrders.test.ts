import { expect } from 'chai';
import * as Invoice from '../../../src/domain/invoice/index.ts';
import { largestOrders } from '../../support/largeOrders.ts';
import { someOf } from '../../support/runs.ts';
import { setUp } from './payments.ts';

const LARGE = [
  {
    name: 'a thousand lines',
    ...largestOrders('o-1', { lines: 1_000, filler: 'x', parts: { allowances: [] } }),
  },
  {
    name: 'lines with the longest texts',
    ...largestOrders('o-1', { lines: 235, filler: '😀' }),
  },
];

const REFUNDED = someOf(
  1,
  LARGE.map(({ name }) => name),
);
const PARTS = 40;
const refundOf = (refundId: string, wanted: object) => ({
  type: 'RefundPayment',
  v: 1,
  orderId: 'o-1',
  refundId,
  ...wanted,
});

for (const { name, largest, tooLarge, reasons } of LARGE) {
  describe(`the largest order that is taken, of ${name}`, () => {
    it('has a byte less than the first that is refused, with both figures', async () => {
      const world = setUp();
      expect(reasons).to.deep.equal([
        'order: takes 262145 bytes, and at most 262144 can be kept: fewer lines, or shorter texts',
      ]);
      const refused = await world.place({ ...tooLarge, v: 2 });
      expect(refused._unsafeUnwrapErr()).to.deep.include({ type: 'InvalidOrder', reasons });
      expect(world.stored()).to.deep.equal(['OrderRefused']);
      expect(world.notified()).to.have.length(1);
      expect(world.gateway.ledger().charges).to.have.length(0);
    });

    if (!REFUNDED.includes(name)) return;
    it('is charged, invoiced, and refunded until its row is full, and then wholly', async () => {
      const world = setUp();
      expect((await world.place({ ...largest, v: 2 }))._unsafeUnwrap().outcome).to.equal('paid');
      const captured = world.gateway.ledger().charges[0]?.amountMinor ?? 0;
      const amountMinor = Math.floor(captured / (PARTS * 100)) * 100;

      await world.handle(refundOf('line', { lines: [{ line: 1, quantity: 1 }] }));
      let made = 0;
      while (made < PARTS && !world.stored().includes('RefundRejected')) {
        made += 1;
        await world.handle(refundOf(`part-${made}`, { amountMinor }));
      }
      expect(made, 'a part for which there is no room').to.be.within(2, PARTS - 1);

      await world.handle(refundOf('rest', {}));
      const { refunds } = world.gateway.ledger();
      expect(refunds).to.have.length(made + 1);
      expect(refunds.reduce((sum, refund) => sum + refund.amountMinor, 0)).to.equal(captured);
      expect(world.records('invoice.row_given_up')).to.deep.equal([]);
      const row = (await world.invoices.get('o-1'))._unsafeUnwrap();
      const document = Invoice.readText(row?.document ?? '')._unsafeUnwrap();
      expect(document.creditNotes).to.have.length(made + 1);
    });
  });
}
