import { expect } from 'chai';
import type { PlaceOrder, Tax } from '../../../examples/placeOrder.ts';
import {
  formatAmount,
  priceOrder,
  pricingRefusalText,
  type PriceTerms,
} from '../../../src/domain/money/index.ts';
import { checkPrices } from '../../support/priceChecker.ts';
import { shopOrders } from '../../support/shopOrders.ts';

describe('orders as shop systems have them', () => {
  const orders = shopOrders();

  it('are twenty, of five systems and ten currencies', () => {
    expect(orders).to.have.lengthOf(20);
    const currencies = new Set(orders.map(({ message }) => message.currency));
    expect([...currencies]).to.include.members(
      'EUR USD CAD GBP CHF KWD JPY TND PLN SEK DKK'.split(' '),
    );
    expect(Math.max(...orders.map(({ message }) => message.lines.length))).to.equal(300);
  });

  for (const { name, shopTotal, message } of orders) {
    it(`come to the shop's own total: ${name}, ${message.currency} ${shopTotal}`, () => {
      const order = termsOf(message);
      const found = priceOrder(order);
      expect(found.isErr() && pricingRefusalText(found.error)).to.equal(false);
      const { lines, totalMinor, roundingMinor } = found._unsafeUnwrap();
      expect(formatAmount(totalMinor + roundingMinor, order.currency)).to.equal(
        `${order.currency} ${shopTotal}`,
      );
      for (const [index, { given }] of message.lines.entries()) {
        if (given === undefined) continue;
        const { netMinor, taxMinor } = given;
        expect(lines[index]).to.include({ netMinor, taxMinor });
      }
      // A decimal library comes to the same, whatever the shop says.
      expect(checkPrices(order).payable).to.equal(
        formatAmount(found._unsafeUnwrap().payableMinor, order.currency).slice(4),
      );
    });
  }
});

type PricedTax = PriceTerms['lines'][number]['taxes'][number];

const taxesOf = (taxes: readonly Tax[]): readonly PricedTax[] =>
  taxes.map((tax): PricedTax => ({ category: 'standard', reason: '', ...tax }));

/** With what the message leaves out. */
const termsOf = (message: PlaceOrder): PriceTerms => ({
  currency: message.currency,
  priceMode: message.priceMode,
  rounding: message.rounding,
  lines: message.lines.map(({ unit = '', allowances = [], quantity, taxes, ...line }) => ({
    ...line,
    quantity: String(quantity),
    unit,
    allowances,
    charges: [],
    taxes: taxesOf(taxes),
  })),
  allowances: [],
  charges: (message.charges ?? []).map((charge) => ({ ...charge, taxes: taxesOf(charge.taxes) })),
  prepaid: message.prepaid ?? [],
  ...(message.cashRounding && { cashRounding: message.cashRounding }),
  expectedTotalMinor: message.expectedTotalMinor,
});
