import { expect } from 'chai';
import fc from 'fast-check';
import {
  currencyExponent,
  priceOrder,
  pricingRefusalText,
  taxBreakdown,
  type OrderLine,
  type PriceTerms,
  type TaxedOrder,
} from '../../../src/domain/money/index.ts';
import { anyPriceTerms } from '../../support/arbitraries/priceTerms.ts';
import { checkPrices, type CheckedOrder } from '../../support/priceChecker.ts';
import { runsOf } from '../../support/runs.ts';

describe('random real-shaped orders', () => {
  const numRuns = runsOf(120, 10_000);

  it('differ in nothing from an independent calculation', () =>
    fc.assert(
      fc.property(anyPriceTerms(), (order) => {
        expect(printed(order, priced(order))).to.deep.equal(checkPrices(order));
      }),
      { numRuns },
    ));

  it('come to the same with a further tax of nothing, and when rounded to one minor unit', () =>
    fc.assert(
      fc.property(anyPriceTerms(), (terms) => {
        const order = { ...terms, rounding: 'line' } as const;
        const further = { name: 'Further', category: 'zero', rate: '0', reason: '' } as const;
        const { lines, ...totals } = priced({
          cashRounding: { stepMinor: 1 },
          ...order,
          lines: order.lines.map((line) => ({ ...line, taxes: [...line.taxes, further] })),
        });
        const shown = lines.map((line) => ({
          ...line,
          taxes: line.taxes.filter(({ name }) => name !== further.name),
        }));
        expect({ lines: shown, ...totals }).to.deep.equal(priced(order));
      }),
      { numRuns },
    ));

  it('come to the sums of what is shown, and nothing shown is below zero', () =>
    fc.assert(
      fc.property(anyPriceTerms(), (order) => {
        const { lines, ...totals } = priced(order);
        for (const line of lines) {
          expect(line.taxMinor).to.equal(sum(line.taxes.map(({ taxMinor }) => taxMinor)));
          const amounts = [line.netMinor, line.taxMinor, ...line.taxes.map((tax) => tax.taxMinor)];
          for (const amount of amounts) {
            expect(Number.isSafeInteger(amount) && amount >= 0, String(amount)).to.equal(true);
          }
        }
        expect(totals.netMinor).to.equal(sum(lines.map(({ netMinor }) => netMinor)));
        expect(totals.taxMinor).to.equal(sum(lines.map(({ taxMinor }) => taxMinor)));
        expect(totals.totalMinor).to.equal(totals.netMinor + totals.taxMinor);
        expect(totals.payableMinor).to.equal(
          totals.totalMinor + totals.roundingMinor - totals.prepaidMinor,
        );
        const rows = taxBreakdown(lines);
        expect(sum(rows.map(({ taxMinor }) => taxMinor))).to.equal(totals.taxMinor);
      }),
      { numRuns },
    ));

  it('have gross prices out where gross prices go in, whatever the rate and the rounding', () =>
    fc.assert(
      fc.property(anyPriceTerms(), (order) => {
        const gross = { ...order, priceMode: 'gross' } as const;
        const untaxed = { ...gross, lines: order.lines.map(withoutTax) };
        const shown = (of: PriceTerms) =>
          priced(of)
            .lines.slice(0, order.lines.length)
            .map(({ netMinor, taxMinor }) => netMinor + taxMinor);
        expect(shown(gross)).to.deep.equal(shown(untaxed));
      }),
      { numRuns },
    ));

  it('are rounded on the order to within half a minor unit for each row of the breakdown', () =>
    fc.assert(
      fc.property(anyPriceTerms(), (order) => {
        const net = { ...order, priceMode: 'net', rounding: 'order' } as const;
        for (const { rate, netMinor, taxMinor } of taxBreakdown(priced(net).lines)) {
          // Rates have at most three decimals here.
          const thousandths = BigInt(Math.round(Number(rate) * 1_000));
          const off = BigInt(taxMinor) * 100_000n - BigInt(netMinor) * thousandths;
          expect(off > -50_000n && off <= 50_000n, `${rate} of ${netMinor}`).to.equal(true);
        }
      }),
      { numRuns },
    ));

  it('are accepted with what the shop has calculated itself, were its halves rounded down', () =>
    fc.assert(
      fc.property(anyPriceTerms(), fc.constantFrom('up', 'down'), (order, halves) => {
        // Halves of percentages and of products are another matter: see the allowances.
        const own = { ...order, rounding: 'line', allowances: [], charges: [] } as const;
        const plain = { ...own, prepaid: [], lines: own.lines.map(withoutAdjustments) };
        const given = checkPrices(plain, halves);
        const said = withGiven(plain, given);
        const found = priceOrder(said);
        expect(found.isErr() && pricingRefusalText(found.error)).to.equal(false);
        expect(printed(said, found._unsafeUnwrap()).total).to.equal(given.total);
      }),
      { numRuns },
    ));

  it('are accepted with what the shop has spread over the lines of a sum', () =>
    fc.assert(
      fc.property(anyPriceTerms(), (order) => {
        const rounded = { ...order, rounding: 'order' } as const;
        const own = checkPrices(rounded);
        const found = priceOrder(withGiven(rounded, own));
        expect(found.isErr() && pricingRefusalText(found.error)).to.equal(false);
        expect(printed(rounded, found._unsafeUnwrap())).to.deep.equal(own);
      }),
      { numRuns },
    ));

  it('are accepted with the last minor units of a sum on other lines than ours', () =>
    fc.assert(
      fc.property(anyPriceTerms(), fc.nat(), fc.nat(), (order, from, to) => {
        const rounded = { ...order, rounding: 'order', charges: [], prepaid: [] } as const;
        const said = withGiven(rounded, checkPrices(rounded));
        const moved = withOneMoved(said, from, to);
        const found = priceOrder(moved);
        const taxes = moved.lines.map(({ given }) => given?.taxMinor);
        found.match(
          ({ lines }) => expect(lines.map(({ taxMinor }) => taxMinor)).to.deep.equal(taxes),
          (refusal) =>
            expect(refusal)
              .to.have.property('path')
              .that.matches(/given\.taxMinor$/u),
        );
      }),
      { numRuns },
    ));

  it('are refused with a total of another amount, however near', () =>
    fc.assert(
      fc.property(anyPriceTerms(), fc.constantFrom(-1, 1), (order, off) => {
        const { totalMinor, roundingMinor } = priced(order);
        const total = totalMinor + roundingMinor;
        expect(priceOrder({ ...order, expectedTotalMinor: total }).isOk()).to.equal(true);
        expect(
          priceOrder({ ...order, expectedTotalMinor: total + off })._unsafeUnwrapErr(),
        ).to.include({ type: 'AmountsDiffer', path: 'expectedTotalMinor' });
      }),
      { numRuns },
    ));
});

