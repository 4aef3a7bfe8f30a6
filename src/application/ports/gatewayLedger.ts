import type { Result } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';

/**
 * What became of a payment or a refund at the gateway. `open`: money may still move. A payment is `declined`
 * and a refund `failed` where none ever will.
 */
export type LedgerStatus = 'moved' | 'declined' | 'failed' | 'open';

type LedgerFields = {
  /** The gateway's own name of it. */
  readonly reference: string;
  readonly status: LedgerStatus;
  /** What has moved, in minor units; 0 where nothing has. */
  readonly amountMinor: number;
  readonly currency: string;
  /** When the gateway made it, in milliseconds since the epoch, by its own clock. */
  readonly at: number;
  /** Of our own reference, as far as the entry has it: on an account there may be others' payments too. */
  readonly orderId?: string;
  /** Which deployment asked for it; releases before 0.2 said nothing of it. */
  readonly deployment?: string;
};

export type LedgerPayment = LedgerFields & { readonly kind: 'payment'; readonly attempt?: number };

export type LedgerRefund = LedgerFields & {
  readonly kind: 'refund';
  readonly refundId?: string;
  /** The payment that it gives back. */
  readonly paymentReference?: string;
};

/** Something is there that cannot be read. Told rather than left out, since it could be anybody's money. */
export type UnreadableEntry = {
  readonly kind: 'unreadable';
  readonly reference: string;
  readonly why: string;
};

export type LedgerEntry = LedgerPayment | LedgerRefund | UnreadableEntry;

export type LedgerPage = Result<readonly LedgerEntry[], Unavailable | Misconfiguration>;

/** Everything that the gateway has moved, or tried to. It can be read, and nothing can be caused by it. */
export interface GatewayLedger {
  /**
   * First all payments, then all refunds, page by page. What is made meanwhile may or may not be listed.
   * With `since`, only what was made then or later. Ends with an error if a page cannot be had, and at the
   * next page once the signal has fired.
   */
  list(options?: {
    readonly since?: number;
    readonly signal?: AbortSignal;
  }): AsyncGenerator<LedgerPage, void, void>;
}
