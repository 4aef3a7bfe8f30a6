import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { partOf, turnOf } from '../support/runs.ts';

describe('The part of a test that `npm test` runs', () => {
  for (const [usual, count] of [
    [1, 3],
    [2, 6],
    [5, 20],
    [8, 24],
    [9, 18],
    [30, 3],
  ] as const) {
    it(`is never nothing, and every case has its seed: ${usual} of ${count}`, () => {
      const cases = Array.from({ length: count }, (_, at) => at);
      const parts = [-1, ...cases].map((seed) => partOf(usual, cases, seed));

      for (const part of parts) expect(part.length).to.be.within(1, usual);
      expect([...new Set(parts.flat())]).to.have.members(cases);
    });
  }

  it('may leave a file without a test, and on CI none', () => {
    // In parallel mocha takes each such file for a failure of its own, and names none.
    expect(readFileSync('.mocharc.json', 'utf8')).not.to.contain('fail-zero');
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(scripts.test).to.equal('mocha ${PAIDONCE_TEST_RUNS:+--fail-zero}');
  });

  it('has each case of each turn', () => {
    for (const count of [2, 3, 6, 9]) {
      const cases = Array.from({ length: count }, (_, at) => at);
      const seeds = Array.from({ length: 10_000 }, (_, seed) => seed);
      const tried = seeds.map((seed) => `${turnOf(seed)}: ${partOf(1, cases, seed).join(', ')}`);
      expect(new Set(tried).size).to.equal(3 * count);
    }
  });
});
