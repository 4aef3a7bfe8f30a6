import type { CreditLine } from '../invoice/index.ts';
import type { Content } from './content.ts';

/** Money that moved at the gateway, in minor units, under the gateway's name for it. */
export type Moved = {
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/** A request that was frozen before it was sent. Key and body are what every try sends, byte by byte. */
type Frozen = {
  readonly body: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Milliseconds since the epoch; the age of the key counts from here. */
  readonly at: number;
  /** The series in which its document will be numbered. */
  readonly series: string;
  /** A version of that series before which this document has no number. */
  readonly seriesFrom: number;
};

/** Who says so: the answer to the request, a look-up, the series of numbers, or a person. */
export const SOURCES = ['answer', 'look-up', 'series', 'person'] as const;
export type Source = (typeof SOURCES)[number];

/**
 * Why a person must look: it stays unknown whether money moved; the gateway moved another amount or
 * currency than was asked for; it has several payments or refunds under one reference.
 */
export const REVIEW_REASONS = ['unresolved', 'amount', 'several'] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** What a person found out, who it was, and why it stands against what the gateway says, if it does. */
type Resolution = {
  /** The gateway's name of the money that moved; empty where none did. */
  readonly reference: string;
  readonly evidence: string;
  readonly by: string;
  /** Empty where the gateway does not contradict. */
  readonly forcedBecause: string;
  readonly at: number;
};

/** The facts about one order's payment. Names and fields are stored for ever: add, never rename. */
export type Event =
  /** The customer's order was accepted. Prices are before tax; `totalMinor` is what will be charged. */
  | {
      readonly type: 'OrderPlaced';
      readonly data: Content & {
        readonly totalMinor: number;
        /** SHA-256 over the order's canonical JSON, in base64url: tells a repeated order from another under the same id. */
        readonly fingerprint: string;
      };
    }
  /** The intent to charge, durable before anything is sent. While it is open, the outcome is unknown. */
  | {
      readonly type: 'PaymentRequested';
      readonly data: Frozen & { readonly attempt: number; readonly paymentKey: string };
    }
  /** The gateway holds the customer's money. Always in one commit with InvoiceIssued. */
  | {
      readonly type: 'PaymentCaptured';
      readonly data: Moved & { readonly attempt: number; readonly source: Source };
    }
  /** The gateway refused the charge for good. */
  | {
      readonly type: 'PaymentDeclined';
      readonly data: { readonly attempt: number; readonly code: string };
    }
  /** It is proven that this attempt was never executed: a look-up after its close, or a person, found nothing. */
  | {
      readonly type: 'PaymentFailed';
      readonly data: {
        readonly attempt: number;
        readonly proof: 'absent after close' | 'person';
        /** When the look-up began, or the person decided. */
        readonly at: number;
      };
    }
  /** Nobody can tell what became of the payment, or it is not what was asked for. Later evidence still counts. */
  | {
      readonly type: 'PaymentReviewRequired';
      readonly data: {
        readonly attempt: number;
        readonly reason: ReviewReason;
        readonly seen: readonly Moved[];
        readonly at: number;
      };
    }
  /** A person has decided what became of the payment. */
  | {
      readonly type: 'PaymentReviewResolved';
      readonly data: Resolution & {
        readonly attempt: number;
        readonly verdict: 'captured' | 'not captured';
      };
    }
  /** The customer no longer wants the order. May be the first event of a stream: the cancel came first. */
  | {
      readonly type: 'CancellationRequested';
      readonly data: { readonly reason: string; readonly at: number };
    }
  /** Nothing of the customer's money is held, and none ever will be. */
  | { readonly type: 'OrderCancelled'; readonly data: Readonly<Record<string, never>> }
  /** The intent to give money back, durable before anything is sent, with the lines it is for. */
  | {
      readonly type: 'RefundRequested';
      readonly data: Frozen & {
        readonly refundId: string;
        readonly refundKey: string;
        readonly cause: 'command' | 'cancel';
        /** Of the command; tells a repeated refund from another under the same id. Empty for a cancel's. */
        readonly fingerprint: string;
        readonly lines: readonly CreditLine[];
      };
    }
  /** The gateway has given the money back. Always in one commit with CreditNoteIssued. */
  | {
      readonly type: 'RefundSucceeded';
      readonly data: Moved & { readonly refundId: string; readonly source: Source };
    }
  /** The gateway refused it for good, or it was never executed: its amount is free again. */
  | {
      readonly type: 'RefundFailed';
      readonly data: { readonly refundId: string; readonly code: string };
    }
  /** Asked for and never to be done; recorded, or a later copy of the command would be accepted. */
  | {
      readonly type: 'RefundRejected';
      readonly data: {
        readonly refundId: string;
        readonly fingerprint: string;
        readonly reason: string;
      };
    }
  /** As PaymentReviewRequired, of a refund: its amount stays reserved. */
  | {
      readonly type: 'RefundReviewRequired';
      readonly data: {
        readonly refundId: string;
        readonly reason: ReviewReason;
        readonly seen: readonly Moved[];
        readonly at: number;
      };
    }
  /** A person has decided what became of the refund. */
  | {
      readonly type: 'RefundReviewResolved';
      readonly data: Resolution & {
        readonly refundId: string;
        readonly verdict: 'refunded' | 'not refunded';
      };
    };
