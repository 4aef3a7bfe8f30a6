/**
 * Splits an amount over weights by largest remainder: each share is the exact one rounded down, and
 * the minor units left over go to the largest remainders, the earlier first among equals. The
 * shares sum to the amount, and none exceeds its weight while the amount does not exceed their sum.
 */
export const allocate = (amountMinor: number, weights: readonly number[]): readonly number[] => {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (sum === 0n) return weights.map(() => 0);
  if (weights.length === 1) return [amountMinor];
  const exact = weights.map((weight, index) => {
    const scaled = BigInt(amountMinor) * BigInt(weight);
    return { index, share: scaled / sum, remainder: scaled % sum };
  });
  const left = BigInt(amountMinor) - exact.reduce((total, { share }) => total + share, 0n);
  const favoured = new Set(
    exact
      .toSorted((a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder))
      .slice(0, Number(left))
      .map(({ index }) => index),
  );
  return exact.map(({ share, index }) => Number(share) + (favoured.has(index) ? 1 : 0));
};
