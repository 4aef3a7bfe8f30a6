import type { Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import { priceLines, type PriceTerms, type TaxedOrder } from '../money/index.ts';

export type NotPriced = { readonly type: 'NotPriced'; readonly reason: string };

/** What an order comes to, or why it comes to nothing that can be charged. */
export const priceOf = (terms: PriceTerms): Result<TaxedOrder, NotPriced> => {
  const lines = terms.lines.map(({ sku, description, quantity, unitPrice, taxes }) => ({
    sku,
    description,
    quantity: Number(quantity),
    unitPriceMinor: Number(unitPrice.replace('.', '')),
    taxRateBps: Math.round(Number(taxes[0]?.rate ?? 0) * 100),
  }));
  return priceLines(lines)
    .mapErr((): NotPriced => ({ type: 'NotPriced', reason: 'lines: overflow' }))
    .map(({ lines: priced, ...totals }) => ({
      ...Invoice.totalsOfV1(totals),
      lines: terms.lines.map(({ sku, description, quantity, unit, unitPrice, taxes }, at) => {
        const { netMinor = 0, taxMinor = 0 } = priced[at] ?? {};
        return {
          kind: 'item' as const,
          sku,
          description,
          quantity,
          unit,
          unitPrice,
          allowances: [],
          charges: [],
          taxes: taxes.map((tax) => ({ ...tax, taxMinor })),
          netMinor,
          taxMinor,
        };
      }),
    }));
};
