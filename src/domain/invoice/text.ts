import type { Totals } from '../money/index.ts';
import { creditLinesText, readCreditLines } from './creditLinesText.ts';
import type { DocumentNumber } from './events.ts';
import type { CreditNoteLine, InvoiceDocument } from './state.ts';

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

/**
 * A text of either shape in the current one; one that is of neither, or contradicts itself, as it
 * is.
 */
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
