import type { Totals } from '../money/index.ts';
import type { DocumentNumber } from './events.ts';
import type { Document } from './state.ts';

/** One text for one document, whoever writes it and whenever: the keys stand in this order. */
export const toText = (document: Document): string =>
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
      lines: note.lines.map((line) => ({
        line: line.line,
        sku: line.sku,
        description: line.description,
        quantity: line.quantity,
        taxRateBps: line.taxRateBps,
        netMinor: line.netMinor,
        taxMinor: line.taxMinor,
      })),
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