const priced = (order: PriceTerms): TaxedOrder => priceOrder(order)._unsafeUnwrap();

const sum = (amounts: readonly number[]): number => amounts.reduce((all, each) => all + each, 0);

const withoutTax = (line: OrderLine): OrderLine => ({
  ...line,
  taxes: [{ name: '', category: 'out-of-scope', rate: '0', reason: '' }],
});

const withoutAdjustments = (line: OrderLine): OrderLine => ({
  ...line,
  allowances: [],
  charges: [],
});

/** The order with what its shop has calculated for each line. */
const withGiven = (order: PriceTerms, given: CheckedOrder): PriceTerms => ({
  ...order,
  lines: order.lines.map((line, index) => {
    const { net = '0', gross = '0' } = given.lines[index] ?? {};
    const minor = (amount: string) => Number(amount.replace('.', ''));
    const [netMinor, grossMinor] = [minor(net), minor(gross)];
    return { ...line, given: { netMinor, taxMinor: grossMinor - netMinor, grossMinor } };
  }),
});

/** One minor unit of tax less on a line, and one more on another with the same taxes. */
const withOneMoved = (order: PriceTerms, from: number, to: number): PriceTerms => {
  const { lines } = order;
  const source = from % lines.length;
  const target = to % lines.length;
  const given = lines[source]?.given;
  const isSame = JSON.stringify(lines[source]?.taxes) === JSON.stringify(lines[target]?.taxes);
  if (source === target || !isSame || given === undefined || given.taxMinor === 0) return order;
  return {
    ...order,
    lines: lines.map((line, index) => {
      const off = index === source ? -1 : index === target ? 1 : 0;
      if (line.given === undefined || off === 0) return line;
      const { netMinor, taxMinor, grossMinor } = line.given;
      const net = order.priceMode === 'net';
      return {
        ...line,
        given: {
          netMinor: net ? netMinor : netMinor - off,
          taxMinor: taxMinor + off,
          grossMinor: net ? grossMinor + off : grossMinor,
        },
      };
    }),
  };
};

/** As the checker prints it. */
const printed = ({ currency }: PriceTerms, order: TaxedOrder): CheckedOrder => {
  const digits = currencyExponent(currency) ?? 0;
  const print = (minor: number): string => {
    const text = String(Math.abs(minor)).padStart(digits + 1, '0');
    const sign = minor < 0 ? '-' : '';
    return digits === 0
      ? `${sign}${text}`
      : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
  };
  return {
    lines: order.lines.map(({ netMinor, taxMinor, taxes, allowances, charges }) => ({
      net: print(netMinor),
      taxes: taxes.map((tax) => print(tax.taxMinor)),
      gross: print(netMinor + taxMinor),
      allowances: allowances.map(({ amountMinor }) => print(amountMinor)),
      charges: charges.map(({ amountMinor }) => print(amountMinor)),
    })),
    net: print(order.netMinor),
    tax: print(order.taxMinor),
    total: print(order.totalMinor),
    rounding: print(order.roundingMinor),
    prepaid: print(order.prepaidMinor),
    payable: print(order.payableMinor),
  };
};
