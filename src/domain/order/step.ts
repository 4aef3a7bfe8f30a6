import type { StreamEvent } from './codec.ts';
import type { Answer, Evidence, Known, Subject } from './evidence.ts';
import type { Moved, ReviewReason } from './events.ts';
import type { Facts } from './facts.ts';

/** What a process that drives an order does next. One step, then it asks again. */
export type Step =
  | { readonly type: 'Append'; readonly events: readonly [StreamEvent, ...StreamEvent[]] }
  /** Send the frozen request of the subject, now: the time was read for it. */
  | {
      readonly type: 'Post';
      readonly subject: Subject;
      readonly key: string;
      readonly body: string;
    }
  | { readonly type: 'LookUp'; readonly subject: Subject; readonly of: LookedUp }
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
  /** Nothing can be known now. The message comes again. */
  | { readonly type: 'BackOff'; readonly subject: Subject; readonly why: string }
  /** A person must look. */
  | { readonly type: 'DeadLetter'; readonly reason: string }
  /** Nothing is left to do but to tell. */
  | { readonly type: 'Settled' };

export type LookedUp =
  | { readonly type: 'Payment'; readonly orderId: string; readonly attempt: number }
  | { readonly type: 'Refund'; readonly refundId: string; readonly paymentReference: string };

/** A request whose outcome is not recorded, and what is known of it. */
export type OpenRequest = {
  readonly subject: Subject;
  readonly known: Known;
  readonly at: number;
  readonly amountMinor: number;
  readonly currency: string;
  readonly series: string;
  readonly seriesFrom: number;
  /** Its document's id in the series. */
  readonly documentId: string;
};

/** Of something that holds more, what the money was. */
export const bare = ({ reference, amountMinor, currency }: Moved): Moved => ({
  reference,
  amountMinor,
  currency,
});

type Reviewed = {
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly resolved?: { readonly reference: string };
};

/** A person's decision counts as evidence. One for "nothing moved" has ended the request already. */
export const decided = ({ resolved, amountMinor, currency }: Reviewed): Answer | undefined =>
  resolved === undefined
    ? undefined
    : { type: 'Moved', source: 'person', reference: resolved.reference, amountMinor, currency };

export const knownOf = (evidence: Evidence, subject: Subject): Known => evidence.get(subject) ?? {};

export const isYoung = ({ at }: OpenRequest, { now, resendHorizonMs }: Facts): boolean =>
  now - at < resendHorizonMs;

/** Whether a look-up that began then proves by absence that the request was never executed (R5). */
export const isAfterClose = (
  { at }: OpenRequest,
  lookedUpAt: number,
  { closeMs }: Facts,
): boolean => lookedUpAt >= at + closeMs;

/**
 * Whether a look-up that fails is given up: for as long after the close as the request had to be sent, it is
 * tried again, so that a gateway's bad minute does not make a person look (ADR 0011).
 */
export const isGivenUp = (request: OpenRequest, lookedUpAt: number, facts: Facts): boolean =>
  isAfterClose(request, lookedUpAt - facts.resendHorizonMs, facts);

export const isAsked = (
  { amountMinor, currency }: OpenRequest,
  moved: Extract<Answer, { type: 'Moved' }>,
): boolean => moved.amountMinor === amountMinor && moved.currency === currency;

export const takeNumber = (
  { subject, series, seriesFrom: from, documentId: id }: OpenRequest,
  reference: string,
): Step => ({ type: 'TakeNumber', subject, series, entry: { id, reference, from } });

export const searchSeries = (request: OpenRequest): Step => {
  const { subject, series, seriesFrom: from, documentId: id, amountMinor, currency } = request;
  const wanted = { id, from };
  return { type: 'SearchSeries', subject, series, wanted, asked: { amountMinor, currency } };
};

export const backOff = ({ subject }: OpenRequest, why: string): Step => ({
  type: 'BackOff',
  subject,
  why,
});

export const append = (first: StreamEvent, ...rest: readonly StreamEvent[]): Step => ({
  type: 'Append',
  events: [first, ...rest],
});

export const deadLetter = (reason: string): Step => ({ type: 'DeadLetter', reason });

export const inReview = (subject: Subject, reason: ReviewReason): Step =>
  deadLetter(`${subject} is in review: ${reason}`);
