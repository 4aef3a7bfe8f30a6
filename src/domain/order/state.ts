import * as Invoice from '../invoice/index.ts';
import type { StreamEvent } from './codec.ts';
import type { CaptureSource } from './events.ts';
import type { Subject } from './evidence.ts';
import {
  adopted,
  changeRefund,
  isOpenRefund,
  type EventData,
  type RefundEvent,
  type Refund,
  type RequestedRefund,
  type ReviewState,
  type SendingState,
  type SendingStop,
} from './refundState.ts';

export type { Refund, RequestedRefund, SendingStop } from './refundState.ts';

export type PlacedOrder = EventData<'OrderPlaced'>;

/** An intent without an outcome *is* the unknown outcome: there is no other sign of it. */
export type PaymentRequest = EventData<'PaymentRequested'>;
/** Why money may have gone back that nobody here asked for, since when, and where that will be numbered. */
export type Comparison = {
  /** Of the newest event that makes it due: what was listed for an older one proves nothing. */
  readonly version: number;
  readonly series: string;
  readonly seriesFrom: number;
  /** A person asked for it; without it a refund of ours has failed. */
  readonly asked?: EventData<'GatewayComparisonRequested'>;
};

export type Payment =
  | { readonly status: 'none' }
  | ({ readonly status: 'requested' } & PaymentRequest & SendingState)
  | (ReviewState<EventData<'PaymentReviewResolved'>> & PaymentRequest & SendingState)
  | {
      readonly status: 'captured';
      readonly attempt: number;
      readonly reference: string;
      readonly source: CaptureSource;
    }
  | { readonly status: 'declined'; readonly attempt: number; readonly code: string }
  | ({ readonly status: 'failed' } & EventData<'PaymentFailed'>);

export type State = {
  /** Of the last event in its stream, as it is stored. */
  readonly version: number;
  readonly placed?: PlacedOrder;
  /** The tombstone: from here on nobody charges this order any more. */
  readonly cancellation?: EventData<'CancellationRequested'>;
  readonly cancelled: boolean;
  /** The newest refusal at the door, while nothing was placed. */
  readonly refused?: EventData<'OrderRefused'>;
  /** Of the customer's address, oldest first: `placed` has the newest. Absent where there was none. */
  readonly corrections?: readonly EventData<'CustomerEmailCorrected'>[];
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
      const { attempt, reference, source } = event.data;
      return { payment: { status: 'captured', attempt, reference, source } };
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
      const { placed, corrections = [] } = state;
      if (placed === undefined) return {};
      const customer = { ...placed.customer, email: event.data.email };
      return { placed: { ...placed, customer }, corrections: [...corrections, event.data] };
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

const changeRefunds = ({ refunds }: State, event: RefundEvent): readonly Refund[] =>
  refunds.map((refund) =>
    refund.refundId === event.data.refundId ? changeRefund(refund, event) : refund,
  );

/** Of an open payment or refund alone: whatever has ended is sent by nobody anyway. */
const changeSending = (
  { payment, refunds }: State,
  subject: Subject,
  next: (stopped: SendingStop | undefined) => SendingStop | undefined,
): Partial<State> => {
  const resent = <T extends SendingState>(open: T): T => {
    const stopped = next(open.stopped);
    return stopped === undefined ? open : { ...open, stopped };
  };
  if (payment.status === 'requested' || payment.status === 'review') {
    if (subject === `payment#${payment.attempt}`) return { payment: resent(payment) };
  }
  return {
    refunds: refunds.map((refund) =>
      subject === `refund#${refund.refundId}` &&
      (refund.status === 'pending' || refund.status === 'review')
        ? resent(refund)
        : refund,
    ),
  };
};

const contextOf = ({ placed, version }: State, reference: string): Invoice.InvoiceContext => ({
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
