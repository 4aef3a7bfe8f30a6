import { goneOf, isDisputed, owedOf } from './sums.ts';
import { isMade, isOpen, isUndecidedReturn, uncreditedOf, type State } from './state.ts';

/**
 * The words for where an order stands, which people read and `order --json` prints
 * (docs/payments.md, "The states of an order").
 */
export const ORDER_STATUSES = [
  'not placed',
  'refused',
  'cancelled before it came',
  'payment open',
  'payment under way',
  'waits for the customer',
  'in review',
  'review resolved',
  'declined',
  'failed',
  'paid',
  'disputed',
  'refund returned',
  'charged back',
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
      if (cancellation !== undefined) return 'being cancelled';
      if (payment.pending !== undefined) return 'payment under way';
      return payment.authentication?.link === undefined ? 'payment open' : 'waits for the customer';
    case 'review':
      return payment.resolved === undefined ? 'in review' : 'review resolved';
    case 'declined':
    case 'failed':
      return payment.status;
    case 'captured':
      if (isDisputed(state)) return 'disputed';
      return cancellation === undefined ? paidStatusOf(state) : 'being cancelled';
  }
};

const paidStatusOf = (state: State): OrderStatus => {
  if (state.refunds.some(isUndecidedReturn)) return 'refund returned';
  if (goneOf(state) > 0) return 'charged back';
  if (state.refunds.some(({ status }) => status === 'review')) return 'refund in review';
  if (!state.refunds.some(isMade)) return 'paid';
  const isPending = state.refunds.some(isOpen);
  return uncreditedOf(state) === 0 && !isPending ? 'refunded' : 'partly refunded';
};

/**
 * The needs of an order: to be driven on, a person's decision, or nothing but notices. This is
 * another question than its status: an order that is paid may have a refund under way.
 */
export type OrderProgress = 'open' | 'review' | 'settled';

export const progressOf = (state: State): OrderProgress => {
  if (isToBeDriven(state)) return 'open';
  const { payment, refunds } = state;
  const isInReview =
    payment.status === 'review' ||
    refunds.some((refund) => refund.status === 'review' || isUndecidedReturn(refund));
  return isInReview ? 'review' : 'settled';
};

/**
 * Whether a process has to drive it on. A person's decision, or wish, is open until it is carried
 * out. So is a cancellation while money is held, and a refund that failed until it is known which
 * refunds others have made. A cancellation that waits for the end of a dispute is not: nothing can
 * be done, and that end drives it on (R20).
 */
const isToBeDriven = (state: State): boolean => {
  const { payment, refunds, cancellation, comparison } = state;
  if (payment.status === 'requested') return true;
  // What was found waits for the decision about a refund that came back (R21).
  const isHeldUp = comparison?.isFound === true && refunds.some(isUndecidedReturn);
  if (comparison !== undefined && !isHeldUp) return true;
  if (payment.status === 'review' && payment.resolved !== undefined) return true;
  if (cancellation !== undefined && isToBeEnded(state)) return true;
  return refunds.some(
    (refund) =>
      refund.status === 'pending' || (refund.status === 'review' && refund.resolved !== undefined),
  );
};

/** Whether a cancelled order that was paid has to be refunded, or ended. */
const isToBeEnded = (state: State): boolean =>
  state.payment.status === 'captured' &&
  !isDisputed(state) &&
  (owedOf(state) > 0 || (!state.cancelled && !state.refunds.some(isOpen)));

/** Whether an invoice will be issued for it if its payment succeeds. */
export const awaitsInvoice = ({ placed, payment, invoice, cancelled }: State): boolean =>
  placed !== undefined &&
  invoice.status === 'none' &&
  !cancelled &&
  payment.status !== 'declined' &&
  payment.status !== 'failed';
