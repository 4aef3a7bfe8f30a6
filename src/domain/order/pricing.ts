import type { Result } from 'neverthrow';
import {
  priceOrder,
  pricingRefusalText,
  type PriceTerms,
  type TaxedOrder,
} from '../money/index.ts';

export type NotPriced = { readonly type: 'NotPriced'; readonly reason: string };

type Priced = Result<TaxedOrder, NotPriced>;

/** The results by the lines of an order, for as long as somebody has the lines. */
const known = new WeakMap<
  PriceTerms['lines'],
  { readonly terms: PriceTerms; readonly priced: Priced }
>();

/**
 * The prices of an order, or the reason why it cannot be charged, in words for the shop. It is
 * asked for when the order is read, placed and captured, and calculated once for the same terms.
 */
export const priceOf = (terms: PriceTerms): Priced => {
  const last = known.get(terms.lines);
  if (last !== undefined && areSame(last.terms, terms)) return last.priced;
  const priced: Priced = priceOrder(terms).mapErr((refusal) => ({
    type: 'NotPriced',
    reason: pricingRefusalText(refusal),
  }));
  known.set(terms.lines, { terms, priced });
  return priced;
};

/**
 * Whether each part of the terms is the very same object or value: nothing that is read changes.
 */
const areSame = (one: PriceTerms, other: PriceTerms): boolean =>
  PARTS.every((part) => one[part] === other[part]);

const PARTS = Object.keys({
  currency: true,
  priceMode: true,
  rounding: true,
  lines: true,
  allowances: true,
  charges: true,
  prepaid: true,
  cashRounding: true,
  expectedTotalMinor: true,
} satisfies Record<keyof PriceTerms, true>) as readonly (keyof PriceTerms)[];
