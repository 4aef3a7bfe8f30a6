import type { Result, ResultAsync } from 'neverthrow';
import type {
  ChargeRequest,
  ListedRefund,
  MoneyMovement,
  RefundRequest,
  Unchargeable,
} from '../../domain/order/index.ts';
import type { Misconfiguration, Trouble, Unavailable } from './failures.ts';

export type { ChargeRequest, ListedRefund, MoneyMovement, RefundRequest, Unchargeable };

export type CapturedOutcome = { readonly type: 'Captured' } & MoneyMovement;

export type RefundedOutcome = { readonly type: 'Refunded' } & MoneyMovement;

/** The gateway refused for good, under this key. */
export type DeclinedOutcome = { readonly type: 'Declined'; readonly code: string };

/**
 * This request was not executed (429, refused connection, bad key for the API). It says nothing about an
 * earlier request with the same key.
 */
export type NotExecutedOutcome = {
  readonly type: 'NotExecuted';
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** Present where the gateway would have answered any other request alike. */
  readonly trouble?: Trouble;
  /**
   * The gateway's code, where it refused this request for its own content: the same bytes fare no better. Of an
   * earlier request with the key it says as little as the rest.
   */
  readonly refused?: string;
};

/** It may have been executed or not: a time-out, a lost answer, a 5xx, an answer nobody can read. */
export type UnknownOutcome = {
  readonly type: 'Unknown';
  readonly cause: string;
  readonly retryAfterMs?: number;
  /** Present where the gateway would have answered any other request alike. */
  readonly trouble?: Trouble;
  /** The gateway keeps this answer for the key and gives it again: sending once more tells nothing new. */
  readonly stored?: true;
  /** The key was used for another request than this one, and not by us: we send each key with one body only. */
  readonly keyOfAnother?: true;
};

/** Four outcomes, never three (ADR 0003). */
export type ChargeOutcome = CapturedOutcome | DeclinedOutcome | NotExecutedOutcome | UnknownOutcome;
export type RefundOutcome = RefundedOutcome | DeclinedOutcome | NotExecutedOutcome | UnknownOutcome;

/**
 * Nothing stands under this reference as far as the look-up can see. Proof that nothing was executed only if
 * the look-up started after the payment's `close` (ADR 0011).
 */
export type Absent = { readonly type: 'Absent' };

/** More than one payment, or refund, stands under one reference. Whose money it is, a person must say. */
export type SeveralFound = { readonly type: 'Several'; readonly found: readonly MoneyMovement[] };

/** What a look-up by our own reference tells. `Unknown`: it failed, or what it found is not settled. */
export type PaymentLookUp =
  CapturedOutcome | DeclinedOutcome | Absent | SeveralFound | UnknownOutcome;
export type RefundLookUp =
  RefundedOutcome | DeclinedOutcome | Absent | SeveralFound | UnknownOutcome;

/** What stands under the gateway's own name of a payment, or of a refund. */
export type RetrievedMovement = MoneyMovement & {
  readonly type: 'Retrieved';
  /** Whether money moved, and no more can; `amountMinor` is 0 where none did. */
  readonly isMoved: boolean;
  /** Of a payment, what was given back of it for good; 0 of a refund. */
  readonly givenBackMinor: number;
  /** Our own reference, as far as it bears one: on an account there may be others' payments too. */
  readonly deployment?: string;
  readonly orderId?: string;
  readonly attempt?: number;
  readonly refundId?: string;
  /** Of a refund, the payment that it gives back. */
  readonly paymentReference?: string;
};

/** Every refund of one payment, ours and others', the oldest first. */
export type RefundList = { readonly type: 'Listed'; readonly refunds: readonly ListedRefund[] };

/** A request that moves money: the key, the frozen body, and when it is too late to send it. */
export type GatewayPost = {
  readonly key: string;
  readonly body: string;
  /** Milliseconds since the epoch: `NotExecuted` if it would be written to the socket at this moment or later. */
  readonly notAfter: number;
  readonly signal?: AbortSignal;
};

/** The account of a gateway and whether its money is real: `acct_…:live`, `acct_…:test`. */
export type GatewayAccount = string;

export interface PaymentGateway {
  /** Whose account the key in use belongs to. Asked once for each process; a failure is asked again. */
  identify(): ResultAsync<GatewayAccount, Unavailable | Misconfiguration>;

  /**
   * The exact body that will be sent, as it is frozen in the intent. Pure. Repeating a charge sends these
   * bytes again, whatever code or price has changed since.
   */
  prepare(request: ChargeRequest): Result<string, Unchargeable>;

  /**
   * Whether the body is what this release or an earlier one prepares for that request, and nothing besides. Pure.
   * Rules about what may be asked for are not part of it: they may have changed since the body was frozen.
   */
  isPrepared(body: string, request: ChargeRequest): boolean;

  /**
   * Charges once for each key, however often it is called with it. Never fails: whatever happens is one of
   * the four outcomes.
   */
  charge(charge: GatewayPost): ResultAsync<ChargeOutcome, never>;

  /**
   * The payment of one attempt of one order, or of any. Asks afresh at each call and changes nothing. Never
   * fails. One that was made before `since`, or by another deployment, is not ours, whatever order it names.
   */
  find(reference: {
    readonly deployment: string;
    readonly orderId: string;
    readonly attempt: number | 'any';
    /** Milliseconds since the epoch. */
    readonly since: number;
    /** The frozen request. */
    readonly body: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<PaymentLookUp, never>;

  /** As `prepare`, for money that goes back. */
  prepareRefund(request: RefundRequest): Result<string, Unchargeable>;

  /** As `isPrepared`, for money that goes back. */
  isPreparedRefund(body: string, request: RefundRequest): boolean;

  /** As `charge`, for money that goes back. */
  refund(refund: GatewayPost): ResultAsync<RefundOutcome, never>;

  /** As `find`, for one refund of one payment. */
  findRefund(reference: {
    readonly deployment: string;
    readonly refundId: string;
    readonly paymentReference: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<RefundLookUp, never>;

  /** What has that name at the gateway, whoever's it is. Changes nothing. Never fails. No lag: a name is enough. */
  retrieve(named: {
    readonly kind: 'payment' | 'refund';
    readonly reference: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<RetrievedMovement | Absent | UnknownOutcome, never>;

  /**
   * Every refund of one payment, whoever asked for it: those made in the gateway's dashboard too. Asks afresh at
   * each call and changes nothing. Never fails: `Unknown` where the list cannot be had as a whole.
   */
  listRefunds(of: {
    readonly paymentReference: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<RefundList | UnknownOutcome, never>;
}
