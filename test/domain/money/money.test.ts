import { expect } from 'chai';
import currencyCodes from 'currency-codes';
import fc from 'fast-check';
import { err } from 'neverthrow';
import {
  CURRENCY_CODES,
  currencyExponent,
  formatAmount,
  priceLines,
} from '../../../src/domain/money/index.ts';
import { anyLine } from '../../support/arbitraries/order.ts';

describe('currencies', () => {
  // Another reading of ISO 4217 than ours. What has no minor unit there is given as 0: metals
  // (XAU), test codes (XTS), and XXX, the code for no currency.
  const noMoney = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ');

  it('have the exponents of ISO 4217', () => {
    for (const code of currencyCodes.codes()) {
      const expected = noMoney.includes(code) ? undefined : currencyCodes.code(code)?.digits;
      expect(currencyExponent(code), code).to.equal(expected);
    }
  });

  it('are none but those, and the one that came after that list', () => {
    const known = new Set(currencyCodes.codes());
    expect(CURRENCY_CODES.filter((code) => !known.has(code))).to.deep.equal(['XCG']);
  });
});

describe('an amount', () => {
  it('is written with the decimals of its currency (F31)', () => {
    expect(formatAmount(1_234, 'JPY')).to.equal('JPY 1234');
    expect(formatAmount(1_234, 'EUR')).to.equal('EUR 12.34');
    expect(formatAmount(1_234, 'KWD')).to.equal('KWD 1.234');
    expect(formatAmount(1_234, 'UYW')).to.equal('UYW 0.1234');
    expect(formatAmount(5, 'EUR')).to.equal('EUR 0.05');
    expect(formatAmount(-5, 'EUR')).to.equal('EUR -0.05');
    expect(formatAmount(0, 'KWD')).to.equal('KWD 0.000');
  });
});

describe('pricing', () => {
  const taxOf = (netMinor: number, taxRateBps: number) =>
    priceLines([{ sku: 's', description: 'd', quantity: 1, unitPriceMinor: netMinor, taxRateBps }])
      .map(({ taxMinor }) => taxMinor)
      .unwrapOr(Number.NaN);

  it('rounds the tax of a line half up', () => {
    expect(taxOf(10, 500)).to.equal(1); // 0.5
    expect(taxOf(9, 500)).to.equal(0); // 0.45
    expect(taxOf(30, 500)).to.equal(2); // 1.5: half up, not half to even, which gives 2 as well
    expect(taxOf(50, 500)).to.equal(3); // 2.5: half to even would give 2
    expect(taxOf(3_998, 1_900)).to.equal(760); // 759.62
  });

  it('adds up: lines to totals, net and tax to the total (F30)', () =>
    fc.assert(
      fc.property(fc.array(anyLine(), { minLength: 1, maxLength: 100 }), (lines) => {
        const priced = priceLines(lines).unwrapOr(undefined);
        const sum = (of: 'netMinor' | 'taxMinor') =>
          (priced?.lines ?? []).reduce((total, line) => total + line[of], 0);
        expect(priced?.netMinor).to.equal(sum('netMinor'));
        expect(priced?.taxMinor).to.equal(sum('taxMinor'));
        expect(priced?.totalMinor).to.equal(sum('netMinor') + sum('taxMinor'));
      }),
    ));

  it('is off by at most half a minor unit for each line, and never below (ADR 0006)', () =>
    fc.assert(
      fc.property(anyLine(), (line) => {
        const exact = BigInt(line.quantity) * BigInt(line.unitPriceMinor) * BigInt(line.taxRateBps);
        const tax = BigInt(
          priceLines([line])
            .map((priced) => priced.taxMinor)
            .unwrapOr(-1),
        );
        const offBy = tax * 10_000n - exact;
        expect(offBy > -5_000n && offBy <= 5_000n).to.equal(true);
      }),
    ));

  it('sees an overflow instead of rounding it away', () => {
    const line = { sku: 's', description: 'd', quantity: 1, taxRateBps: 0 };
    const dear = { ...line, unitPriceMinor: Number.MAX_SAFE_INTEGER };
    expect(priceLines([dear]).isOk()).to.equal(true);
    expect(priceLines([dear, { ...line, unitPriceMinor: 1 }])).to.deep.equal(
      err({ type: 'Overflow' }),
    );
  });
});
