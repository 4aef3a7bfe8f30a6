import { expect } from 'chai';
import fc from 'fast-check';
import { allocate } from '../../../src/domain/money/index.ts';

describe('splitting an amount over weights', () => {
  it('gives what is left over to the largest remainders, the earlier first among equals', () => {
    expect(allocate(100, [1, 1, 1])).to.deep.equal([34, 33, 33]);
    expect(allocate(10, [6, 3, 1])).to.deep.equal([6, 3, 1]);
    // 1.4, 2.8, 2.8: the two greater ones.
    expect(allocate(7, [1, 2, 2])).to.deep.equal([1, 3, 3]);
    // 0.5, 0.5: one unit, and the first has it.
    expect(allocate(1, [5, 5])).to.deep.equal([1, 0]);
  });

  it('gives nothing to what weighs nothing, were there units left over', () => {
    expect(allocate(2, [0, 3, 0, 3, 3])).to.deep.equal([0, 1, 0, 1, 0]);
    expect(allocate(5, [0, 0])).to.deep.equal([0, 0]);
    expect(allocate(5, [])).to.deep.equal([]);
  });

  it('sums to the amount, and no share exceeds its weight, to the greatest amounts (F30)', () =>
    fc.assert(
      fc.property(anyWeights(MAX), fc.nat({ max: 1_000_000 }), (weights, ppm) => {
        const whole = weights.reduce((sum, weight) => sum + weight, 0);
        const amount = Number((BigInt(whole) * BigInt(ppm)) / 1_000_000n);
        const shares = allocate(amount, weights);
        expect(shares.reduce((sum, share) => sum + share, 0)).to.equal(amount);
        for (const [index, share] of shares.entries()) {
          expect(share).to.be.within(0, weights[index] ?? 0);
        }
      }),
    ));

  it('keeps its rule where products are far beyond what a double holds', () =>
    fc.assert(
      fc.property(anyWeights(MAX), fc.nat({ max: 1_000_000 }), (weights, ppm) => {
        const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
        const amount = (whole * BigInt(ppm)) / 1_000_000n;
        const owed = allocate(Number(amount), weights).map(
          (share, index) => amount * BigInt(weights[index] ?? 0) - BigInt(share) * whole,
        );
        // Rounded down: what is owed is the remainder. Rounded up: it is the remainder less a unit.
        const down = owed.filter((rest) => rest >= 0n);
        const up = owed.filter((rest) => rest < 0n).map((rest) => rest + whole);
        for (const remainder of up) {
          expect(down.every((other) => remainder >= other)).to.equal(true);
          expect(remainder > 0n).to.equal(true);
        }
        expect(down.every((rest) => rest < whole || whole === 0n)).to.equal(true);
      }),
      { numRuns: 500 },
    ));

  it('is what giving unit after unit to whoever is the most behind comes to', () =>
    fc.assert(
      fc.property(anyWeights(60), fc.nat({ max: 80 }), (weights, amount) => {
        expect(allocate(amount, weights)).to.deep.equal(unitByUnit(amount, weights));
      }),
      { numRuns: 500 },
    ));
});

/** Ten weights of it are still a sum that is exact. */
const MAX = Number.MAX_SAFE_INTEGER / 10;

const anyWeights = (max: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.oneof(fc.constant(0), fc.nat({ max: Math.floor(max) })), {
    minLength: 1,
    maxLength: 10,
  });

/** The rule again, slowly: whole units first, then one to each of the greatest fractions. */
const unitByUnit = (amount: number, weights: readonly number[]): readonly number[] => {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (sum === 0) return weights.map(() => 0);
  // Integers throughout: `behind` is what is owed of a share, times the sum of the weights.
  const shares = weights.map((weight) => {
    let share = 0;
    while ((share + 1) * sum <= amount * weight) share += 1;
    return { share, behind: amount * weight - share * sum };
  });
  let left = amount - shares.reduce((all, { share }) => all + share, 0);
  while (left > 0) {
    let most = 0;
    for (const [index, { behind }] of shares.entries()) {
      if (behind > (shares[most]?.behind ?? 0)) most = index;
    }
    const found = shares[most];
    if (found === undefined) break;
    shares[most] = { share: found.share + 1, behind: -1 };
    left -= 1;
  }
  return shares.map(({ share }) => share);
};
