import { string, whole } from '../decode.ts';
import type { OrderTotals, Prepaid, PriceMode, TaxedOrder } from '../money/index.ts';
import type { AllocatedNumber } from '../series/events.ts';
import type { CreditLine } from './creditable.ts';
import type { Buyer, InvoiceTerms, Seller } from './parties.ts';

/** A document's number as it is printed, and what it is made of. It was taken before, for ever. */
export type DocumentNumber = Omit<AllocatedNumber, 'date'> & {
  readonly label: string;
  /** The date of the series' commit, in milliseconds since the epoch. */
  readonly issuedAt: number;
};

export const NUMBER_PARTS = {
  series: string,
  year: whole,
  number: whole,
  label: string,
  seriesVersion: whole,
  issuedAt: whole,
} as const;

export const numberOf = (of: DocumentNumber) => ({
  series: of.series,
  year: of.year,
  number: of.number,
  label: of.label,
  seriesVersion: of.seriesVersion,
  issuedAt: of.issuedAt,
});

/** The totals alone, of what has more. */
export const totalsIn = (of: OrderTotals): OrderTotals => ({
  netMinor: of.netMinor,
  taxMinor: of.taxMinor,
  totalMinor: of.totalMinor,
  roundingMinor: of.roundingMinor,
  prepaidMinor: of.prepaidMinor,
  payableMinor: of.payableMinor,
});

/** How the money came, for the invoice's payment means (BT-81). */
export const PAYMENT_MEANS = ['card', 'transfer', 'none'] as const;
export type PaymentMeans = (typeof PAYMENT_MEANS)[number];

/** What an invoice keeps of itself. It shows its arithmetic, so that nobody calculates it again. */
export type InvoiceContent = DocumentNumber &
  TaxedOrder &
  InvoiceTerms & {
    /** Its local date in `INVOICE_TIME_ZONE`, such as `2026-11-29`. */
    readonly issuedOn: string;
    /** Of the customer, as BCP 47 writes it; empty where nobody said. */
    readonly language: string;
    readonly priceMode: PriceMode;
    readonly seller?: Seller;
    readonly buyer?: Buyer;
    readonly prepaid: readonly Prepaid[];
    readonly paymentMeans: PaymentMeans;
  };

/** What a credit note keeps of itself; what its lines are called is on the invoice. */
export type CreditNoteContent = DocumentNumber &
  OrderTotals & {
    readonly refundId: string;
    readonly issuedOn: string;
    readonly lines: readonly CreditLine[];
  };
