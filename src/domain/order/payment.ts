import * as Invoice from '../invoice/index.ts';
import { priceLines } from '../money/index.ts';
import { formatNumber, type NumberFormat, type Printed } from '../series/index.ts';
import type { StreamEvent } from './codec.ts';
import type { Answer, Evidence } from './evidence.ts';
import type { Moved, ReviewReason } from './events.ts';
import type { Facts } from './facts.ts';
import { CANCELLED } from './record.ts';
import { cancelRefundId, requestPayment, requestRefund } from './requests.ts';
import type { Payment, Placed, State } from './state.ts';
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

type OpenPayment = Extract<Payment, { status: 'requested' | 'review' }>;
type Open = OpenRequest & { readonly payment: OpenPayment; readonly placed: Placed };

/** The table "driving the payment" (docs/payments.md), for a payment that is open or in review. */
export const drivePayment = (
  payment: OpenPayment,
  placed: Placed,
  { state, evidence, facts }: Driven,
): Step => {
  const subject = `payment#${payment.attempt}` as const;
  const { at, amountMinor, currency, series, seriesFrom } = payment;
  const known = knownOf(evidence, subject);
  const asked = { subject, known, at, amountMinor, currency, series, seriesFrom };
  const open: Open = { ...asked, documentId: placed.orderId, payment, placed };
  const hasTombstone = state.cancellation !== undefined;
  const cancelled = hasTombstone ? [CANCELLED] : [];
  const answer = (payment.status === 'review' ? decided(payment) : undefined) ?? known.answer;
  switch (answer?.type) {
    case 'Moved':
      if (!isAsked(open, answer)) return review(open, 'amount', [answer], facts);
      return known.number === undefined
        ? takeNumber(open, answer.reference)
        : captured(open, answer, known.number, { state, facts });
    case 'Several':
      return review(open, 'several', answer.found, facts);
    case 'Declined': {
      const { attempt } = payment;
      return append(
        { type: 'PaymentDeclined', data: { attempt, code: answer.code } },
        ...cancelled,
      );
    }
    case 'Absent': {
      const { lookedUpAt } = answer;
      if (!isAfterClose(open, lookedUpAt, facts)) return backOff(open, 'not found before close');
      if (hasTombstone) return append(failed(open, lookedUpAt), ...cancelled);
      const canTryAnew = payment.status === 'requested' && payment.attempt < facts.attemptsMax;
      return canTryAnew ? anew(open, lookedUpAt, facts) : unresolved(open, facts);
    }
    case 'LookUpFailed':
      return isGivenUp(open, answer.lookedUpAt, facts)
        ? unresolved(open, facts)
        : backOff(open, 'look-up failed');
    case 'NoAnswer':
      return backOff(open, 'no answer');
    case undefined:
      if (payment.status === 'requested' && !hasTombstone && isYoung(open, facts)) {
        return { type: 'Post', subject, key: payment.paymentKey, body: payment.body };
      }
      // On every resume in review the series is searched first: another's number is evidence (R8).
      if (payment.status === 'review' && known.searched === undefined) return searchSeries(open);
      return {
        type: 'LookUp',
        subject,
        of: { type: 'Payment', orderId: placed.orderId, attempt: payment.attempt },
      };
  }
};

export type Driven = {
  readonly state: State;
  readonly evidence: Evidence;
  readonly facts: Facts;
};

/** Captured always invoices, in the same commit; under a tombstone it also gives everything back (R7). */
const captured = (
  { payment: { attempt }, placed }: Open,
  moved: Extract<Answer, { type: 'Moved' }>,
  numbered: Printed,
  { state, facts }: Pick<Driven, 'state' | 'facts'>,
): Step => {
  const priced = priceLines(placed.lines);
  if (priced.isErr()) return deadLetter('the order comes to more than can be exact');
  const { lines, ...totals } = priced.value;
  const captures: StreamEvent = {
    type: 'PaymentCaptured',
    data: { attempt, ...bare(moved), source: moved.source },
  };
  const invoices: StreamEvent = {
    type: 'InvoiceIssued',
    data: { ...documentNumber(numbered, facts.invoices.format), lines, ...totals },
  };
  const refundId = cancelRefundId(state.refunds);
  if (state.cancellation === undefined || refundId === undefined) return append(captures, invoices);
  const about = { placed, paymentReference: moved.reference, refundId, fingerprint: '' };
  const left = Invoice.creditable(lines, []);
  return requestRefund({ ...about, cause: 'cancel', lines: left }, facts).match(
    (back) => append(captures, invoices, back),
    // The number is taken, and must end in a document: what cannot be given back is reported after that.
    () => append(captures, invoices),
  );
};

/** The print of its series, which may be another one than this worker is configured with now. */
export const documentNumber = (numbered: Printed, format: NumberFormat): Invoice.DocumentNumber => {
  const { series, year, number, seriesVersion, date: issuedAt } = numbered;
  const label = numbered.label ?? formatNumber(format, { series, year, number });
  return { series, year, number, label, seriesVersion, issuedAt };
};

const failed = ({ payment: { attempt } }: Open, at: number): StreamEvent => ({
  type: 'PaymentFailed',
  data: { attempt, proof: 'absent after close', at },
});

/** The old attempt ends and the new one begins in one commit: at no time are two of them open. */
const anew = (open: Open, lookedUpAt: number, facts: Facts): Step =>
  requestPayment(open.placed, open.payment.attempt + 1, facts).match(
    (requested) => append(failed(open, lookedUpAt), requested),
    ({ reason }) => deadLetter(`the payment cannot be asked for again: ${reason}`),
  );

/** Before any review the series is searched: it may have a number that was taken for this order (R8). */
const unresolved = (open: Open, facts: Facts): Step =>
  open.known.searched === undefined ? searchSeries(open) : review(open, 'unresolved', [], facts);

const review = (
  { subject, payment }: Open,
  reason: ReviewReason,
  seen: readonly Moved[],
  { now: at }: Facts,
): Step =>
  payment.status === 'review'
    ? inReview(subject, reason)
    : append({
        type: 'PaymentReviewRequired',
        data: { attempt: payment.attempt, reason, seen: seen.map(bare), at },
      });
