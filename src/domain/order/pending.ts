import type { OpenRequest } from './openRequest.ts';
import type { DecisionContext } from './context.ts';
import { findNumber } from './requestNumber.ts';
import { append, inReview, retryLater, type OrderStep } from './step.ts';

/*
 * A payment or refund that the gateway calls under way is no doubt: it has a name there, a limit,
 * and one message that waits for it (R19).
 */

const LOOK_PAUSE_MIN_MS = 30_000;
/** This is below the twelve hours for which a queue can hide a message. */
const LOOK_PAUSE_MAX_MS = 6 * 3_600_000;

/** The time of the next look: later and later, and at its limit. */
export const nextPendingLookAt = (
  { at, until }: { readonly at: number; readonly until: number },
  now: number,
): number => {
  const pause = Math.min(Math.max(now - at, LOOK_PAUSE_MIN_MS), LOOK_PAUSE_MAX_MS);
  return now < until ? Math.min(until, now + pause) : now + pause;
};

/** Whether another message waits for it, and nothing has made this one ask. */
export const isWaitedForElsewhere = (
  { pending, review, known }: OpenRequest,
  { letter, asksPending }: DecisionContext,
): boolean =>
  pending !== undefined &&
  review === undefined &&
  known.answer === undefined &&
  pending.letter !== letter &&
  asksPending !== true;

/**
 * The step for what is under way: it is recorded once; then one message waits, and a person is
 * asked after the limit.
 */
export const stepUnderWay = (
  open: OpenRequest,
  reference: string,
  context: DecisionContext,
): OrderStep | undefined => {
  const { subject, pending, review, policy } = open;
  if (review !== undefined) return inReview(subject, review);
  if (pending === undefined) return append(policy.underWay(reference));
  if (context.now >= pending.until) return afterLimit(open);
  return pending.letter === context.letter
    ? retryLater(subject, 'under way', nextPendingLookAt(pending, context.now))
    : undefined;
};

/** The step where nothing was found out. That proves nothing, also where nothing has its name. */
export const stepWithoutAnswer = (
  open: OpenRequest,
  pending: NonNullable<OpenRequest['pending']>,
  { now }: DecisionContext,
): OrderStep => {
  const { subject, review } = open;
  if (review !== undefined) return inReview(subject, review);
  if (now >= pending.until) return afterLimit(open);
  return retryLater(subject, 'it cannot be seen', nextPendingLookAt(pending, now));
};

/**
 * The step after the limit: the series is searched before any review (R8). It is never a failure.
 */
const afterLimit = (open: OpenRequest): OrderStep =>
  open.known.searched === undefined
    ? findNumber(open)
    : append(open.policy.reviewRequired('pending', []));
