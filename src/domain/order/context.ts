import type { Result } from 'neverthrow';
import type { AmountLimits } from '../money/index.ts';
import type { Seller } from '../invoice/index.ts';
import type { Hint } from './hints.ts';
import type { NumberFormat } from '../series/index.ts';

export type ChargeRequest = {
  /** Which deployment on the gateway's account asks; empty in requests of releases before 0.2. */
  readonly deployment: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** The gateway's token for the customer's means of payment. Never a card number. */
  readonly paymentMethod: string;
  /** The gateway's customer, of a method that is saved for one: it is charged for nobody else. */
  readonly customer?: string;
  /** The customer's consent to later charges, where the method needs one. */
  readonly mandate?: string;
};

/** To capture a payment that the shop had authorised at its checkout, or a part of it. */
export type CaptureRequest = VoidRequest & {
  /** What is not captured with it is released: there is one capture of a payment. */
  readonly amountMinor: number;
  readonly currency: string;
};

/** To release an authorised payment of which nothing was captured. */
export type VoidRequest = {
  readonly deployment: string;
  readonly orderId: string;
  readonly attempt: number;
  /** The gateway's reference of the authorised payment. */
  readonly payment: string;
};

/** To confirm a payment of ours again, with its customer there to authenticate it. */
export type ConfirmRequest = {
  readonly payment: string;
  readonly paymentMethod: string;
  /** Where the customer returns to. */
  readonly returnUrl: string;
};

export type RefundRequest = {
  readonly deployment: string;
  readonly orderId: string;
  readonly refundId: string;
  readonly paymentReference: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/** The gateway cannot move such an amount or currency at all; known before anything is sent. */
export type Unchargeable = { readonly type: 'Unchargeable'; readonly reason: string };

/** Where a document will be numbered, and how its number is printed. */
export type DocumentSeries = {
  readonly series: string;
  /** The last version of the series that is known to be durable, 0 where none is. */
  readonly from: number;
  readonly format: NumberFormat;
};

export type DeploymentIdentity = {
  readonly id: string;
  /** The gateway's account and its mode, as the key that is in use belongs to it. */
  readonly account: string;
  /** Milliseconds since the epoch. An intent made later is trusted only under a seal. */
  readonly sealedSince: number;
  /** The last restore from a backup: the gateway may know of orders that the log has lost. */
  readonly restoredAt?: number;
};

/**
 * What a gateway takes, and the exact bodies of requests to it, which events freeze. Pure. A body
 * is sent again as it is, even if code or prices have changed since.
 */
export type GatewayRequests = {
  /**
   * What can be charged in a currency; undefined where nothing can. Refunds have the same steps,
   * and may be smaller.
   */
  readonly limitsOf: (currency: string) => AmountLimits | undefined;
  readonly prepare: (request: ChargeRequest) => Result<string, Unchargeable>;
  readonly prepareCapture: (request: CaptureRequest) => Result<string, Unchargeable>;
  readonly prepareVoid: (request: VoidRequest) => Result<string, Unchargeable>;
  readonly prepareConfirm: (request: ConfirmRequest) => Result<string, Unchargeable>;
  readonly prepareRefund: (request: RefundRequest) => Result<string, Unchargeable>;
  /**
   * Whether this release or an earlier one prepares exactly that body for that request. Rules about
   * which requests are allowed are not checked: they may have changed since the body was frozen.
   */
  readonly isPrepared: (body: string, request: ChargeRequest) => boolean;
  readonly isPreparedConfirm: (body: string, request: ConfirmRequest) => boolean;
  readonly isPreparedCapture: (body: string, request: CaptureRequest) => boolean;
  readonly isPreparedRefund: (body: string, request: RefundRequest) => boolean;
};

/** Everything that a decision needs besides the state: time, rules, the gateway's pure parts. */
export type DecisionContext = GatewayRequests & {
  /** Milliseconds since the epoch, read right before the decision is carried out. */
  readonly now: number;
  /** When the state that is decided on was read, or written, at the latest. */
  readonly viewedAt: number;
  /** For how long a new intent may be sent, and this process sends none that is older (H). */
  readonly resendHorizonMs: number;
  /** From a new intent until absence is proof: H, a request's life, a look-up's lag, skew (R5). */
  readonly closeMs: number;
  /**
   * What of that is the lag of a search (S). A list of one customer's payments, or a payment under
   * the gateway's own name, lags behind nothing.
   */
  readonly settleMs: number;
  /** The longest that one request can live, from the socket write on (L). */
  readonly requestLifeMs: number;
  /** A request is written within this time after the state was read, or not at all (V). */
  readonly sendWithinMs: number;
  /** How far the clocks of two workers may differ. */
  readonly clockSkewMs: number;
  readonly deployment: DeploymentIdentity;
  /** The message of this decision: its dead letter stands for a review that it opens. */
  readonly letter: string;
  /** The gateway's event for which this decision is made: what it is about is asked for (R18). */
  readonly hint?: Hint;
  /** Whether what waits by another message is asked for too, as who resumes an order wants. */
  readonly asksPending?: true;
  /** For how long the gateway may call something under way before a person is asked (R19). */
  readonly pendingMaxMs: number;
  /** For how long a customer may authenticate a payment; 0: nobody is asked to (R24). */
  readonly authenticationMaxMs: number;
  /** The MAC of a text, and whether one is right; only the payment service has the secret. */
  readonly seal: (text: string) => string;
  readonly isSeal: (text: string, seal: string) => boolean;
  /** How often a payment may be tried again after it was proven not to have been executed. */
  readonly attemptsMax: number;
  readonly invoices: DocumentSeries;
  readonly creditNotes: DocumentSeries;
  /** Whether an order that does not say how it is rounded is rounded to what the gateway takes. */
  readonly roundsToSteps: boolean;
  /** Of the dates on documents. */
  readonly timeZone: string;
  /** Frozen into each invoice; undefined where the settings name none. */
  readonly seller?: Seller;
};
