import { expect } from 'chai';
import { priceOrder, taxBreakdown } from '../../../src/domain/money/index.ts';
import { item, tax, terms } from '../../support/priceTerms.ts';

describe('taxBreakdown', () => {
  it('sums taxable amounts and tax by name, category, rate and reason', () => {
    const exempt = { name: 'VAT', category: 'exempt', rate: '0', reason: 'Art. 135' } as const;
    const { lines } = priceOrder(
      terms([
        item('10.00'),
        item('2.00', { taxes: [tax('7')] }),
        item('5.00', { taxes: [tax('19.00')] }),
        item('1.00', { taxes: [exempt] }),
        item('1.00', { taxes: [{ ...exempt, reason: 'Art. 132' }] }),
      ]),
    )._unsafeUnwrap();
    expect(taxBreakdown(lines)).to.deep.equal([
      { ...tax('19'), netMinor: 1_500, taxMinor: 285 },
      { ...tax('7'), netMinor: 200, taxMinor: 14 },
      { ...exempt, netMinor: 100, taxMinor: 0 },
      { ...exempt, reason: 'Art. 132', netMinor: 100, taxMinor: 0 },
    ]);
  });

  it('has a line with two taxes in both of their rows', () => {
    const taxes = [tax('5', 'GST'), tax('9.975', 'QST')];
    const { lines } = priceOrder(terms([item('39.99', { taxes })]))._unsafeUnwrap();
    expect(taxBreakdown(lines)).to.deep.equal([
      { ...tax('5', 'GST'), netMinor: 3_999, taxMinor: 200 },
      { ...tax('9.975', 'QST'), netMinor: 3_999, taxMinor: 399 },
    ]);
  });

  it('has no row of nothing', () => {
    expect(taxBreakdown([])).to.deep.equal([]);
  });
});
