import * as Invoice from '../invoice/index.ts';
import type { Event, EventData, EventOf, StreamEvent } from './events.ts';
import { changeDisputes } from './evolveDisputes.ts';
import { adopted, changeRefunds } from './evolveRefunds.ts';
import {
  foundIn,
  initialState,
  isOpen,
  type Comparison,
  type OpenPayment,
  type Payment,
  type SendingState,
  type SendingStop,
  type State,
} from './state.ts';

export const evolve = (before: State, event: StreamEvent): State => {
  const state = endsComparison(before, event) ? withoutComparison(before) : before;
  return { ...state, ...change(state, event), version: state.version + 1 };
};

/**
 * Whether an event ends the comparison. With everything refunded there is nothing to find, unless a
 * person wants to know, or something was found by then.
 */
const endsComparison = (before: State, { type }: StreamEvent): boolean => {
  const { comparison } = before;
  if (comparison === undefined) return false;
  const isToGoOn = comparison.asked !== undefined || foundIn(before) !== undefined;
  return type === 'GatewayCompared' || (type === 'OrderCancelled' && !isToGoOn);
};

export const withoutComparison = (before: State): State => {
  const { comparison: _, ...state } = before;
  return state;
};

/** Like `evolve`, for an event that was stored under that version: parts of one event share it. */
export const evolveAt = (state: State, event: StreamEvent, version: number): State =>
  evolve(state.version === version - 1 ? state : { ...state, version: version - 1 }, event);

export const fold = (events: readonly StreamEvent[], from: State = initialState): State =>
  events.reduce(evolve, from);

/**
 * The change that each event makes. It is total and silent. There is no default: a new event does
 * not compile until it has its place here.
 */
const change = (state: State, event: StreamEvent): Partial<State> => {
  switch (event.type) {
    case 'OrderPlaced':
      return { placed: event.data };
    case 'OrderRefused':
      return { refused: event.data };
    case 'CustomerEmailCorrected':
      return correct(state, event.data);
    case 'CancellationRequested':
      return { cancellation: event.data };
    case 'OrderCancelled':
      return { cancelled: true };
    case 'PaymentRequested':
    case 'PaymentVerified':
    case 'PaymentCaptured':
    case 'PaymentDeclined':
    case 'PaymentFailed':
    case 'PaymentReviewRequired':
    case 'PaymentReviewResolved':
    case 'PaymentPending':
    case 'PaymentAuthenticationRequested':
    case 'PaymentAuthenticationAwaited':
      return { payment: changePayment(state.payment, event) };
    case 'SendingStopped': {
      const { subject, ...stopped } = event.data;
      return changeSending(state, subject, () => stopped);
    }
    case 'ResendClaimed': {
      const { subject, at } = event.data;
      const claim = { at, version: state.version + 1 };
      return changeSending(state, subject, (stopped) => stopped && { ...stopped, claim });
    }
    case 'RefundRequested':
      return { refunds: [...state.refunds, { status: 'pending', ...event.data }] };
    case 'RefundAdopted':
      return { refunds: [...state.refunds, adopted(event.data)] };
    case 'RefundRejected':
      return { refunds: [...state.refunds, { status: 'rejected', ...event.data }] };
    case 'RefundSucceeded':
    case 'RefundReviewRequired':
    case 'RefundReviewResolved':
    case 'RefundPending':
    case 'RefundReturned':
    case 'RefundReturnResolved':
      return { refunds: changeRefunds(state, event) };
    case 'RefundFailed':
      return { refunds: changeRefunds(state, event), ...compareAfter(state, event) };
    case 'GatewayComparisonRequested':
      return { comparison: due(state, event.data, { asked: event.data }) };
    case 'GatewayDifferenceFound': {
      const isNew = state.comparison === undefined || state.comparison.isFound;
      const { refund: found } = event.data;
      return { comparison: due(state, event.data, isNew ? { isFound: true, found } : { found }) };
    }
    case 'DisputeOpened':
    case 'DisputeFundsWithdrawn':
    case 'DisputeFundsReinstated':
    case 'DisputeClosed':
      return { disputes: changeDisputes(state, event) };
    case 'InvoiceIssued':
    case 'CreditNoteIssued':
      return { invoice: Invoice.evolve(state.invoice, event, contextOf(state, event)) };
    // What became of a message says nothing about the money.
    case 'LetterRedriven':
    case 'LetterDiscarded':
    // The command that follows changes the order.
    case 'RequestedByHand':
    // `evolve` undoes the comparison, as only it can take a part away.
    case 'GatewayCompared':
      return {};
  }
};

