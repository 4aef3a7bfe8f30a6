import { isAboutDeadLetter, type Event as DeadLetterEvent } from '../deadLetter/events.ts';
import type * as Invoice from '../invoice/index.ts';
import type { OrderTotals } from '../money/index.ts';
import type { Content } from './content.ts';
import type { GatewayEventData } from './gatewayEvents.ts';
import type {
  CaptureSource,
  FailureProof,
  FrozenRequest,
  MoneyMovement,
  PaymentWay,
  Resolution,
  ReviewOpened,
  StopReason,
  Subject,
} from './eventParts.ts';

export type { GatewayEventData } from './gatewayEvents.ts';

export * from './eventParts.ts';

/**
 * The events of one order's payment and refunds, each with its data. Names and fields are stored
 * for ever: add, never rename.
 */
export type EventData = GatewayEventData & {
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
    readonly way: PaymentWay;
    /** The gateway's name of the shop's payment, or the shop's of a transfer; otherwise empty. */
    readonly payment: string;
  };
  /**
   * The shop's payment was compared with the order, and is claimed for it: from here on it pays
   * this order and no other, and what others do to it is no reason to refuse it (R16).
   */
  readonly PaymentVerified: MoneyMovement & {
    readonly attempt: number;
    /** The payment's status. `amountMinor` is what could be captured, or was. */
    readonly is: 'authorised' | 'captured';
    readonly at: number;
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
   * found nothing; or the gateway refused the request twice while nobody else could send it; or the
   * authorisation was released (R17); or the shop's payment cannot pay the order, so that nothing
   * was ever sent (R16).
   */
  readonly PaymentFailed: {
    readonly attempt: number;
    readonly proof: FailureProof;
    /** The gateway's code for a refusal, or why it is unusable; empty where there was none. */
    readonly code: string;
    /** When the look-up began, the person decided, or the answer came. */
    readonly at: number;
  };
  /**
   * The gateway refused the request for its content, or answered its key with a stored failure.
   * From here on, only a process that appends a claim sends it (R12).
   */
  readonly SendingStopped: {
    readonly subject: Subject;
    readonly why: StopReason;
    /** The gateway's own code. */
    readonly code: string;
    readonly at: number;
  };
  /**
   * The writer of this event, and nobody else, may send the stopped request once more, at once
   * (R12).
   */
  readonly ResendClaimed: { readonly subject: Subject; readonly at: number };
  /** It is unknown whether money moved, or it moved otherwise than asked. Evidence still counts. */
  readonly PaymentReviewRequired: ReviewOpened & { readonly attempt: number };
  /** A person has decided whether the payment was captured. */
  readonly PaymentReviewResolved: Resolution & {
    readonly attempt: number;
    readonly verdict: 'captured' | 'not captured';
  };
  /** The customer no longer wants the order. This may be the first event: the cancel came first. */
  readonly CancellationRequested: { readonly reason: string; readonly at: number };
  /** Nothing of the customer's money is held, and none ever will be. */
  readonly OrderCancelled: Readonly<Record<string, never>>;
  /** The intent to refund, durable before anything is sent, with the lines that it is for. */
  readonly RefundRequested: FrozenRequest &
    Invoice.Credit & {
      readonly refundId: string;
      readonly refundKey: string;
      readonly cause: 'command' | 'cancel';
      /**
       * The fingerprint of the command: another refund has another. Empty for one of a
       * cancellation.
       */
      readonly fingerprint: string;
    };
  /** The gateway has refunded the money. Always in one commit with CreditNoteIssued. */
  readonly RefundSucceeded: MoneyMovement & {
    readonly refundId: string;
    readonly source: CaptureSource;
  };
  /** The gateway refused it for good, or it was never executed: its amount is free again. */
  readonly RefundFailed: {
    readonly refundId: string;
    readonly code: string;
    /** The gateway's name of it; empty where no refund of that kind exists there. */
    readonly reference: string;
  };
  /** The refund is never made. Without the event a later copy of the command would pass. */
  readonly RefundRejected: {
    readonly refundId: string;
    readonly fingerprint: string;
    readonly reason: string;
  };
  /** Like PaymentReviewRequired, for a refund: its amount stays reserved. */
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
    /**
     * The series in which a refund that is found is credited, and a version of it before which the
     * refund has no number.
     */
    readonly series: string;
    readonly seriesFrom: number;
  };
  /** The comparison was made, and everything that only the gateway had was recorded before this. */
  readonly GatewayCompared: { readonly at: number };
  /**
   * The order was refused at the door, for ever. Other content under its id may still be placed.
   */
  readonly OrderRefused: {
    /** It is empty where the order has none that could be read. So is the address. */
    readonly customerId: string;
    readonly email: string;
    readonly reasons: readonly string[];
    /**
     * The fingerprint of the content that was sent: another order under the same id has another.
     */
    readonly fingerprint: string;
    readonly at: number;
  };
  /**
   * A person asked for a refund or a cancellation by the command line. The event is recorded before
   * the command is sent. The command changes the order, and this event does not.
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
 * Whether an event records only what people decided or asked for. It may stand anywhere, and an
 * order of which nothing else is recorded is empty.
 */
export const isNote = ({ type }: { readonly type: string }): boolean =>
  type === 'RequestedByHand' || isAboutDeadLetter({ type });

export type MovementEvent = EventOf<'PaymentCaptured' | 'RefundSucceeded' | 'RefundAdopted'>;

export const isMovement = (event: StreamEvent): event is MovementEvent =>
  event.type === 'PaymentCaptured' ||
  event.type === 'RefundSucceeded' ||
  event.type === 'RefundAdopted';

/**
 * Every event in the stream of an order: two aggregates, one history, and the decisions of people
 * about its dead letters.
 */
export type StreamEvent = Event | Invoice.Event | DeadLetterEvent;
