export { limitRefusal, type AmountLimits } from './amountLimits.ts';
export { allocate } from './allocate.ts';
export { priceOrder } from './priceOrder.ts';
export { pricingRefusalText } from './refusal.ts';
export { taxBreakdown, type TaxBreakdownRow } from './taxBreakdown.ts';
export {
  parseDecimal,
  QUANTITY_DECIMALS_MAX,
  RATE_DECIMALS_MAX,
  UNIT_PRICE_DECIMALS_MAX,
} from './decimal.ts';
export { parseAmount, type AmountMistake } from './amountText.ts';
export {
  AMOUNT_MINOR_MAX,
  CURRENCY_CODES,
  currencyExponent,
  formatAmount,
  inMajorUnits,
} from './currencies.ts';
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
  type Tax,
  type TaxAmount,
  type TaxCategory,
  type TaxedLine,
  type TaxedOrder,
} from './terms.ts';
