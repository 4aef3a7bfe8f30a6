import type { PricedLine, Totals } from '../money/index.ts';
import type { AllocatedNumber } from '../series/events.ts';
import type { CreditLine } from './creditable.ts';
import type { DataCodecs } from '../codec.ts';
import { list, object, row, string, toRow, whole } from '../decode.ts';

/** A document's number as it is printed, and what it is made of. It was taken before, for ever. */
export type DocumentNumber = Omit<AllocatedNumber, 'date'> & {
  readonly label: string;
  /** The date of the series' commit, in milliseconds since the epoch. */
  readonly issuedAt: number;
};

/** The facts about one order's invoice, in the order's stream, which says who pays for what. */
export type Event =
  /** One for each order. It shows its arithmetic, so that nobody has to calculate again. */
  | {
      readonly type: 'InvoiceIssued';
      readonly data: DocumentNumber & Totals & { readonly lines: readonly PricedLine[] };
    }
  /** One refund's credit note. Always in one commit with RefundSucceeded. */
  | {
      readonly type: 'CreditNoteIssued';
      readonly data: DocumentNumber &
        Totals & { readonly refundId: string; readonly lines: readonly CreditLine[] };
    };

export const isDocument = (event: { readonly type: string }): event is Event =>
  event.type === 'InvoiceIssued' || event.type === 'CreditNoteIssued';

export const LINE_PARTS = {
  sku: string,
  description: string,
  quantity: whole,
  unitPriceMinor: whole,
  taxRateBps: whole,
} as const;

export const lineRow = toRow(LINE_PARTS);

const PRICED_LINE_PARTS = { ...LINE_PARTS, netMinor: whole, taxMinor: whole } as const;
const pricedLineRow = toRow(PRICED_LINE_PARTS);

export const CREDIT_LINE_PARTS = {
  line: whole,
  quantity: whole,
  netMinor: whole,
  taxMinor: whole,
} as const;

export const creditLineRow = toRow(CREDIT_LINE_PARTS);

const NUMBER = {
  series: string,
  year: whole,
  number: whole,
  label: string,
  seriesVersion: whole,
  issuedAt: whole,
} as const;

const TOTALS = { netMinor: whole, taxMinor: whole, totalMinor: whole } as const;

export const codecs: DataCodecs<Event> = {
  InvoiceIssued: {
    decode: object({
      ...NUMBER,
      lines: list(row(PRICED_LINE_PARTS)),
      ...TOTALS,
    }),
    encode: ({ lines, ...data }) => ({ ...data, lines: lines.map(pricedLineRow) }),
  },
  CreditNoteIssued: {
    decode: object({
      refundId: string,
      ...NUMBER,
      lines: list(row(CREDIT_LINE_PARTS)),
      ...TOTALS,
    }),
    encode: ({ lines, ...data }) => ({ ...data, lines: lines.map(creditLineRow) }),
  },
};
