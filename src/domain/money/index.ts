export { allocate } from './allocation.ts';
export { AMOUNT_MINOR_MAX, formatAmount } from './amounts.ts';
export { CURRENCY_CODES, currencyExponent } from './currencies.ts';
export { priceLines, type PriceLine, type PricedLine, type Totals } from './pricing.ts';
