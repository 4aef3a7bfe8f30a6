import type { Result } from 'neverthrow';
import {
  priceOrder,
  pricingRefusalText,
  type PriceTerms,
  type TaxedOrder,
} from '../money/index.ts';

export type NotPriced = { readonly type: 'NotPriced'; readonly reason: string };

/** The prices of an order, or the reason why it cannot be charged, in words for the shop. */
export const priceOf = (terms: PriceTerms): Result<TaxedOrder, NotPriced> =>
  priceOrder(terms).mapErr((refusal) => ({
    type: 'NotPriced',
    reason: pricingRefusalText(refusal),
  }));
