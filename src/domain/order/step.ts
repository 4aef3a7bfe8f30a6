import type { StreamEvent } from './codec.ts';
import type { Observation, Evidence, RequestKnowledge, Subject } from './evidence.ts';
import type { MoneyMovement, ReviewReason } from './events.ts';
import type { DecisionContext } from './context.ts';
import type { PaymentRequest, SendingStop } from './state.ts';

/** What a process that drives an order does next. One step, then it asks again. */
export type OrderStep =
  | { readonly type: 'Append'; readonly events: readonly [StreamEvent, ...StreamEvent[]] }
  /** Send the frozen request of the subject, now, unless it would be written later than `notAfter` (R4). */
  | {
      readonly type: 'Post';
      readonly subject: Subject;
      readonly key: string;
      readonly body: string;
      /** Milliseconds since the epoch. */
      readonly notAfter: number;
    }
  | { readonly type: 'LookUp'; readonly subject: Subject; readonly of: LookUpRequest }
  | {
      readonly type: 'TakeNumber';
      readonly subject: Subject;
      readonly series: string;
      readonly entry: { readonly id: string; readonly reference: string; readonly from: number };
    }
  | {
      readonly type: 'SearchSeries';
      readonly subject: Subject;
      readonly series: string;
      readonly wanted: { readonly id: string; readonly from: number };
      /** What was asked for: a number is only taken for that. */
      readonly asked: { readonly amountMinor: number; readonly currency: string };
    }
  /** Nothing can be known now. The message comes again, at `until` where something is to be had then. */
  | {
      readonly type: 'BackOff';
      readonly subject: Subject;
      readonly why: string;
      readonly until?: number;
      /** The name of a record that tells a person. */
      readonly alarm?: 'gateway.other_account';
    }
  /** A person must look. */
  | {
      readonly type: 'DeadLetter';
      readonly reason: string;
      /** Of a review: the message whose dead letter stands for it. Others need not be kept. */
      readonly letter?: string;
      /** Known to this process alone, so that it must not get lost with its lease. */
      readonly isContradiction?: true;
      /** The name of a record that tells a person. */
      readonly alarm?: 'intent.forged';
    }
  /** Nothing is left to do but to tell. */
  | { readonly type: 'Settled' };

export type LookUpRequest =
  | {
      readonly type: 'Payment';
      readonly deployment: string;
      readonly orderId: string;
      /** `any`: of a restored log, that may have lost the order with its attempts. */
      readonly attempt: number | 'any';
      /** What the gateway made before this is another's. */
      readonly since: number;
      /** The frozen request. */
      readonly body: string;
    }
  | {
      readonly type: 'Refund';
      readonly deployment: string;
      readonly refundId: string;
      readonly paymentReference: string;
    }
  | CaptureLookUp
  /** All refunds of one payment, whoever asked for them. */
  | { readonly type: 'Refunds'; readonly paymentReference: string };

/** Whose a payment is of which nobody but a person says that it is this order's. */
export type CaptureLookUp = {
  readonly type: 'Capture';
  readonly deployment: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly paymentReference: string;
};

/** A request whose outcome is not recorded, and what is known of it. */
export type OpenRequest = {
  readonly subject: Subject;
  readonly known: RequestKnowledge;
  readonly key: string;
  /** Whether key and body are what its own fields, and its order's, come to. */
  readonly isItself: (facts: DecisionContext) => boolean;
  /** As it was frozen, and what became of its sending. */
  readonly request: FrozenTerms & { readonly stopped?: SendingStop };
  readonly orderId: string;
  /** Its document's id in the series. */
  readonly documentId: string;
};

type FrozenTerms = Pick<
  PaymentRequest,
  | 'body'
  | 'amountMinor'
  | 'currency'
  | 'at'
  | 'series'
  | 'seriesFrom'
  | 'sendUntil'
  | 'closeAt'
  | 'requestLifeMs'
  | 'deployment'
  | 'account'
  | 'seal'
>;

/** Of something that holds more, what the money was. */
export const bare = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

type ReviewOutcome = {
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly resolved?: { readonly reference: string };
};

/** A person's decision counts as evidence. One for "nothing moved" has ended the request already. */
export const decided = ({
  resolved,
  amountMinor,
  currency,
}: ReviewOutcome): Observation | undefined =>
  resolved === undefined
    ? undefined
    : { type: 'Moved', source: 'person', reference: resolved.reference, amountMinor, currency };

export const knownOf = (evidence: Evidence, subject: Subject): RequestKnowledge =>
  evidence.get(subject) ?? {};

/** Whether a look-up that began then proves by absence that the request was never executed (R5). */
export const isAfterClose = ({ request }: OpenRequest, lookedUpAt: number): boolean =>
  lookedUpAt >= request.closeAt;

/**
 * Whether a look-up that fails is given up: for as long after the close as the request had to be sent, it is
 * tried again, so that a gateway's bad minute does not make a person look (ADR 0011).
 */
export const isGivenUp = ({ request }: OpenRequest, lookedUpAt: number): boolean =>
  lookedUpAt >= request.closeAt + (request.sendUntil - request.at);

export const isAsked = (
  { request }: OpenRequest,
  moved: Extract<Observation, { type: 'Moved' }>,
): boolean => moved.amountMinor === request.amountMinor && moved.currency === request.currency;

export const takeNumber = (
  { subject, request: { series, seriesFrom: from }, documentId: id }: OpenRequest,
  reference: string,
): OrderStep => ({ type: 'TakeNumber', subject, series, entry: { id, reference, from } });

export const searchSeries = ({ subject, request, documentId: id }: OpenRequest): OrderStep => {
  const { series, seriesFrom: from, amountMinor, currency } = request;
  const wanted = { id, from };
  return { type: 'SearchSeries', subject, series, wanted, asked: { amountMinor, currency } };
};

export const backOff = ({ subject }: OpenRequest, why: string, until?: number): OrderStep => ({
  type: 'BackOff',
  subject,
  why,
  ...(until === undefined ? {} : { until }),
});

export const append = (first: StreamEvent, ...rest: readonly StreamEvent[]): OrderStep => ({
  type: 'Append',
  events: [first, ...rest],
});

export const deadLetter = (reason: string): OrderStep => ({ type: 'DeadLetter', reason });

export const inReview = (
  subject: Subject,
  { reason, letter }: { readonly reason: ReviewReason; readonly letter: string },
): OrderStep => ({ type: 'DeadLetter', reason: whyInReview(subject, reason), letter });

const whyInReview = (subject: Subject, reason: ReviewReason): string =>
  `${subject} is in review: ${reason}`;

/** What the dead letter says that goes before these events; undefined where none of them asks for a person. */
export const reviewIn = (events: readonly StreamEvent[]): string | undefined => {
  for (const { type, data } of events) {
    if (type === 'PaymentReviewRequired') {
      return whyInReview(`payment#${data.attempt}`, data.reason);
    }
    if (type === 'RefundReviewRequired') return whyInReview(`refund#${data.refundId}`, data.reason);
  }
  return undefined;
};
