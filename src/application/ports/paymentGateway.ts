import type { Result, ResultAsync } from 'neverthrow';
import type { Trouble } from './failures.ts';

/** What is to be charged, in terms of the domain. */
export type ChargeRequest = {
  readonly orderId: string;
  readonly attempt: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** The gateway's token for the customer's means of payment. Never a card number. */
  readonly paymentMethod: string;
};

/** This gateway cannot charge such an amount or currency at all; known before anything is sent. */
export type Unchargeable = { readonly type: 'Unchargeable'; readonly reason: string };

export type Captured = {
  readonly type: 'Captured';
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/** The gateway refused the charge for good, under this key. */
export type Declined = { readonly type: 'Declined'; readonly code: string };

/**
 * This request was not executed (429, refused connection, bad key for the API). It says nothing about an
 * earlier request with the same key.
 */
export type NotExecuted = {
  readonly type: 'NotExecuted';
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** Present where the gateway would have answered any other request alike. */
  readonly trouble?: Trouble;
};

/** It may have been charged or not: a time-out, a lost answer, a 5xx, an answer nobody can read. */
export type Unknown = {
  readonly type: 'Unknown';
  readonly cause: string;
  readonly retryAfterMs?: number;
  /** Present where the gateway would have answered any other request alike. */
  readonly trouble?: Trouble;
};

/** Four outcomes, never three (ADR 0003). */
export type ChargeOutcome = Captured | Declined | NotExecuted | Unknown;

export interface PaymentGateway {
  /**
   * The exact body that will be sent, as it is frozen in the intent. Pure. Repeating a charge sends these
   * bytes again, whatever code or price has changed since.
   */
  prepare(request: ChargeRequest): Result<string, Unchargeable>;

  /**
   * Charges once for each key, however often it is called with it. Amounts in the answer are in ISO 4217
   * minor units. Never fails: whatever happens is one of the four outcomes.
   */
  charge(charge: {
    readonly key: string;
    readonly body: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<ChargeOutcome, never>;
}
