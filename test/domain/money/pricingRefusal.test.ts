import { expect } from 'chai';
import {
  priceOrder,
  pricingRefusalText,
  type GivenAmounts,
  type PriceTerms,
  type TaxedOrder,
} from '../../../src/domain/money/index.ts';
import { item, tax, terms } from '../../support/priceTerms.ts';

describe('what a shop says of its own figures', () => {
  it('is charged if it is what its prices come to', () => {
    const order = terms([item('9.99', { expectedTotalMinor: 999 })], {
      priceMode: 'gross',
      expectedTotalMinor: 999,
    });
    expect(priceOrder(order).isOk()).to.equal(true);
  });

  it('is refused with both figures and the line that differs', () => {
    const lines = [
      item('9.99', { expectedTotalMinor: 999 }),
      item('15.00', { expectedTotalMinor: 1_501 }),
    ];
    const order = terms(lines, { priceMode: 'gross', expectedTotalMinor: 2_500 });
    expect(refusal(order)).to.deep.equal({
      type: 'AmountsDiffer',
      path: 'expectedTotalMinor',
      said: 'EUR 25.00',
      calculated: 'EUR 24.99',
      lines: [{ path: 'lines[1].expectedTotalMinor', said: 'EUR 15.01', calculated: 'EUR 15.00' }],
      linesLeftOut: 0,
    });
    expect(text(order)).to.equal(
      'expectedTotalMinor: the order says EUR 25.00, and its prices come to EUR 24.99 ' +
        '(lines[1].expectedTotalMinor says EUR 15.01, comes to EUR 15.00)',
    );
  });

  it('is refused with what each line comes to where none says what it should be, bounded', () => {
    const order = terms(
      Array.from({ length: 12 }, () => item('1.00', { taxes: [tax('7')] })),
      {
        charges: [{ description: 'Shipping', amountMinor: 490, taxes: [tax('19')] }],
        expectedTotalMinor: 1_870,
      },
    );
    const found = refusal(order);
    expect(found).to.include({ said: 'EUR 18.70', calculated: 'EUR 18.67', linesLeftOut: 3 });
    expect(found).to.have.property('lines').with.lengthOf(10);
    const few = { ...order, lines: order.lines.slice(0, 1), expectedTotalMinor: 1 };
    expect(text(few)).to.equal(
      'expectedTotalMinor: the order says EUR 0.01, and its prices come to EUR 6.90 ' +
        '(lines[0] EUR 1.07, charges[0] EUR 5.83)',
    );
  });

  it('is compared line by line, were the total right or not said', () => {
    const lines = [
      item('9.99', { expectedTotalMinor: 998 }),
      item('15.00', { expectedTotalMinor: 1_501 }),
    ];
    for (const expected of [{}, { expectedTotalMinor: 2_499 }]) {
      expect(text(terms(lines, { priceMode: 'gross', ...expected }))).to.equal(
        'lines[0].expectedTotalMinor: the order says EUR 9.98, and its prices come to EUR 9.99',
      );
    }
  });

  it('counts cash rounding in the total, and not what was prepaid', () => {
    const order = {
      currency: 'CHF',
      priceMode: 'gross',
      cashRounding: { stepMinor: 5 },
      prepaid: [{ type: 'deposit', reference: 'd', amountMinor: 500 }],
    } as const;
    const lines = [item('9.92', { taxes: [tax('8.1')] })];
    expect(priceOrder(terms(lines, { ...order, expectedTotalMinor: 990 })).isOk()).to.equal(true);
    expect(text(terms(lines, { ...order, expectedTotalMinor: 992 }))).to.match(
      /^expectedTotalMinor: the order says CHF 9\.92, and its prices come to CHF 9\.90/u,
    );
  });

  it('names what deducts more than there is', () => {
    const allowances = [{ reason: 'Coupon', amountMinor: 1_001 }];
    expect(text(terms([item('10.00', { allowances })]))).to.equal(
      'lines[0].allowances: EUR 10.01 is more than the EUR 10.00 it is taken from',
    );
    const first = { reason: 'Regular', percent: '10' };
    expect(text(terms([item('10.00')], { allowances: [first, ...allowances] }))).to.equal(
      'allowances[1]: EUR 10.01 is more than the EUR 9.00 it is taken from',
    );
    const rest = { reason: 'Coupon', amountMinor: 901 };
    expect(text(terms([item('10.00')], { allowances: [first, rest] }))).to.equal(
      'allowances[1]: EUR 9.01 is more than the EUR 9.00 it is taken from',
    );
    const prepaid = [{ type: 'voucher', reference: 'v', amountMinor: 1_191 }] as const;
    expect(text(terms([item('10.00')], { prepaid }))).to.equal(
      'prepaid: EUR 11.91 is more than the EUR 11.90 it is taken from',
    );
  });
});

