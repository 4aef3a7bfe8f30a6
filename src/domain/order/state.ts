import * as Invoice from '../invoice/index.ts';
import type { TaxedOrder } from '../money/index.ts';
import type {
  CaptureSource,
  EventData,
  MoneyMovement,
  PaymentWay,
  ReviewReason,
} from './events.ts';

export type PlacedOrder = EventData['OrderPlaced'];

/** The request is sent no more, but by the process that has appended the newest claim. */
export type SendingStop = Omit<EventData['SendingStopped'], 'subject'> & {
  readonly claim?: { readonly at: number; readonly version: number };
};

export type SendingState = { readonly stopped?: SendingStop };

type ReviewState<Resolved> = {
  readonly status: 'review';
  readonly reason: ReviewReason;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly letter: string;
  readonly resolved?: Resolved;
};

/** An intent without an outcome *is* the unknown outcome: there is no other sign of it. */
export type OpenPayment = EventData['PaymentRequested'] &
  SendingState & { readonly verified?: EventData['PaymentVerified'] } & (
    { readonly status: 'requested' } | ReviewState<EventData['PaymentReviewResolved']>
  );

export type CapturedPayment = {
  readonly status: 'captured';
  readonly attempt: number;
  readonly way: PaymentWay;
  readonly reference: string;
  readonly source: CaptureSource;
};

export type Payment =
  | { readonly status: 'none' }
  | OpenPayment
  | CapturedPayment
  | { readonly status: 'declined'; readonly attempt: number; readonly code: string }
  | ({ readonly status: 'failed' } & EventData['PaymentFailed']);

/** `gateway`: the refund was made there, and nobody here asked for it. */
export type RequestedRefund = Omit<EventData['RefundRequested'], 'cause'> & {
  readonly cause: EventData['RefundRequested']['cause'] | 'gateway';
};

export type OpenRefund = RequestedRefund &
  SendingState &
  ({ readonly status: 'pending' } | ReviewState<EventData['RefundReviewResolved']>);

export type Refund =
  | OpenRefund
  | ({ readonly status: 'succeeded'; readonly reference: string } & RequestedRefund)
  | ({ readonly status: 'failed'; readonly code: string } & RequestedRefund)
  | ({ readonly status: 'rejected' } & EventData['RefundRejected']);

/** The code of a refund that was adopted before it was asked for again: it is credited already. */
export const RECORDED_BEFORE = 'recorded before';

/** A comparison with the gateway that is due: it may have refunds for which nobody here asked. */
export type Comparison = {
  /** Of the newest event that makes it due: a list of refunds from before it proves nothing. */
  readonly version: number;
  /** Where a refund that is found is credited, and a version before which it has no number. */
  readonly series: string;
  readonly seriesFrom: number;
  /** A person asked for it. Absent where one of our refunds has failed. */
  readonly asked?: EventData['GatewayComparisonRequested'];
};

