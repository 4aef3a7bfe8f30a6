import { expect } from 'chai';
import { priceOrder, type PriceTerms } from '../../../src/domain/money/index.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { anOrder } from '../../support/orderLife.ts';
import { item, tax, terms } from '../../support/priceTerms.ts';

describe('the price of an order', () => {
  const asked = terms([item('19.99', { quantity: '3' }), item('0.13')]);

  it('is calculated once for the same terms, whatever stands beside them', () => {
    const priced = Order.priceOf(asked);
    const order = { ...asked, orderId: 'o-1' };
    expect(Order.priceOf(order)).to.equal(priced);
  });

  it('is calculated once for an order of version 1', () => {
    const order = anOrder();
    expect(Order.contentOf(order)).to.equal(Order.contentOf(order));
  });

  const others: { readonly [Part in keyof Required<PriceTerms>]: PriceTerms[Part] } = {
    currency: 'JPY',
    priceMode: 'gross',
    rounding: 'order',
    lines: [item('5.00')],
    allowances: [{ reason: 'Ten percent', percent: '10' }],
    charges: [{ description: 'Shipping', amountMinor: 490, taxes: [tax('7')] }],
    prepaid: [{ type: 'voucher', reference: 'V-1', amountMinor: 100 }],
    cashRounding: { stepMinor: 5 },
    expectedTotalMinor: 1,
  };
  for (const [part, other] of Object.entries(others)) {
    it(`is calculated again for another value of ${part}`, () => {
      Order.priceOf(asked);
      const changed = { ...asked, [part]: other };
      const fresh = priceOrder(structuredClone(changed));
      expect(Order.priceOf(changed).unwrapOr(undefined)).to.deep.equal(fresh.unwrapOr(undefined));
      expect(Order.priceOf(changed)).to.not.equal(Order.priceOf(asked));
    });
  }
});
