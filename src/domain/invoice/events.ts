import type { DataCodecs, Json, JsonObject, StoredData, Upcasts } from '../codec.ts';
import {
  integer,
  list,
  object,
  oneOf,
  optional,
  row,
  string,
  toOptional,
  toRow,
  unread,
  whole,
  type Decoder,
} from '../decode.ts';
import { PRICE_MODES, type OrderTotals } from '../money/index.ts';
import {
  NUMBER_PARTS,
  PAYMENT_MEANS,
  numberOf,
  type CreditNoteContent,
  type InvoiceContent,
} from './issued.ts';
import {
  creditLine,
  creditLineRow,
  taxedLines,
  taxedLineRow,
  taxes,
  taxTableOf,
} from './storedLines.ts';
import {
  buyer,
  invoiceTerms,
  invoiceTermsRow,
  prepaid,
  prepaidRows,
  seller,
  toStoredBuyer,
  toStoredSeller,
} from './storedParties.ts';
import { mustRead, readCreditNoteIssuedV1, readInvoiceIssuedV1 } from './version1.ts';

/** The facts about one order's invoice, in the order's stream, which says who pays for what. */
export type Event =
  /** One for each order. It shows its arithmetic, so that nobody has to calculate again. */
  | { readonly type: 'InvoiceIssued'; readonly data: InvoiceContent }
  /** One refund's credit note. Always in one commit with RefundSucceeded. */
  | { readonly type: 'CreditNoteIssued'; readonly data: CreditNoteContent };

export const isDocument = (event: { readonly type: string }): event is Event =>
  event.type === 'InvoiceIssued' || event.type === 'CreditNoteIssued';

const TOTALS_PARTS = {
  netMinor: whole,
  taxMinor: whole,
  totalMinor: whole,
  roundingMinor: integer,
  prepaidMinor: whole,
  payableMinor: whole,
} as const;
export const totals: Decoder<OrderTotals> = row(TOTALS_PARTS);
export const totalsRow: (of: OrderTotals) => Json = toRow(TOTALS_PARTS);

const storedInvoice = object({
  ...NUMBER_PARTS,
  issuedOn: string,
  language: string,
  priceMode: oneOf(...PRICE_MODES),
  seller: optional(seller),
  buyer: optional(buyer),
  taxes,
  lines: unread,
  prepaid,
  terms: invoiceTerms,
  paymentMeans: oneOf(...PAYMENT_MEANS),
  totals,
});

export const invoiceIssued: Decoder<InvoiceContent> = (value, path) =>
  storedInvoice(value, path).andThen((stored) => {
    const { seller: by, buyer: to, terms, totals: sums, taxes: all, ...data } = stored;
    return taxedLines(all)(stored.lines, `${path}.lines`).map((lines) => ({
      ...data,
      ...terms,
      ...sums,
      lines,
      ...(by && { seller: by }),
      ...(to && { buyer: to }),
    }));
  });

export const toStoredInvoice = (data: InvoiceContent): JsonObject => {
  const table = taxTableOf(data.lines);
  return {
    ...numberOf(data),
    issuedOn: data.issuedOn,
    language: data.language,
    priceMode: data.priceMode,
    seller: toOptional(data.seller, toStoredSeller),
    buyer: toOptional(data.buyer, toStoredBuyer),
    taxes: table.rows,
    lines: data.lines.map((line) => taxedLineRow(line, table)),
    prepaid: prepaidRows(data.prepaid),
    terms: invoiceTermsRow(data),
    paymentMeans: data.paymentMeans,
    totals: totalsRow(data),
  };
};

const storedCreditNote = object({
  refundId: string,
  ...NUMBER_PARTS,
  issuedOn: string,
  lines: list(creditLine),
  totals,
});

const creditNoteIssued: Decoder<CreditNoteContent> = (value, path) =>
  storedCreditNote(value, path).map(({ totals: sums, ...data }) => ({ ...data, ...sums }));

const toStoredCreditNote = (data: CreditNoteContent): JsonObject => ({
  refundId: data.refundId,
  ...numberOf(data),
  issuedOn: data.issuedOn,
  lines: data.lines.map(creditLineRow),
  totals: totalsRow(data),
});

export const codecs: DataCodecs<Event> = {
  InvoiceIssued: { v: 2, decode: invoiceIssued, encode: toStoredInvoice },
  CreditNoteIssued: { v: 2, decode: creditNoteIssued, encode: toStoredCreditNote },
};

/** An invoice of version 1 named no currency: the capture before it in its commit does. */
const currencyIn = (before: readonly StoredData[]): string => {
  const capture = before.find(({ type }) => type === 'PaymentCaptured');
  return mustRead(
    string(Reflect.get(Object(capture?.data), 'currency'), 'PaymentCaptured.currency'),
  );
};

export const upcasts: Upcasts = {
  InvoiceIssued: {
    1: (data, before) => [
      {
        type: 'InvoiceIssued',
        v: 2,
        data: toStoredInvoice(readInvoiceIssuedV1(data, currencyIn(before))),
      },
    ],
  },
  CreditNoteIssued: {
    1: (data) => [
      { type: 'CreditNoteIssued', v: 2, data: toStoredCreditNote(readCreditNoteIssuedV1(data)) },
    ],
  },
};
