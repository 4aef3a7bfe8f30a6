import type { PricedLine } from '../money/index.ts';
import type { CreditLine } from './creditable.ts';
import type { CreditNoteLine } from './state.ts';

/*
 * How the lines of a credit note stand in the row of the read model: `1.0.2s.j` for line 1, no
 * pieces, net 100, tax 19, in base 36, with a blank between two lines. An order may have 100 lines
 * and 100 refunds that each take something of every one; in decimals, or with what the lines are
 * called, those 10,000 would not fit into an item.
 */

const BASE = 36;
const LINE = /^[0-9a-z]+(\.[0-9a-z]+){3}$/;

export const creditLinesText = (lines: readonly CreditLine[]): string =>
  lines
    .map(({ line, quantity, netMinor, taxMinor }) =>
      [line, quantity, netMinor, taxMinor].map((part) => part.toString(BASE)).join('.'),
    )
    .join(' ');

/**
 * With what the lines are called on the invoice. Undefined for a text that is none, or is of
 * another invoice.
 */
export const readCreditLines = (
  text: string,
  invoiced: readonly PricedLine[],
): readonly CreditNoteLine[] | undefined => {
  const lines = text.split(' ').map((one): CreditNoteLine | undefined => {
    if (!LINE.test(one)) return undefined;
    const [line = 0, quantity = 0, netMinor = 0, taxMinor = 0] = one
      .split('.')
      .map((part) => Number.parseInt(part, BASE));
    const of = invoiced[line - 1];
    if (of === undefined) return undefined;
    const { sku, description, taxRateBps } = of;
    return { line, quantity, netMinor, taxMinor, sku, description, taxRateBps };
  });
  return lines.every((line) => line !== undefined) ? lines : undefined;
};
