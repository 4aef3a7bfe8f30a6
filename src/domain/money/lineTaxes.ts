import { allocate } from './allocate.ts';
import { dividedHalfDown, dividedHalfUp, HUNDRED_PERCENT, millionthsOf } from './decimal.ts';
import { exactTax, singleTax } from './exactTax.ts';
import { indexesBy, sumOf, taxKey, type TaxableLine, isGiven } from './taxableLine.ts';
import type { PriceMode, PriceTerms } from './terms.ts';

/** The tax of one line. */
type LineTaxes = {
  /** The taxes of the line, in its order. */
  readonly taxesMinor: readonly number[];
  /** False if the shop gives another amount than a rounding of the same tax comes to. */
  readonly isAsGiven: boolean;
};

/**
 * The tax of each line. It is rounded on every line, or once on the order and then spread over the
 * lines by largest remainder, so that the lines sum to what was rounded.
 *
 * A gross price is divided by all taxes in it, so that lines with the same taxes are rounded
 * together. On net prices each tax is a sum of its own, whatever other taxes its lines bear.
 *
 * The shop's own figure is taken instead where it is a rounding of the same tax: to the nearest
 * minor unit, a half in either direction, and with rounding on the order any spread of the rounded
 * sum.
 */
export const taxesOfLines = (
  lines: readonly TaxableLine[],
  { priceMode, rounding }: Pick<PriceTerms, 'priceMode' | 'rounding'>,
): readonly LineTaxes[] => {
  if (rounding === 'line') {
    return lines.map((line) => withGiven(line, roundedAlone(line, priceMode)));
  }
  const isOnSums = priceMode === 'net';
  const groups = isOnSums
    ? sharingTaxes(lines)
    : indexesBy(lines, ({ taxes }) => taxes.map(taxKey).join());
  const found = new Map<number, LineTaxes>();
  for (const indexes of groups) {
    const group = indexes.flatMap((index) => lines[index] ?? []);
    const taxes = isOnSums ? roundedByTax(group) : roundedTogether(group, priceMode);
    for (const [at, index] of indexes.entries()) {
      found.set(index, withGiven(group[at], taxes[at] ?? []));
    }
  }
  return lines.map((_, index) => found.get(index) ?? { taxesMinor: [], isAsGiven: true });
};

const withGiven = (line: TaxableLine | undefined, taxesMinor: readonly number[]): LineTaxes => {
  const given = line?.givenTaxMinor;
  return { taxesMinor, isAsGiven: given === undefined || BigInt(given) === sumOf(taxesMinor) };
};

/** Rounds one line. One tax of which the shop gives no figure leaves nothing to be split. */
const roundedAlone = (line: TaxableLine, mode: PriceMode): readonly number[] => {
  const [tax, ...others] = line.taxes;
  return tax === undefined || others.length > 0 || isGiven(line)
    ? (roundedTogether([line], mode)[0] ?? [])
    : [singleTax(tax, mode, line.amountMinor)];
};

/** Rounds one line, or lines that bear the same taxes, on their sum. */
const roundedTogether = (
  lines: readonly TaxableLine[],
  mode: PriceMode,
): readonly (readonly number[])[] => {
  const exact = exactTax(lines[0]?.taxes ?? [], mode);
  const amounts = lines.map(({ amountMinor }) => amountMinor);
  const all = sumOf(amounts);
  const most = exact.roundedUp(all);
  const taxesMinor = allocate(Number(most), amounts);
  const calculated = { taxesMinor, least: exact.roundedDown(all), most };
  const totals = acceptedTaxes(lines, mode, calculated) ?? taxesMinor;

  // Tax after tax takes its sum from what the ones before have left of each line, so that no line
  // has more tax than is in it.
  let left = totals;
  const byTax = exact.split(sumOf(totals), all).map((taxMinor) => {
    const shares = allocate(taxMinor, left);
    left = left.map((rest, index) => rest - (shares[index] ?? 0));
    return shares;
  });
  return lines.map((_, index) => byTax.map((shares) => shares[index] ?? 0));
};

/** Rounds lines on net prices that share taxes: each tax on the sum of the lines that bear it. */
const roundedByTax = (lines: readonly TaxableLine[]): readonly (readonly number[])[] => {
  const { shares, least, most } = taxesOnSums(lines);
  const taxesMinor = shares.map((share) => Number(sumOf(share)));
  const accepted = acceptedTaxes(lines, 'net', { taxesMinor, least, most });
  return shares.map((share, index) => {
    const total = accepted?.[index];
    return total === undefined ? share : comingTo(share, total);
  });
};

/** Makes a line's taxes sum to the shop's figure, by a change of the greatest one first. */
const comingTo = (taxesMinor: readonly number[], totalMinor: number): readonly number[] => {
  let off = totalMinor - Number(sumOf(taxesMinor));
  const changed = [...taxesMinor];
  const greatestFirst = [...taxesMinor.keys()].toSorted(
    (a, b) => (taxesMinor[b] ?? 0) - (taxesMinor[a] ?? 0),
  );
  for (const index of greatestFirst) {
    const tax = changed[index] ?? 0;
    changed[index] = Math.max(0, tax + off);
    off -= (changed[index] ?? 0) - tax;
  }
  return changed;
};

/** The taxes that were calculated for lines that are rounded together. */
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
const acceptedTaxes = (
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

/** Taxes on net prices, each rounded once on the sum of all lines that bear it. */
type TaxesOnSums = {
  /** For each line each of its taxes: shares of the rounded sums, by largest remainder. */
  readonly shares: readonly (readonly number[])[];
  /** The taxes together, with halves rounded down, and up. */
  readonly least: bigint;
  readonly most: bigint;
};

const taxesOnSums = (lines: readonly TaxableLine[]): TaxesOnSums => {
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
const sharingTaxes = (lines: readonly TaxableLine[]): readonly (readonly number[])[] => {
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
