import type { CreditNote, InvoiceDocument } from '../../domain/invoice/document.ts';

/**
 * One notice to one customer: what it is about, before it is written. `id` is the kind, for a
 * notice about a refund with the refund's id, and for a repetition with its count.
 */
export type Notice = {
  readonly id: string;
  readonly orderId: string;
  readonly to: string;
  /** Of the customer, as BCP 47 writes it; empty where nobody said. */
  readonly language: string;
} & NoticeFacts;

export type NoticeFacts =
  | { readonly kind: 'received' | 'pending' | 'refused' }
  /** The bank wants it authenticated, by this link. */
  | { readonly kind: 'authentication'; readonly link: string }
  | { readonly kind: 'receipt'; readonly invoice: InvoiceDocument }
  | {
      readonly kind: 'credit';
      readonly invoice: InvoiceDocument;
      readonly creditNote: CreditNote;
    }
  /** The gateway's code of the decline. */
  | { readonly kind: 'declined'; readonly code: string }
  /** What proves that nothing was charged: the gateway refused it, or a person said so. */
  | { readonly kind: 'failed'; readonly proof: string }
  | {
      readonly kind: 'refund-failed';
      readonly amountMinor: number;
      readonly currency: string;
    }
  | { readonly kind: 'cancelled'; readonly wasCharged: boolean };
