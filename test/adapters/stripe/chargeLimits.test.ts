import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { chargeRulesOf } from '../../../src/adapters/embedded/stripe/chargeRules.ts';
import { STRIPE_AMOUNT_MAX, stripeAmountStep } from '../../../src/adapters/stripe/amounts.ts';
import { prepareCharge, prepareRefund } from '../../../src/adapters/stripe/bodies.ts';
import { chargeLimits, stripeChargeLimits } from '../../../src/adapters/stripe/limits.ts';
import { CURRENCY_CODES, formatAmount } from '../../../src/domain/money/index.ts';

const charge = (amountMinor: number, currency: string) =>
  prepareCharge({
    deployment: '',
    orderId: 'o-1',
    attempt: 1,
    amountMinor,
    currency,
    paymentMethod: 'pm_card_visa',
  });

/** What the pinned SDK says in the doc comment of `amount`, where a PaymentIntent is made. */
const sdkSays = (): string => {
  const types = readFileSync('node_modules/stripe/esm/resources/PaymentIntents.d.ts', 'utf8');
  const at = types.indexOf('interface PaymentIntentCreateParams {');
  return types.slice(at, types.indexOf('amount: number', at));
};

describe('the limits of a charge', () => {
  it('are what the pinned SDK says of a PaymentIntent: 50 cents, and eight digits', () => {
    expect(sdkSays())
      .to.contain('The minimum amount is $0.50 US')
      .and.contain('The amount value supports up to eight digits')
      .and.contain('99999999 for a USD charge');
    expect(chargeLimits('usd')).to.deep.equal({ least: 50, most: 99_999_999 });
    expect(chargeRulesOf('usd')).to.deep.include({ least: 50, most: 99_999_999 });
  });

  it('are those of the sandbox’s own tables, in every currency of Stripe’s', () => {
    const taken = CURRENCY_CODES.filter((code) => stripeAmountStep(code) !== undefined);
    expect(taken).to.have.length.above(135);
    for (const code of CURRENCY_CODES) {
      const step = stripeAmountStep(code);
      const rules = chargeRulesOf(code.toLowerCase());
      expect(rules, code).to.deep.equal(step && { step, ...chargeLimits(code) });
    }
  });

  it('are none that the sandbox has from the adapter', () => {
    const source = readFileSync('src/adapters/embedded/stripe/chargeRules.ts', 'utf8');
    expect(source).to.not.match(/^import/mu);
  });

  const edges: readonly (readonly [currency: string, least: number, most: number])[] = [
    ['EUR', 50, 99_999_999],
    ['GBP', 30, 99_999_999],
    ['JPY', 50, 99_999_999],
    ['HUF', 17_500, 99_999_999],
    ['INR', 50, 999_999_999],
    ['COP', 50, 9_999_999_999],
    ['IDR', 50, STRIPE_AMOUNT_MAX],
    // In ISO 4217 it has other decimals than at Stripe.
    ['KWD', 10, 99_999_990],
    ['ISK', 1, 999_999],
  ];
  for (const [currency, least, most] of edges) {
    it(`hold at the door in ${currency}: ${least} to ${most} minor units`, () => {
      for (const within of [least, most]) expect(charge(within, currency).isOk()).to.equal(true);
      for (const beyond of [least - 1, most + 1]) {
        const refused = charge(beyond, currency);
        expect(refused.isErr(), `${beyond}`).to.equal(true);
        const limit = beyond < least ? `${formatAmount(least, currency)} at least` : 'at most';
        expect(refused._unsafeUnwrapErr().reason)
          .to.contain(`${formatAmount(beyond, currency)} is to be paid`)
          .and.contain(`the gateway takes ${beyond > most ? formatAmount(most, currency) : ''}`)
          .and.contain(limit);
      }
    });
  }

  const steps: readonly (readonly [currency: string, amountMinor: number, says: string])[] = [
    [
      'KWD',
      1_312,
      'KWD 1.312 is to be paid, and the gateway takes multiples of KWD 0.010, such as KWD 1.310',
    ],
    ['TND', 14_875, 'multiples of TND 0.010, such as TND 14.870 or TND 14.880'],
    ['MGA', 12_345, 'multiples of MGA 1.00, such as MGA 123.00 or MGA 124.00'],
    ['BHD', 99_999_985, 'multiples of BHD 0.010, such as BHD 99999.980 or BHD 99999.990'],
  ];
  for (const [currency, amountMinor, says] of steps) {
    it(`say which amounts next to ${amountMinor} of ${currency} can be charged`, () => {
      expect(charge(amountMinor, currency)._unsafeUnwrapErr().reason).to.contain(says);
    });
  }

  it('are coarser than ISO 4217 in the currencies that Stripe’s page names', () => {
    const coarser = CURRENCY_CODES.flatMap((code) => {
      const step = stripeChargeLimits(code)?.stepMinor ?? 1;
      return step === 1 ? [] : [`${code} ${step}`];
    });
    // ISK and UGX have no decimals in ISO 4217. HUF and TWD are whole in payouts alone.
    expect(coarser.toSorted()).to.deep.equal([
      'BHD 10',
      'JOD 10',
      'KWD 10',
      'MGA 100',
      'OMR 10',
      'TND 10',
    ]);
    for (const currency of ['HUF', 'TWD']) {
      expect(charge(20_001, currency).isOk(), currency).to.equal(true);
    }
  });

  it('do not bind a refund, which may be smaller', () => {
    const refund = { deployment: '', orderId: 'o-1', refundId: 'r-1', paymentReference: 'pi_1' };
    expect(prepareRefund({ ...refund, amountMinor: 1, currency: 'EUR' }).isOk()).to.equal(true);
  });
});
