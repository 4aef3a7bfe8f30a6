import { expect } from 'chai';
import { outcomeOfRefundAnswer } from '../../../src/adapters/stripe/refunds.ts';

const refund = (changes: object = {}) => ({
  id: 're_1',
  object: 'refund',
  status: 'succeeded',
  amount: 1_000,
  currency: 'eur',
  ...changes,
});

describe('outcome of a refund', () => {
  it('that succeeded is its amount, in ISO 4217 minor units (F31)', () => {
    expect(outcomeOfRefundAnswer(refund())).to.deep.equal({
      type: 'Refunded',
      reference: 're_1',
      amountMinor: 1_000,
      currency: 'EUR',
    });
    expect(outcomeOfRefundAnswer(refund({ currency: 'isk', amount: 500 }))).to.include({
      amountMinor: 5,
      currency: 'ISK',
    });
  });

  for (const [status, failure_reason, code] of [
    ['failed', 'lost_or_stolen_card', 'lost_or_stolen_card'],
    ['failed', undefined, 'failed'],
    ['canceled', 'merchant_request', 'merchant_request'],
    ['canceled', undefined, 'canceled'],
  ] as const) {
    it(`that is ${status} for ${failure_reason ?? 'no reason'} is Declined as ${code}`, () => {
      const answer = refund({ status, ...(failure_reason && { failure_reason }) });
      expect(outcomeOfRefundAnswer(answer)).to.deep.equal({
        type: 'Declined',
        code,
        reference: 're_1',
      });
    });
  }

  for (const status of ['pending', 'requires_action']) {
    it(`that is ${status} is under way for its whole amount (R19, G14)`, () => {
      expect(outcomeOfRefundAnswer(refund({ status }))).to.deep.equal({
        type: 'UnderWay',
        reference: 're_1',
        amountMinor: 1_000,
        currency: 'EUR',
      });
      const unreadable = refund({ status, currency: 'zzz' });
      expect(outcomeOfRefundAnswer(unreadable).type).to.equal('Unknown');
    });
  }

  for (const status of ['a_status_of_tomorrow', 'constructor', null]) {
    it(`in status ${status} is Unknown (G11, G14, F24)`, () => {
      expect(outcomeOfRefundAnswer(refund({ status }))).to.deep.equal({
        type: 'Unknown',
        cause: `status ${status}`,
      });
    });
  }

  const unreadable: readonly [string, unknown][] = [
    ['nothing', undefined],
    ['another object', refund({ object: 'charge' })],
    ['a refund without an id', refund({ id: undefined })],
    ['a refund whose amount is a text', refund({ amount: '1000' })],
    ['a currency that nobody knows', refund({ currency: 'zzz' })],
    ['half an Icelandic króna', refund({ currency: 'isk', amount: 550 })],
  ];
  for (const [what, answer] of unreadable) {
    it(`is Unknown when the answer is ${what} (G11)`, () => {
      expect(outcomeOfRefundAnswer(answer).type).to.equal('Unknown');
    });
  }
});
