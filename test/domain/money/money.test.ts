import { expect } from 'chai';
import currencyCodes from 'currency-codes';
import {
  CURRENCY_CODES,
  currencyExponent,
  formatAmount,
  inMajorUnits,
} from '../../../src/domain/money/index.ts';

describe('currencies', () => {
  // Another reading of ISO 4217 than ours. What has no minor unit there is given as 0: metals
  // (XAU), test codes (XTS), and XXX, which is the standard's own code for no currency.
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

  it('is written without its currency where that stands beside it, as in XML', () => {
    expect(inMajorUnits(5, 'EUR')).to.equal('0.05');
    expect(inMajorUnits(-2, 'CHF')).to.equal('-0.02');
    expect(inMajorUnits(1_000, 'JPY')).to.equal('1000');
    expect(inMajorUnits(1, 'KWD')).to.equal('0.001');
  });
});
