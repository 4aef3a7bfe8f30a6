import type { Result } from 'neverthrow';
import type { NumberFormat } from '../series/index.ts';

/** What is to be charged. */
export type ChargeRequest = {
  readonly orderId: string;
  readonly attempt: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** The gateway's token for the customer's means of payment. Never a card number. */
  readonly paymentMethod: string;
};

/** What is to be given back of one payment. */
export type RefundRequest = {
  readonly orderId: string;
  readonly refundId: string;
  /** The gateway's name of the payment. */
  readonly paymentReference: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/** The gateway cannot move such an amount or currency at all; known before anything is sent. */
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
  readonly prepare: (request: ChargeRequest) => Result<string, Unchargeable>;
  readonly prepareRefund: (request: RefundRequest) => Result<string, Unchargeable>;
};