const correct = (
  { placed, corrections = [] }: State,
  correction: EventData['CustomerEmailCorrected'],
): Partial<State> => {
  if (placed === undefined) return {};
  const customer = { ...placed.customer, email: correction.email };
  return { placed: { ...placed, customer }, corrections: [...corrections, correction] };
};

type PaymentEvent = Extract<Event, { readonly type: `Payment${string}` }>;

const changePayment = (payment: Payment, event: PaymentEvent): Payment => {
  switch (event.type) {
    case 'PaymentRequested':
      return { ...event.data, status: 'requested' };
    case 'PaymentCaptured': {
      const { attempt, reference, source } = event.data;
      const way = 'way' in payment ? payment.way : 'method';
      return { status: 'captured', attempt, way, reference, source };
    }
    case 'PaymentVerified':
      return isOpenPayment(payment) ? { ...payment, verified: event.data } : payment;
    case 'PaymentPending':
      return isOpenPayment(payment) ? { ...payment, pending: event.data } : payment;
    case 'PaymentAuthenticationRequested':
      return isOpenPayment(payment) ? { ...payment, authentication: event.data } : payment;
    case 'PaymentAuthenticationAwaited': {
      if (!isOpenPayment(payment) || payment.authentication === undefined) return payment;
      const { link } = event.data;
      return { ...payment, authentication: { ...payment.authentication, link } };
    }
    case 'PaymentDeclined':
      return { status: 'declined', ...event.data };
    case 'PaymentFailed':
      return { status: 'failed', ...event.data };
    case 'PaymentReviewRequired': {
      const { reason, at: since, letter } = event.data;
      if (payment.status !== 'requested') return payment;
      return { ...payment, status: 'review', reason, since, letter };
    }
    case 'PaymentReviewResolved':
      return payment.status === 'review' ? { ...payment, resolved: event.data } : payment;
  }
};

const isOpenPayment = (payment: Payment): payment is OpenPayment =>
  payment.status === 'requested' || payment.status === 'review';

/** A refund that failed makes a comparison due: somebody may have made it at the gateway. */
const compareAfter = (state: State, { data }: EventOf<'RefundFailed'>): Partial<State> => {
  const refund = state.refunds.find(({ refundId }) => refundId === data.refundId);
  if (refund === undefined || !isOpen(refund)) return {};
  // One that an older release gave up counts only where it may still owe the customer money.
  const isToBeCompared = refund.deployment !== '' || refund.cause === 'cancel';
  return isToBeCompared ? { comparison: due(state, refund) } : {};
};

/** A number may have been taken since the oldest reason; a list counts since the newest. */
const due = (
  { comparison, version }: State,
  { series, seriesFrom }: { readonly series: string; readonly seriesFrom: number },
  {
    asked = comparison?.asked,
    found = comparison?.found ?? '',
    isFound,
  }: Pick<Comparison, 'asked' | 'isFound' | 'found'> = {},
): Comparison => ({
  version: version + 1,
  series: comparison?.series ?? series,
  seriesFrom: comparison?.seriesFrom ?? seriesFrom,
  ...(asked === undefined ? {} : { asked }),
  ...(isFound === undefined ? {} : { isFound }),
  ...(found === '' ? {} : { found }),
});

/** Changes the sending of an open payment or refund alone: nobody sends one that has ended. */
const changeSending = (
  { payment, refunds }: State,
  subject: EventData['SendingStopped']['subject'],
  next: (stopped: SendingStop | undefined) => SendingStop | undefined,
): Partial<State> => {
  const changed = <T extends SendingState>(open: T): T => {
    const stopped = next(open.stopped);
    return stopped === undefined ? open : { ...open, stopped };
  };
  if (isOpenPayment(payment) && subject === `payment#${payment.attempt}`) {
    return { payment: changed(payment) };
  }
  return {
    refunds: refunds.map((refund) =>
      subject === `refund#${refund.refundId}` && isOpen(refund) ? changed(refund) : refund,
    ),
  };
};

/** The parts of the order that stand on the document, with the gateway's name of its money. */
const contextOf = (
  { placed, version, payment, refunds }: State,
  event: Invoice.Event,
): Invoice.InvoiceContext => {
  const moved =
    event.type === 'InvoiceIssued'
      ? payment
      : refunds.find(({ refundId }) => refundId === event.data.refundId);
  const isMoved = moved?.status === 'captured' || moved?.status === 'succeeded';
  return {
    orderId: placed?.orderId ?? '',
    customerId: placed?.customer.id ?? '',
    currency: placed?.currency ?? '',
    reference: isMoved ? moved.reference : '',
    version: version + 1,
  };
};
