import { allocate } from './allocate.ts';
import { dividedHalfUp, HUNDRED_PERCENT, millionthsOf } from './decimal.ts';
import { exactTax, type ExactTax } from './exactTax.ts';
import type { PriceMode, PriceTerms, Tax } from './terms.ts';

/** A line, or a charge of the order, of which tax is calculated. */
export type TaxableLine = {
  /** In the terms of the price mode: without tax, or with it. */
  readonly amountMinor: number;
  readonly taxes: readonly Tax[];
  /** What the shop says that all its taxes come to. */
  readonly givenTaxMinor: number | undefined;
};

/** The tax of one line. */
export type LineTaxes = {
  /** One for each tax of the line, in its order. */
  readonly taxesMinor: readonly number[];
  /** False if the shop gives another amount than a rounding of the same tax comes to. */
  readonly isAsGiven: boolean;
};

/**
 * The tax of each line. Rounded on every line; or rounded once on the order, and then spread over
 * the lines by largest remainder, so that the lines sum to what was rounded.
 *
 * What the shop gives is taken instead where it is a rounding of the same tax: to the nearest minor
 * unit, a half in either direction, and with rounding on the order any spread of the rounded sum in
 * which a line is less than one and a half minor units off for each of its taxes.
 */
export const taxesOfLines = (
  lines: readonly TaxableLine[],
  { priceMode, rounding }: Pick<PriceTerms, 'priceMode' | 'rounding'>,
): readonly LineTaxes[] => {
  const found = new Map<number, LineTaxes>();
  const groups = rounding === 'line' ? lines.map((_, index) => [index]) : sameTaxes(lines);
  const plain: number[] = [];
  for (const indexes of groups) {
    const group = indexes.flatMap((index) => lines[index] ?? []);
    if (rounding === 'order' && priceMode === 'net' && !group.some(isGiven)) {
      plain.push(...indexes);
      continue;
    }
    for (const [at, taxes] of taxesOfGroup(group, priceMode).entries()) {
      found.set(indexes[at] ?? 0, taxes);
    }
  }
  const summed = taxesOnSums(lines, plain);
  return lines.map((_, index) => {
    const taxesMinor = summed.get(index);
    return found.get(index) ?? { taxesMinor: taxesMinor ?? [], isAsGiven: true };
  });
};

const isGiven = ({ givenTaxMinor }: TaxableLine): boolean => givenTaxMinor !== undefined;

/**
 * A gross price is divided by all taxes in it, so that lines with the same taxes are rounded
 * together; so are net lines of which the shop gives one figure for all of their taxes.
 */
const sameTaxes = (lines: readonly TaxableLine[]): readonly (readonly number[])[] =>
  indexesBy(lines, ({ taxes }) => taxes.map(taxKey).join());

/** Net prices: each tax is rounded once, on the sum of all lines that bear it. */
const taxesOnSums = (
  lines: readonly TaxableLine[],
  indexes: readonly number[],
): ReadonlyMap<number, readonly number[]> => {
  const taxesMinor = new Map(indexes.map((index) => [index, [] as number[]]));
  const bearers = indexes.flatMap((index) => {
    const { amountMinor = 0, taxes = [] } = lines[index] ?? {};
    return taxes.map((tax, position) => ({ index, position, tax, amountMinor }));
  });
  for (const group of indexesBy(bearers, ({ tax }) => taxKey(tax))) {
    const bearing = group.flatMap((at) => bearers[at] ?? []);
    const nets = bearing.map(({ amountMinor }) => amountMinor);
    const rate = millionthsOf(bearing[0]?.tax.rate ?? '0');
    const shares = allocate(Number(dividedHalfUp(sumOf(nets) * rate, HUNDRED_PERCENT)), nets);
    for (const [at, { index, position }] of bearing.entries()) {
      const line = taxesMinor.get(index);
      if (line !== undefined) line[position] = shares[at] ?? 0;
    }
  }
  return taxesMinor;
};

/** The tax of lines that bear the same taxes: rounded on their sum. */
const taxesOfGroup = (lines: readonly TaxableLine[], mode: PriceMode): readonly LineTaxes[] => {
  const exact = exactTax(
    (lines[0]?.taxes ?? []).map(({ rate }) => millionthsOf(rate)),
    mode,
  );
  const amounts = lines.map(({ amountMinor }) => amountMinor);
  const calculated = allocate(Number(exact.roundedUp(sumOf(amounts))), amounts);
  const accepted = acceptedTaxes(lines, exact, sumOf(calculated));
  const totals = accepted ?? calculated;

  // Tax after tax takes its sum from what the ones before have left of each line.
  let left: readonly number[] = totals;
  const byTax = exact.split(sumOf(totals), sumOf(amounts)).map((taxMinor) => {
    const shares = allocate(taxMinor, left);
    left = left.map((rest, index) => rest - (shares[index] ?? 0));
    return shares;
  });
  return lines.map(({ givenTaxMinor }, index) => ({
    taxesMinor: byTax.map((shares) => shares[index] ?? 0),
    isAsGiven: givenTaxMinor === undefined || givenTaxMinor === totals[index],
  }));
};

/**
 * The tax of each line as the shop gives it, where every figure is a share of one rounding of the
 * exact tax. Lines of which it gives none, such as the order's charges, take the rest.
 */
const acceptedTaxes = (
  lines: readonly TaxableLine[],
  exact: ExactTax,
  calculated: bigint,
): readonly number[] | undefined => {
  const given = lines.filter(isGiven);
  const open = lines.filter((line) => !isGiven(line)).map(({ amountMinor }) => amountMinor);
  const sum = sumOf(given.map(({ givenTaxMinor }) => givenTaxMinor ?? 0));
  const all = sumOf(lines.map(({ amountMinor }) => amountMinor));
  const rest = open.length === 0 ? 0n : calculated - sum;

  const areShares = given.every(({ givenTaxMinor = 0, amountMinor }) =>
    exact.isShare(BigInt(givenTaxMinor), BigInt(amountMinor), 1),
  );
  const isRounding =
    sum + rest >= exact.roundedDown(all) && sum + rest <= exact.roundedUp(all) && rest >= 0n;
  if (!areShares || !isRounding) return undefined;
  if (!exact.isShare(rest, sumOf(open), open.length)) return undefined;

  const shares = [...allocate(Number(rest), open)];
  const taxes = lines.map(({ givenTaxMinor }) => givenTaxMinor ?? shares.shift() ?? 0);
  return sumOf(taxes) === sum + rest ? taxes : undefined;
};

/** The same tax, however its rate is written. */
export const taxKey = ({ name, category, rate, reason }: Tax): string =>
  JSON.stringify([name, category, String(millionthsOf(rate)), reason]);

/** The positions of the items that have the same key, in the order in which the keys first occur. */
export const indexesBy = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly number[])[] => {
  const groups = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return [...groups.values()];
};

const sumOf = (amounts: readonly number[]): bigint =>
  amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
