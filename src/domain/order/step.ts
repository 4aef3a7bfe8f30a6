import type { ReviewReason, StreamEvent, Subject } from './events.ts';

/** The next act of a process that drives an order. It takes one step, then it asks again. */
export type OrderStep =
  | { readonly type: 'Append'; readonly events: readonly [StreamEvent, ...StreamEvent[]] }
  /** Send the frozen request now, unless it would be written later than `notAfter` (R4). */
  | {
      readonly type: 'Send';
      readonly subject: Subject;
      readonly call: GatewayCall;
      readonly key: string;
      readonly body: string;
      /** Milliseconds since the epoch. */
      readonly notAfter: number;
    }
  /** The first order that claims the shop's payment in the log is paid by it (R16). */
  | {
      readonly type: 'ClaimPayment';
      readonly subject: Subject;
      readonly account: string;
      readonly payment: string;
    }
  | { readonly type: 'LookUp'; readonly subject: Subject; readonly of: LookUpRequest }
  | {
      readonly type: 'AllocateNumber';
      readonly subject: Subject;
      readonly series: string;
      readonly entry: { readonly id: string; readonly reference: string; readonly from: number };
    }
  | {
      readonly type: 'FindNumber';
      readonly subject: Subject;
      readonly series: string;
      readonly wanted: { readonly id: string; readonly from: number };
      /** The money of the request: a number is only allocated for that. */
      readonly asked: { readonly amountMinor: number; readonly currency: string };
    }
  /**
   * For a refund that has failed: finds the number that was taken for it, or closes its document
   * (R25).
   */
  | {
      readonly type: 'CloseDocument';
      readonly subject: Subject;
      readonly series: string;
      readonly entry: { readonly id: string; readonly reference: string; readonly from: number };
      readonly asked: { readonly amountMinor: number; readonly currency: string };
    }
  /** Nothing can be known now. The message comes again, at `until` if that is known. */
  | {
      readonly type: 'RetryLater';
      readonly subject: Subject;
      readonly why: string;
      readonly until?: number;
      /** The name of a record that alerts a person. */
      readonly alarm?: 'gateway.other_account';
    }
  | {
      readonly type: 'DeadLetter';
      readonly reason: string;
      /** For a review: the message whose dead letter stands for it. Others need not be kept. */
      readonly letter?: string;
      /** It is known to this process alone, so that it must not get lost with its lease. */
      readonly isContradiction?: true;
      /** The name of a record that alerts a person. */
      readonly alarm?: 'intent.forged';
    }
  /** Nothing is left to do but to publish. */
  | { readonly type: 'Settled' };

/** The kind of request to the gateway; `payment` is the gateway's name of an existing payment. */
export type GatewayCall =
  | { readonly type: 'charge' | 'refund' }
  | { readonly type: 'capture' | 'void' | 'confirm'; readonly payment: string };

export type StepOf<T extends OrderStep['type']> = Extract<OrderStep, { readonly type: T }>;

export type LookUpRequest =
  | {
      readonly type: 'Payment';
      readonly deployment: string;
      readonly orderId: string;
      /** `any`: the log was restored, and may have lost the order with its attempts. */
      readonly attempt: number | 'any';
      /** A payment that the gateway made before this is another's. */
      readonly since: number;
      readonly body: string;
      /** The gateway's customer, where the request named one: its payments are listed, at once. */
      readonly customer?: string;
    }
  | {
      readonly type: 'Refund';
      readonly deployment: string;
      readonly refundId: string;
      readonly paymentReference: string;
    }
  | CaptureLookUp
  /** The shop's payment, by the gateway's name of it. */
  | { readonly type: 'ShopPayment'; readonly payment: string }
  /**
   * A payment by the gateway's name of it, of our own making as far as its metadata say. If it is
   * of another attempt, the finding is about that one; if it is not this order's, it is only heard
   * of.
   */
  | {
      readonly type: 'NamedPayment';
      readonly payment: string;
      readonly deployment: string;
      readonly orderId: string;
      readonly attempt: number;
      readonly since: number;
    }
  /** All refunds and disputes of one payment. */
  | { readonly type: 'Standing'; readonly paymentReference: string }
  /** All refunds of one payment, whoever asked for them. */
  | { readonly type: 'Refunds'; readonly paymentReference: string };

/** The owner of a payment of which only a person says that it is this order's. */
export type CaptureLookUp = {
  readonly type: 'Capture';
  readonly deployment: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly paymentReference: string;
};

export const append = (first: StreamEvent, ...rest: readonly StreamEvent[]): OrderStep => ({
  type: 'Append',
  events: [first, ...rest],
});

export const retryLater = (subject: Subject, why: string, until?: number): OrderStep => ({
  type: 'RetryLater',
  subject,
  why,
  ...(until === undefined ? {} : { until }),
});

export const deadLetter = (reason: string): OrderStep => ({ type: 'DeadLetter', reason });

/**
 * The step where the intent in the log is not what the payment service wrote for this order (ADR
 * 0027).
 */
export const forged = (reason: string): OrderStep => ({
  type: 'DeadLetter',
  reason,
  alarm: 'intent.forged',
});

export const forgedWithoutSeal = (subject: Subject): OrderStep =>
  forged(`${subject} bears no seal of the payment service`);

export const forgedAsAnother = (subject: Subject): OrderStep =>
  forged(`${subject} is frozen with another request than its own`);

/** The step where no event would be legal after what the gateway says. */
export const contradiction = (what: string, recorded: string): OrderStep => ({
  type: 'DeadLetter',
  reason: `contradiction: ${what}, and is recorded as ${recorded}`,
  isContradiction: true,
});

/** The reason of an open review. A refund that came back has one that no review was opened with. */
export type OpenReviewReason = ReviewReason | 'refund-returned';

export const inReview = (
  subject: Subject,
  { reason, letter }: { readonly reason: OpenReviewReason; readonly letter: string },
): OrderStep => ({ type: 'DeadLetter', reason: whyInReview(subject, reason), letter });

const whyInReview = (subject: Subject, reason: OpenReviewReason): string =>
  `${subject} is in review: ${reason}`;

/** The reason of the dead letter that goes before these events; undefined where none goes. */
export const reviewIn = (events: readonly StreamEvent[]): string | undefined => {
  for (const { type, data } of events) {
    if (type === 'PaymentReviewRequired') {
      return whyInReview(`payment#${data.attempt}`, data.reason);
    }
    if (type === 'RefundReviewRequired') return whyInReview(`refund#${data.refundId}`, data.reason);
    if (type === 'RefundReturned') return whyInReview(`refund#${data.refundId}`, 'refund-returned');
  }
  return undefined;
};
