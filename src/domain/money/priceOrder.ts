import { err, ok, type Result } from 'neverthrow';
import { AMOUNT_MINOR_MAX, inMajorUnits } from './currencies.ts';
import { dividedHalfUp } from './decimal.ts';
import { disagreementOf } from './disagreement.ts';
import { amountsOfLines, type LineAmounts } from './lineAmounts.ts';
import { taxesOfLines } from './lineTaxes.ts';
import { printedIn, type PricingRefusal } from './refusal.ts';
import type { TaxableLine } from './taxableLine.ts';
import type { OrderCharge, OrderLine, PriceTerms, TaxedLine, TaxedOrder } from './terms.ts';

/**
 * Prices an order: each line without tax and each of its taxes, the order's charges as lines behind
 * its items, and totals that are sums of what the lines show. The message's parser has checked the
 * texts. Where the prices do not come to what the shop says, the order is refused with both
 * figures.
 */
export const priceOrder = (terms: PriceTerms): Result<TaxedOrder, PricingRefusal> => {
  const amounts = amountsOfLines(terms);
  if (amounts.isErr()) return err(amounts.error);
  const untaxed = [
    ...terms.lines.map((line, index) => untaxedItem(line, amounts.value[index], terms.priceMode)),
    ...terms.charges.map((charge) => untaxedCharge(charge, terms.currency)),
  ];
  const taxes = taxesOfLines(untaxed, terms);
  const lines = untaxed.map((line, index) =>
    taxedLine(line, taxes[index]?.taxesMinor ?? [], terms.priceMode),
  );
  const order = withTotals(lines, terms);
  if (order.isErr()) return order;
  const refusal = disagreementOf(terms, order.value, (index) => ({
    amountMinor: untaxed[index]?.amountMinor ?? 0,
    isTaxAsGiven: taxes[index]?.isAsGiven ?? true,
  }));
  return refusal === undefined ? order : err(refusal);
};

/** A line, or a charge of the order, whose amount is in the terms of the price mode. */
type UntaxedLine = TaxableLine & {
  readonly shown: Omit<TaxedLine, 'taxes' | 'netMinor' | 'taxMinor'>;
};

const untaxedItem = (
  line: OrderLine,
  { allowances, charges, amountMinor, isTie }: LineAmounts = NOTHING,
  priceMode: PriceTerms['priceMode'],
): UntaxedLine => {
  const { sku, description, quantity, unit, unitPrice, taxes, given } = line;
  const givenMinor = priceMode === 'net' ? given?.netMinor : given?.grossMinor;
  // Shops that round a half down, or to the even digit, are one minor unit below.
  const isRoundedDown = isTie && givenMinor === amountMinor - 1;
  return {
    shown: { kind: 'item', sku, description, quantity, unit, unitPrice, allowances, charges },
    amountMinor: isRoundedDown ? amountMinor - 1 : amountMinor,
    taxes,
    givenTaxMinor: given?.taxMinor,
  };
};

const NOTHING: LineAmounts = { allowances: [], charges: [], amountMinor: 0, isTie: false };

const untaxedCharge = (
  { description, amountMinor, taxes }: OrderCharge,
  currency: string,
): UntaxedLine => {
  const unitPrice = inMajorUnits(amountMinor, currency);
  const shown = { sku: '', description, quantity: '1', unit: '', unitPrice } as const;
  return {
    shown: { kind: 'charge', ...shown, allowances: [], charges: [] },
    amountMinor,
    taxes,
    givenTaxMinor: undefined,
  };
};

const taxedLine = (
  { shown, amountMinor, taxes }: UntaxedLine,
  taxesMinor: readonly number[],
  priceMode: PriceTerms['priceMode'],
): TaxedLine => {
  const taxMinor = taxesMinor.reduce((sum, tax) => sum + tax, 0);
  return {
    ...shown,
    taxes: taxes.map((tax, index) => ({ ...tax, taxMinor: taxesMinor[index] ?? 0 })),
    netMinor: priceMode === 'net' ? amountMinor : amountMinor - taxMinor,
    taxMinor,
  };
};

const withTotals = (
  lines: readonly TaxedLine[],
  { currency, prepaid, cashRounding }: PriceTerms,
): Result<TaxedOrder, PricingRefusal> => {
  let netMinor = 0;
  let taxMinor = 0;
  for (const line of lines) {
    netMinor += line.netMinor;
    taxMinor += line.taxMinor;
  }
  const totalMinor = netMinor + taxMinor;
  // A sum that is too great for a double to be exact is still above the maximum.
  if (totalMinor > AMOUNT_MINOR_MAX) return err({ type: 'Overflow' });
  const sums = { lines, netMinor, taxMinor, totalMinor };
  if (prepaid.length === 0 && cashRounding === undefined) {
    return ok({ ...sums, roundingMinor: 0, prepaidMinor: 0, payableMinor: totalMinor });
  }
  const total = BigInt(totalMinor);
  const before = prepaid.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
  const step = BigInt(cashRounding?.stepMinor ?? 1);
  const rest = total - before;
  const payable = dividedHalfUp(rest, step) * step;
  // All parts are at most the total, or the amount to which rounding raises it.
  if (before + payable > MAX) return err({ type: 'Overflow' });
  if (rest < 0n) {
    const printed = printedIn(currency);
    const said = printed(before);
    return err({ type: 'DeductsTooMuch', path: 'prepaid', said, atMost: printed(total) });
  }
  return ok({
    ...sums,
    roundingMinor: Number(payable - rest),
    prepaidMinor: Number(before),
    payableMinor: Number(payable),
  });
};

const MAX = BigInt(AMOUNT_MINOR_MAX);
