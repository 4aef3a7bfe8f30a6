import { expect } from 'chai';
import type { Prediction } from '../../../src/application/deadLetters/prediction.ts';
import { amountsOf, amountsText } from '../../../src/bootstrap/cli/dlq/list.ts';

describe('the amounts of a redrive', () => {
  const sends = (subject: 'payment#1' | 'refund#r-1', amountMinor: number, currency = 'EUR') => ({
    prospect: {
      type: 'Drives',
      records: [],
      standing: 'open',
      next: { type: 'Send', subject, money: { amountMinor, currency } },
    } as const satisfies Prediction,
  });
  const settled = { prospect: { type: 'Told', notice: 'receipt', isSent: true } } as const;

  it('are summed by currency, charges and refunds apart', () => {
    const amounts = amountsOf([
      { ...sends('payment#1', 1_000), orderId: 'o-1' },
      { ...sends('payment#1', 234), orderId: 'o-2' },
      { ...sends('payment#1', 500, 'JPY'), orderId: 'o-3' },
      { ...sends('refund#r-1', 99), orderId: 'o-4' },
      { ...settled, orderId: 'o-5' },
    ]);
    expect(amountsText(amounts)).to.equal('charge EUR 12.34, JPY 500 and refund EUR 0.99');
    expect(amountsText(amountsOf([{ ...settled, orderId: 'o-5' }]))).to.equal('');
  });

  it('count one request once, of which there are two dead letters', () => {
    const twice = [1, 2].map(() => ({ ...sends('payment#1', 1_000), orderId: 'o-1' }));
    expect(amountsText(amountsOf(twice))).to.equal('charge EUR 10.00');
    const others = ['o-1', 'o-2'].map((orderId) => ({ ...sends('payment#1', 1_000), orderId }));
    expect(amountsText(amountsOf(others))).to.equal('charge EUR 20.00');
  });
});
