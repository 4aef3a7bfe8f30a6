import { allocate } from './allocate.ts';
import { exactTax } from './exactTax.ts';
import { isGiven, sumOf, type TaxableLine } from './taxableLine.ts';
import type { PriceMode } from './terms.ts';

/** What was calculated of lines that are rounded together. */
type CalculatedTaxes = {
  /** The tax of each line. */
  readonly taxesMinor: readonly number[];
  /** Their sum, with halves rounded down, and up. */
  readonly least: bigint;
  readonly most: bigint;
};

/**
 * The tax of each line as the shop gives it, where the figures together are a rounding of the exact
 * tax and each is a share of it. Lines of which it gives none, such as the order's charges, take
 * the rest. Undefined where it gives none, or none that can be accepted.
 */
export const acceptedTaxes = (
  lines: readonly TaxableLine[],
  mode: PriceMode,
  { taxesMinor: calculated, least, most }: CalculatedTaxes,
): readonly number[] | undefined => {
  if (!lines.some(isGiven)) return undefined;
  const given = sumOf(lines.map(({ givenTaxMinor }) => givenTaxMinor ?? 0));
  const open = calculated.filter((_, index) => lines[index]?.givenTaxMinor === undefined);
  const rest = open.length === 0 ? 0n : most - given;
  if (rest < 0n) return undefined;

  const shares = [...allocate(Number(rest), open)];
  const taxes = lines.map(({ givenTaxMinor }) => givenTaxMinor ?? shares.shift() ?? 0);
  const sum = sumOf(taxes);
  const areShares = lines.every(({ taxes: borne, amountMinor }, index) => {
    const tax = taxes[index] ?? 0;
    return (
      exactTax(borne, mode).isShare(tax, amountMinor) && (mode === 'net' || tax <= amountMinor)
    );
  });
  return areShares && sum >= least && sum <= most ? taxes : undefined;
};
