import { isAboutDeadLetter, type Event as DeadLetterEvent } from '../deadLetter/index.ts';
import type * as Invoice from '../invoice/index.ts';
import type { OrderTotals } from '../money/index.ts';
import type { Content } from './content.ts';

/**
 * The subject of a request, and of everything that is learned about it: one attempt at the payment,
 * one refund, or the comparison with the gateway that is due since that version. An event never
 * names a comparison.
 */
export type Subject = `payment#${number}` | `refund#${string}` | `comparison#${number}`;

/** Money that moved at the gateway, in minor units, under the gateway's name for it. */
export type MoneyMovement = {
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/** Frozen before it was sent. Every try sends this key and body, byte by byte. */
export type FrozenRequest = {
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
  /** L as its author had it: a request takes effect within so many milliseconds, or never. */
  readonly requestLifeMs: number;
  /** The id of the deployment that asks. Empty in events of releases before 0.2. */
  readonly deployment: string;
  /** The gateway's account and its mode, `acct_…:live` or `acct_…:test`. Empty as above. */
  readonly account: string;
  /** A MAC over the rest, which only the payment service can make (ADR 0027). Empty as above. */
  readonly seal: string;
};

export const STOP_REASONS = ['refused', 'stored failure'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** Who says so: the answer to the request, a look-up, the series of numbers, or a person. */
export const SOURCES = ['answer', 'look-up', 'series', 'person'] as const;
export type CaptureSource = (typeof SOURCES)[number];

/**
 * Why a person must look: it stays unknown whether money moved; the gateway moved another amount or
 * currency than was asked for; it has several payments or refunds under one reference.
 */
export const REVIEW_REASONS = ['unresolved', 'amount', 'several'] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

export type Resolution = {
  /** The gateway's name of the money that moved; empty where none did. */
  readonly reference: string;
  readonly evidence: string;
  readonly by: string;
  /** Why it stands although the gateway contradicts; empty where the gateway does not. */
  readonly forcedBecause: string;
  readonly at: number;
};

type ReviewOpened = {
  readonly reason: ReviewReason;
  readonly seen: readonly MoneyMovement[];
  readonly at: number;
  /** The id of the message whose dead letter stands for it; empty in events before 0.2. */
  readonly letter: string;
};

/**
 * The events of one order's payment and refunds, each with its data. Names and fields are stored
 * for ever: add, never rename.
 */
export type EventData = {
  /** The customer's order was accepted. `payableMinor` is the charge. */
  readonly OrderPlaced: Content &
    OrderTotals & {
      /** SHA-256 of the canonical JSON of the order as it was sent, in base64url. */
      readonly fingerprint: string;
    };
  /** The intent to charge, durable before anything is sent. While open, its outcome is unknown. */
  readonly PaymentRequested: FrozenRequest & {
    readonly attempt: number;
    readonly paymentKey: string;
  };
  /** The gateway holds the customer's money. Always in one commit with InvoiceIssued. */
  readonly PaymentCaptured: MoneyMovement & {
    readonly attempt: number;
    readonly source: CaptureSource;
  };
  /** The gateway refused the charge for good. */
  readonly PaymentDeclined: { readonly attempt: number; readonly code: string };
  /**
   * It is proven that this attempt was never executed: a look-up after its close, or a person,
   * found nothing, or the gateway refused the request twice while nobody else could send it.
   */
  readonly PaymentFailed: {
    readonly attempt: number;
    readonly proof: 'absent after close' | 'person' | 'refused';
    /** The gateway's code for a refusal; empty where there was none. */
    readonly code: string;
    /** When the look-up began, the person decided, or the answer came. */
    readonly at: number;
  };
  /**
   * The gateway refused the request for its content, or answered its key with a stored failure.
   * From here on only a process that appends a claim sends it (R12).
   */
  readonly SendingStopped: {
    readonly subject: Subject;
    readonly why: StopReason;
    /** The gateway's own word for it. */
    readonly code: string;
    readonly at: number;
  };
  /** Its writer, and nobody else, may send the stopped request once more, at once (R12). */
  readonly ResendClaimed: { readonly subject: Subject; readonly at: number };
  /** Unknown whether money moved, or it moved otherwise than asked. Evidence still counts. */
  readonly PaymentReviewRequired: ReviewOpened & { readonly attempt: number };
  /** A person has decided whether the payment was captured. */
  readonly PaymentReviewResolved: Resolution & {
    readonly attempt: number;
    readonly verdict: 'captured' | 'not captured';
  };
  /** The customer no longer wants the order. May be the first event: the cancel came first. */
  readonly CancellationRequested: { readonly reason: string; readonly at: number };
  /** Nothing of the customer's money is held, and none ever will be. */
  readonly OrderCancelled: Readonly<Record<string, never>>;
  /** The intent to refund, durable before anything is sent, with the lines that it is for. */
  readonly RefundRequested: FrozenRequest &
    Invoice.Credit & {
      readonly refundId: string;
      readonly refundKey: string;
      readonly cause: 'command' | 'cancel';
      /** Of the command: another refund has another. Empty for one of a cancellation. */
      readonly fingerprint: string;
    };
  /** The gateway has refunded the money. Always in one commit with CreditNoteIssued. */
  readonly RefundSucceeded: MoneyMovement & {
    readonly refundId: string;
    readonly source: CaptureSource;
  };
  /** The gateway refused it for good, or it was never executed: its amount is free again. */
  readonly RefundFailed: { readonly refundId: string; readonly code: string };
  /** Asked for and never to be made. Without the event a later copy of the command would pass. */
  readonly RefundRejected: {
    readonly refundId: string;
    readonly fingerprint: string;
    readonly reason: string;
  };
  /** As PaymentReviewRequired, of a refund: its amount stays reserved. */
  readonly RefundReviewRequired: ReviewOpened & { readonly refundId: string };
  /** A person has decided whether the refund was made. */
  readonly RefundReviewResolved: Resolution & {
    readonly refundId: string;
    readonly verdict: 'refunded' | 'not refunded';
  };
  /**
   * The gateway made a refund for which nobody here asked. Always in one commit with
   * CreditNoteIssued; its `refundId` is `gateway#` and the gateway's name of the refund.
   */
  readonly RefundAdopted: MoneyMovement &
    Invoice.Credit & {
      readonly refundId: string;
      readonly source: CaptureSource;
      readonly at: number;
    };
  /** A person wants the order compared with the gateway's records of it. */
  readonly GatewayComparisonRequested: {
    readonly by: string;
    readonly reason: string;
    readonly at: number;
    /** Where a refund that is found is credited, and a version before which it has no number. */
    readonly series: string;
    readonly seriesFrom: number;
  };
  /** The comparison was made, and everything that only the gateway had was recorded before this. */
  readonly GatewayCompared: { readonly at: number };
  /** Refused at the door, for ever; other content under its id may still be placed. */
  readonly OrderRefused: {
    /** Empty where the order has none that could be read, as the address. */
    readonly customerId: string;
    readonly email: string;
    readonly reasons: readonly string[];
    /** Of the content that was sent: another order under the same id has another. */
    readonly fingerprint: string;
    readonly at: number;
  };
  /**
   * A person asked for a refund or a cancellation by the command line. Recorded before the command
   * is sent, and changes nothing about the order: the command does.
   */
  readonly RequestedByHand: {
    readonly command: 'CancelOrder' | 'RefundPayment';
    /** The refund's id; empty for a cancellation. */
    readonly id: string;
    readonly by: string;
    readonly reason: string;
    readonly at: number;
  };
  /** The customer is notified at this address from here on. */
  readonly CustomerEmailCorrected: {
    readonly email: string;
    readonly by: string;
    readonly reason: string;
    readonly at: number;
  };
};

export type Event = {
  readonly [T in keyof EventData]: { readonly type: T; readonly data: EventData[T] };
}[keyof EventData];

export type EventOf<T extends Event['type']> = Extract<Event, { readonly type: T }>;

/**
 * Whether it says only what people decided or asked for: it may stand anywhere, and an order of
 * which nothing else is recorded is empty.
 */
export const isNote = ({ type }: { readonly type: string }): boolean =>
  type === 'RequestedByHand' || isAboutDeadLetter({ type });

export type MovementEvent = EventOf<'PaymentCaptured' | 'RefundSucceeded' | 'RefundAdopted'>;

export const isMovement = (event: StreamEvent): event is MovementEvent =>
  event.type === 'PaymentCaptured' ||
  event.type === 'RefundSucceeded' ||
  event.type === 'RefundAdopted';

/**
 * Everything that stands in the stream of an order: two aggregates, one history, and the decisions
 * of people about its dead letters.
 */
export type StreamEvent = Event | Invoice.Event | DeadLetterEvent;
