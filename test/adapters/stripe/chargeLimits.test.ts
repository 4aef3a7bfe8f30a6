import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { chargeRulesOf } from '../../../src/adapters/embedded/stripe/chargeRules.ts';
import { STRIPE_AMOUNT_MAX, stripeAmountStep } from '../../../src/adapters/stripe/amounts.ts';
import { prepareCharge, prepareRefund, chargeLimits } from '../../../src/adapters/stripe/bodies.ts';
import { CURRENCY_CODES } from '../../../src/domain/money/index.ts';

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
        // Reasons are kept for ever: they name the limit and not the amount.
        const { type, reason } = refused._unsafeUnwrapErr();
        expect(type).to.equal('Unchargeable');
        expect(reason).to.not.contain(String(beyond));
      }
    });
  }

  it('do not bind a refund, which may be smaller', () => {
    const refund = { deployment: '', orderId: 'o-1', refundId: 'r-1', paymentReference: 'pi_1' };
    expect(prepareRefund({ ...refund, amountMinor: 1, currency: 'EUR' }).isOk()).to.equal(true);
  });
});
