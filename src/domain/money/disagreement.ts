import { LINES_TOLD_MAX, printedIn, type LineFigures, type PricingRefusal } from './refusal.ts';
import type { GivenAmounts, OrderLine, PriceTerms, TaxedLine, TaxedOrder } from './terms.ts';

/** The amounts that were calculated for a line, and those that the shop shows. */
type Calculated = {
  /** The amount in the terms of the price mode. */
  readonly amountMinor: number;
  readonly isTaxAsGiven: boolean;
};

/**
 * The disagreement between the shop's own figures and what its prices come to, if there is one. A
 * total that differs is named before a line that does, and with it, as the customer was shown the
 * total.
 */
export const disagreementOf = (
  terms: PriceTerms,
  order: TaxedOrder,
  calculatedOf: (index: number) => Calculated,
): PricingRefusal | undefined => {
  const differing: Disagreement[] = [];
  for (const [index, line] of terms.lines.entries()) {
    const shown = order.lines[index];
    const isSilent = line.given === undefined && line.expectedTotalMinor === undefined;
    if (shown === undefined || isSilent) continue;
    const found = lineDisagreement(line, shown, { ...terms, ...calculatedOf(index) });
    if (found !== undefined) differing.push({ ...found, path: `lines[${index}].${found.path}` });
  }
  const printed = printedIn(terms.currency);
  const expected = terms.expectedTotalMinor;
  const total = order.totalMinor + order.roundingMinor;
  if (expected !== undefined && expected !== total) {
    const lines = differing.length > 0 ? differing : figuresOf(terms, order);
    return {
      type: 'AmountsDiffer',
      path: 'expectedTotalMinor',
      said: printed(expected),
      calculated: printed(total),
      lines: lines.slice(0, LINES_TOLD_MAX),
      linesLeftOut: Math.max(0, lines.length - LINES_TOLD_MAX),
    };
  }
  const [first] = differing;
  return first && { type: 'AmountsDiffer', ...first, lines: [], linesLeftOut: 0 };
};

type Disagreement = Required<LineFigures>;

type LineContext = Calculated & Pick<PriceTerms, 'currency' | 'priceMode'>;

const lineDisagreement = (
  { given, expectedTotalMinor }: OrderLine,
  shown: TaxedLine,
  context: LineContext,
): Disagreement | undefined => {
  const found = given && givenDisagreement(given, shown, context);
  if (found !== undefined) return found;
  const total = shown.netMinor + shown.taxMinor;
  return expectedTotalMinor === undefined || expectedTotalMinor === total
    ? undefined
    : figures('expectedTotalMinor', expectedTotalMinor, total, context.currency);
};

const givenDisagreement = (
  { netMinor, taxMinor, grossMinor }: GivenAmounts,
  shown: TaxedLine,
  { currency, priceMode, amountMinor, isTaxAsGiven }: LineContext,
): Disagreement | undefined => {
  if (netMinor + taxMinor !== grossMinor) {
    return figures('given.grossMinor', grossMinor, netMinor + taxMinor, currency);
  }
  const [part, said] =
    priceMode === 'net' ? (['netMinor', netMinor] as const) : (['grossMinor', grossMinor] as const);
  if (said !== amountMinor) return figures(`given.${part}`, said, amountMinor, currency);
  return isTaxAsGiven ? undefined : figures('given.taxMinor', taxMinor, shown.taxMinor, currency);
};

const figures = (
  path: string,
  saidMinor: number,
  calculatedMinor: number,
  currency: string,
): Disagreement => {
  const printed = printedIn(currency);
  return { path, said: printed(saidMinor), calculated: printed(calculatedMinor) };
};

/** The amount of each line and each charge of the order, tax included. */
const figuresOf = (terms: PriceTerms, order: TaxedOrder): readonly LineFigures[] =>
  order.lines.map(({ netMinor, taxMinor }, index) => {
    const items = terms.lines.length;
    const path = index < items ? `lines[${index}]` : `charges[${index - items}]`;
    return { path, calculated: printedIn(terms.currency)(netMinor + taxMinor) };
  });
