import type { Result, ResultAsync } from 'neverthrow';
import type {
  ChargeRequest,
  ListedRefund,
  MoneyMovement,
  RefundRequest,
  Unchargeable,
  LookUpRequest,
} from '../../domain/order/index.ts';
import type { Misconfiguration, Trouble, Unavailable } from './failures.ts';

export type { ChargeRequest, ListedRefund, MoneyMovement, RefundRequest, Unchargeable };

export type CapturedOutcome = { readonly type: 'Captured' } & MoneyMovement;

export type RefundedOutcome = { readonly type: 'Refunded' } & MoneyMovement;

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

/**
 * The look-up found nothing under this reference. This proves that nothing was executed only if the
 * look-up started after the payment's `close` (ADR 0011).
 */
export type Absent = { readonly type: 'Absent' };

/** More than one payment or refund has the reference. A person must decide whose it is. */
export type SeveralFound = { readonly type: 'Several'; readonly found: readonly MoneyMovement[] };

/** `Unknown`: the look-up failed, or what it found is not settled. */
export type PaymentLookUp =
  CapturedOutcome | DeclinedOutcome | Absent | SeveralFound | UnknownOutcome;
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

/** The account at the gateway and whether its money is real: `acct_…:live`, `acct_…:test`. */
export type GatewayAccount = string;

type LookUpOf<T> = Omit<Extract<LookUpRequest, { readonly type: T }>, 'type'> & {
  readonly signal?: AbortSignal;
};

export interface PaymentGateway {
  /** The account of the key in use, requested once for each process. */
  identify(): ResultAsync<GatewayAccount, Unavailable | Misconfiguration>;

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
   * deployment, is not ours, whatever order it names.
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
