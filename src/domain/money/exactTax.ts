import { allocate } from './allocate.ts';
import { dividedHalfDown, dividedHalfUp, HUNDRED_PERCENT, millionthsOf } from './decimal.ts';
import type { PriceMode, Tax } from './terms.ts';

/** The taxes of a line, or of several lines together, before anything is rounded. */
export type ExactTax = {
  /** Rounds each part to the nearest minor unit, a half up, and sums the parts. */
  roundedUp(amountMinor: bigint): bigint;
  /** Does the same with a half down. */
  roundedDown(amountMinor: bigint): bigint;
  /** Divides a sum that is between the two among the taxes. */
  split(taxMinor: bigint, amountMinor: bigint): readonly number[];
  /**
   * Whether a line may have this share in some spread of a rounded sum: it is off by less than one
   * and a half minor units for each tax, as the sum is off by half a unit and a share by less than
   * one.
   */
  isShare(taxMinor: number, amountMinor: number): boolean;
};

export const exactTax = (taxes: readonly Tax[], mode: PriceMode): ExactTax => {
  const rates = taxes.map(({ rate }) => millionthsOf(rate));
  const rate = sumOf(rates);
  // On a net price each tax is rounded by itself. A gross price is divided by all of them at once.
  const parts = mode === 'net' ? rates : [rate];
  const denominator = mode === 'net' ? HUNDRED_PERCENT : HUNDRED_PERCENT + rate;
  const partsUp = (amountMinor: bigint): readonly bigint[] =>
    parts.map((part) => dividedHalfUp(amountMinor * part, denominator));
  const partsDown = (amountMinor: bigint): readonly bigint[] =>
    parts.map((part) => dividedHalfDown(amountMinor * part, denominator));

  return {
    roundedUp: (amountMinor) => sumOf(partsUp(amountMinor)),
    roundedDown: (amountMinor) => sumOf(partsDown(amountMinor)),
    split: (taxMinor, amountMinor) =>
      mode === 'gross'
        ? allocate(Number(taxMinor), rates.map(Number))
        : lowered(partsUp(amountMinor), partsDown(amountMinor), taxMinor),
    isShare: (taxMinor, amountMinor) => {
      const off = BigInt(taxMinor) * denominator - BigInt(amountMinor) * rate;
      const taxed = BigInt(parts.filter((part) => part > 0n).length);
      return off === 0n || 2n * (off < 0n ? -off : off) < 3n * taxed * denominator;
    },
  };
};

/** The one tax of a line, rounded to the nearest minor unit, a half up. */
export const singleTax = ({ rate }: Tax, mode: PriceMode, amountMinor: number): number => {
  const part = millionthsOf(rate);
  const denominator = mode === 'net' ? HUNDRED_PERCENT : HUNDRED_PERCENT + part;
  return Number(dividedHalfUp(BigInt(amountMinor) * part, denominator));
};

/** Rounds halves down, those of the last taxes first, until the parts come to the sum. */
const lowered = (
  up: readonly bigint[],
  down: readonly bigint[],
  sum: bigint,
): readonly number[] => {
  let over = sumOf(up) - sum;
  const parts = up.map(Number);
  for (let index = up.length - 1; index >= 0 && over > 0n; index -= 1) {
    if (up[index] === down[index]) continue;
    parts[index] = Number(down[index]);
    over -= 1n;
  }
  return parts;
};

const sumOf = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((sum, amount) => sum + amount, 0n);
