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
export * from './currencies.ts';
export * from './terms.ts';
