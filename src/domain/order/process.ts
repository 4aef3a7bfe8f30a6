import { compareWithGateway } from './comparison.ts';
import type { DecisionContext } from './context.ts';
import type { MoneyMovement, ReviewReason, StopReason } from './events.ts';
import { contradictionIn, type Evidence, type Observation } from './evidence.ts';
import {
  allocateNumber,
  findNumber,
  forgery,
  holdsClaim,
  isAfterClose,
  isAfterRestore,
  isAsAsked,
  isGivenUp,
  isYoung,
  nextLookUpAt,
  type OpenRequest,
  type OrderView,
} from './openRequest.ts';
import { askGateway } from './mayCharge.ts';
import { paymentRequest } from './payment.ts';
import { refundRequest, refundRest } from './refunds.ts';
import { evidenceOf, isShopPayment, shopPaymentStep } from './shopPayment.ts';
import { isOpen, type CapturedPayment, type OpenPayment, type State } from './state.ts';
import { append, inReview, retryLater, type OrderStep } from './step.ts';

/**
 * The table of evidence, for payments and refunds alike (docs/payments.md, "Driving the payment"
 * and "Driving refunds"). The policy of each says what is appended at its end.
 */
const driveRequest = (open: OpenRequest, context: DecisionContext): OrderStep => {
  const { subject, request, known, review, policy } = open;
  const { now: at } = context;
  const stop = (why: StopReason, code: string): OrderStep =>
    append({ type: 'SendingStopped', data: { subject, why, code, at } });
  const answer = decisionOf(open) ?? known.answer;
  switch (answer?.type) {
    case 'MoneyMoved': {
      // Nothing is sent for it, so that no other condition asks who has written it.
      const isForged = answer.source === 'shop' ? forgery(open, context) : undefined;
      if (isForged !== undefined) return isForged;
      const end = policy.recordedBefore(answer);
      if (end !== undefined) return append(end);
      if (!isAsAsked(request, answer)) return callPerson(open, 'amount', [answer]);
      return known.number === undefined
        ? allocateNumber(open, answer.reference)
        : policy.succeeded(answer, known.number);
    }
    case 'MultipleFound':
      return callPerson(open, 'several', answer.found);
    case 'Declined':
      return policy.declined(answer.code);
    case 'Absent':
      return sendAfterLookUp(open, context) ?? absent(open, answer.lookedUpAt);
    case 'LookUpFailed':
      if (!isGivenUp(request, answer.lookedUpAt)) {
        return retryLater(subject, 'look-up failed', nextLookUpAt(open, answer.lookedUpAt));
      }
      // Before any review the series is searched: a number may have been taken for it (R8).
      return known.searched === undefined ? findNumber(open) : callPerson(open, 'unresolved', []);
    case 'Refused':
      if (review !== undefined) return retryLater(subject, 'no answer');
      if (request.stopped === undefined) return stop('refused', answer.code);
      return holdsClaim(open) ? policy.refused(answer.code) : askGateway(open, context);
    case 'StoredFailure':
      return review === undefined && request.stopped?.why !== 'stored failure'
        ? stop('stored failure', answer.code)
        : askGateway(open, context);
    case 'NoAnswer':
    // Only known of the shop's payment, and evidence in their own words by now.
    case 'Inspected':
    case 'Voided':
    case 'UnderWay':
      return retryLater(subject, 'no answer');
    case undefined:
      return askGateway(open, context);
  }
};

/** A person's decision that the money moved counts as evidence. */
const decisionOf = ({ request, review }: OpenRequest): Observation | undefined => {
  if (review?.resolved === undefined) return undefined;
  const { amountMinor, currency } = request;
  const { reference } = review.resolved;
  return { type: 'MoneyMoved', source: 'person', reference, amountMinor, currency };
};

const absent = (open: OpenRequest, lookedUpAt: number): OrderStep =>
  isAfterClose(open.request, lookedUpAt)
    ? open.policy.absent(open, lookedUpAt)
    : retryLater(open.subject, 'not found before close', nextLookUpAt(open, lookedUpAt));

/**
 * The step of a request that was only looked up so that it is not sent a second time: after a
 * restore; or of the shop's payment, which is still authorised.
 */
const sendAfterLookUp = (open: OpenRequest, context: DecisionContext): OrderStep | undefined => {
  const { request, call } = open;
  const isToBeCaptured = call.type === 'capture' && request.stopped?.why !== 'stored failure';
  const isRestored = request.stopped === undefined && isAfterRestore(request, context);
  if (!open.isWanted || !(isToBeCaptured || isRestored) || !isYoung(request, context)) {
    return undefined;
  }
  const step = askGateway(open, context);
  return step.type === 'LookUp' ? undefined : step;
};

const callPerson = (
  { subject, review, policy }: OpenRequest,
  reason: ReviewReason,
  observed: readonly MoneyMovement[],
): OrderStep =>
  review === undefined
    ? append(policy.reviewRequired(reason, observed))
    : inReview(subject, { reason, letter: review.letter });

/**
 * The next step of a process that drives this order, whatever message brought it here (R11). Read
 * the clock right before: a step that sends may be carried out at once only.
 */
export const nextStep = (state: State, evidence: Evidence, context: DecisionContext): OrderStep => {
  const { payment, placed } = state;
  const contradiction = contradictionIn(state, evidence);
  if (contradiction !== undefined) return contradiction;
  // Without an order there is at most a cancellation that came first.
  if (placed === undefined) return { type: 'Settled' };
  const view = { placed, state, evidence, context };
  switch (payment.status) {
    case 'requested':
    case 'review':
      return drivePayment(payment, view);
    case 'captured':
      return driveRefunds(payment, view);
    case 'none':
    case 'declined':
    case 'failed':
      return { type: 'Settled' };
  }
};

const drivePayment = (payment: OpenPayment, view: OrderView): OrderStep => {
  const open = paymentRequest(payment, view);
  if (!isShopPayment(payment)) return driveRequest(open, view.context);
  const answer = evidenceOf(payment, open);
  const { answer: _, ...known } = open.known;
  return (
    shopPaymentStep(open, payment, view) ??
    driveRequest(
      { ...open, known: answer === undefined ? known : { ...known, answer } },
      view.context,
    )
  );
};

/** A refund that has to wait holds up no other. */
const driveRefunds = (payment: CapturedPayment, view: OrderView): OrderStep => {
  const { state, context } = view;
  const steps = [
    ...compareWithGateway(payment, view),
    ...refundRest(payment, view),
    ...state.refunds
      .filter(isOpen)
      .map((refund) => driveRequest(refundRequest(refund, payment, view), context)),
  ];
  const isWaiting = ({ type }: OrderStep): boolean =>
    type === 'RetryLater' || type === 'DeadLetter';
  // Each review has a dead letter of its own: this message stays one, whatever else is in review.
  const isOwn = (step: OrderStep): boolean =>
    step.type === 'DeadLetter' && step.letter !== undefined && step.letter === context.letter;
  return (
    // What is known is recorded before anything more is sent.
    steps.find(({ type }) => type === 'Append') ??
    steps.find((step) => !isWaiting(step)) ??
    steps.find(({ type }) => type === 'RetryLater') ??
    steps.find(isOwn) ??
    steps[0] ?? { type: 'Settled' }
  );
};
