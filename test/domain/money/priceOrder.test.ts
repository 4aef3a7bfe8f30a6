import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import * as Invoice from '../../../src/domain/invoice/index.ts';
import {
  AMOUNT_MINOR_MAX,
  priceOrder,
  type PriceTerms,
  type TaxedOrder,
} from '../../../src/domain/money/index.ts';
import { item, tax, terms } from '../../support/priceTerms.ts';
import { runsOf } from '../../support/runs.ts';

describe('priceOrder', () => {
  it('rounds the tax of a line half up', () => {
    const taxOf = (net: string, rate: string) => priced(terms([item(net, { taxes: [tax(rate)] })]));
    const cases: readonly (readonly [net: string, rate: string, taxMinor: number])[] = [
      ['0.10', '5', 1], // 0.5
      ['0.09', '5', 0], // 0.45
      ['0.30', '5', 2], // 1.5: half up, not half to even, which gives 2 as well
      ['0.50', '5', 3], // 2.5: half to even would give 2
      ['39.98', '19', 760], // 759.62
    ];
    for (const [net, rate, taxMinor] of cases) {
      expect(taxOf(net, rate).taxMinor, `${rate} % of ${net}`).to.equal(taxMinor);
    }
  });

  it('takes tax out of a gross price, so that what the shop shows is charged', () => {
    const order = priced(terms([item('9.99'), item('15.00')], { priceMode: 'gross' }));
    expect(order.lines.map(netAndTax)).to.deep.equal([
      [839, 160],
      [1_261, 239],
    ]);
    expect(order.payableMinor).to.equal(2_499);
    const three = priced(terms([item('9.99', { quantity: '3' })], { priceMode: 'gross' }));
    expect(three.totalMinor).to.equal(2_997);
  });

  it('rounds on each line, or once on the order and spreads the sum over the lines', () => {
    const lines = [item('0.13'), item('0.13'), item('0.13')];
    // 0.0247 each: 0.02 thrice, or 0.0741 in all, which is 0.07.
    expect(priced(terms(lines)).lines.map(netAndTax)).to.deep.equal([
      [13, 2],
      [13, 2],
      [13, 2],
    ]);
    expect(priced(terms(lines, { rounding: 'order' })).lines.map(netAndTax)).to.deep.equal([
      [13, 3],
      [13, 2],
      [13, 2],
    ]);
    const gross = priced(terms(lines, { rounding: 'order', priceMode: 'gross' }));
    expect([gross.taxMinor, gross.totalMinor]).to.deep.equal([6, 39]);
  });

  it('calculates each of several taxes, and rates finer than a basis point', () => {
    const newYork = priced(terms([item('10.00', { taxes: [tax('8.875')] })]));
    expect(newYork.taxMinor).to.equal(89);
    const taxes = [tax('5', 'GST'), tax('9.975', 'QST')];
    const quebec = priced(terms([item('39.99', { taxes })], { currency: 'CAD' }));
    expect(quebec.lines[0]?.taxes.map(({ taxMinor }) => taxMinor)).to.deep.equal([200, 399]);
    const gross = priced(
      terms([item('45.98', { taxes })], { currency: 'CAD', priceMode: 'gross' }),
    );
    expect(gross.lines[0]?.taxes.map(({ taxMinor }) => taxMinor)).to.deep.equal([200, 399]);
    expect(gross.netMinor).to.equal(3_999);
  });

  it('rounds each tax on the sum of all lines that bear it, whatever others they bear', () => {
    const gst = tax('5', 'GST');
    const lines = [
      item('1.10', { taxes: [gst, tax('9.975', 'QST')] }),
      item('1.10', { taxes: [gst] }),
    ];
    // 0.055 on each line would be 0.06 twice; 0.11 in all.
    const order = priced(terms(lines, { rounding: 'order' }));
    expect(order.lines.map(({ taxes }) => taxes.map(({ taxMinor }) => taxMinor))).to.deep.equal([
      [6, 11],
      [5],
    ]);
  });

  it('lets no tax be greater than the gross price that it is taken out of', () => {
    const taxes = [tax('20', 'A'), tax('20', 'B')];
    const pennies = Array.from({ length: 10 }, () => item('0.01', { taxes }));
    const order = priced(terms(pennies, { priceMode: 'gross', rounding: 'order' }));
    expect(order.taxMinor).to.equal(3);
    for (const { netMinor } of order.lines) expect(netMinor).to.be.within(0, 1);
  });

  it('multiplies quantity and unit price exactly, and rounds once', () => {
    const weighed = item('9.99', { quantity: '0.335', unit: 'KGM' });
    const fine = item('0.0042', { quantity: '1250' });
    expect(priced(terms([weighed, fine])).lines.map(({ netMinor }) => netMinor)).to.deep.equal([
      335, 525,
    ]);
    const yen = priced(terms([item('0.5', { quantity: '3' })], { currency: 'JPY' }));
    expect(yen.netMinor).to.equal(2);
    const dinar = priced(terms([item('1.2345', { taxes: [tax('5')] })], { currency: 'KWD' }));
    expect([dinar.netMinor, dinar.taxMinor]).to.deep.equal([1_235, 62]);
  });

  it('takes allowances of a line before tax, and adds its charges', () => {
    const line = item('50.00', {
      quantity: '2',
      allowances: [
        { reason: 'Spring', percent: '12.5' },
        { reason: 'Scratch', amountMinor: 250 },
      ],
      charges: [{ reason: 'Engraving', percent: '10' }],
    });
    const [shown] = priced(terms([line])).lines;
    expect(shown?.allowances.map(({ amountMinor }) => amountMinor)).to.deep.equal([1_250, 250]);
    expect(shown?.charges).to.deep.equal([{ reason: 'Engraving', amountMinor: 1_000 }]);
    expect([shown?.netMinor, shown?.taxMinor]).to.deep.equal([9_500, 1_805]);
  });

  it('spreads allowances of the order over its items, and not over its charges', () => {
    const order = priced(
      terms([item('10.00'), item('10.00'), item('10.00')], {
        allowances: [
          { reason: 'Coupon', amountMinor: 1_000 },
          { reason: 'Regular', percent: '10' },
        ],
        charges: [{ description: 'Shipping', amountMinor: 490, taxes: [tax('7')] }],
      }),
    );
    // The percentage is of the sum before the first allowance.
    expect(order.lines.map(netAndTax)).to.deep.equal([
      [566, 108],
      [567, 108],
      [567, 108],
      [490, 34],
    ]);
    expect(order.lines[0]?.allowances).to.deep.equal([
      { reason: 'Coupon', amountMinor: 334 },
      { reason: 'Regular', amountMinor: 100 },
    ]);
    expect(order.lines[3]).to.include({
      kind: 'charge',
      sku: '',
      quantity: '1',
      unitPrice: '4.90',
    });
  });

  it('lets no line fall below zero, however many allowances are spread', () => {
    const halves = { reason: 'Half', percent: '50' };
    const order = priced(terms([item('0.01'), item('0.01')], { allowances: [halves, halves] }));
    expect(order.lines.map(netAndTax)).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
  });

  it('comes to nothing where everything is deducted', () => {
    const free = priced(
      terms([item('19.99')], { allowances: [{ reason: 'Gift', percent: '100' }] }),
    );
    expect(free).to.include({ totalMinor: 0, payableMinor: 0 });
    const paid = priced(
      terms([item('100.00')], {
        prepaid: [{ type: 'gift-card', reference: '…42', amountMinor: 11_900 }],
      }),
    );
    expect(paid).to.include({ totalMinor: 11_900, prepaidMinor: 11_900, payableMinor: 0 });
  });

  it('rounds what is to be paid to the declared step, half up, as an amount of its own', () => {
    const swiss = (price: string): TaxedOrder =>
      priced(
        terms([item(price, { taxes: [tax('8.1')] })], {
          currency: 'CHF',
          priceMode: 'gross',
          cashRounding: { stepMinor: 5 },
        }),
      );
    expect(swiss('9.92')).to.include({ totalMinor: 992, roundingMinor: -2, payableMinor: 990 });
    expect(swiss('9.93')).to.include({ totalMinor: 993, roundingMinor: 2, payableMinor: 995 });
    const even = terms([item('1.005', { taxes: [tax('0')] })], {
      currency: 'KWD',
      cashRounding: { stepMinor: 10 },
      prepaid: [{ type: 'voucher', reference: 'v', amountMinor: 1_000 }],
    });
    expect(priced(even)).to.include({ roundingMinor: 5, payableMinor: 10, prepaidMinor: 1_000 });
  });

  it('refuses what is beyond exact whole numbers', () => {
    const most = String(AMOUNT_MINOR_MAX).replace(/(..)$/u, '.$1');
    const untaxed = { taxes: [tax('0')] };
    expect(priced(terms([item(most, untaxed)])).totalMinor).to.equal(AMOUNT_MINOR_MAX);
    const overflow = err({ type: 'Overflow' });
    expect(priceOrder(terms([item(most)]))).to.deep.equal(overflow);
    expect(priceOrder(terms([item(most, untaxed), item('0.01', untaxed)]))).to.deep.equal(overflow);
    expect(priceOrder(terms([item(most, { quantity: '1000000' })]))).to.deep.equal(overflow);
    const rounded = (price: string, stepMinor: number, more = '0') =>
      priceOrder(
        terms([item(price, untaxed), item(more, untaxed)], { cashRounding: { stepMinor } }),
      );
    expect(rounded(most, 10).map(({ payableMinor }) => payableMinor)).to.deep.equal(
      ok(AMOUNT_MINOR_MAX - 1),
    );
    // What is shown must be exact, and so must what it is rounded to.
    expect(rounded(most, 10, '0.01')).to.deep.equal(overflow);
    expect(rounded('90071992547409.60', 100)).to.deep.equal(overflow);
    const discounted = item(most, { quantity: '2', allowances: [{ reason: '', percent: '60' }] });
    expect(priceOrder(terms([discounted]))).to.deep.equal(overflow);
  });

  it('takes twice 50 % off an odd amount, and says that thrice is too much', () => {
    const half = { reason: 'half', percent: '50' };
    const taken = (allowances: readonly { readonly amountMinor: number }[] | undefined) =>
      allowances?.map(({ amountMinor }) => amountMinor);
    const ofLine = priced(terms([item('5.11', { allowances: [half, half] })]));
    expect(taken(ofLine.lines[0]?.allowances)).to.deep.equal([256, 255]);
    expect(ofLine.payableMinor).to.equal(0);
    const ofOrder = priced(terms([item('5.11')], { allowances: [half, half] }));
    expect(taken(ofOrder.lines[0]?.allowances)).to.deep.equal([256, 255]);
    for (const order of [
      terms([item('5.11', { allowances: [half, half, half] })]),
      terms([item('5.11')], { allowances: [half, half, half] }),
    ]) {
      expect(priceOrder(order)._unsafeUnwrapErr().type).to.equal('DeductsTooMuch');
    }
  });

  it('comes to what version 1 came to, of every order of version 1', () =>
    fc.assert(
      fc.property(anyLinesOfVersion1(), fc.constantFrom('EUR', 'JPY', 'KWD'), (lines, currency) => {
        const order = terms(
          lines.map((line) => Invoice.orderLineOf(line, currency)),
          { currency },
        );
        // The rule of ADR 0006, as it was calculated before there was a version 2.
        const before = lines.map(({ quantity, unitPriceMinor, taxRateBps }) => {
          const net = BigInt(quantity) * BigInt(unitPriceMinor);
          return { net, tax: (net * BigInt(taxRateBps) + 5_000n) / 10_000n };
        });
        const total = before.reduce((sum, { net, tax: of }) => sum + net + of, 0n);
        priceOrder(order).match(
          (now) => {
            expect(BigInt(now.totalMinor)).to.equal(total);
            expect(now.lines.map(netAndTax)).to.deep.equal(
              before.map(({ net, tax: of }) => [Number(net), Number(of)]),
            );
          },
          ({ type }) => {
            expect(type).to.equal('Overflow');
            expect(total > BigInt(AMOUNT_MINOR_MAX)).to.equal(true);
          },
        );
      }),
      { numRuns: runsOf(120, 1_000) },
    ));
});

const priced = (order: PriceTerms): TaxedOrder => priceOrder(order)._unsafeUnwrap();

const netAndTax = ({ netMinor, taxMinor }: { netMinor: number; taxMinor: number }) => [
  netMinor,
  taxMinor,
];

/** Small and great ones; some overflow. */
const anyLinesOfVersion1 = (): fc.Arbitrary<readonly Invoice.LineV1[]> =>
  fc.array(
    fc.record({
      sku: fc.constant('A'),
      description: fc.constant('A thing'),
      quantity: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1_000_000 })),
      unitPriceMinor: fc.oneof(fc.nat({ max: 10_000 }), fc.nat({ max: 10 ** 12 })),
      taxRateBps: fc.oneof(fc.constantFrom(0, 700, 1_900, 2_700), fc.nat({ max: 10_000 })),
    }),
    { minLength: 1, maxLength: 12 },
  );
