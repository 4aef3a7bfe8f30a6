export { allocate, priceLines, type PriceLine, type PricedLine, type Totals } from './pricing.ts';
export { parseAmount, type AmountMistake } from './amountText.ts';
export { AMOUNT_MINOR_MAX, formatAmount, CURRENCY_CODES, currencyExponent } from './currencies.ts';
export {
  PREPAID_TYPES,
  PRICE_MODES,
  ROUNDINGS,
  TAX_CATEGORIES,
  type Adjustment,
  type GivenAmounts,
  type OrderCharge,
  type OrderLine,
  type OrderTotals,
  type Prepaid,
  type PricedAdjustment,
  type PriceMode,
  type PriceTerms,
  type Rounding,
  type Tax,
  type TaxAmount,
  type TaxCategory,
  type TaxedLine,
  type TaxedOrder,
} from './terms.ts';
