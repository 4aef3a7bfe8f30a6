import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import {
  fromStripeAmount,
  STRIPE_AMOUNT_MAX,
  stripeAmountStep,
} from '../../../src/adapters/stripe/amounts.ts';
import { toStripeRefund } from '../../../src/adapters/stripe/limits.ts';
import { CURRENCY_CODES } from '../../../src/domain/money/index.ts';

describe("Stripe's amounts", () => {
  const examples: readonly [string, number, number][] = [
    ['EUR', 4_758, 4_758],
    ['JPY', 500, 500],
    ['KWD', 5_120, 5_120],
    // Examples of Stripe's page on currencies, and its two odd ones.
    ['ISK', 5, 500],
    ['UGX', 5, 500],
    ['MGA', 4_700, 47],
  ];
  for (const [currency, amountMinor, amount] of examples) {
    it(`write ${amountMinor} of ${currency} as ${amount}, and read it back (F31)`, () => {
      const stripe = { amount, currency: currency.toLowerCase() };
      expect(toStripeRefund({ amountMinor, currency })).to.deep.equal(ok(stripe));
      expect(fromStripeAmount(stripe)).to.deep.equal({ amountMinor, currency });
    });
  }

  const refused: readonly [string, number, string][] = [
    ['a fraction of an ariary', 4_750, 'MGA'],
    ['a third decimal', 5_124, 'KWD'],
    ['13 digits after the conversion', 10_000_000_000, 'ISK'],
    ['a currency of ISO 4217 that Stripe has not', 100, 'IQD'],
    ['a fund code', 10_000, 'UYW'],
    ['a currency in lower case', 100, 'eur'],
    ['no number', Number.NaN, 'EUR'],
  ];
  for (const [what, amountMinor, currency] of refused) {
    it(`refuse ${what}`, () => {
      expect(toStripeRefund({ amountMinor, currency }).isErr()).to.equal(true);
    });
  }

  it('are what was asked for when read back, in every currency, or are refused (F31)', () => {
    const anyAmount = fc.integer({ min: -10, max: STRIPE_AMOUNT_MAX * 10 });
    fc.assert(
      fc.property(fc.constantFrom(...CURRENCY_CODES), anyAmount, (currency, amountMinor) => {
        toStripeRefund({ amountMinor, currency }).match(
          (stripe) => {
            expect(fromStripeAmount(stripe)).to.deep.equal({ amountMinor, currency });
            expect(stripe.amount % (stripeAmountStep(currency) ?? Number.NaN)).to.equal(0);
          },
          ({ type }) => expect(type).to.equal('Unchargeable'),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('refuse nothing that Stripe takes', () => {
    const chargeable = CURRENCY_CODES.filter((code) => stripeAmountStep(code) !== undefined);
    const anyCount = fc.integer({ min: 1, max: STRIPE_AMOUNT_MAX });
    fc.assert(
      fc.property(fc.constantFrom(...chargeable), anyCount, (code, count) => {
        const step = stripeAmountStep(code) ?? 1;
        const amount =
          step * Math.ceil(count / step) - (count > STRIPE_AMOUNT_MAX - step ? step : 0);
        const stripe = { amount, currency: code.toLowerCase() };
        const money = fromStripeAmount(stripe);
        expect(money && toStripeRefund(money)).to.deep.equal(ok(stripe));
      }),
      { numRuns: 500 },
    );
  });

  it('charge whole units in each of more than 135 currencies', () => {
    const chargeable = CURRENCY_CODES.filter((code) =>
      toStripeRefund({ amountMinor: 10_000, currency: code }).isOk(),
    );
    expect(chargeable).to.have.length.above(135);
    expect(chargeable).to.include.members(['EUR', 'USD', 'JPY', 'KWD', 'MGA', 'UGX']);
  });
});
