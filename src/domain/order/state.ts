import * as Invoice from '../invoice/index.ts';
import type { StreamEvent } from './codec.ts';
import type { Event, ReviewReason } from './events.ts';
import type { Subject } from './evidence.ts';

type DataOf<T extends Event['type']> = Extract<Event, { readonly type: T }>['data'];

export type Placed = DataOf<'OrderPlaced'>;

/** An intent without an outcome *is* the unknown outcome: there is no other sign of it. */
export type Requested = DataOf<'PaymentRequested'>;
/** `gateway`: it was given back there, and nobody here asked for it. */
export type RequestedRefund = Omit<DataOf<'RefundRequested'>, 'cause'> & {
  readonly cause: DataOf<'RefundRequested'>['cause'] | 'gateway';
};

/** A request that is sent no more, but by whoever has appended the newest claim. */
export type Stopped = Omit<DataOf<'SendingStopped'>, 'subject'> & {
  readonly claim?: { readonly at: number; readonly version: number };
};

/** Why money may have gone back that nobody here asked for, since when, and where that will be numbered. */
export type Comparison = {
  /** Of the newest event that makes it due: what was listed for an older one proves nothing. */
  readonly version: number;
  readonly series: string;
  readonly seriesFrom: number;
  /** A person asked for it; without it a refund of ours has failed. */
  readonly asked?: DataOf<'GatewayComparisonRequested'>;
};

type Review<Resolved> = {
  readonly status: 'review';
  readonly reason: ReviewReason;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  readonly letter: string;
  readonly resolved?: Resolved;
};

type Sending = { readonly stopped?: Stopped };

export type Payment =
  | { readonly status: 'none' }
  | ({ readonly status: 'requested' } & Requested & Sending)
  | (Review<DataOf<'PaymentReviewResolved'>> & Requested & Sending)
  | { readonly status: 'captured'; readonly attempt: number; readonly reference: string }
  | { readonly status: 'declined'; readonly attempt: number; readonly code: string }
  | ({ readonly status: 'failed' } & DataOf<'PaymentFailed'>);

export type Refund =
  | ({ readonly status: 'pending' } & RequestedRefund & Sending)
  | (Review<DataOf<'RefundReviewResolved'>> & RequestedRefund & Sending)
  | ({ readonly status: 'succeeded'; readonly reference: string } & RequestedRefund)
  | ({ readonly status: 'failed'; readonly code: string } & RequestedRefund)
  | ({ readonly status: 'rejected' } & DataOf<'RefundRejected'>);

export type State = {
  /** Of the last event in its stream, as it is stored. */
  readonly version: number;
  readonly placed?: Placed;
  /** The tombstone: from here on nobody charges this order any more. */
  readonly cancellation?: DataOf<'CancellationRequested'>;
  readonly cancelled: boolean;
  /** The newest refusal at the door, while nothing was placed. */
  readonly refused?: DataOf<'OrderRefused'>;
  /** The order is to be compared with what the gateway has of it, and was not yet. */
  readonly comparison?: Comparison;
  readonly payment: Payment;
  /** In the order in which they were asked for. */
  readonly refunds: readonly Refund[];
  readonly invoice: Invoice.State;
};

export const initialState: State = {
  version: 0,
  cancelled: false,
  payment: { status: 'none' },
  refunds: [],
  invoice: Invoice.initialState,
};

/** Total and silent. No default: a new event does not compile until it has its place here. */
const change = (state: State, event: StreamEvent): Partial<State> => {
  const { payment } = state;
  switch (event.type) {
    case 'OrderPlaced':
      return { placed: event.data };
    case 'PaymentRequested':
      return { payment: { status: 'requested', ...event.data } };
    case 'PaymentCaptured': {
      const { attempt, reference } = event.data;
      return { payment: { status: 'captured', attempt, reference } };
    }
    case 'PaymentDeclined':
      return { payment: { status: 'declined', ...event.data } };
    case 'PaymentFailed':
      return { payment: { status: 'failed', ...event.data } };
    case 'PaymentReviewRequired': {
      const { reason, at: since, letter } = event.data;
      return payment.status === 'requested'
        ? { payment: { ...payment, status: 'review', reason, since, letter } }
        : {};
    }
    case 'SendingStopped': {
      const { subject, ...stopped } = event.data;
      return changeSending(state, subject, () => stopped);
    }
    case 'ResendClaimed': {
      const { subject, at } = event.data;
      const claim = { at, version: state.version + 1 };
      return changeSending(state, subject, (stopped) => stopped && { ...stopped, claim });
    }
    case 'OrderRefused':
      return { refused: event.data };
    case 'CustomerEmailCorrected': {
      const { placed } = state;
      if (placed === undefined) return {};
      const { email } = event.data;
      return { placed: { ...placed, customer: { ...placed.customer, email } } };
    }
    case 'GatewayComparisonRequested':
      return { comparison: due(state, event.data, event.data) };
    case 'PaymentReviewResolved':
      return payment.status === 'review' ? { payment: { ...payment, resolved: event.data } } : {};
    case 'CancellationRequested':
      return { cancellation: event.data };
    case 'OrderCancelled':
      return { cancelled: true };
    case 'InvoiceIssued': {
      const reference = payment.status === 'captured' ? payment.reference : '';
      return { invoice: Invoice.evolve(state.invoice, event, contextOf(state, reference)) };
    }
    case 'CreditNoteIssued': {
      const refund = state.refunds.find(({ refundId }) => refundId === event.data.refundId);
      const reference = refund?.status === 'succeeded' ? refund.reference : '';
      return { invoice: Invoice.evolve(state.invoice, event, contextOf(state, reference)) };
    }
    // What became of a message says nothing about the money.
    case 'LetterRedriven':
    case 'LetterDiscarded':
    // Undone by `evolve`, which can take a part away.
    case 'GatewayCompared':
      return {};
    case 'RefundAdopted':
      return { refunds: [...state.refunds, adopted(event.data)] };
    case 'RefundRequested':
      return { refunds: [...state.refunds, { status: 'pending', ...event.data }] };
    case 'RefundRejected':
      return { refunds: [...state.refunds, { status: 'rejected', ...event.data }] };
    case 'RefundFailed': {
      const refund = state.refunds.find(({ refundId }) => refundId === event.data.refundId);
      const isDue = refund !== undefined && isOpenRefund(refund) && isToBeCompared(refund);
      return {
        refunds: changeRefunds(state, event),
        ...(isDue ? { comparison: due(state, refund) } : {}),
      };
    }
    case 'RefundSucceeded':
    case 'RefundReviewRequired':
    case 'RefundReviewResolved':
      return { refunds: changeRefunds(state, event) };
  }
};

