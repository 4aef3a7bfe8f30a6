import type { DecisionContext } from './context.ts';
import type { MoneyMovement, ReviewReason, StopReason } from './events.ts';
import type { Observation } from './evidence.ts';
import { askGateway } from './mayCharge.ts';
import { forgery, holdsClaim, isAsAsked, type OpenRequest } from './openRequest.ts';
import { isWaitedForElsewhere, stepUnderWay, stepWithoutAnswer } from './pending.ts';
import { allocateNumber, findNumber } from './requestNumber.ts';
import { isAfterClose, isAfterRestore, isGivenUp, isYoung, nextLookUpAt } from './requestTimes.ts';
import { append, inReview, retryLater, type OrderStep } from './step.ts';

/**
 * The table of evidence, for payments and refunds alike (docs/payments.md, "Driving the payment"
 * and "Driving refunds"). The policy of each says what is appended at its end. Undefined where
 * another message waits for what is under way (R19).
 */
export const driveRequest = (
  open: OpenRequest,
  context: DecisionContext,
): OrderStep | undefined => {
  const { subject, request, known, review, policy, pending } = open;
  const { now: at } = context;
  const stop = (why: StopReason, code: string): OrderStep =>
    append({ type: 'SendingStopped', data: { subject, why, code, at } });
  const answer = decisionOf(open) ?? known.answer;
  if (answer === undefined && isWaitedForElsewhere(open, context)) return undefined;
  switch (answer?.type) {
    case 'UnderWay':
      return stepUnderWay(open, answer.reference, context);
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
      return policy.declined(open, answer);
    case 'Absent':
      if (pending !== undefined) return stepWithoutAnswer(open, pending, context);
      return sendAfterLookUp(open, context) ?? absent(open, answer.lookedUpAt);
    case 'LookUpFailed':
      if (pending !== undefined) return stepWithoutAnswer(open, pending, context);
      if (!isGivenUp(request, answer.lookedUpAt)) {
        return retryLater(subject, 'look-up failed', nextLookUpAt(open, answer.lookedUpAt));
      }
      // Before any review the series is searched: a number may have been taken for it (R8).
      return known.searched === undefined ? findNumber(open) : callPerson(open, 'unresolved', []);
    case 'Refused':
      // It waits for the end of the dispute, or was executed before (R20).
      if (open.isDisputed) return { type: 'LookUp', subject, of: open.lookUp };
      if (review !== undefined) return retryLater(subject, 'no answer');
      if (request.stopped === undefined) return stop('refused', answer.code);
      return holdsClaim(open) ? policy.refused(answer.code) : askGateway(open, context);
    case 'StoredFailure':
      return review === undefined && request.stopped?.why !== 'stored failure'
        ? stop('stored failure', answer.code)
        : askGateway(open, context);
    case 'NoAnswer':
    // A payment with rules of its own has these, and turns them into the words of this table first.
    case 'Inspected':
    case 'Voided':
    case 'CustomerAwaited':
      return pending === undefined
        ? retryLater(subject, 'no answer')
        : stepWithoutAnswer(open, pending, context);
    case undefined:
      return pending !== undefined && known.heard === true
        ? stepWithoutAnswer(open, pending, context)
        : askGateway(open, context);
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
 * The next step of a request that was looked up only so that it is not sent a second time: after a
 * restore, or because the shop's payment is still authorised.
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
