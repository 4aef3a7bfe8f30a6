import { err, ok, type Result } from 'neverthrow';
import { compareWithGateway } from './comparison.ts';
import type { DecisionContext } from './context.ts';
import type { MoneyMovement, ReviewReason, StopReason } from './events.ts';
import { contradictionIn, type Evidence, type Observation } from './evidence.ts';
import {
  allocateNumber,
  findNumber,
  holdsClaim,
  isAfterClose,
  isAfterRestore,
  isAsAsked,
  isGenuine,
  isGivenUp,
  isOfOurAccount,
  isYoung,
  nextLookUpAt,
  quietFrom,
  sendableUntil,
  type OpenRequest,
  type OrderView,
} from './openRequest.ts';
import { paymentRequest } from './payment.ts';
import { refundRequest, refundRest } from './refunds.ts';
import { isOpen, type CapturedPayment, type State } from './state.ts';
import { append, forged, inReview, retryLater, type OrderStep } from './step.ts';

type Obstacle =
  /** It was asked of another account of the gateway: somebody has to give the right key. */
  | 'other account'
  /** It is in review, or its order is cancelled. */
  | 'not wanted'
  /** It is past its horizon, or from the future (R4). */
  | 'not young'
  /** After a restore the gateway may know it already: it is looked up first. */
  | 'not looked up'
  /** Its key answers with a stored failure, or it would be too old once all is quiet. */
  | 'stopped for good'
  /** It was refused, and an earlier request may still take effect (R12). */
  | 'not quiet'
  /** It was refused, and this process has not claimed to send it once more (R12). */
  | 'not claimed'
  /** The payment service did not write it, or not for this order (ADR 0027). */
  | 'no seal'
  | 'not itself';

/**
 * May the gateway be asked now to move this money? If so, the request has to be written until the
 * moment that is returned. Nothing else makes a step that sends, for a charge or for a refund.
 *
 * The intent is in the log already; its key and body are the same in every try (R1). A request that
 * may still be sent is young by the horizon (R4), and was read or claimed a moment ago. Where an
 * answer has stopped it, only the process that holds the newest claim may send it, and only after
 * everything that was sent before is past its life (R12).
 */
export const mayCharge = (
  open: OpenRequest,
  context: DecisionContext,
): Result<number, Obstacle> => {
  const { request, known } = open;
  const { stopped } = request;
  const until = sendableUntil(request, context);
  let viewedAt = context.viewedAt;
  if (!isOfOurAccount(request, context)) return err('other account');
  if (!open.isWanted) return err('not wanted');
  if (!isYoung(request, context)) return err('not young');
  if (stopped === undefined) {
    const isUnasked = known.answer === undefined;
    if (isUnasked && isAfterRestore(request, context)) return err('not looked up');
  } else {
    const quietAt = quietFrom(request, context);
    if (stopped.why === 'stored failure') return err('stopped for good');
    if (stopped.claim === undefined || !holdsClaim(open)) {
      if (quietAt >= until) return err('stopped for good');
      return err(context.now < quietAt ? 'not quiet' : 'not claimed');
    }
    viewedAt = stopped.claim.at;
  }
  if (!isGenuine(open, context)) return err('no seal');
  if (!open.isItself()) return err('not itself');
  return ok(Math.min(until, viewedAt + context.sendWithinMs));
};

/** Sends the request if that may be, and otherwise takes the step that the obstacle calls for. */
const askGateway = (open: OpenRequest, context: DecisionContext): OrderStep =>
  mayCharge(open, context).match(
    (notAfter) => {
      const { subject, key, request, policy } = open;
      const { body } = request;
      return policy.beforeSending(open) ?? { type: 'Send', subject, key, body, notAfter };
    },
    (obstacle) => stepAround(obstacle, open, context),
  );

/** A request of another account is looked at again so often. */
const OTHER_ACCOUNT_PAUSE_MS = 900_000;

const stepAround = (obstacle: Obstacle, open: OpenRequest, context: DecisionContext): OrderStep => {
  const { subject, request, known, review } = open;
  const { now } = context;
  switch (obstacle) {
    case 'other account': {
      const why = 'asked of another account of the gateway';
      const until = now + OTHER_ACCOUNT_PAUSE_MS;
      return { type: 'RetryLater', subject, why, until, alarm: 'gateway.other_account' };
    }
    case 'not quiet':
      return retryLater(subject, 'refused, and to be sent once more', quietFrom(request, context));
    case 'not claimed':
      return append({ type: 'ResendClaimed', data: { subject, at: now } });
    case 'no seal':
      return forged(`${subject} bears no seal of the payment service`);
    case 'not itself':
      return forged(`${subject} is frozen with another request than its own`);
    case 'not wanted':
    case 'not young':
    case 'not looked up':
    case 'stopped for good':
      // On every resume in review the series is searched first: a number is evidence (R8).
      return review !== undefined && known.searched === undefined
        ? findNumber(open)
        : { type: 'LookUp', subject, of: open.lookUp };
  }
};

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
      if (isSentIfAbsent(open, context)) return askGateway(open, context);
      return isAfterClose(request, answer.lookedUpAt)
        ? policy.absent(open, answer.lookedUpAt)
        : retryLater(subject, 'not found before close', nextLookUpAt(open, answer.lookedUpAt));
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

/** Whether it was only looked up after a restore so that it is not sent a second time. */
const isSentIfAbsent = (open: OpenRequest, context: DecisionContext): boolean =>
  open.isWanted &&
  open.request.stopped === undefined &&
  isAfterRestore(open.request, context) &&
  isYoung(open.request, context);

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
      return driveRequest(paymentRequest(payment, view), context);
    case 'captured':
      return driveRefunds(payment, view);
    case 'none':
    case 'declined':
    case 'failed':
      return { type: 'Settled' };
  }
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
