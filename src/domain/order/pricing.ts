import { err, ok, type Result } from 'neverthrow';
import {
  priceOrder,
  pricingRefusalText,
  type OrderTotals,
  type PriceTerms,
  type TaxedOrder,
} from '../money/index.ts';
import type { Content } from './content.ts';

export type NotPriced = { readonly type: 'NotPriced'; readonly reason: string };

/** The prices of an order, or the reason why it cannot be charged, in words for the shop. */
export const priceOf = (terms: PriceTerms): Result<TaxedOrder, NotPriced> => {
  const priced = priceOrder(terms);
  return priced.isOk()
    ? ok(priced.value)
    : err({ type: 'NotPriced', reason: pricingRefusalText(priced.error) });
};

/** The order as it is placed at these totals. A second spread would copy them name by name. */
export const placedAt = (
  content: Content,
  { netMinor, taxMinor, totalMinor, roundingMinor, prepaidMinor, payableMinor }: OrderTotals,
  fingerprint: string,
): Content & OrderTotals & { readonly fingerprint: string } => ({
  ...content,
  netMinor,
  taxMinor,
  totalMinor,
  roundingMinor,
  prepaidMinor,
  payableMinor,
  fingerprint,
});
