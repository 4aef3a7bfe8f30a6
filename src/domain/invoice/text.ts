import { err, ok, Result } from 'neverthrow';
import type { Json } from '../codec.ts';
import { list, object, string, unread } from '../decode.ts';
import { ENCRYPTED } from '../personal/markers.ts';
import { creditLines, creditLinesText } from './creditLinesText.ts';
import type { CreditNote, InvoiceDocument } from './document.ts';
import { invoiceIssued, totals, totalsRow, toStoredInvoice } from './events.ts';
import { readFormerDocument } from './formerText.ts';
import { NUMBER_PARTS, numberOf } from './issued.ts';
import { unknownBuyer } from './storedParties.ts';
import { namedLines } from './state.ts';

/**
 * Writes the one text of a document, which is the same whoever writes it and whenever: the keys
 * stand in this order. It names no buyer, but says whether there is one: rows hold nothing
 * personal, and the log has it. Former releases wrote two other shapes, without `v`: `readText` and
 * `toCurrentText` take those as well.
 */
export const toText = (document: InvoiceDocument): string =>
  JSON.stringify({
    v: VERSION,
    orderId: document.orderId,
    customerId: document.customerId,
    currency: document.currency,
    paymentReference: document.paymentReference,
    issued: toStoredInvoice({
      ...document,
      ...(document.buyer && { buyer: unknownBuyer(ENCRYPTED) }),
    }),
    creditNotes: document.creditNotes.map(toStoredNote),
  });

const VERSION = 2;
const CURRENT = `{"v":${VERSION},`;

const toStoredNote = (note: CreditNote): Json => ({
  refundId: note.refundId,
  refundReference: note.refundReference,
  ...numberOf(note),
  issuedOn: note.issuedOn,
  lines: creditLinesText(
    note.lines.map((line) => ({
      ...line,
      taxesMinor: line.taxes.map(({ taxMinor }) => taxMinor),
    })),
  ),
  totals: totalsRow(note),
});

const storedDocument = object({
  v: unread,
  orderId: string,
  customerId: string,
  currency: string,
  paymentReference: string,
  issued: invoiceIssued,
  creditNotes: list(
    object({
      refundId: string,
      refundReference: string,
      ...NUMBER_PARTS,
      issuedOn: string,
      lines: creditLines,
      totals,
    }),
  ),
});

const parse = Result.fromThrowable(
  (text: string): unknown => JSON.parse(text),
  () => 'document: is not JSON',
);

/** Reads a text of any release, or says why it is none. */
export const readText = (text: string): Result<InvoiceDocument, string> =>
  parse(text).andThen((value) => {
    if (!text.startsWith(CURRENT)) return readFormerDocument(value);
    return storedDocument(value, 'document')
      .mapErr(({ path, why }) => `${path} ${why}`)
      .andThen((stored) => {
        const { v: _, issued, creditNotes, ...about } = stored;
        const notes = creditNotes.map(({ totals: sums, lines, ...note }) => ({
          ...note,
          ...sums,
          lines: namedLines(lines, issued.lines),
        }));
        const unnamed = notes.find(
          ({ lines }, at) => lines.length !== creditNotes[at]?.lines.length,
        );
        return unnamed === undefined
          ? ok({ ...issued, ...about, creditNotes: notes })
          : err(`creditNotes: the lines of ${unnamed.label} are none of the invoice`);
      });
  });

/** Rewrites a text of a former release as this one writes it. Any other text stays as it is. */
export const toCurrentText = (text: string): string =>
  text.startsWith(CURRENT) ? text : readText(text).match(toText, () => text);
