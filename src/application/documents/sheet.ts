import { withoutSteering } from '../../domain/plainText.ts';
import type { Language } from '../language/language.ts';
import { writeAmount, writeFigures, writeRate } from '../language/write.ts';
import type { Tax, TaxBreakdownRow } from '../../domain/money/index.ts';

/**
 * A document as people read it, in one language and without a layout: mail, page and text show the
 * same, so that none can say what another does not. Its texts are plain and steer nobody.
 */
export type Sheet = {
  readonly language: Language;
  /** The title, such as `Invoice INV-2026-000007`. */
  readonly title: string;
  readonly parties: readonly PartyText[];
  readonly facts: readonly LabelledText[];
  readonly heads: LineTexts;
  readonly lines: readonly SheetLine[];
  readonly totals: readonly LabelledText[];
  /** The index in `totals` of the document's total. */
  readonly totalAt: number;
  readonly breakdown: {
    readonly title: string;
    readonly heads: BreakdownTexts;
    readonly rows: readonly BreakdownTexts[];
  };
  readonly notes: readonly string[];
  /** The seller's text at the foot of each page; empty where there is none. */
  readonly footer: string;
};

export type LabelledText = { readonly label: string; readonly text: string };
/** A party of the document; the first line is the name. */
export type PartyText = { readonly label: string; readonly lines: readonly string[] };

/** The texts of the columns. A credit note has no unit prices. */
export type LineTexts = {
  readonly position: string;
  readonly item: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly taxRate: string;
  readonly amount: string;
};

export type SheetLine = LineTexts & {
  /** Below the item: its number in the shop, what was taken off it, and what was put on. */
  readonly details: readonly string[];
};

export type BreakdownTexts = {
  readonly tax: string;
  readonly taxable: string;
  readonly amount: string;
};

export const plainTexts = (texts: readonly string[]): readonly string[] =>
  texts.filter((text) => text !== '').map(withoutSteering);

/** Leaves out texts that are empty. */
export const labelled = (
  pairs: readonly (readonly [label: string, text: string])[],
): readonly LabelledText[] =>
  pairs
    .filter(([, text]) => text !== '')
    .map(([label, text]) => ({ label: withoutSteering(label), text: withoutSteering(text) }));

/** The text of a tax, `GST 5%`; where no tax is due, the category stands in place of the rate. */
export const taxText = (language: Language, { name, category, rate }: Tax): string => {
  const why = language.document.category[category];
  const said = why === '' ? writeRate(language, rate) : why;
  return withoutSteering(name === '' ? said : `${name} ${said}`);
};

export const breakdownOf = (
  language: Language,
  rows: readonly TaxBreakdownRow[],
  currency: string,
): Sheet['breakdown'] => {
  const words = language.document;
  return {
    title: words.taxBreakdown,
    heads: {
      tax: words.taxRate,
      taxable: words.taxableAmount,
      amount: `${words.tax} (${currency})`,
    },
    rows: rows.map((row) => ({
      tax: taxText(language, row),
      taxable: writeFigures(language, row.netMinor, currency),
      amount: writeFigures(language, row.taxMinor, currency),
    })),
  };
};

/** The reasons why no tax is due, in the order's words or those of the language, each once. */
export const exemptionTexts = (
  language: Language,
  rows: readonly TaxBreakdownRow[],
): readonly string[] => {
  const texts = rows.map(({ category, reason }) =>
    reason === '' ? language.document.exemption[category] : reason,
  );
  return plainTexts([...new Set(texts)]);
};

/** The rounding with its sign, where there is any. */
export const roundingText = (
  language: Language,
  roundingMinor: number,
  currency: string,
): string => (roundingMinor === 0 ? '' : writeAmount(language, roundingMinor, currency));
