import { expect } from 'chai';
import { PRICES } from '../../src/application/prices.ts';
import { readText, tableRows } from './markdown.ts';

describe('docs/costs.md', () => {
  it('has the prices by which costs are calculated, with their pages', () => {
    const rows = tableRows(readText('docs/costs.md'), 'Price of');
    const documented = rows.map(([, price, page]) => [price, page]);

    expect(documented.map(([price]) => Number(price))).to.have.members(
      Object.values(PRICES).map(({ microUsd }) => microUsd),
    );
    expect(documented.map(([, page]) => page)).to.have.members(
      Object.values(PRICES).map(({ page }) => `<${page}>`),
    );
  });
});
