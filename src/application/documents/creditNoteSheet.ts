import type { CreditNote, CreditNoteLine, InvoiceDocument } from '../../domain/invoice/document.ts';
import { withoutSteering } from '../../domain/plainText.ts';
import type { Language } from '../language/language.ts';
import { writeAmount, writeDate, writeFigures, writeQuantity } from '../language/write.ts';
import { partiesOf, TOTAL_AT } from './invoiceSheet.ts';
import {
  breakdownOf,
  exemptionTexts,
  labelled,
  plainTexts,
  roundingText,
  taxText,
  type Sheet,
  type SheetLine,
} from './sheet.ts';
import { taxBreakdown } from '../../domain/money/index.ts';

/** One of the invoice's credit notes, which names the invoice. */
export const creditNoteSheet = (
  invoice: InvoiceDocument,
  note: CreditNote,
  language: Language,
): Sheet => {
  const words = language.document;
  const { currency, priceMode } = invoice;
  const taxes = taxBreakdown(note.lines);
  const amountHead = priceMode === 'gross' ? words.gross : words.net;
  const amount = (minor: number) => writeAmount(language, minor, currency);
  return {
    language,
    title: withoutSteering(`${words.creditNote} ${note.label}`),
    parties: partiesOf(invoice, language),
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
    heads: {
      position: words.position,
      item: words.item,
      quantity: words.quantity,
      unitPrice: '',
      taxRate: words.taxRate,
      amount: `${amountHead} (${currency})`,
    },
    lines: note.lines.map((line) => lineOf(line, { invoice, language })),
    totals: labelled([
      [words.netTotal, amount(note.netMinor)],
      [words.taxTotal, amount(note.taxMinor)],
      [words.total, amount(note.totalMinor)],
      [words.rounding, roundingText(language, note.roundingMinor, currency)],
      [words.refundedToPrepaid, note.prepaidMinor === 0 ? '' : amount(-note.prepaidMinor)],
      [words.refunded, amount(note.payableMinor)],
    ]),
    totalAt: TOTAL_AT,
    breakdown: breakdownOf(language, taxes, currency),
    notes: exemptionTexts(language, taxes),
    footer: withoutSteering(invoice.seller?.footer ?? ''),
  };
};

type CreditedInvoice = { readonly invoice: InvoiceDocument; readonly language: Language };

const lineOf = (
  line: CreditNoteLine,
  { invoice: { currency, priceMode }, language }: CreditedInvoice,
): SheetLine => ({
  /** Its number on the invoice. */
  position: String(line.line),
  item: withoutSteering(line.description),
  details: plainTexts([line.sku]),
  // An amount is not of so many pieces.
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
