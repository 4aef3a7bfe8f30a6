import type { Event, ReviewReason } from './events.ts';

export type EventData<T extends Event['type']> = Extract<Event, { readonly type: T }>['data'];

/** `gateway`: it was given back there, and nobody here asked for it. */
export type RequestedRefund = Omit<EventData<'RefundRequested'>, 'cause'> & {
  readonly cause: EventData<'RefundRequested'>['cause'] | 'gateway';
};

/** A request that is sent no more, but by whoever has appended the newest claim. */
export type SendingStop = Omit<EventData<'SendingStopped'>, 'subject'> & {
  readonly claim?: { readonly at: number; readonly version: number };
};

export type ReviewState<Resolved> = {
  readonly status: 'review';
  readonly reason: ReviewReason;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  readonly letter: string;
  readonly resolved?: Resolved;
};

export type SendingState = { readonly stopped?: SendingStop };

export type Refund =
  | ({ readonly status: 'pending' } & RequestedRefund & SendingState)
  | (ReviewState<EventData<'RefundReviewResolved'>> & RequestedRefund & SendingState)
  | ({ readonly status: 'succeeded'; readonly reference: string } & RequestedRefund)
  | ({ readonly status: 'failed'; readonly code: string } & RequestedRefund)
  | ({ readonly status: 'rejected' } & EventData<'RefundRejected'>);

/** As one that was asked for and done, but that there was no request. */
export const adopted = (data: EventData<'RefundAdopted'>): Refund => {
  const { refundId, reference, amountMinor, currency, lines, at } = data;
  const none = { refundKey: '', body: '', series: '', seriesFrom: 0, fingerprint: '' };
  const unsent = {
    sendUntil: 0,
    closeAt: 0,
    requestLifeMs: 0,
    deployment: '',
    account: '',
    seal: '',
  };
  const money = { refundId, reference, amountMinor, currency, lines, at };
  return { status: 'succeeded', cause: 'gateway', ...money, ...none, ...unsent };
};

export type RefundEvent = Extract<
  Event,
  {
    readonly type:
      'RefundSucceeded' | 'RefundFailed' | 'RefundReviewRequired' | 'RefundReviewResolved';
  }
>;

type OpenRefund = Extract<Refund, { readonly status: 'pending' | 'review' }>;

export const isOpenRefund = (refund: Refund): refund is OpenRefund =>
  refund.status === 'pending' || refund.status === 'review';

/** Only what is open can change: whatever ended has ended for ever. */
export const changeRefund = (refund: Refund, event: RefundEvent): Refund => {
  if (!isOpenRefund(refund)) return refund;
  const request = requestOf(refund);
  switch (event.type) {
    case 'RefundSucceeded':
      return { ...request, status: 'succeeded', reference: event.data.reference };
    case 'RefundFailed':
      return { ...request, status: 'failed', code: event.data.code };
    case 'RefundReviewRequired': {
      const { reason, at: since, letter } = event.data;
      const stopped = refund.stopped === undefined ? {} : { stopped: refund.stopped };
      return { ...request, ...stopped, status: 'review', reason, since, letter };
    }
    case 'RefundReviewResolved':
      return refund.status === 'review' ? { ...refund, resolved: event.data } : refund;
  }
};

const requestOf = (open: RequestedRefund): RequestedRefund => {
  const { refundId, refundKey, body, amountMinor, currency, at } = open;
  const { series, seriesFrom, cause, fingerprint, lines } = open;
  const { sendUntil, closeAt, requestLifeMs, deployment, account, seal } = open;
  const frozen = { body, amountMinor, currency, at, series, seriesFrom };
  const sending = { sendUntil, closeAt, requestLifeMs, deployment, account, seal };
  return { refundId, refundKey, ...frozen, ...sending, cause, fingerprint, lines };
};

/** Why a refund fails that was adopted before it was asked for again: its money has gone back, and is credited. */
export const RECORDED_BEFORE = 'recorded before';
