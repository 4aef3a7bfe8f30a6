/**
 * The subject of a request, and of everything that is learned about it: one attempt at the payment;
 * one refund; the comparison with the gateway that has been due since that version; or how the
 * payment, its refunds and disputes stand there, asked for that version alone (R18). An event names
 * only payments and refunds.
 */
export type Subject =
  `payment#${number}` | `refund#${string}` | `comparison#${number}` | `standing#${number}`;

/** Money that moved at the gateway, in minor units, under the gateway's name for it. */
export type MoneyMovement = {
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/**
 * The ways in which an order is paid, as its payment was frozen: a means of payment is charged,
 * which may be saved for a customer; a payment that the shop has made is captured, or was captured
 * before; money came by bank transfer; nothing is payable.
 */
export const PAYMENT_WAYS = [
  'method',
  'saved',
  'authorised',
  'paid',
  'transferred',
  'none',
] as const;
export type PaymentWay = (typeof PAYMENT_WAYS)[number];

/** A request is frozen before it is sent. Every try sends this key and body, byte by byte. */
export type FrozenRequest = {
  /** It is empty where nothing is asked of the gateway. */
  readonly body: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Milliseconds since the epoch; the age of the key counts from here. */
  readonly at: number;
  /** The series in which its document will be numbered. */
  readonly series: string;
  /** A version of that series before which this document has no number. */
  readonly seriesFrom: number;
  /** No worker sends it from this moment on, whatever its settings are then (R4). */
  readonly sendUntil: number;
  /** A look-up proves by absence only if it begins at this moment or later (R5). */
  readonly closeAt: number;
  /** The author's L: a request takes effect within so many milliseconds, or never. */
  readonly requestLifeMs: number;
  /** The id of the deployment that asks. Empty in events of releases before 0.2. */
  readonly deployment: string;
  /**
   * The gateway's account and its mode, `acct_…:live` or `acct_…:test`. Empty before 0.2 as well.
   */
  readonly account: string;
  /**
   * A MAC over the rest, which only the payment service can make (ADR 0027). Empty before 0.2 as
   * well.
   */
  readonly seal: string;
};

export const STOP_REASONS = ['refused', 'stored failure'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/**
 * The source of a fact: the answer to the request, a look-up, the series of numbers, a person, or
 * the shop by its order, where the gateway has no part in it.
 */
export const SOURCES = ['answer', 'look-up', 'series', 'person', 'shop'] as const;
export type CaptureSource = (typeof SOURCES)[number];

/**
 * The reasons for which a person must look: it stays unknown whether money moved; the gateway moved
 * another amount or currency than was asked for; it has several payments or refunds under one
 * reference; it is still under way there after its limit (R19).
 */
export const REVIEW_REASONS = ['unresolved', 'amount', 'several', 'pending'] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

export type Resolution = {
  /** The gateway's name of the money that moved; empty where none did. */
  readonly reference: string;
  readonly evidence: string;
  readonly by: string;
  /**
   * The reason why the decision stands although the gateway contradicts it; empty where it does
   * not.
   */
  readonly forcedBecause: string;
  readonly at: number;
};

export const FAILURE_PROOFS = [
  'absent after close',
  'person',
  'refused',
  'voided',
  'unusable',
] as const;
export type FailureProof = (typeof FAILURE_PROOFS)[number];

export type ReviewOpened = {
  readonly reason: ReviewReason;
  readonly seen: readonly MoneyMovement[];
  readonly at: number;
  /** The id of the message whose dead letter stands for it; empty in events before 0.2. */
  readonly letter: string;
};
