import { indexesBy, taxKey } from './taxableLine.ts';
import type { Tax, TaxedLine } from './terms.ts';

/** One group of EN 16931's VAT breakdown (BG-23). */
export type TaxBreakdownRow = Tax & {
  /** BT-116: the net amounts of the lines that bear the tax. */
  readonly netMinor: number;
  /** BT-117: the sum of what the lines show of it. */
  readonly taxMinor: number;
};

/**
 * The taxes of an invoice by name, category, rate and reason, in the order in which its lines first
 * bear them. The rows' tax sums to the tax of the lines; a line with two taxes is taxable in both
 * rows.
 */
export const taxBreakdown = (
  lines: readonly Pick<TaxedLine, 'taxes' | 'netMinor'>[],
): readonly TaxBreakdownRow[] => {
  const borne = lines.flatMap(({ taxes, netMinor }) => taxes.map((tax) => ({ tax, netMinor })));
  return indexesBy(borne, ({ tax }) => taxKey(tax)).flatMap((indexes) => {
    const rows = indexes.flatMap((index) => borne[index] ?? []);
    const [first] = rows;
    if (first === undefined) return [];
    const { name, category, rate, reason } = first.tax;
    const netMinor = rows.reduce((sum, row) => sum + row.netMinor, 0);
    const taxMinor = rows.reduce((sum, { tax }) => sum + tax.taxMinor, 0);
    return [{ name, category, rate, reason, netMinor, taxMinor }];
  });
};
