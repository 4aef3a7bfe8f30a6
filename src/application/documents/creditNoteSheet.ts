import type { CreditNote, CreditNoteLine, InvoiceDocument } from '../../domain/invoice/document.ts';
import { withoutSteering } from '../../domain/plainText.ts';
import type { Language } from '../language/language.ts';
import { writeAmount, writeDate, writeFigures, writeQuantity } from '../language/write.ts';
import { commonSheet } from './invoiceSheet.ts';
import {
  labelled,
  plainTexts,
  roundingText,
  taxText,
  type Sheet,
  type SheetLine,
} from './sheet.ts';

/** One of the invoice's credit notes, which names the invoice. */
export const creditNoteSheet = (
  invoice: InvoiceDocument,
  note: CreditNote,
  language: Language,
): Sheet => {
  const words = language.document;
  const { currency } = invoice;
  const common = commonSheet(invoice, note.lines, language);
  const amount = (minor: number) => writeAmount(language, minor, currency);
  return {
    ...common,
    title: withoutSteering(`${words.creditNote} ${note.label}`),
    facts: labelled([
      [words.number, note.label],
      [words.date, writeDate(language, note.issuedOn)],
      [words.ofInvoice, `${invoice.label}, ${writeDate(language, invoice.issuedOn)}`],
      [words.order, invoice.orderId],
      [words.customer, invoice.customerId],
      [words.orderReference, invoice.orderReference],
      [words.buyerReference, invoice.buyerReference],
      [words.refundReference, note.refundReference],
    ]),
    heads: { ...common.heads, unitPrice: '' },
    lines: note.lines.map((line) => lineOf(line, { invoice, language })),
    totals: labelled([
      [words.netTotal, amount(note.netMinor)],
      [words.taxTotal, amount(note.taxMinor)],
      [words.total, amount(note.totalMinor)],
      [words.rounding, roundingText(language, note.roundingMinor, currency)],
      [words.refundedToPrepaid, note.prepaidMinor === 0 ? '' : amount(-note.prepaidMinor)],
      [words.refunded, amount(note.payableMinor)],
    ]),
  };
};

type CreditedInvoice = { readonly invoice: InvoiceDocument; readonly language: Language };

const lineOf = (
  line: CreditNoteLine,
  { invoice: { currency, priceMode }, language }: CreditedInvoice,
): SheetLine => ({
  /** The line's number on the invoice. */
  position: String(line.line),
  item: withoutSteering(line.description),
  details: plainTexts([line.sku]),
  // An amount is not of so many pieces, so that it has no quantity.
  quantity:
    line.quantity === '0' ? '' : withoutSteering(writeQuantity(language, line.quantity, line.unit)),
  unitPrice: '',
  taxRate: line.taxes.map((tax) => taxText(language, tax)).join(', '),
  amount: writeFigures(
    language,
    line.netMinor + (priceMode === 'gross' ? line.taxMinor : 0),
    currency,
  ),
});
