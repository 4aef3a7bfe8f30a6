import type { PrintedNumber } from '../series/index.ts';
import type { Observation } from './evidence.ts';
import type { MoneyMovement, ReviewReason } from './events.ts';
import { compareWithGateway, credits, isRecorded } from './compare.ts';
import type { DecisionContext } from './context.ts';
import { stopped, type PaymentView } from './payment.ts';
import { RECORDED_BEFORE } from './refundState.ts';
import { cancelRefundId, refundKey, requestRefund } from './requests.ts';
import {
  askGateway,
  forged,
  holdsClaim,
  isSentIfAbsent,
  nextLookUpAt,
  type SendingOptions,
} from './sending.ts';
import type { Payment, PlacedOrder, Refund } from './state.ts';
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
  knownOf,
  searchSeries,
  takeNumber,
  type OpenRequest,
  type OrderStep,
} from './step.ts';

type CapturedPayment = Extract<Payment, { status: 'captured' }>;
type OpenRefund = Extract<Refund, { status: 'pending' | 'review' }>;
type RefundInProgress = OpenRequest & { readonly refund: OpenRefund };

/**
 * The table "driving refunds" (docs/payments.md), for an order that is captured and invoiced. A refund that
 * has to wait holds up no other.
 */
export const driveRefunds = (
  payment: CapturedPayment,
  placed: PlacedOrder,
  driven: PaymentView,
): OrderStep => {
  const { state, facts } = driven;
  const { rest } = sumsOf(state);
  const compared = compareWithGateway(payment, placed, driven);
  // What is left is asked for only once it is known what others have given back.
  const isOwed = state.cancellation !== undefined && rest > 0 && state.comparison === undefined;
  const back = isOwed ? [cancelRest(payment, placed, driven)] : [];
  const refunds = state.refunds
    .filter(isOpen)
    .map((refund) => driveRefund(refund, { payment, placed }, driven));
  const steps = [...compared, ...back, ...refunds];
  const isWaiting = ({ type }: OrderStep): boolean => type === 'BackOff' || type === 'DeadLetter';
  // Each review has a letter of its own: this message stays one, whatever else is in review.
  const isOwn = (step: OrderStep): boolean =>
    step.type === 'DeadLetter' && step.letter !== undefined && step.letter === facts.letter;
  return (
    // What is known is recorded before anything more is sent.
    steps.find(({ type }) => type === 'Append') ??
    steps.find((step) => !isWaiting(step)) ??
    steps.find(({ type }) => type === 'BackOff') ??
    steps.find(isOwn) ??
    steps[0] ?? { type: 'Settled' }
  );
};

