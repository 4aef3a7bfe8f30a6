/**
 * What an order says about its prices, before anything is calculated. Amounts are whole minor
 * units. Decimals are texts in plain digits with a point, such as `0.0042`, as JSON's numbers
 * cannot carry them. The words are those of EN 16931, the European standard for invoices.
 */

/** The tax categories of EN 16931 (BT-151, BT-118): S, Z, E, AE, K, G and O. */
export const TAX_CATEGORIES = [
  'standard',
  'zero',
  'exempt',
  'reverse-charge',
  'intra-community',
  'export',
  'out-of-scope',
] as const;
export type TaxCategory = (typeof TAX_CATEGORIES)[number];

export type Tax = {
  /** The tax's name on the invoice: `VAT`, `GST`, `QST`. It is empty in orders of version 1. */
  readonly name: string;
  readonly category: TaxCategory;
  /** A percentage with up to six decimals: `8.875`. `0` in every category but `standard`. */
  readonly rate: string;
  /** Why no tax is due, in the words that the law wants on the invoice; may be empty. */
  readonly reason: string;
};

/** It has exactly one of the two: `percent` with up to six decimals, or an amount. */
export type Adjustment = { readonly reason: string } & (
  { readonly percent: string } | { readonly amountMinor: number }
);

/** The shop's own figures for a line, after every allowance and charge. */
export type GivenAmounts = {
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly grossMinor: number;
};

export type OrderLine = {
  readonly sku: string;
  readonly description: string;
  /** Up to six decimals, above zero: `1`, `0.5`. */
  readonly quantity: string;
  /** A code of UN/ECE Recommendation 20, such as `KGM` or `HUR`; empty for pieces. */
  readonly unit: string;
  /**
   * The price of one unit, in the currency's major unit, with up to ten decimals: `9.99`, `0.0042`.
   */
  readonly unitPrice: string;
  readonly allowances: readonly Adjustment[];
  readonly charges: readonly Adjustment[];
  /** There is at least one; a line without tax names its category. */
  readonly taxes: readonly Tax[];
  readonly given?: GivenAmounts;
  /** The shop's own total of the line, tax included and after every allowance. */
  readonly expectedTotalMinor?: number;
};

/** Shipping or a fee, with its own tax. */
export type OrderCharge = {
  readonly description: string;
  readonly amountMinor: number;
  readonly taxes: readonly Tax[];
};

/** The means, other than the gateway's, by which a part was paid before. */
export const PREPAID_TYPES = ['gift-card', 'voucher', 'deposit'] as const;
export type Prepaid = {
  readonly type: (typeof PREPAID_TYPES)[number];
  /** The shop's name for it: never a code that could still be spent. */
  readonly reference: string;
  readonly amountMinor: number;
};

/** Whether every price, allowance and charge of the order is without tax, or with it. */
export const PRICE_MODES = ['net', 'gross'] as const;
export type PriceMode = (typeof PRICE_MODES)[number];

/** Whether tax is rounded on each line, or once for each rate on the order. */
export const ROUNDINGS = ['line', 'order'] as const;
export type RoundingScope = (typeof ROUNDINGS)[number];

export type PriceTerms = {
  readonly currency: string;
  readonly priceMode: PriceMode;
  readonly rounding: RoundingScope;
  readonly lines: readonly OrderLine[];
  /** The allowances of the lines, and not of the charges; each line takes its share. */
  readonly allowances: readonly Adjustment[];
  readonly charges: readonly OrderCharge[];
  readonly prepaid: readonly Prepaid[];
  /** The amount to be paid is rounded, half up, to a multiple of this many minor units. */
  readonly cashRounding?: { readonly stepMinor: number };
  /** The shop's own total of the order: tax and rounding included, before what was prepaid. */
  readonly expectedTotalMinor?: number;
};

/** An allowance or charge of a line, or a share of one of the order, in the price mode's terms. */
export type PricedAdjustment = { readonly reason: string; readonly amountMinor: number };

export type TaxAmount = Tax & { readonly taxMinor: number };

/** A line as the invoice shows it. Charges of the order stand behind its items. */
export type TaxedLine = Pick<
  OrderLine,
  'sku' | 'description' | 'quantity' | 'unit' | 'unitPrice'
> & {
  /** A charge has no `sku`. */
  readonly kind: 'item' | 'charge';
  readonly allowances: readonly PricedAdjustment[];
  readonly charges: readonly PricedAdjustment[];
  /** The taxes in the line's order. */
  readonly taxes: readonly TaxAmount[];
  readonly netMinor: number;
  /** The sum of its taxes. */
  readonly taxMinor: number;
};

export type OrderTotals = {
  readonly netMinor: number;
  readonly taxMinor: number;
  /** The sum of net and tax. */
  readonly totalMinor: number;
  /** BT-114; it is below zero where less is to be paid. */
  readonly roundingMinor: number;
  /** BT-113. */
  readonly prepaidMinor: number;
  /** BT-115, the charge: total + rounding - prepaid. */
  readonly payableMinor: number;
};

export type TaxedOrder = OrderTotals & { readonly lines: readonly TaxedLine[] };
