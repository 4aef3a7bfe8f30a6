import { millionthsOf } from './decimal.ts';
import type { Tax } from './terms.ts';

/** A line, or a charge of the order, of which tax is calculated. */
export type TaxableLine = {
  /** The amount in the terms of the price mode: without tax, or with it. */
  readonly amountMinor: number;
  readonly taxes: readonly Tax[];
  /** The shop's own sum of all its taxes. */
  readonly givenTaxMinor: number | undefined;
};

export const isGiven = ({ givenTaxMinor }: TaxableLine): boolean => givenTaxMinor !== undefined;

/** The key of a tax: the same tax has the same key, however its rate is written. */
export const taxKey = ({ name, category, rate, reason }: Tax): string =>
  JSON.stringify([name, category, String(millionthsOf(rate)), reason]);

/** The positions of the items that have the same key, in the order in which keys first occur. */
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

export const sumOf = (amounts: readonly number[]): bigint =>
  amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
