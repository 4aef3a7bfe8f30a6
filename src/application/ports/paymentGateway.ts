import type { Result, ResultAsync } from 'neverthrow';
import type {
  CaptureRequest,
  ChargeRequest,
  ListedRefund,
  MoneyMovement,
  RefundRequest,
  Unchargeable,
  LookUpRequest,
  VoidRequest,
} from '../../domain/order/index.ts';
import type { AmountLimits } from '../../domain/money/index.ts';
import type { Misconfiguration, Trouble, Unavailable } from './failures.ts';

export type { CaptureRequest, ChargeRequest, ListedRefund, MoneyMovement, RefundRequest };
export type { Unchargeable, VoidRequest };

export type CapturedOutcome = { readonly type: 'Captured' } & MoneyMovement;

export type RefundedOutcome = { readonly type: 'Refunded' } & MoneyMovement;

/** The authorisation is released: the payment was never captured, and cannot be any more. */
export type VoidedOutcome = { readonly type: 'Voided'; readonly reference: string };

export type DeclinedOutcome = { readonly type: 'Declined'; readonly code: string };

/**
 * This request was not executed (429, refused connection, a key that the API refuses). It says
 * nothing about an earlier request with the same idempotency key.
 */
export type NotExecutedOutcome = {
  readonly type: 'NotExecuted';
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** Present where the gateway would have answered any other request in the same way. */
  readonly trouble?: Trouble;
  /**
   * The gateway's code, where it refused this request for its content: the same bytes would be
   * refused again. Like the rest, it says nothing about an earlier request with the key.
   */
  readonly refused?: string;
};

/** It may or may not have been executed: a time-out, a lost or unreadable answer, a 5xx. */
export type UnknownOutcome = {
  readonly type: 'Unknown';
  readonly cause: string;
  readonly retryAfterMs?: number;
  /** Present where the gateway would have answered any other request in the same way. */
  readonly trouble?: Trouble;
  /** The gateway keeps this answer for the key: sending again would show nothing new. */
  readonly stored?: true;
  /** The key was used for another request, and not by us: we send each key with one body only. */
  readonly keyOfAnother?: true;
};

/** There are four outcomes, never three (ADR 0003). */
export type ChargeOutcome = CapturedOutcome | DeclinedOutcome | NotExecutedOutcome | UnknownOutcome;
export type RefundOutcome = RefundedOutcome | DeclinedOutcome | NotExecutedOutcome | UnknownOutcome;
/** `Declined`: the authorisation has expired or was released, and nothing was captured of it. */
export type CaptureOutcome = ChargeOutcome;
/** `Captured`: its money was captured before, so that there is nothing left to release. */
export type VoidOutcome = VoidedOutcome | CapturedOutcome | NotExecutedOutcome | UnknownOutcome;

/**
 * The look-up found nothing under this reference. This proves that nothing was executed only if the
 * look-up started after the payment's `close` (ADR 0011).
 */
export type Absent = { readonly type: 'Absent' };

/**
 * `listed`: it was looked for in a list, which shows at once what was executed, so that no lag has
 * to be waited for. Without it, it was searched for, and a search may be behind by S.
 */
export type AbsentPayment = Absent & { readonly listed?: true };

/** More than one payment or refund has the reference. A person must decide whose it is. */
export type SeveralFound = { readonly type: 'Several'; readonly found: readonly MoneyMovement[] };

/** `Unknown`: the look-up failed, or what it found is not settled. */
export type PaymentLookUp =
  CapturedOutcome | DeclinedOutcome | AbsentPayment | SeveralFound | UnknownOutcome;
export type RefundLookUp =
  RefundedOutcome | DeclinedOutcome | Absent | SeveralFound | UnknownOutcome;

/** `charge`: the gateway's own part of a payment, which its dashboard shows to people. */
export type MovementKind = 'payment' | 'refund' | 'charge';

export type RetrievedMovement = MoneyMovement & {
  readonly type: 'Retrieved';
  /** Whether money has moved and no more can move. `amountMinor` is 0 where none did. */
  readonly isMoved: boolean;
  /** For a payment, the amount of it that was refunded for good; 0 for a refund. */
  readonly refundedMinor: number;
  /** Our own reference, as far as it has one: an account may also hold others' payments. */
  readonly deployment?: string;
  readonly orderId?: string;
  readonly attempt?: number;
  readonly refundId?: string;
  readonly paymentReference?: string;
};

/**
 * - `authorised`: the customer has agreed, and nothing is captured yet;
 * - `captured`: the money was received, all of it or a part; no more can be captured;
 * - `cancelled`: released, expired or given up, and nothing was ever captured;
 * - `open`: anything else: a payment that the customer has not completed, or one of which a part is
 *   captured and more may be.
 */
export type PaymentStatus = 'authorised' | 'captured' | 'cancelled' | 'open';