describe('the amounts that a shop gives of a line', () => {
  const gross = (given: GivenAmounts, unitPrice = '9.99', rate = '20'): PriceTerms =>
    terms([item(unitPrice, { taxes: [tax(rate)], given })], { priceMode: 'gross' });

  it('must agree with each other and with the price', () => {
    expect(text(gross({ netMinor: 832, taxMinor: 166, grossMinor: 999 }))).to.match(
      /^lines\[0\]\.given\.grossMinor: the order says EUR 9\.99, and .* EUR 9\.98$/u,
    );
    expect(text(gross({ netMinor: 832, taxMinor: 166, grossMinor: 998 }))).to.match(
      /^lines\[0\]\.given\.grossMinor: the order says EUR 9\.98, and .* EUR 9\.99$/u,
    );
    expect(text(gross({ netMinor: 831, taxMinor: 168, grossMinor: 999 }))).to.match(
      /^lines\[0\]\.given\.taxMinor: the order says EUR 1\.68, and .* EUR 1\.67$/u,
    );
    const net = { given: { netMinor: 1_001, taxMinor: 190, grossMinor: 1_191 } };
    expect(text(terms([item('10.00', net)]))).to.match(
      /^lines\[0\]\.given\.netMinor: the order says EUR 10\.01, and .* EUR 10\.00$/u,
    );
  });

  it('may round a half in either direction, as shops do', () => {
    // 9.99 × 20 / 120 is 1.665.
    for (const taxMinor of [166, 167]) {
      const order = priced(gross({ netMinor: 999 - taxMinor, taxMinor, grossMinor: 999 }));
      expect(order).to.include({ taxMinor, totalMinor: 999 });
    }
    // 0.5 × 9.97 is 4.985.
    for (const netMinor of [498, 499]) {
      const given = { netMinor, taxMinor: 0, grossMinor: netMinor };
      const line = item('9.97', { quantity: '0.5', taxes: [tax('0')], given });
      expect(priced(terms([line])).totalMinor).to.equal(netMinor);
    }
    const given = { netMinor: 497, taxMinor: 0, grossMinor: 497 };
    const line = item('9.97', { quantity: '0.5', taxes: [tax('0')], given });
    expect(text(terms([line]))).to.match(/given\.netMinor: the order says EUR 4\.97/u);
  });

  it('may not round what has no half of a minor unit, however few decimals the price has', () => {
    for (const unitPrice of ['50', '0.5', '50.00', '50.005']) {
      const { netMinor } = priced(terms([item(unitPrice, { taxes: [tax('0')] })]));
      const given = { netMinor: netMinor - 1, taxMinor: 0, grossMinor: netMinor - 1 };
      const line = item(unitPrice, { taxes: [tax('0')], given });
      if (unitPrice === '50.005') expect(priced(terms([line])).totalMinor).to.equal(5_000);
      else expect(text(terms([line]))).to.match(/given\.netMinor: the order says/u);
    }
  });

  it('may round the half of each tax in either direction, the last of them first', () => {
    const taxes = [tax('5', 'A'), tax('15', 'B'), tax('10', 'C')];
    const order = (taxMinor: number) =>
      terms([
        item('1.10', { taxes, given: { netMinor: 110, taxMinor, grossMinor: 110 + taxMinor } }),
      ]);
    const shown = (taxMinor: number) =>
      priced(order(taxMinor)).lines[0]?.taxes.map((each) => each.taxMinor);
    // 0.055, 0.165 and 0.11.
    expect(shown(34)).to.deep.equal([6, 17, 11]);
    expect(shown(33)).to.deep.equal([6, 16, 11]);
    expect(shown(32)).to.deep.equal([5, 16, 11]);
    expect(text(order(31))).to.match(/given\.taxMinor: the order says EUR 0\.31, .* EUR 0\.34$/u);
    expect(text(order(35))).to.match(/given\.taxMinor: the order says EUR 0\.35, .* EUR 0\.34$/u);
  });

  describe('with rounding on the order', () => {
    const given = (taxesMinor: readonly (number | undefined)[], rest: Partial<PriceTerms> = {}) =>
      terms(
        taxesMinor.map((taxMinor) =>
          item('0.13', {
            ...(taxMinor !== undefined && {
              given: { netMinor: 13, taxMinor, grossMinor: 13 + taxMinor },
            }),
          }),
        ),
        { rounding: 'order', ...rest },
      );
    const taxesOf = (order: PriceTerms) => priced(order).lines.map(({ taxMinor }) => taxMinor);

    it('may spread the rounded sum as the shop does', () => {
      // 0.0247 each, 0.0741 in all.
      expect(taxesOf(given([2, 2, 3]))).to.deep.equal([2, 2, 3]);
      expect(taxesOf(given([2, 3, 2]))).to.deep.equal([2, 3, 2]);
      expect(text(given([2, 2, 2]))).to.match(
        /^lines\[0\]\.given\.taxMinor: the order says EUR 0\.02, .* EUR 0\.03$/u,
      );
      expect(text(given([5, 1, 1]))).to.match(/^lines\[0\]\.given\.taxMinor/u);
    });

    it('leave the rest to lines and charges of which the shop gives none', () => {
      expect(taxesOf(given([2, undefined, 2]))).to.deep.equal([2, 3, 2]);
      const charges = [{ description: 'Shipping', amountMinor: 13, taxes: [tax('19')] }];
      // 0.0988 in all.
      expect(taxesOf(given([2, 3, 2], { charges }))).to.deep.equal([2, 3, 2, 3]);
      expect(text(given([2, 2, 2], { charges }))).to.match(/^lines\[0\]\.given\.taxMinor/u);
      expect(text(given([1, 1, 1], { charges }))).to.match(/^lines\[0\]\.given\.taxMinor/u);
      expect(text(given([4, 4, 4], { charges }))).to.match(/^lines\[0\]\.given\.taxMinor/u);
    });

    it('leave no line a tax below zero, or above its gross price', () => {
      const charge = (amountMinor: number) => ({
        charges: [{ description: 'Bag', amountMinor, taxes: [tax('19')] }],
      });
      // 0.095 in all, and 0.0304 on each line.
      const sixteen = [4, 4, 3].map((taxMinor) =>
        item('0.16', { given: { netMinor: 16, taxMinor, grossMinor: 16 + taxMinor } }),
      );
      expect(text(terms(sixteen, { rounding: 'order', ...charge(2) }))).to.match(
        /given\.taxMinor/u,
      );
      // 0.02 of 0.09 and 0.01 in all, of which the lines have nothing.
      const lines = Array.from({ length: 9 }, () =>
        item('0.01', { given: { netMinor: 1, taxMinor: 0, grossMinor: 1 } }),
      );
      const onOrder = { priceMode: 'gross', rounding: 'order' } as const;
      expect(text(terms(lines, { ...onOrder, ...charge(1) }))).to.match(/given\.taxMinor/u);
      expect(taxesOf(terms(lines, { ...onOrder, ...charge(4) })).slice(-1)).to.deep.equal([2]);
    });

    it('are compared together where their taxes are the same by way of further lines', () => {
      const [a, b, c, d] = [tax('5', 'A'), tax('5', 'B'), tax('0', 'C'), tax('0', 'D')];
      const line = (taxes: readonly (typeof a)[], taxMinor: number) =>
        item('0.25', { taxes, given: { netMinor: 25, taxMinor, grossMinor: 25 + taxMinor } });
      const order = (taxesMinor: readonly [number, number, number]) =>
        terms(
          [line([c, a], taxesMinor[0]), line([d, b], taxesMinor[1]), line([a, b], taxesMinor[2])],
          {
            rounding: 'order',
          },
        );
      // 0.025 of A, and of B: 0.0125 on each line that bears it.
      expect(taxesOf(order([1, 1, 4]))).to.deep.equal([1, 1, 4]);
      expect(taxesOf(order([2, 2, 2]))).to.deep.equal([2, 2, 2]);
      expect(text(order([2, 2, 4]))).to.match(/given\.taxMinor/u);
    });

    it('are divided among the taxes of the line, and sum to them', () => {
      const taxes = [tax('5', 'GST'), tax('9.975', 'QST')];
      const lines = [20, 21].map((taxMinor) =>
        item('1.37', { taxes, given: { netMinor: 137, taxMinor, grossMinor: 137 + taxMinor } }),
      );
      // 0.137 of GST and 0.273315 of QST in all.
      const order = priced(terms(lines, { rounding: 'order' }));
      const shown = order.lines.map((line) => line.taxes.map(({ taxMinor }) => taxMinor));
      expect(shown.map(([gst = 0, qst = 0]) => gst + qst)).to.deep.equal([20, 21]);
      expect(shown.reduce((sum, [gst = 0]) => sum + gst, 0)).to.equal(14);
    });
  });
});

const refusal = (order: PriceTerms) => priceOrder(order)._unsafeUnwrapErr();

const text = (order: PriceTerms): string => pricingRefusalText(refusal(order));

const priced = (order: PriceTerms): TaxedOrder => priceOrder(order)._unsafeUnwrap();
