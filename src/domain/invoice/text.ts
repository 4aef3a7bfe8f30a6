import type { Totals, PricedLine } from '../money/index.ts';
import type { DocumentNumber } from './events.ts';
import type { CreditNoteLine, InvoiceDocument } from './state.ts';
import type { CreditLine } from './creditable.ts';

/**
 * One text for one document, whoever writes it and whenever: the keys stand in this order. There
 * have been two shapes: the former had the lines of credit notes as objects that repeated what they
 * are called. Without credit notes both are the same bytes. `toCurrentText` reads the former.
 */
export const toText = (document: InvoiceDocument): string =>
  JSON.stringify({
    orderId: document.orderId,
    ...numberOf(document),
    customerId: document.customerId,
    currency: document.currency,
    lines: document.lines.map((line) => ({
      sku: line.sku,
      description: line.description,
      quantity: line.quantity,
      unitPriceMinor: line.unitPriceMinor,
      taxRateBps: line.taxRateBps,
      netMinor: line.netMinor,
      taxMinor: line.taxMinor,
    })),
    ...totalsOf(document),
    paymentReference: document.paymentReference,
    creditNotes: document.creditNotes.map((note) => ({
      refundId: note.refundId,
      ...numberOf(note),
      lines: creditLinesText(note.lines),
      ...totalsOf(note),
      refundReference: note.refundReference,
    })),
  });

const numberOf = (number: DocumentNumber) => ({
  label: number.label,
  series: number.series,
  year: number.year,
  number: number.number,
  seriesVersion: number.seriesVersion,
  issuedAt: number.issuedAt,
});

const totalsOf = (totals: Totals) => ({
  netMinor: totals.netMinor,
  taxMinor: totals.taxMinor,
  totalMinor: totals.totalMinor,
});

/** Stands in the former shape alone: within a text the quotes would be escaped. */
const FORMER = '"lines":[{"line":';

/** Either shape in the current one. A text that is of neither stays as it is. */
export const toCurrentText = (text: string): string => {
  if (!text.includes(FORMER)) return text;
  try {
    const document = JSON.parse(text) as InvoiceDocument;
    const creditNotes = document.creditNotes.map((note) => {
      const lines = creditLinesText(note.lines);
      const said = readCreditLines(lines, document.lines)?.map(formerLine);
      const isSame = JSON.stringify(said) === JSON.stringify(note.lines);
      return isSame ? { ...note, lines } : note;
    });
    return JSON.stringify({ ...document, creditNotes });
  } catch {
    return text;
  }
};

const formerLine = (line: CreditNoteLine): CreditNoteLine => ({
  line: line.line,
  sku: line.sku,
  description: line.description,
  quantity: line.quantity,
  taxRateBps: line.taxRateBps,
  netMinor: line.netMinor,
  taxMinor: line.taxMinor,
});

/*
 * How the lines of a credit note stand in the row of the read model: `1.0.2s.j` for line 1, no
 * pieces, net 100, tax 19, in base 36, with a blank between two lines. An order may have 100 lines
 * and 100 refunds that each take something of every one; in decimals, or with what the lines are
 * called, those 10,000 would not fit into an item.
 */

const BASE = 36;
const LINE = /^[0-9a-z]+(\.[0-9a-z]+){3}$/;

const creditLinesText = (lines: readonly CreditLine[]): string =>
  lines
    .map(({ line, quantity, netMinor, taxMinor }) =>
      [line, quantity, netMinor, taxMinor].map((part) => part.toString(BASE)).join('.'),
    )
    .join(' ');

/** With the names on the invoice; undefined for a text that is none, or of another. */
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
