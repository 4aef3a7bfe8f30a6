import type { Result } from 'neverthrow';
import type { NumberFormat } from '../series/index.ts';

/** The amount cannot be moved by this gateway at all. */
export type Unchargeable = { readonly type: 'Unchargeable'; readonly reason: string };

/** Where a document will be numbered, and how its number is printed. */
export type SeriesFacts = {
  readonly series: string;
  /** The last version of the series that is known to be durable, 0 where none is. */
  readonly from: number;
  readonly format: NumberFormat;
};

/** What a decision needs besides the state: the time, the rules, and the pure parts of the gateway. */
export type Facts = {
  /** Milliseconds since the epoch, read right before the decision is carried out. */
  readonly now: number;
  /** A request is sent only while its intent is younger (H). */
  readonly resendHorizonMs: number;
  /** From the intent until absence is proof: H, the longest life of a request, the look-up's lag, clock skew (R5). */
  readonly closeMs: number;
  /** How often a payment may be tried anew after it was proven not to have been executed. */
  readonly attemptsMax: number;
  readonly invoices: SeriesFacts;
  readonly creditNotes: SeriesFacts;
  /** The gateway's exact request, frozen in the intent. */
  readonly prepare: (request: {
    readonly orderId: string;
    readonly attempt: number;
    readonly amountMinor: number;
    readonly currency: string;
    readonly paymentMethod: string;
  }) => Result<string, Unchargeable>;
  readonly prepareRefund: (request: {
    readonly orderId: string;
    readonly refundId: string;
    readonly paymentReference: string;
    readonly amountMinor: number;
    readonly currency: string;
  }) => Result<string, Unchargeable>;
};
