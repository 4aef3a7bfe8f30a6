import type { BreakdownTexts, LabelledText, Sheet, SheetLine } from './sheet.ts';
import { isolated, padLeft, padRight, TEXT_COLUMNS, widthOf, wrapText } from './wrapText.ts';

/**
 * The document as plain text with aligned columns, in blocks with a blank line between two. Figures
 * are never broken, so that only amounts of more than a billion make a line wider than 76 columns.
 */
export const sheetText = (sheet: Sheet): string =>
  [
    underlined(sheet.title),
    labelledText(sheet.facts),
    ...(sheet.lines.length === 0 ? [] : [linesText(sheet)]),
    totalsText(sheet.totals),
    breakdownText(sheet.breakdown),
    ...sheet.notes.map((note) => wrapText(isolated(note), TEXT_COLUMNS).join('\n')),
    ...sheet.parties.map(({ label, lines }) =>
      [`${label}:`, ...lines.flatMap((line) => indented(line))].join('\n'),
    ),
    ...(sheet.footer === '' ? [] : [wrapText(isolated(sheet.footer), TEXT_COLUMNS).join('\n')]),
  ].join('\n\n');

const underlined = (title: string): string => `${title}\n${'='.repeat(widthOf(title))}`;

const INDENT = '  ';
const indented = (text: string): readonly string[] =>
  wrapText(text, TEXT_COLUMNS - INDENT.length).map((line) => INDENT + isolated(line));

const labelledText = (facts: readonly LabelledText[]): string => {
  const columns = Math.max(...facts.map(({ label }) => widthOf(label) + 1));
  return facts
    .flatMap(({ label, text }) =>
      wrapText(text, Math.max(TEXT_MIN, TEXT_COLUMNS - columns - GAP.length)).map(
        (line, at) => `${padRight(at === 0 ? `${label}:` : '', columns)}${GAP}${isolated(line)}`,
      ),
    )
    .join('\n');
};

const GAP = '  ';
/** A text that is wrapped to less is hard to read. */
const TEXT_MIN = 16;

/** The columns behind the item, which are aligned to the right and never wrapped. */
const FIGURES = ['quantity', 'unitPrice', 'taxRate', 'amount'] as const;

const linesText = ({ heads, lines }: Sheet): string => {
  const figures = FIGURES.filter((figure) => heads[figure] !== '');
  const widths = figures.map((figure) =>
    Math.max(...[heads, ...lines].map((line) => widthOf(line[figure]))),
  );
  const positions = Math.max(...[heads, ...lines].map(({ position }) => widthOf(position)));
  const taken = widths.reduce((sum, width) => sum + GAP.length + width, positions + GAP.length);
  const items = Math.max(TEXT_MIN, TEXT_COLUMNS - taken);
  const row = (line: Sheet['heads'], texts: readonly string[]): readonly string[] =>
    texts
      .flatMap((text) => wrapText(text, items))
      .map((text, at) =>
        [
          padLeft(at === 0 ? line.position : '', positions),
          // Text that turns the direction is padded outside, so that the figures stay in their
          // columns.
          padRight(isolated(text), items),
          ...(at === 0
            ? figures.map((name, column) => padLeft(line[name], widths[column] ?? 0))
            : []),
        ]
          .join(GAP)
          .trimEnd(),
      );
  return [
    ...row(heads, [heads.item]),
    '-'.repeat(taken + items),
    ...lines.flatMap((line: SheetLine) => row(line, [line.item, ...line.details])),
  ].join('\n');
};

/** Labels and amounts, both aligned to the right edge of the page. */
const totalsText = (totals: readonly LabelledText[]): string => {
  const amounts = Math.max(...totals.map(({ text }) => widthOf(text)));
  const labels = Math.max(TEXT_MIN, TEXT_COLUMNS - amounts - GAP.length);
  return totals
    .flatMap(({ label, text }) => {
      const wrapped = wrapText(label, labels);
      return wrapped.map((line, at) =>
        at === wrapped.length - 1
          ? `${padLeft(isolated(line), labels)}${GAP}${padLeft(text, amounts)}`
          : padLeft(isolated(line), labels),
      );
    })
    .join('\n');
};

const breakdownText = ({ title, heads, rows }: Sheet['breakdown']): string => {
  const widths = (['taxable', 'amount'] as const).map((figure) =>
    Math.max(...[heads, ...rows].map((row) => widthOf(row[figure]))),
  );
  const [taxable = 0, amount = 0] = widths;
  const taxes = Math.max(TEXT_MIN, TEXT_COLUMNS - taxable - amount - 2 * GAP.length);
  const row = (texts: BreakdownTexts): readonly string[] =>
    wrapText(texts.tax, taxes).map((text, at) =>
      [
        padRight(isolated(text), taxes),
        ...(at === 0 ? [padLeft(texts.taxable, taxable), padLeft(texts.amount, amount)] : []),
      ]
        .join(GAP)
        .trimEnd(),
    );
  return [`${title}:`, ...row(heads), ...rows.flatMap(row)].join('\n');
};
