import type { Result } from 'neverthrow';
import type { ListedDispute } from '../../domain/order/index.ts';
import type { DependencyError } from './failures.ts';

/** `open`: money may still move. `declined` and `failed`: it never will. */
export type LedgerStatus = 'moved' | 'declined' | 'failed' | 'open';

type LedgerFields = {
  readonly reference: string;
  readonly status: LedgerStatus;
  /** The amount that has moved, in minor units; 0 where nothing has. */
  readonly amountMinor: number;
  readonly currency: string;
  /** When the gateway created it, in milliseconds since the epoch, by the gateway's clock. */
  readonly at: number;
  /** Our own reference, if it has one: an account may also hold others' payments. */
  readonly orderId?: string;
  /** The deployment that requested it. Releases before 0.2 sent none. */
  readonly deployment?: string;
};

export type LedgerPayment = LedgerFields & { readonly kind: 'payment'; readonly attempt?: number };

export type LedgerRefund = LedgerFields & {
  readonly kind: 'refund';
  readonly refundId?: string;
  readonly paymentReference?: string;
};

/** A customer's dispute with the bank. It bears no reference of ours: its payment does. */
export type LedgerDispute = Omit<ListedDispute, 'dispute' | 'reason' | 'dueBy'> & {
  readonly kind: 'dispute';
  readonly reference: string;
  /** When the gateway created it, in milliseconds since the epoch, by the gateway's clock. */
  readonly at: number;
  readonly paymentReference?: string;
};

/** An entry that cannot be read is reported, since it could be anybody's money. */
export type UnreadableEntry = {
  readonly kind: 'unreadable';
  readonly reference: string;
  readonly why: string;
};

export type LedgerEntry = LedgerPayment | LedgerRefund | LedgerDispute | UnreadableEntry;

export type LedgerPage = Result<readonly LedgerEntry[], DependencyError>;

/** Everything that the gateway has moved, or tried to move. This interface only reads. */
export interface GatewayLedger {
  /**
   * Lists all payments, then all refunds, then all disputes, page by page. Entries that are created
   * meanwhile may or may not be listed. With `since`, only entries created at that time or later.
   * Ends with an error if a page cannot be read, and at the next page once the signal has fired.
   */
  list(options?: {
    readonly since?: number;
    readonly signal?: AbortSignal;
  }): AsyncGenerator<LedgerPage, void, void>;
}
