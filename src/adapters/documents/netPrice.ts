import type { Language } from '../../application/language/language.ts';
import { currencyExponent, type PriceMode, type TaxedLine } from '../../domain/money/index.ts';
import {
  checkedDecimal,
  decimalText,
  dividedHalfUp,
  HUNDRED_PERCENT,
  millionthsOf,
  type Decimal,
} from '../../domain/money/decimal.ts';

/** An allowance (BG-27) or a charge (BG-28) of a line, without tax. */
export type NetAdjustment = { readonly reason: string; readonly amountMinor: number };

type NetAdjustments = {
  readonly allowances: readonly NetAdjustment[];
  readonly charges: readonly NetAdjustment[];
};

const NONE: NetAdjustments = { allowances: [], charges: [] };

/**
 * A line's allowances and charges without tax. In gross mode tax is taken out of each, half up, and
 * what that rounds away goes into the price; where too much would, they go into the price wholly,
 * since a price is never below zero (BR-27).
 */
export const netAdjustments = (
  line: Pick<TaxedLine, 'allowances' | 'charges' | 'netMinor' | 'taxes'>,
  priceMode: PriceMode,
  { document: words }: Language,
): NetAdjustments => {
  const [{ rate } = { rate: '0' }] = line.taxes;
  const net = (amountMinor: number): number =>
    priceMode === 'net' ? amountMinor : withoutTax(amountMinor, rate);
  const all = (adjustments: TaxedLine['allowances'], word: string): readonly NetAdjustment[] =>
    adjustments
      .map(({ reason, amountMinor }) => ({
        reason: reason === '' ? word : reason,
        amountMinor: net(amountMinor),
      }))
      .filter(({ amountMinor }) => amountMinor > 0);
  const adjusted = {
    allowances: all(line.allowances, words.allowance),
    charges: all(line.charges, words.charge),
  };
  return baseOf(line, adjusted) < 0 ? NONE : adjusted;
};

/** More digits than any price needs: a price of a millionth of a minor unit has as many. */
const DECIMALS_MAX = 10;

/**
 * The price of one piece without tax, allowances and charges (BT-146): that of the order where it
 * is without tax, otherwise the shortest decimal that gives the line's net amount again when it is
 * multiplied by the quantity and rounded half up.
 */
export const netPrice = (
  line: Pick<TaxedLine, 'netMinor' | 'quantity'> & Partial<Pick<TaxedLine, 'unitPrice'>>,
  adjusted: NetAdjustments,
  { currency, priceMode }: { readonly currency: string; readonly priceMode?: PriceMode },
): string => {
  const exponent = currencyExponent(currency) ?? 0;
  const base = BigInt(baseOf(line, adjusted));
  const quantity = read(line.quantity);
  const gives = (price: Decimal): boolean =>
    rescale(
      { units: price.units * quantity.units, decimals: price.decimals + quantity.decimals },
      exponent,
    ) === base;
  if (priceMode === 'net' && line.unitPrice !== undefined && gives(read(line.unitPrice))) {
    return line.unitPrice;
  }
  let price: Decimal = { units: 0n, decimals: exponent };
  for (let decimals = exponent; decimals <= DECIMALS_MAX; decimals += 1) {
    const dividend = base * 10n ** BigInt(quantity.decimals + decimals);
    const units = dividedHalfUp(dividend, quantity.units * 10n ** BigInt(exponent));
    price = { units, decimals };
    if (gives(price)) break;
  }
  return decimalText(price.units, price.decimals);
};

const baseOf = (
  { netMinor }: Pick<TaxedLine, 'netMinor'>,
  { allowances, charges }: NetAdjustments,
): number => netMinor + sumOf(allowances) - sumOf(charges);

const sumOf = (adjustments: readonly NetAdjustment[]): number =>
  adjustments.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

const withoutTax = (grossMinor: number, rate: string): number =>
  Number(dividedHalfUp(BigInt(grossMinor) * HUNDRED_PERCENT, HUNDRED_PERCENT + millionthsOf(rate)));

/** A decimal of an order, which has been checked. */
const read = (decimal: string): Decimal => checkedDecimal(decimal, DECIMALS_MAX);

/** Rounds half up to that many decimals. */
const rescale = ({ units, decimals }: Decimal, to: number): bigint =>
  decimals <= to
    ? units * 10n ** BigInt(to - decimals)
    : dividedHalfUp(units, 10n ** BigInt(decimals - to));
