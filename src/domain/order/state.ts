import * as Invoice from '../invoice/index.ts';
import type { StreamEvent } from './codec.ts';
import type { Event, ReviewReason } from './events.ts';

type DataOf<T extends Event['type']> = Extract<Event, { readonly type: T }>['data'];

export type Placed = DataOf<'OrderPlaced'>;

/** An intent without an outcome *is* the unknown outcome: there is no other sign of it. */
export type Requested = DataOf<'PaymentRequested'>;
export type RequestedRefund = DataOf<'RefundRequested'>;

type Review<Resolved> = {
  readonly status: 'review';
  readonly reason: ReviewReason;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  readonly resolved?: Resolved;
};

export type Payment =
  | { readonly status: 'none' }
  | ({ readonly status: 'requested' } & Requested)
  | (Review<DataOf<'PaymentReviewResolved'>> & Requested)
  | { readonly status: 'captured'; readonly attempt: number; readonly reference: string }
  | { readonly status: 'declined'; readonly attempt: number; readonly code: string }
  | { readonly status: 'failed'; readonly attempt: number };

export type Refund =
  | ({ readonly status: 'pending' } & RequestedRefund)
  | (Review<DataOf<'RefundReviewResolved'>> & RequestedRefund)
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
      return { payment: { status: 'failed', attempt: event.data.attempt } };
    case 'PaymentReviewRequired': {
      const { reason, at: since } = event.data;
      return payment.status === 'requested'
        ? { payment: { ...payment, status: 'review', reason, since } }
        : {};
    }
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
      return {};
    case 'RefundRequested':
      return { refunds: [...state.refunds, { status: 'pending', ...event.data }] };
    case 'RefundRejected':
      return { refunds: [...state.refunds, { status: 'rejected', ...event.data }] };
    case 'RefundSucceeded':
    case 'RefundFailed':
    case 'RefundReviewRequired':
    case 'RefundReviewResolved':
      return {
        refunds: state.refunds.map((refund) =>
          refund.refundId === event.data.refundId ? changeRefund(refund, event) : refund,
        ),
      };
  }
};

type OfRefund = Extract<
  Event,
  {
    readonly type:
      'RefundSucceeded' | 'RefundFailed' | 'RefundReviewRequired' | 'RefundReviewResolved';
  }
>;

/** Only what is open can change: whatever ended has ended for ever. */
const changeRefund = (refund: Refund, event: OfRefund): Refund => {
  if (refund.status !== 'pending' && refund.status !== 'review') return refund;
  const request = requestOf(refund);
  switch (event.type) {
    case 'RefundSucceeded':
      return { ...request, status: 'succeeded', reference: event.data.reference };
    case 'RefundFailed':
      return { ...request, status: 'failed', code: event.data.code };
    case 'RefundReviewRequired': {
      const { reason, at: since } = event.data;
      return { ...request, status: 'review', reason, since };
    }
    case 'RefundReviewResolved':
      return refund.status === 'review' ? { ...refund, resolved: event.data } : refund;
  }
};

const requestOf = (open: RequestedRefund): RequestedRefund => {
  const { refundId, refundKey, body, amountMinor, currency, at } = open;
  const { series, seriesFrom, cause, fingerprint, lines } = open;
  const frozen = { body, amountMinor, currency, at, series, seriesFrom };
  return { refundId, refundKey, ...frozen, cause, fingerprint, lines };
};

const contextOf = ({ placed, version }: State, reference: string): Invoice.Context => ({
  orderId: placed?.orderId ?? '',
  customerId: placed?.customer.id ?? '',
  currency: placed?.currency ?? '',
  reference,
  version: version + 1,
});

export const evolve = (state: State, event: StreamEvent): State => ({
  ...state,
  ...change(state, event),
  version: state.version + 1,
});

/** As `evolve`, of an event that was stored under that version: those split out of one stored event share it. */
export const evolveAt = (state: State, event: StreamEvent, version: number): State =>
  evolve({ ...state, version: version - 1 }, event);

export const fold = (events: readonly StreamEvent[], from: State = initialState): State =>
  events.reduce(evolve, from);
