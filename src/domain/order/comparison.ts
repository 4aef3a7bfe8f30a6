import { err, ok, type Result } from 'neverthrow';
import type { EventData, StreamEvent, Subject } from './events.ts';
import { knownOf, type ListedRefund } from './evidence.ts';
import { bare, type OrderView } from './openRequest.ts';
import {
  creditOf,
  differenceFound,
  isClosed,
  NO_ROOM,
  outsideIn,
  outsideSubject,
  returnIn,
  uncreditable,
} from './outside.ts';
import { credits } from './refunds.ts';
import {
  foundIn,
  isUndecidedReturn,
  type CapturedPayment,
  type Comparison,
  type ReturnedRefund,
  type State,
} from './state.ts';
import { sumsOf } from './sums.ts';
import { append, inReview, retryLater, type OrderStep } from './step.ts';
import { isAtGateway } from './ways.ts';

/**
 * The steps of a comparison with the gateway that is due: every refund of the payment is listed,
 * and those for which nobody here asked are adopted, one after the other. There is no step where no
 * comparison is due, or where refunds of ours have to come to their end first.
 */
export const compareWithGateway = (
  { reference: paymentReference }: CapturedPayment,
  view: OrderView,
): readonly OrderStep[] => {
  const { state, evidence } = view;
  const { comparison } = state;
  if (comparison === undefined) return [];
  const subject: Subject = `comparison#${comparison.version}`;
  const { answer, listed } = knownOf(evidence, subject);
  if (listed === undefined) {
    return answer?.type === 'LookUpFailed'
      ? [retryLater(subject, 'the gateway’s refunds could not be listed')]
      : [{ type: 'LookUp', subject, of: { type: 'Refunds', paymentReference } }];
  }
  const back = returnIn(listed, view);
  if (back !== undefined) return [append(back)];
  const named = foundIn(state);
  if (named !== undefined) {
    const one = listed.find(({ reference }) => reference === named);
    if (one === undefined || one.status === 'open') {
      return [retryLater(subject, 'a refund that was found there is not made')];
    }
    if (!isClosed(one, view)) return adoptFound(one, comparison, view);
  }
  const outside = outsideIn(listed, view);
  if (outside.wrong !== undefined) return [outside.wrong];
  // An earlier release may have numbered it: its room comes before all others (hole 45).
  const failed = outside.failed.find((refund) => !isClosed(refund, view));
  if (failed !== undefined) return adoptReturned(failed, comparison, view);
  if (outside.moved !== undefined) return adoptFound(outside.moved, comparison, view);
  return outside.isAnyOpen && comparison.isFound === undefined
    ? [retryLater(subject, 'a refund at the gateway that is not ours is under way')]
    : [append({ type: 'GatewayCompared', data: { at: view.context.now } })];
};

const adoptFound = (
  found: ListedRefund,
  comparison: Comparison,
  view: OrderView,
): readonly OrderStep[] => {
  if (found.status === 'failed') return adoptReturned(found, comparison, view);
  const undecided = view.state.refunds.find(isUndecidedReturn);
  // Only a person can say which of them stands for the one that came back (R21, hole 32).
  return undecided === undefined ? adopt(found, comparison, view) : [returnInReview(undecided)];
};

const returnInReview = ({ refundId, letter }: ReturnedRefund): OrderStep =>
  inReview(`refund#${refundId}`, { reason: 'refund-returned', letter });

/**
 * Adopts a refund that has failed. If a number was taken for it, it had been made and has come back
 * since. If none was, its document is closed, so that none will be (R25).
 */
const adoptReturned = (
  found: ListedRefund,
  comparison: Comparison,
  view: OrderView,
): readonly OrderStep[] => {
  const { placed, evidence, context } = view;
  const { reference, amountMinor, currency, code = 'failed' } = found;
  const subject = outsideSubject(reference);
  if (knownOf(evidence, subject).number === undefined) {
    const { series, seriesFrom: from } = comparison;
    const entry = { id: `${placed.orderId}#gateway#${reference}`, reference, from };
    const asked = { amountMinor, currency };
    return [{ type: 'CloseDocument', subject, series, entry, asked }];
  }
  return adopt(found, comparison, view).map((step) => {
    if (step.type !== 'Append') return step;
    const { now: at, letter } = context;
    const data = { refundId: `gateway#${reference}`, reference, code, at, letter };
    return { ...step, events: [...step.events, { type: 'RefundReturned', data }] };
  });
};

/**
 * Credits it in one commit, by the same rule of allocation as money that was asked for. A finding
 * names it before it is numbered (R27).
 */
const adopt = (
  found: ListedRefund,
  comparison: Comparison,
  view: OrderView,
): readonly OrderStep[] => {
  const { placed, state, evidence, context } = view;
  const { reference } = found;
  const refundId = `gateway#${reference}`;
  const subject = outsideSubject(reference);
  const { number } = knownOf(evidence, subject);
  const credit = creditOf(found, view);
  if (credit.isErr()) {
    // A pending refund of ours has taken its place: one of the two will turn out not to be there.
    const isToWait = credit.error === NO_ROOM && sumsOf(state).pending > 0;
    return isToWait ? [] : [uncreditable(found, credit.error)];
  }
  if (number === undefined) {
    const isNamed = (comparison.found ?? '') === reference;
    if (!isNamed) return [append(differenceFound(reference, '', view))];
    const { series, seriesFrom: from } = comparison;
    const entry = { id: `${placed.orderId}#${refundId}`, reference, from };
    return [{ type: 'AllocateNumber', subject, series, entry }];
  }
  const data = {
    refundId,
    ...bare(found),
    source: 'look-up' as const,
    ...credit.value,
    at: context.now,
  };
  const credited = credits({ refundId, credit: credit.value, number }, view);
  return [append({ type: 'RefundAdopted', data }, ...credited)];
};

/** The gateway captured nothing, so that it cannot have refunded anything. */
export type NotComparable = { readonly type: 'NotComparable' };

/**
 * Records that a person wants the order compared with the gateway. While that is due, nothing is
 * added.
 */
export const askToCompare = (
  asked: EventData['GatewayComparisonRequested'],
  { payment, comparison }: State,
): Result<readonly StreamEvent[], NotComparable> => {
  const isHeld = payment.status === 'captured' && isAtGateway(payment.way);
  if (!isHeld) return err({ type: 'NotComparable' });
  if (comparison?.asked !== undefined) return ok([]);
  return ok([{ type: 'GatewayComparisonRequested', data: asked }]);
};
