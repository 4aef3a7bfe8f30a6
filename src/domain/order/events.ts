import type { CreditLine } from '../invoice/index.ts';
import type { Content } from './content.ts';
import type { Subject } from './evidence.ts';

/** Money that moved at the gateway, in minor units, under the gateway's name for it. */
export type MoneyMovement = {
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/** A request that was frozen before it was sent. Key and body are what every try sends, byte by byte. */
type FrozenRequest = {
  readonly body: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Milliseconds since the epoch; the age of the key counts from here. */
  readonly at: number;
  /** The series in which its document will be numbered. */
  readonly series: string;
  /** A version of that series before which this document has no number. */
  readonly seriesFrom: number;
  /** From this moment on it is sent no more, by whatever settings a worker has then (R4). */
  readonly sendUntil: number;
  /** A look-up proves by absence only if it begins at this moment or later (R5). */
  readonly closeAt: number;
  /** L as its author had it: no request for it may take effect later than so many milliseconds after it was sent. */
  readonly requestLifeMs: number;
  /** Whose request it is: the id of this deployment. Empty in what releases before 0.2 wrote. */
  readonly deployment: string;
  /** The gateway's account and its mode, `acct_…:live` or `acct_…:test`. Empty as above. */
  readonly account: string;
  /** What only the payment service can have written: a MAC over all the rest (ADR 0027). Empty as above. */
  readonly seal: string;
};

/** Why a request is sent no more but by a claim. */
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

/** One review of a payment or a refund. */
type ReviewOpened = {
  readonly reason: ReviewReason;
  readonly seen: readonly MoneyMovement[];
  readonly at: number;
  /** The id of the message whose dead letter stands for it; empty in what releases before 0.2 wrote. */
  readonly letter: string;
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
      readonly data: FrozenRequest & { readonly attempt: number; readonly paymentKey: string };
    }
  /** The gateway holds the customer's money. Always in one commit with InvoiceIssued. */
  | {
      readonly type: 'PaymentCaptured';
      readonly data: MoneyMovement & { readonly attempt: number; readonly source: CaptureSource };
    }
  /** The gateway refused the charge for good. */
  | {
      readonly type: 'PaymentDeclined';
      readonly data: { readonly attempt: number; readonly code: string };
    }
  /**
   * It is proven that this attempt was never executed: a look-up after its close, or a person, found nothing, or
   * the gateway refused the request twice while nobody else could send it.
   */
  | {
      readonly type: 'PaymentFailed';
      readonly data: {
        readonly attempt: number;
        readonly proof: 'absent after close' | 'person' | 'refused';
        /** The gateway's code for a refusal; empty where there was none. */
        readonly code: string;
        /** When the look-up began, the person decided, or the answer came. */
        readonly at: number;
      };
    }
  /**
   * The gateway refused the request for what is in it, or answered its key with a stored failure: from here on
   * nobody sends it but whoever appends a claim (R12).
   */
  | {
      readonly type: 'SendingStopped';
      readonly data: {
        readonly subject: Subject;
        readonly why: StopReason;
        /** The gateway's own word for it. */
        readonly code: string;
        readonly at: number;
      };
    }
  /** Its writer, and nobody else, may send the stopped request once more, at once (R12). */
  | {
      readonly type: 'ResendClaimed';
      readonly data: { readonly subject: Subject; readonly at: number };
    }
  /** Nobody can tell what became of the payment, or it is not what was asked for. Later evidence still counts. */
  | {
      readonly type: 'PaymentReviewRequired';
      readonly data: ReviewOpened & { readonly attempt: number };
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
      readonly data: FrozenRequest & {
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
      readonly data: MoneyMovement & { readonly refundId: string; readonly source: CaptureSource };
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
      readonly data: ReviewOpened & { readonly refundId: string };
    }
  /** A person has decided what became of the refund. */
  | {
      readonly type: 'RefundReviewResolved';
      readonly data: Resolution & {
        readonly refundId: string;
        readonly verdict: 'refunded' | 'not refunded';
      };
    }
  /**
   * The gateway gave money back that nobody here asked for. Always in one commit with CreditNoteIssued; its
   * `refundId` is `gateway#` and the gateway's name of the refund.
   */
  | {
      readonly type: 'RefundAdopted';
      readonly data: MoneyMovement & {
        readonly refundId: string;
        readonly source: CaptureSource;
        readonly lines: readonly CreditLine[];
        readonly at: number;
      };
    }
  /** A person wants the order compared with what the gateway has of it. */
  | {
      readonly type: 'GatewayComparisonRequested';
      readonly data: {
        readonly by: string;
        readonly reason: string;
        readonly at: number;
        /** The series in which what is found will be credited, and a version before which it has no number. */
        readonly series: string;
        readonly seriesFrom: number;
      };
    }
  /** It was, and whatever the gateway had more was recorded before this. */
  | { readonly type: 'GatewayCompared'; readonly data: { readonly at: number } }
  /** The order was refused at the door, for ever; another content under its id may still be placed. */
  | {
      readonly type: 'OrderRefused';
      readonly data: {
        /** Empty where the order has none that could be read, as the address. */
        readonly customerId: string;
        readonly email: string;
        readonly reasons: readonly string[];
        /** Of what was sent: tells a repeated order from another under the same id. */
        readonly fingerprint: string;
        readonly at: number;
      };
    }
  /** The customer is told at this address from here on. */
  | {
      readonly type: 'CustomerEmailCorrected';
      readonly data: {
        readonly email: string;
        readonly by: string;
        readonly reason: string;
        readonly at: number;
      };
    };
