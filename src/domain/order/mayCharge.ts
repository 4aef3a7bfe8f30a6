import { err, ok, type Result } from 'neverthrow';
import type { DecisionContext } from './context.ts';
import { holdsClaim, isGenuine, isOfOurAccount, type OpenRequest } from './openRequest.ts';
import { findNumber } from './requestNumber.ts';
import { isAfterRestore, isYoung, quietFrom, sendableUntil } from './requestTimes.ts';
import { append, forgedAsAnother, forgedWithoutSeal, retryLater, type OrderStep } from './step.ts';

type Obstacle =
  /** It was asked of another account of the gateway: somebody has to give the right key. */
  | 'other account'
  /** The gateway calls it under way (R19). */
  | 'under way'
  /** A dispute of its payment is open (R20). */
  | 'disputed'
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
 * May the gateway be asked now to move this money? If so, the request has to be written before the
 * moment that is returned. Nothing else makes a step that sends a charge, a capture or a refund. A
 * charge that waits for its customer is confirmed by `mayConfirm` (authentication.ts, R24), and a
 * void moves no money.
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
  if (open.pending !== undefined) return err('under way');
  if (open.isDisputed) return err('disputed');
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

/**
 * Sends the request if it may be sent, and otherwise takes the step that the obstacle calls for.
 */
export const askGateway = (open: OpenRequest, context: DecisionContext): OrderStep =>
  mayCharge(open, context).match(
    (notAfter) => {
      const { subject, call, key, request, policy } = open;
      const { body } = request;
      return policy.beforeSending(open) ?? { type: 'Send', subject, call, key, body, notAfter };
    },
    (obstacle) => stepAround(obstacle, open, context),
  );

/** The pause between two looks at a request of another account. */
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
      return forgedWithoutSeal(subject);
    case 'not itself':
      return forgedAsAnother(subject);
    case 'under way':
    case 'disputed':
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
