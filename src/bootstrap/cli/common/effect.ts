import type { PaymentCommand } from '../../../application/messages/index.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import { isMarker } from '../../../domain/personal/index.ts';
import * as Order from '../../../domain/order/index.ts';
import { againText } from './summary.ts';

/** The effect of a command, as the order's stream shows it. */
export type Effect =
  | { readonly type: 'Done'; readonly what: string }
  /** It did not do what it asks for, and will not by itself. */
  | { readonly type: 'Failed'; readonly what: string }
  | { readonly type: 'Waiting'; readonly what: string };

const done = (what: string): Effect => ({ type: 'Done', what });
const failed = (what: string): Effect => ({ type: 'Failed', what });
const waiting = (what: string): Effect => ({ type: 'Waiting', what });

/** `fingerprint` is a refund's own: another refund may stand under its id. */
export const effectOf = (
  command: PaymentCommand,
  state: Order.State,
  fingerprint: string,
): Effect => {
  switch (command.type) {
    case 'CancelOrder':
      return cancelEffect(state);
    case 'RefundPayment':
      return refundEffect({ refundId: command.refundId, fingerprint }, state);
    case 'CorrectEmail':
      return correctionEffect(command, state);
    case 'PlaceOrder':
    case 'ResumeOrder':
      return resumeEffect(state);
  }
};

const cancelEffect = (state: Order.State): Effect => {
  const { payment, placed, refunds, cancellation, cancelled, refused } = state;
  if (cancelled) return done('cancelled; no money of it is held');
  if (payment.status === 'declined') return done('the payment was declined, nothing is to cancel');
  if (cancellation === undefined) return waiting('no worker has taken it yet');
  if (placed === undefined && refused !== undefined) {
    return done(
      'the order was refused, nothing is to cancel; if it comes again, it is not charged',
    );
  }
  if (placed === undefined)
    return done('the order has not come yet; if it comes, it is not charged');
  if (isUndecided(payment)) return failed('the payment is in review; a person has to decide');
  if (payment.status !== 'captured') {
    return waiting('it is not known yet whether the payment was made; it will not be sent again');
  }
  if (refunds.some(isUndecided)) return failed('a refund is in review; a person has to decide');
  const { rest } = Order.sumsOf(state);
  const asked = refunds.filter((refund) => refund.status !== 'rejected' && isOfCancel(refund));
  const isCompared = state.comparison === undefined;
  return isCompared && rest > 0 && asked.length >= Order.CANCEL_REFUNDS_MAX
    ? failed(
        'the gateway refuses the refund; a person has to make it there, and `paidonce ' +
          'review adopt` records it',
      )
    : waiting('the refund is under way');
};

const isOfCancel = ({ cause }: Pick<Order.RequestedRefund, 'cause'>): boolean => cause === 'cancel';

/** It is in review, and no person has decided. */
const isUndecided = (subject: Order.Payment | Order.Refund): boolean =>
  subject.status === 'review' && subject.resolved === undefined;

const refundEffect = (
  { refundId, fingerprint }: { readonly refundId: string; readonly fingerprint: string },
  state: Order.State,
): Effect => {
  const { refunds, payment, placed, refused, cancelled, invoice } = state;
  const refund = refunds.find((other) => other.refundId === refundId);
  if (refund === undefined) {
    if (cancelled) return failed('refused: the order is cancelled');
    if (placed === undefined && refused !== undefined) {
      return failed('refused: the order was refused on arrival');
    }
    switch (payment.status) {
      case 'declined':
        return failed('refused: the payment was declined');
      case 'failed':
        return failed('refused: the payment was never made');
      case 'review':
        return failed('dead-lettered: the payment is in review');
      case 'none':
      case 'requested':
        return waiting('nothing is captured yet');
      case 'captured':
        return refunds.length >= Order.REFUNDS_MAX
          ? failed(`refused: ${Order.REFUNDS_MAX} refunds already`)
          : waiting('no worker has taken it yet');
    }
  }
  if (refund.fingerprint !== fingerprint) {
    return failed('dead-lettered: another refund was requested under this id before');
  }
  switch (refund.status) {
    case 'pending':
      return waiting('the gateway was asked');
    case 'review':
      return isUndecided(refund)
        ? failed('it is in review; a person has to decide')
        : waiting('a person has decided; it is to be recorded');
    case 'failed':
      return failed(`the gateway did not refund it: ${refund.code}${againText(refund)}`);
    case 'rejected':
      return failed(`rejected: ${refund.reason}; this id never works again`);
    case 'returned':
      return failed(`it was made, and came back: ${refund.code}; a person has to decide`);
    case 'succeeded': {
      const notes = invoice.status === 'issued' ? invoice.document.creditNotes : [];
      const label = notes.find((note) => note.refundId === refundId)?.label ?? '';
      return done(`${formatAmount(refund.amountMinor, refund.currency)} refunded, ${label}`);
    }
  }
};

const correctionEffect = (
  command: Extract<PaymentCommand, { type: 'CorrectEmail' }>,
  { placed, corrections = [] }: Order.State,
): Effect => {
  if (placed === undefined) return waiting('the order has not come yet');
  const { email } = placed.customer;
  const newest = corrections.at(-1);
  // Where addresses cannot be read, the newest correction is known by who asked for it, and why.
  const isThisOne =
    isMarker(email) && newest?.by === command.by && newest.reason === command.reason;
  if (isThisOne || Order.isSameMailbox(email, command.email)) {
    return done('the customer is notified at this address');
  }
  if (Order.isKnownCorrection(command, corrections)) {
    return failed(
      'the address was corrected again since; to go back to this one, give another reason',
    );
  }
  return corrections.length >= Order.CORRECTIONS_MAX
    ? failed(`refused: ${Order.CORRECTIONS_MAX} corrections already`)
    : waiting('no worker has taken it yet');
};

/**
 * The effect on the comparison with the gateway alone: other parts of the order, such as a review,
 * may stay open.
 */
export const comparisonEffect = ({ comparison }: Order.State): Effect =>
  comparison === undefined
    ? done('compared with the gateway')
    : waiting('no worker has compared it yet');

const resumeEffect = (state: Order.State): Effect => {
  const { payment, placed, cancellation, cancelled, refunds, refused } = state;
  if (placed === undefined && refused !== undefined) return done('refused on arrival');
  if (placed === undefined && cancellation === undefined) return waiting('there is no such order');
  const isOpen =
    payment.status === 'requested' ||
    payment.status === 'review' ||
    refunds.some(Order.isOpen) ||
    state.comparison !== undefined ||
    (payment.status === 'captured' && cancellation !== undefined && !cancelled);
  return isOpen ? waiting(Order.statusOf(state)) : done(Order.statusOf(state));
};