/** What an older release gave up is looked at only where it may still owe the customer money. */
const isToBeCompared = ({ deployment, cause }: RequestedRefund): boolean =>
  deployment !== '' || cause === 'cancel';

/** A number may have been taken since the oldest reason; what was listed counts since the newest. */
const due = (
  { comparison, version }: State,
  { series, seriesFrom }: { readonly series: string; readonly seriesFrom: number },
  asked = comparison?.asked,
): Comparison => ({
  version: version + 1,
  series: comparison?.series ?? series,
  seriesFrom: comparison?.seriesFrom ?? seriesFrom,
  ...(asked === undefined ? {} : { asked }),
});

const changeRefunds = ({ refunds }: State, event: OfRefund): readonly Refund[] =>
  refunds.map((refund) =>
    refund.refundId === event.data.refundId ? changeRefund(refund, event) : refund,
  );

/** Of an open payment or refund alone: whatever has ended is sent by nobody anyway. */
const changeSending = (
  { payment, refunds }: State,
  subject: Subject,
  next: (stopped: Stopped | undefined) => Stopped | undefined,
): Partial<State> => {
  const change = <T extends Sending>(open: T): T => {
    const stopped = next(open.stopped);
    return stopped === undefined ? open : { ...open, stopped };
  };
  if (payment.status === 'requested' || payment.status === 'review') {
    if (subject === `payment#${payment.attempt}`) return { payment: change(payment) };
  }
  return {
    refunds: refunds.map((refund) =>
      subject === `refund#${refund.refundId}` &&
      (refund.status === 'pending' || refund.status === 'review')
        ? change(refund)
        : refund,
    ),
  };
};

/** As one that was asked for and done, but that there was no request. */
const adopted = (data: DataOf<'RefundAdopted'>): Refund => {
  const { refundId, reference, amountMinor, currency, lines, at } = data;
  const none = { refundKey: '', body: '', series: '', seriesFrom: 0, fingerprint: '' };
  const unsent = { sendUntil: 0, closeAt: 0, deployment: '', account: '', seal: '' };
  const money = { refundId, reference, amountMinor, currency, lines, at };
  return { status: 'succeeded', cause: 'gateway', ...money, ...none, ...unsent };
};

type OfRefund = Extract<
  Event,
  {
    readonly type:
      'RefundSucceeded' | 'RefundFailed' | 'RefundReviewRequired' | 'RefundReviewResolved';
  }
>;

type OpenRefund = Extract<Refund, { readonly status: 'pending' | 'review' }>;

const isOpenRefund = (refund: Refund): refund is OpenRefund =>
  refund.status === 'pending' || refund.status === 'review';

/** Only what is open can change: whatever ended has ended for ever. */
const changeRefund = (refund: Refund, event: OfRefund): Refund => {
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
  const { sendUntil, closeAt, deployment, account, seal } = open;
  const frozen = { body, amountMinor, currency, at, series, seriesFrom };
  const sending = { sendUntil, closeAt, deployment, account, seal };
  return { refundId, refundKey, ...frozen, ...sending, cause, fingerprint, lines };
};

const contextOf = ({ placed, version }: State, reference: string): Invoice.Context => ({
  orderId: placed?.orderId ?? '',
  customerId: placed?.customer.id ?? '',
  currency: placed?.currency ?? '',
  reference,
  version: version + 1,
});

export const evolve = (before: State, event: StreamEvent): State => {
  const { comparison, ...others } = before;
  // With everything given back there is nothing to find, unless a person wants to know.
  const isMoot = event.type === 'OrderCancelled' && comparison?.asked === undefined;
  const isKept = comparison !== undefined && event.type !== 'GatewayCompared' && !isMoot;
  const state = isKept ? before : others;
  return { ...state, ...change(state, event), version: state.version + 1 };
};

/** As `evolve`, of an event that was stored under that version: those split out of one stored event share it. */
export const evolveAt = (state: State, event: StreamEvent, version: number): State =>
  evolve({ ...state, version: version - 1 }, event);

export const fold = (events: readonly StreamEvent[], from: State = initialState): State =>
  events.reduce(evolve, from);
