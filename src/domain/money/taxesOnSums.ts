import { allocate } from './allocate.ts';
import { dividedHalfDown, dividedHalfUp, HUNDRED_PERCENT, millionthsOf } from './decimal.ts';
import { indexesBy, sumOf, taxKey, type TaxableLine } from './taxableLine.ts';

/** What taxes come to on net prices, each rounded once on the sum of all lines that bear it. */
export type TaxesOnSums = {
  /** For each line each of its taxes: shares of the rounded sums, by largest remainder. */
  readonly shares: readonly (readonly number[])[];
  /** The taxes together, with halves rounded down, and up. */
  readonly least: bigint;
  readonly most: bigint;
};

export const taxesOnSums = (lines: readonly TaxableLine[]): TaxesOnSums => {
  const shares = lines.map(({ taxes }) => taxes.map(() => 0));
  const bearers = lines.flatMap(({ taxes, amountMinor }, line) =>
    taxes.map((tax, position) => ({ line, position, tax, amountMinor })),
  );
  let [least, most] = [0n, 0n];
  for (const group of indexesBy(bearers, ({ tax }) => taxKey(tax))) {
    const bearing = group.flatMap((index) => bearers[index] ?? []);
    const nets = bearing.map(({ amountMinor }) => amountMinor);
    const exact = sumOf(nets) * millionthsOf(bearing[0]?.tax.rate ?? '0');
    const tax = dividedHalfUp(exact, HUNDRED_PERCENT);
    most += tax;
    least += dividedHalfDown(exact, HUNDRED_PERCENT);
    for (const [at, share] of allocate(Number(tax), nets).entries()) {
      const { line = 0, position = 0 } = bearing[at] ?? {};
      const ofLine = shares[line];
      if (ofLine !== undefined) ofLine[position] = share;
    }
  }
  return { shares, least, most };
};

/**
 * Lines that must be looked at together, as a tax of one is a tax of the other, by way of further
 * lines too: the positions of each group's lines.
 */
export const sharingTaxes = (lines: readonly TaxableLine[]): readonly (readonly number[])[] => {
  const groupOf = new Map<string, number>();
  for (const { taxes } of lines) {
    const keys = taxes.map(taxKey);
    const joined = keys.flatMap((key) => groupOf.get(key) ?? []);
    const group = joined[0] ?? groupOf.size;
    for (const [key, other] of groupOf) if (joined.includes(other)) groupOf.set(key, group);
    for (const key of keys) groupOf.set(key, group);
  }
  return indexesBy(lines, ({ taxes: [tax] }) => String(tax && groupOf.get(taxKey(tax))));
};
