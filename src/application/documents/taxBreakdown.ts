import type { Tax, TaxAmount } from '../../domain/money/index.ts';

/** One row of the VAT breakdown (BG-23): what bears a tax, and how much of it is due. */
export type TaxBreakdownRow = Tax & { readonly netMinor: number; readonly taxMinor: number };

/** By category, name and rate, in the order in which they come first on the lines. */
export const taxBreakdown = (
  lines: readonly { readonly netMinor: number; readonly taxes: readonly TaxAmount[] }[],
): readonly TaxBreakdownRow[] => {
  const rows = new Map<string, TaxBreakdownRow>();
  for (const { netMinor, taxes } of lines) {
    for (const { taxMinor, ...tax } of taxes) {
      const key = JSON.stringify([tax.category, tax.name, tax.rate, tax.reason]);
      const row = rows.get(key) ?? { ...tax, netMinor: 0, taxMinor: 0 };
      rows.set(key, {
        ...row,
        netMinor: row.netMinor + netMinor,
        taxMinor: row.taxMinor + taxMinor,
      });
    }
  }
  return [...rows.values()];
};