/** A refund of a cancelled order that failed is asked for anew, under a new id, while there are any. */
const cancelRest = (
  payment: CapturedPayment,
  placed: PlacedOrder,
  { state, facts }: PaymentView,
): OrderStep => {
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
  { payment, placed }: { readonly payment: CapturedPayment; readonly placed: PlacedOrder },
  driven: PaymentView,
): OrderStep => {
  const { refundId } = refund;
  const { orderId } = placed;
  const { evidence, facts } = driven;
  const subject = `refund#${refundId}` as const;
  const known = knownOf(evidence, subject);
  const asked = { subject, known, key: refund.refundKey, request: refund, orderId };
  const { reference: paymentReference } = payment;
  const { deployment } = refund;
  const isItself = ({ isPreparedRefund }: DecisionContext): boolean => {
    const money = { amountMinor: refund.amountMinor, currency: placed.currency };
    const request = { deployment, orderId, refundId, paymentReference, ...money };
    const isOwn = refund.refundKey === refundKey(deployment, orderId, refundId);
    return isOwn && isPreparedRefund(refund.body, request);
  };
  const open: RefundInProgress = {
    ...asked,
    isItself,
    documentId: `${orderId}#${refundId}`,
    refund,
  };
  const asking: SendingOptions = {
    maySend: refund.status === 'pending',
    isInReview: refund.status === 'review',
    lookUp: { type: 'Refund', deployment, refundId, paymentReference },
  };
  const lookUp = (): OrderStep => {
    const step = askGateway(open, facts, asking);
    return step.type === 'Post' && payment.source === 'person'
      ? (notOfAnother(open, payment, facts) ?? step)
      : step;
  };
  const lookUpAgainAt = (lookedUpAt: number): number =>
    nextLookUpAt(open, lookedUpAt, Math.min(refund.stopped?.at ?? Infinity, refund.sendUntil));
  const answer = (refund.status === 'review' ? decided(refund) : undefined) ?? known.answer;
  switch (answer?.type) {
    case 'Moved':
      // It was adopted before it was asked for again, as after a restore: it is credited already.
      if (isRecorded(driven.state, answer)) {
        return append({ type: 'RefundFailed', data: { refundId, code: RECORDED_BEFORE } });
      }
      if (!isAsked(open, answer)) return review(open, 'amount', [answer], driven);
      return known.number === undefined
        ? takeNumber(open, answer.reference)
        : succeeded(open, answer, known.number, driven);
    case 'Several':
      return review(open, 'several', answer.found, driven);
    case 'Declined':
      return append({ type: 'RefundFailed', data: { refundId, code: answer.code } });
    case 'Absent':
      if (isSentIfAbsent(open, facts, asking)) return lookUp();
      return isAfterClose(open, answer.lookedUpAt)
        ? append({ type: 'RefundFailed', data: { refundId, code: 'absent after close' } })
        : backOff(open, 'not found before close', lookUpAgainAt(answer.lookedUpAt));
    case 'LookUpFailed':
      if (!isGivenUp(open, answer.lookedUpAt)) {
        return backOff(open, 'look-up failed', lookUpAgainAt(answer.lookedUpAt));
      }
      return known.searched === undefined
        ? searchSeries(open)
        : review(open, 'unresolved', [], driven);
    case 'Refused': {
      const { code } = answer;
      if (refund.status === 'review') return backOff(open, 'no answer');
      if (refund.stopped === undefined) return append(stopped(open, 'refused', code, facts.now));
      // As for a payment (R12).
      if (holdsClaim(open)) return append({ type: 'RefundFailed', data: { refundId, code } });
      return lookUp();
    }
    case 'StoredFailure':
      return refund.status === 'pending' && refund.stopped?.why !== 'stored failure'
        ? append(stopped(open, 'stored failure', answer.code, facts.now))
        : lookUp();
    case 'NoAnswer':
      return backOff(open, 'no answer');
    case undefined:
      return lookUp();
  }
};

/**
 * Which payment is this order's, a person may have said, and whoever can write into the log can say it in a
 * person's name. So it is asked at the gateway before money of it goes back (ADR 0027).
 */
const notOfAnother = (
  open: RefundInProgress,
  { attempt, reference: paymentReference }: CapturedPayment,
  { deployment: { id: deployment } }: DecisionContext,
): OrderStep | undefined => {
  const { subject, orderId, known } = open;
  if (known.capture === undefined) {
    const of = { type: 'Capture', deployment, orderId, attempt, paymentReference } as const;
    return { type: 'LookUp', subject, of };
  }
  if (known.capture === 'unknown') return backOff(open, 'whose the payment is cannot be asked');
  return known.capture === 'of another'
    ? forged(`${subject} is of a payment of another order`)
    : undefined;
};

/** Refunded and credited in one commit. */
const succeeded = (
  { refund }: RefundInProgress,
  { reference, currency, source }: Extract<Observation, { type: 'Moved' }>,
  numbered: PrintedNumber,
  { state, facts }: PaymentView,
): OrderStep => {
  const { refundId, lines, amountMinor } = refund;
  const data = { refundId, reference, amountMinor, currency, source };
  return append(
    { type: 'RefundSucceeded', data },
    ...credits({ refundId, lines, numbered }, state, facts),
  );
};

const review = (
  { subject, refund }: RefundInProgress,
  reason: ReviewReason,
  seen: readonly MoneyMovement[],
  { facts: { now: at, letter } }: PaymentView,
): OrderStep => {
  if (refund.status === 'review') return inReview(subject, { reason, letter: refund.letter });
  const { refundId } = refund;
  return append({
    type: 'RefundReviewRequired',
    data: { refundId, reason, seen: seen.map(bare), at, letter },
  });
};
