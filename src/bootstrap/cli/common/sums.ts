import { formatAmount } from '../../../domain/money/index.ts';

type Amount = { readonly amountMinor: number; readonly currency: string };

/** One amount for each currency, the currencies in the order of their codes. */
export const sumsOf = (amounts: readonly Amount[]): readonly Amount[] =>
  [...Map.groupBy(amounts, ({ currency }) => currency)]
    .map(([currency, those]) => ({
      currency,
      amountMinor: those.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    }))
    .toSorted((one, other) => one.currency.localeCompare(other.currency));

/** `EUR 12.34, JPY 500` */
export const sumsText = (sums: readonly Amount[]): string =>
  sums.map(({ amountMinor, currency }) => formatAmount(amountMinor, currency)).join(', ');
