import { allocate } from './allocate.ts';
import { dividedHalfDown, dividedHalfUp, HUNDRED_PERCENT } from './decimal.ts';
import type { PriceMode } from './terms.ts';

/** The taxes that one or several lines bear together, before anything is rounded. */
export type ExactTax = {
  /** Each part rounded to the nearest minor unit, a half up, and summed. */
  roundedUp(amountMinor: bigint): bigint;
  /** The same with a half down. */
  roundedDown(amountMinor: bigint): bigint;
  /** What each of the taxes has of a sum that lies between the two. */
  split(taxMinor: bigint, amountMinor: bigint): readonly number[];
  /** Whether the shares of `lines` lines in a rounded sum may come to this. */
  isShare(taxMinor: bigint, amountMinor: bigint, lines: number): boolean;
};

/** Rates in millionths of a per cent. */
export const exactTax = (rates: readonly bigint[], mode: PriceMode): ExactTax => {
  const rate = rates.reduce((sum, each) => sum + each, 0n);
  // On a net price each tax is rounded by itself. A gross price is divided by all at once.
  const parts = mode === 'net' ? rates : [rate];
  const denominator = mode === 'net' ? HUNDRED_PERCENT : HUNDRED_PERCENT + rate;
  const rounded = (amountMinor: bigint, divided: typeof dividedHalfUp): readonly bigint[] =>
    parts.map((part) => divided(amountMinor * part, denominator));
  const roundedUp = (amountMinor: bigint): bigint => sumOf(rounded(amountMinor, dividedHalfUp));
  const roundedDown = (amountMinor: bigint): bigint => sumOf(rounded(amountMinor, dividedHalfDown));

  return {
    roundedUp,
    roundedDown,
    split: (taxMinor, amountMinor) => {
      if (mode === 'gross') return allocate(Number(taxMinor), rates.map(Number));
      const up = rounded(amountMinor, dividedHalfUp);
      let over = roundedUp(amountMinor) - taxMinor;
      // A half that the shop has rounded down, at the last of the taxes first.
      const down = rounded(amountMinor, dividedHalfDown);
      return up
        .toReversed()
        .map((part, index) => {
          const least = down[down.length - 1 - index] ?? part;
          if (over === 0n || least === part) return Number(part);
          over -= 1n;
          return Number(least);
        })
        .toReversed();
    },
    isShare: (taxMinor, amountMinor, lines) => {
      const off = taxMinor * denominator - amountMinor * rate;
      const bound = 3n * denominator * BigInt(lines * parts.filter((part) => part > 0n).length);
      return off === 0n || 2n * (off < 0n ? -off : off) < bound;
    },
  };
};

const sumOf = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((sum, amount) => sum + amount, 0n);