export type State = {
  /** Of the last event in its stream, as it is stored. */
  readonly version: number;
  readonly placed?: PlacedOrder;
  /** From this request on nobody charges the order any more. */
  readonly cancellation?: EventData['CancellationRequested'];
  readonly cancelled: boolean;
  /** The newest refusal at the door, while nothing was placed. */
  readonly refused?: EventData['OrderRefused'];
  /** Of the customer's address, the oldest first: `placed` has the newest. Absent without any. */
  readonly corrections?: readonly EventData['CustomerEmailCorrected'][];
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

export const isOpen = (refund: Refund): refund is OpenRefund =>
  refund.status === 'pending' || refund.status === 'review';

/**
 * What moved by the means by which the order was paid, all in minor units of its currency. What was
 * prepaid is not among it.
 */
export type OrderSums = {
  readonly captured: number;
  readonly refunded: number;
  /** Asked for and not decided. A refund in review is one of these: its amount stays reserved. */
  readonly pending: number;
  /** The amount that may still be refunded. Never below zero. */
  readonly rest: number;
};

export const sumsOf = ({ invoice, refunds }: State): OrderSums => {
  const captured = invoice.status === 'issued' ? invoice.document.payableMinor : 0;
  let refunded = 0;
  let pending = 0;
  for (const refund of refunds) {
    if (refund.status === 'succeeded') refunded += refund.amountMinor;
    else if (isOpen(refund)) pending += refund.amountMinor;
  }
  return { captured, refunded, pending, rest: captured - refunded - pending };
};

/**
 * What the lines of the invoice come to that no refund has taken, nor is about to, in minor units.
 * With the last of the money goes the last of the lines, so that money is held while this is not 0.
 */
export const uncreditedOf = ({ invoice, refunds }: State): number =>
  refunds
    .filter(isCounted)
    .reduce(
      (left, refund) => left - Invoice.totalsOf(refund).totalMinor,
      invoice.status === 'issued' ? invoice.document.totalMinor : 0,
    );

const isCounted = (refund: Refund): refund is CountedRefund =>
  refund.status === 'succeeded' || isOpen(refund);
type CountedRefund = OpenRefund | Extract<Refund, { readonly status: 'succeeded' }>;

/** The rest of the invoice: neither refunded, nor about to be. */
export const leftOf = (
  { refunds }: Pick<State, 'refunds'>,
  invoiced: TaxedOrder,
): Invoice.CreditLeft => Invoice.creditable(invoiced, refunds.filter(isCounted));

/** Whether the order has this very refund of the gateway already, under whatever id. */
export const isRecorded = ({ refunds }: State, { reference }: MoneyMovement): boolean =>
  reference !== '' &&
  refunds.some((refund) => refund.status === 'succeeded' && refund.reference === reference);

/**
 * Where an order stands, in the words that people read and `order --json` prints
 * (docs/payments.md, "The states of an order").
 */
export const ORDER_STATUSES = [
  'not placed',
  'refused',
  'cancelled before it came',
  'payment open',
  'in review',
  'review resolved',
  'declined',
  'failed',
  'paid',
  'refund in review',
  'partly refunded',
  'refunded',
  'being cancelled',
  'cancelled',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** The only place that says in a word where an order stands. */
export const statusOf = (state: State): OrderStatus => {
  const { payment, placed, cancellation, cancelled, refused } = state;
  if (cancelled) return 'cancelled';
  if (placed === undefined) {
    if (refused !== undefined) return 'refused';
    return cancellation === undefined ? 'not placed' : 'cancelled before it came';
  }
  switch (payment.status) {
    case 'none':
      return 'not placed';
    case 'requested':
      return cancellation === undefined ? 'payment open' : 'being cancelled';
    case 'review':
      return payment.resolved === undefined ? 'in review' : 'review resolved';
    case 'declined':
    case 'failed':
      return payment.status;
    case 'captured':
      return cancellation === undefined ? paidStatusOf(state) : 'being cancelled';
  }
};

const paidStatusOf = (state: State): OrderStatus => {
  if (state.refunds.some(({ status }) => status === 'review')) return 'refund in review';
  if (state.refunds.every(({ status }) => status !== 'succeeded')) return 'paid';
  const isPending = state.refunds.some(isOpen);
  return uncreditedOf(state) === 0 && !isPending ? 'refunded' : 'partly refunded';
};

/** Whether an invoice will be issued for it if its payment succeeds. */
export const awaitsInvoice = ({ placed, payment, invoice, cancelled }: State): boolean =>
  placed !== undefined &&
  invoice.status === 'none' &&
  !cancelled &&
  payment.status !== 'declined' &&
  payment.status !== 'failed';

/**
 * What an order still needs: to be driven on, a person's decision, or nothing but notices. This is
 * another question than its status: an order that is paid may have a refund under way.
 */
export type OrderProgress = 'open' | 'review' | 'settled';

export const progressOf = (state: State): OrderProgress => {
  if (isToBeDriven(state)) return 'open';
  const { payment, refunds } = state;
  const isInReview =
    payment.status === 'review' || refunds.some(({ status }) => status === 'review');
  return isInReview ? 'review' : 'settled';
};

/**
 * A person's decision, or wish, is open until it is carried out; so is a cancellation that holds
 * money, and a refund that failed until it is known which refunds others have made.
 */
const isToBeDriven = (state: State): boolean => {
  const { payment, refunds, cancellation, comparison } = state;
  if (payment.status === 'requested' || comparison !== undefined) return true;
  if (payment.status === 'review' && payment.resolved !== undefined) return true;
  const isOwed = cancellation !== undefined && payment.status === 'captured';
  if (isOwed && uncreditedOf(state) > 0) return true;
  return refunds.some(
    (refund) =>
      refund.status === 'pending' || (refund.status === 'review' && refund.resolved !== undefined),
  );
};
