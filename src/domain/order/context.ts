import type { Result } from 'neverthrow';
import type { AmountLimits } from '../money/index.ts';
import type { Seller } from '../invoice/index.ts';
import type { Hint } from './hints.ts';
import type { NumberFormat } from '../series/index.ts';

export type ChargeRequest = {
  /**
   * The deployment on the gateway's account that asks; empty in requests of releases before 0.2.
   */
  readonly deployment: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** The gateway's token for the customer's means of payment. Never a card number. */
  readonly paymentMethod: string;
  /** The gateway's customer for whom the method is saved: nobody else is charged with it. */
  readonly customer?: string;
  /** The customer's consent to later charges, where the method needs one. */
  readonly mandate?: string;
};

/** Captures a payment that the shop had authorised at its checkout, or a part of it. */
export type CaptureRequest = VoidRequest & {
  /** The rest is released with the capture: there is one capture of a payment. */
  readonly amountMinor: number;
  readonly currency: string;
};

/** Releases an authorised payment of which nothing was captured. */
export type VoidRequest = {
  readonly deployment: string;
  readonly orderId: string;
  readonly attempt: number;
  /** The gateway's reference of the authorised payment. */
  readonly payment: string;
};

/** Confirms a payment of ours again, with its customer there to authenticate it. */
export type ConfirmRequest = {
  readonly payment: string;
  readonly paymentMethod: string;
  /** The address to which the customer returns. */
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

/** The series in which a document will be numbered, and the format of its number. */
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
 * The limits of a gateway, and the exact bodies of requests to it, which events freeze. It is pure.
 * A body is sent again as it is, even if code or prices have changed since.
 */
export type GatewayRequests = {
  /**
   * The amounts that can be charged in a currency; undefined where nothing can. Refunds have the
   * same steps, and may be smaller.
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
  /** When the read, or the write, of the state that is decided on began. */
  readonly viewedAt: number;
  /** H: the time for which a new intent may be sent. This process sends none that is older. */
  readonly resendHorizonMs: number;
  /**
   * The time from a new intent until absence is proof: H, a request's life, a look-up's lag, skew
   * (R5).
   */
  readonly closeMs: number;
  /**
   * S: the part of `closeMs` that is the lag of a search. A list of one customer's payments, or a
   * payment under the gateway's own name, lags behind nothing.
   */
  readonly settleMs: number;
  /** L: the longest that one request can live, from the socket write on. */
  readonly requestLifeMs: number;
  /** V: a request is written within this time after the state was read, or not at all. */
  readonly sendWithinMs: number;
  /** The maximum difference between the clocks of two workers. */
  readonly clockSkewMs: number;
  readonly deployment: DeploymentIdentity;
  /** The message of this decision: its dead letter stands for a review that it opens. */
  readonly letter: string;
  /**
   * The gateway's event for which this decision is made: the gateway is asked about its subject
   * (R18).
   */
  readonly hint?: Hint;
  /**
   * Whether to ask also about what another message waits for, as whoever resumes an order wants.
   */
  readonly asksPending?: true;
  /** The time for which the gateway may call something under way before a person is asked (R19). */
  readonly pendingMaxMs: number;
  /** The time that a customer has to authenticate a payment; 0: nobody is asked to (R24). */
  readonly authenticationMaxMs: number;
  /**
   * `seal` returns the MAC of a text, and `isSeal` checks one. Only the payment service has the
   * secret.
   */
  readonly seal: (text: string) => string;
  readonly isSeal: (text: string, seal: string) => boolean;
  /** The maximum number of attempts. The next one needs proof that the last was not executed. */
  readonly attemptsMax: number;
  readonly invoices: DocumentSeries;
  readonly creditNotes: DocumentSeries;
  /** Whether an order that does not say how it is rounded is rounded to what the gateway takes. */
  readonly roundsToSteps: boolean;
  /** The time zone of the dates on documents. */
  readonly timeZone: string;
  /** The seller is frozen into each invoice; undefined where the settings name none. */
  readonly seller?: Seller;
};
