export { allocate, priceLines, type PriceLine, type PricedLine, type Totals } from './pricing.ts';
export { parseAmount, type AmountMistake } from './amountText.ts';
export { AMOUNT_MINOR_MAX, formatAmount, CURRENCY_CODES, currencyExponent } from './currencies.ts';
