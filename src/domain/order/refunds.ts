import * as Invoice from '../invoice/index.ts';
import type { Printed } from '../series/index.ts';
import type { StreamEvent } from './codec.ts';
import type { Answer } from './evidence.ts';
import type { Moved, ReviewReason } from './events.ts';
import { documentNumber, type Driven } from './payment.ts';
import { CANCELLED } from './record.ts';
import { cancelRefundId, requestRefund } from './requests.ts';
import type { Payment, Placed, Refund } from './state.ts';
import { isOpen, leftOf, sumsOf } from './sums.ts';
import {
  append,
  backOff,
  bare,
  deadLetter,
  decided,
  inReview,
  isAfterClose,
  isAsked,
  isGivenUp,
  isYoung,
  knownOf,
  searchSeries,
  takeNumber,
  type OpenRequest,
  type Step,
} from './step.ts';

type Captured = Extract<Payment, { status: 'captured' }>;
type OpenRefund = Extract<Refund, { status: 'pending' | 'review' }>;
type Open = OpenRequest & { readonly refund: OpenRefund };

/**
 * The table "driving refunds" (docs/payments.md), for an order that is captured and invoiced. A refund that
 * has to wait holds up no other.
 */
export const driveRefunds = (payment: Captured, placed: Placed, driven: Driven): Step => {
  const { state } = driven;
  const { rest } = sumsOf(state);
  const back =
    state.cancellation !== undefined && rest > 0 ? [cancelRest(payment, placed, driven)] : [];
  const refunds = state.refunds
    .filter(isOpen)
    .map((refund) => driveRefund(refund, { payment, placed }, driven));
  const steps = [...back, ...refunds];
  const isWaiting = ({ type }: Step): boolean => type === 'BackOff' || type === 'DeadLetter';
  return (
    // What is known is recorded before anything more is sent.
    steps.find(({ type }) => type === 'Append') ??
    steps.find((step) => !isWaiting(step)) ??
    steps.find(({ type }) => type === 'BackOff') ??
    steps[0] ?? { type: 'Settled' }
  );
};

/** A refund of a cancelled order that failed is asked for anew, under a new id, while there are any. */
const cancelRest = (payment: Captured, placed: Placed, { state, facts }: Driven): Step => {
  const refundId = cancelRefundId(state.refunds);
  if (refundId === undefined) return deadLetter('cancel-refund-exhausted');
  const about = { placed, paymentReference: payment.reference, refundId, fingerprint: '' };
  return requestRefund({ ...about, cause: 'cancel', lines: leftOf(state) }, facts).match(
    (requested) => append(requested),
    ({ reason }) => deadLetter(`the money cannot be given back: ${reason}`),
  );
};

const driveRefund = (
  refund: OpenRefund,
  { payment, placed }: { readonly payment: Captured; readonly placed: Placed },
  driven: Driven,
): Step => {
  const { refundId, at, amountMinor, currency, series, seriesFrom } = refund;
  const { evidence, facts } = driven;
  const subject = `refund#${refundId}` as const;
  const known = knownOf(evidence, subject);
  const asked = { subject, known, at, amountMinor, currency, series, seriesFrom };
  const open: Open = { ...asked, documentId: `${placed.orderId}#${refundId}`, refund };
  const answer = (refund.status === 'review' ? decided(refund) : undefined) ?? known.answer;
  switch (answer?.type) {
    case 'Moved':
      if (!isAsked(open, answer)) return review(open, 'amount', [answer], driven);
      return known.number === undefined
        ? takeNumber(open, answer.reference)
        : succeeded(open, answer, known.number, driven);
    case 'Several':
      return review(open, 'several', answer.found, driven);
    case 'Declined':
      return append({ type: 'RefundFailed', data: { refundId, code: answer.code } });
    case 'Absent':
      return isAfterClose(open, answer.lookedUpAt, facts)
        ? append({ type: 'RefundFailed', data: { refundId, code: 'absent after close' } })
        : backOff(open, 'not found before close');
    case 'LookUpFailed':
      if (!isGivenUp(open, answer.lookedUpAt, facts)) return backOff(open, 'look-up failed');
      return known.searched === undefined
        ? searchSeries(open)
        : review(open, 'unresolved', [], driven);
    case 'NoAnswer':
      return backOff(open, 'no answer');
    case undefined: {
      if (refund.status === 'pending' && isYoung(open, facts)) {
        return { type: 'Post', subject, key: refund.refundKey, body: refund.body };
      }
      if (refund.status === 'review' && known.searched === undefined) return searchSeries(open);
      const { reference: paymentReference } = payment;
      return { type: 'LookUp', subject, of: { type: 'Refund', refundId, paymentReference } };
    }
  }
};

/** Refunded and credited in one commit. The last of a cancelled order's money ends the order. */
const succeeded = (
  { refund, amountMinor }: Open,
  { reference, currency, source }: Extract<Answer, { type: 'Moved' }>,
  numbered: Printed,
  { state, facts }: Driven,
): Step => {
  const { refundId, lines } = refund;
  const refunds: StreamEvent = {
    type: 'RefundSucceeded',
    data: { refundId, reference, amountMinor, currency, source },
  };
  const credits: StreamEvent = {
    type: 'CreditNoteIssued',
    data: {
      refundId,
      ...documentNumber(numbered, facts.creditNotes.format),
      lines,
      ...Invoice.totalsOf(lines),
    },
  };
  const { captured, refunded } = sumsOf(state);
  const isAllBack = state.cancellation !== undefined && refunded + amountMinor === captured;
  return append(refunds, credits, ...(isAllBack ? [CANCELLED] : []));
};

const review = (
  { subject, refund }: Open,
  reason: ReviewReason,
  seen: readonly Moved[],
  { facts: { now: at } }: Driven,
): Step => {
  if (refund.status === 'review') return inReview(subject, reason);
  const { refundId } = refund;
  return append({
    type: 'RefundReviewRequired',
    data: { refundId, reason, seen: seen.map(bare), at },
  });
};