/** One payment as it stands at the gateway, whoever made it. Amounts are ISO 4217 minor units. */
export type InspectedPayment = {
  readonly type: 'Inspected';
  readonly reference: string;
  readonly status: PaymentStatus;
  readonly currency: string;
  /** What the payment is for, whatever its status. */
  readonly amountMinor: number;
  /** What can still be captured: 0 if it is `captured` or `cancelled`. */
  readonly capturableMinor: number;
  /** What was captured: 0 if it is `authorised` or `cancelled`. */
  readonly capturedMinor: number;
  /** What of it was refunded, or is on its way to be. */
  readonly refundedMinor: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When the authorisation expires, where the gateway says so; milliseconds since the epoch. */
  readonly captureBefore?: number;
  readonly customer?: string;
  /** Our own reference, or the shop's, as far as it has one. */
  readonly deployment?: string;
  readonly orderId?: string;
  readonly attempt?: number;
};

/** Every refund of one payment, ours and others', the oldest first. */
export type RefundList = { readonly type: 'Listed'; readonly refunds: readonly ListedRefund[] };

/** A request that moves money: the key, the frozen body, and when it is too late to send it. */
export type GatewayPost = {
  readonly key: string;
  readonly body: string;
  /** Later than this, in milliseconds since the epoch, it is not sent: `NotExecuted`. */
  readonly notAfter: number;
  readonly signal?: AbortSignal;
};

/** The same for a payment that exists already: the gateway's reference is no part of the body. */
export type PaymentPost = GatewayPost & { readonly payment: string };

/** The account at the gateway and whether its money is real: `acct_…:live`, `acct_…:test`. */
export type GatewayAccount = string;

type LookUpOf<T> = Omit<Extract<LookUpRequest, { readonly type: T }>, 'type'> & {
  readonly signal?: AbortSignal;
};

/** Of payments that the shop had authorised, or taken, at its own checkout. */
export interface ShopPayments {
  /** As `prepare`, with the same rules for later releases. */
  prepareCapture(request: CaptureRequest): Result<string, Unchargeable>;

  isPreparedCapture(body: string, request: CaptureRequest): boolean;

  /**
   * Captures an authorised payment once, and writes our reference into it. The rest of its amount
   * is released. A refusal for its state (`refused: payment_intent_unexpected_state` at Stripe)
   * says that it is not to be captured now: `inspect` shows why.
   */
  capture(capture: PaymentPost): ResultAsync<CaptureOutcome, never>;

  prepareVoid(request: VoidRequest): Result<string, Unchargeable>;

  isPreparedVoid(body: string, request: VoidRequest): boolean;

  /** Releases an authorised payment. One that is released already is `Voided` as well. */
  void(release: PaymentPost): ResultAsync<VoidOutcome, never>;

  /**
   * How a payment stands, by the gateway's reference, so that there is no lag. Each call sends a
   * new request and changes nothing. Never fails.
   */
  inspect(named: {
    readonly payment: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<InspectedPayment | Absent | UnknownOutcome, never>;
}

export interface PaymentGateway extends ShopPayments {
  /** The account of the key in use, requested once for each process. */
  identify(): ResultAsync<GatewayAccount, Unavailable | Misconfiguration>;

  /**
   * What can be charged in a currency; undefined where nothing can. Refunds have the same steps, and
   * may be smaller. Pure.
   */
  limitsOf(currency: string): AmountLimits | undefined;

  /**
   * The exact body that will be sent and that the event freezes. Pure. Repeating a charge sends
   * these bytes again, even if code or prices have changed since.
   */
  prepare(request: ChargeRequest): Result<string, Unchargeable>;

  /**
   * Whether this release or an earlier one prepares exactly that body for that request. Pure. Rules
   * about which requests are allowed are not checked: they may have changed since the body was
   * frozen.
   */
  isPrepared(body: string, request: ChargeRequest): boolean;

  /** Charges once for each key, however often it is called. Every result is an outcome. */
  charge(charge: GatewayPost): ResultAsync<ChargeOutcome, never>;

  /**
   * The payment of one attempt of an order, or of any attempt. Each call sends a new request and
   * changes nothing. Never fails. A payment that was created before `since`, or by another
   * deployment, is not ours, whatever order it names. With a `customer` it goes by the list of that
   * customer's payments, and otherwise by search.
   */
  find(reference: LookUpOf<'Payment'>): ResultAsync<PaymentLookUp, never>;

  prepareRefund(request: RefundRequest): Result<string, Unchargeable>;

  isPreparedRefund(body: string, request: RefundRequest): boolean;

  refund(refund: GatewayPost): ResultAsync<RefundOutcome, never>;

  findRefund(reference: LookUpOf<'Refund'>): ResultAsync<RefundLookUp, never>;

  /** What an id is the gateway's id of, by its form alone. Pure. */
  kindOf(reference: string): MovementKind | undefined;

  /**
   * The payment or refund with that id at the gateway, whoever requested it; of a charge, the
   * payment that it belongs to. Changes nothing and never fails. An id needs no search, so that
   * there is no lag.
   */
  retrieve(named: {
    readonly kind: MovementKind;
    readonly reference: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<RetrievedMovement | Absent | UnknownOutcome, never>;

  /**
   * Every refund of one payment, whoever requested it, including refunds made in the gateway's
   * dashboard. Each call sends a new request and changes nothing. Never fails: the result is
   * `Unknown` where the list cannot be read as a whole.
   */
  listRefunds(of: LookUpOf<'Refunds'>): ResultAsync<RefundList | UnknownOutcome, never>;
}
