import type {
  OrderTotals,
  Prepaid,
  PriceMode,
  TaxAmount,
  TaxedLine,
  Totals,
} from '../money/index.ts';
import type { DocumentNumber } from './events.ts';
import type { Buyer, InvoiceTerms, Seller } from './parties.ts';

/** How the money came, for the invoice's payment means (BT-81). */
export const PAYMENT_MEANS = ['card', 'transfer', 'none'] as const;
export type PaymentMeans = (typeof PAYMENT_MEANS)[number];

/** One line of a credit note, with what it was called on the invoice. */
export type CreditNoteLine = {
  /** Its number on the invoice, from 1. */
  readonly line: number;
  /** How much of it, a decimal; `0` where an amount is refunded and not pieces. */
  readonly quantity: string;
  readonly netMinor: number;
  readonly taxMinor: number;
  /** In the order of the invoice's line. */
  readonly taxes: readonly TaxAmount[];
} & Pick<TaxedLine, 'kind' | 'sku' | 'description' | 'unit'>;

export type CreditNote = DocumentNumber &
  Totals & {
    readonly refundId: string;
    /** Empty where no money moved at the gateway. */
    readonly refundReference: string;
    /** Its local date in `INVOICE_TIME_ZONE`, such as `2026-11-29`. */
    readonly issuedOn: string;
    readonly lines: readonly CreditNoteLine[];
    readonly roundingMinor: number;
    /** The part that the shop gives back to gift cards, vouchers and deposits. */
    readonly prepaidMinor: number;
    /** What was refunded: total + rounding - prepaid. */
    readonly payableMinor: number;
  };

/** The invoice as people and programs read it; its credit notes in the order of their issue. */
export type InvoiceDocument = DocumentNumber &
  OrderTotals &
  InvoiceTerms & {
    readonly orderId: string;
    readonly customerId: string;
    readonly currency: string;
    /** Of the customer, `en` or `de`, as BCP 47 writes it; empty where nobody said. */
    readonly language: string;
    readonly priceMode: PriceMode;
    readonly issuedOn: string;
    readonly seller?: Seller;
    readonly buyer?: Buyer;
    readonly lines: readonly TaxedLine[];
    readonly prepaid: readonly Prepaid[];
    readonly paymentMeans: PaymentMeans;
    /** The gateway's name of the payment, or that of the transfer; empty where there is none. */
    readonly paymentReference: string;
    readonly creditNotes: readonly CreditNote[];
  };
