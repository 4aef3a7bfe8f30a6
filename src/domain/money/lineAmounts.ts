import { err, ok, type Result } from 'neverthrow';
import { allocate } from './allocate.ts';
import { AMOUNT_MINOR_MAX, currencyExponent } from './currencies.ts';
import {
  checkedDecimal,
  dividedHalfUp,
  HUNDRED_PERCENT,
  millionthsOf,
  QUANTITY_DECIMALS_MAX,
  tenToThe,
  UNIT_PRICE_DECIMALS_MAX,
} from './decimal.ts';
import { printedIn, type PricingRefusal } from './refusal.ts';
import type { Adjustment, OrderLine, PricedAdjustment, PriceTerms } from './terms.ts';

/** A line before tax is calculated, in the terms of the order's price mode. */
export type LineAmounts = {
  readonly allowances: readonly PricedAdjustment[];
  readonly charges: readonly PricedAdjustment[];
  /** Quantity × unit price, less the allowances, plus the charges. */
  readonly amountMinor: number;
  /** Whether quantity × unit price ends in exactly half a minor unit. */
  readonly isTie: boolean;
};

/**
 * Prices each line: quantity × unit price, rounded once; then the line's own allowances and
 * charges, whose percentages apply to that product; then the line's shares of the order's
 * allowances.
 */
export const amountsOfLines = (
  terms: PriceTerms,
): Result<readonly LineAmounts[], PricingRefusal> => {
  const lines: LineAmounts[] = [];
  for (const line of terms.lines) {
    const amounts = amountsOfLine(line, lines.length, terms.currency);
    if (amounts.isErr()) return err(amounts.error);
    lines.push(amounts.value);
  }
  return withAllowancesOfOrder(lines, terms);
};

const amountsOfLine = (
  line: OrderLine,
  index: number,
  currency: string,
): Result<LineAmounts, PricingRefusal> => {
  const quantity = checkedDecimal(line.quantity, QUANTITY_DECIMALS_MAX);
  const price = checkedDecimal(line.unitPrice, UNIT_PRICE_DECIMALS_MAX);
  const product = quantity.units * price.units;
  // The decimals beyond those of the minor unit. Most often there are none, and nothing is rounded.
  const beyond = quantity.decimals + price.decimals - (currencyExponent(currency) ?? 0);
  const scale = tenToThe(Math.abs(beyond));
  const base = beyond > 0 ? dividedHalfUp(product, scale) : product * scale;

  const charges = line.charges.map((adjustment) => priced(adjustment, base));
  const before = base + sumOf(charges);
  const allowances = pricedAllowances(line.allowances, base, before);
  const deducted = sumOf(allowances);
  if (before > MAX) return err({ type: 'Overflow' });
  if (deducted > before) {
    return err(deductsTooMuch(`lines[${index}].allowances`, deducted, before, currency));
  }
  return ok({
    allowances,
    charges,
    amountMinor: Number(before - deducted),
    isTie: beyond > 0 && 2n * (product % scale) === scale,
  });
};

const MAX = BigInt(AMOUNT_MINOR_MAX);

/**
 * Spreads the order's allowances over the lines. Every percentage applies to the sum of the lines
 * before the order's first allowance, as in EN 16931 (BT-93). Each allowance is spread over what
 * the one before has left of the lines, so that no line falls below zero.
 */
const withAllowancesOfOrder = (
  lines: readonly LineAmounts[],
  { allowances, currency }: PriceTerms,
): Result<readonly LineAmounts[], PricingRefusal> => {
  if (allowances.length === 0) return ok(lines);
  const sum = lines.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n);
  let left = sum;
  let reduced = lines;
  for (const [index, allowance] of pricedAllowances(allowances, sum, sum).entries()) {
    const { reason, amountMinor } = allowance;
    if (BigInt(amountMinor) > left) {
      return err(deductsTooMuch(`allowances[${index}]`, BigInt(amountMinor), left, currency));
    }
    left -= BigInt(amountMinor);
    const shares = allocate(
      amountMinor,
      reduced.map((line) => line.amountMinor),
    );
    reduced = reduced.map((line, at) => withShare(line, reason, shares[at] ?? 0));
  }
  return ok(reduced);
};

/** Adds a share to a line. A share of nothing is not shown. */
const withShare = (line: LineAmounts, reason: string, amountMinor: number): LineAmounts =>
  amountMinor === 0
    ? line
    : {
        ...line,
        allowances: [...line.allowances, { reason, amountMinor }],
        amountMinor: line.amountMinor - amountMinor,
      };

/** The amount in hundred-millionths of a minor unit, which hold every percentage exactly. */
const exactly = (adjustment: Adjustment, base: bigint): bigint =>
  'percent' in adjustment
    ? base * millionthsOf(adjustment.percent)
    : BigInt(adjustment.amountMinor) * HUNDRED_PERCENT;

const priced = (adjustment: Adjustment, base: bigint): PricedAdjustment => ({
  reason: adjustment.reason,
  amountMinor: Number(dividedHalfUp(exactly(adjustment, base), HUNDRED_PERCENT)),
});

/**
 * Prices allowances. Twice 50 % of 5.11 would be 5.12 if each were rounded by itself. While all
 * allowances so far are no more than there is, the last of them takes what the others have left.
 */
const pricedAllowances = (
  allowances: readonly Adjustment[],
  base: bigint,
  available: bigint,
): readonly PricedAdjustment[] => {
  let [exact, left] = [0n, available];
  return allowances.map((allowance) => {
    exact += exactly(allowance, base);
    const { reason, amountMinor } = priced(allowance, base);
    const isCovered = exact <= available * HUNDRED_PERCENT;
    const taken = isCovered && BigInt(amountMinor) > left ? Number(left) : amountMinor;
    left -= BigInt(taken);
    return { reason, amountMinor: taken };
  });
};

const sumOf = (adjustments: readonly PricedAdjustment[]): bigint =>
  adjustments.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n);

const deductsTooMuch = (
  path: string,
  said: bigint,
  atMost: bigint,
  currency: string,
): PricingRefusal => {
  const printed = printedIn(currency);
  return { type: 'DeductsTooMuch', path, said: printed(said), atMost: printed(atMost) };
};
