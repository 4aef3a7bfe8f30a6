import type { TaxAmount, TaxedLine } from '../money/index.ts';
import type { CreditLine } from './creditable.ts';
import type { CreditNoteContent, InvoiceContent } from './issued.ts';

/** One line of a credit note, with its name on the invoice. */
export type CreditNoteLine = Omit<CreditLine, 'taxesMinor'> &
  Pick<TaxedLine, 'kind' | 'sku' | 'description' | 'unit'> & {
    /** The taxes in the order of those of the invoice's line. */
    readonly taxes: readonly TaxAmount[];
  };

/** `prepaidMinor` is what the shop returns to gift cards, vouchers and deposits. */
export type CreditNote = Omit<CreditNoteContent, 'lines'> & {
  readonly lines: readonly CreditNoteLine[];
  /** It is empty where no money moved at the gateway. */
  readonly refundReference: string;
};

/** The invoice as people and programs read it; its credit notes in the order of their issue. */
export type InvoiceDocument = InvoiceContent & {
  readonly orderId: string;
  readonly customerId: string;
  readonly currency: string;
  /** The gateway's name of the payment, or that of the transfer; empty where there is none. */
  readonly paymentReference: string;
  readonly creditNotes: readonly CreditNote[];
};
