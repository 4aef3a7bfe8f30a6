import type { PricedLine, Totals } from '../money/index.ts';
import type { AllocatedNumber } from '../series/events.ts';
import type { CreditLine } from './creditable.ts';

/** A document's number as it is printed, and what it is made of. It was taken before, for ever. */
export type DocumentNumber = Omit<AllocatedNumber, 'date'> & {
  readonly label: string;
  /** The date of the series' commit, in milliseconds since the epoch. */
  readonly issuedAt: number;
};

/**
 * The facts about one order's invoice, in the order's own stream; who pays what for stands in the
 * order's events.
 */
export type Event =
  /**
   * The one invoice of this order. It shows its own arithmetic, so that nobody has to calculate it
   * again.
   */
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
