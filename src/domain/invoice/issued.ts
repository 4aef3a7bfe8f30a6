import { string, whole } from '../decode.ts';
import type { OrderTotals, Prepaid, PriceMode, TaxedOrder } from '../money/index.ts';
import type { AllocatedNumber } from '../series/events.ts';
import type { CreditLine } from './creditable.ts';
import type { Buyer, InvoiceTerms, Seller } from './parties.ts';

/**
 * A document's number, with its print and the parts of the print. It was allocated before, for
 * ever.
 */
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

/** Picks the totals out of an object that has more. */
export const totalsIn = (of: OrderTotals): OrderTotals => ({
  netMinor: of.netMinor,
  taxMinor: of.taxMinor,
  totalMinor: of.totalMinor,
  roundingMinor: of.roundingMinor,
  prepaidMinor: of.prepaidMinor,
  payableMinor: of.payableMinor,
});

/** The ways in which the money came, for the invoice's payment means (BT-81). */
export const PAYMENT_MEANS = ['card', 'transfer', 'none'] as const;
export type PaymentMeans = (typeof PAYMENT_MEANS)[number];

/**
 * The data of an invoice that is stored. It shows its arithmetic, so that nobody calculates it
 * again.
 */
export type InvoiceContent = DocumentNumber &
  TaxedOrder &
  InvoiceTerms & {
    /** Its local date in `INVOICE_TIME_ZONE`, such as `2026-11-29`. */
    readonly issuedOn: string;
    /** The customer's language, as BCP 47 writes it; empty where nobody said. */
    readonly language: string;
    readonly priceMode: PriceMode;
    readonly seller?: Seller;
    readonly buyer?: Buyer;
    readonly prepaid: readonly Prepaid[];
    readonly paymentMeans: PaymentMeans;
  };

/** The data of a credit note that is stored. The names of its lines are on the invoice. */
export type CreditNoteContent = DocumentNumber &
  OrderTotals & {
    readonly refundId: string;
    readonly issuedOn: string;
    readonly lines: readonly CreditLine[];
  };
