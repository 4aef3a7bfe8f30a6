import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { EventData, StreamEvent, Subject } from './events.ts';
import { knownOf, type ListedRefund } from './evidence.ts';
import { bare, type OrderView } from './openRequest.ts';
import { credits } from './refunds.ts';
import {
  isOpen,
  isRecorded,
  leftOf,
  type CapturedPayment,
  type Comparison,
  type Refund,
  type State,
} from './state.ts';
import { sumsOf } from './sums.ts';
import { append, contradiction, retryLater, type OrderStep } from './step.ts';
import { isAtGateway } from './ways.ts';

/**
 * The steps of a comparison with the gateway that is due: every refund of the payment is listed,
 * and those for which nobody here asked are adopted, one after the other. None where none is due,
 * or where refunds of ours have to come to their end first.
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
  // A person who has asked for it has seen the contradiction: the money is still credited.
  const isAsked = comparison.asked !== undefined;
  const wrong = isAsked ? undefined : listed.find((refund) => contradicts(refund, view));
  if (wrong !== undefined) {
    const { refundId = '', reference } = wrong;
    const recorded = refundOf(wrong, view)?.status ?? 'nothing';
    return [contradiction(`refund#${refundId} moved money as ${reference}`, recorded)];
  }
  const outside = listed.filter((refund) => isOutside(refund, view) || contradicts(refund, view));
  const moved = outside.filter(({ status }) => status === 'moved');
  const uncredited = sumOf(moved) - creditedAhead(listed, state);
  const first = moved.find(({ amountMinor }) => !(amountMinor > uncredited));
  if (first === undefined && uncredited > 0) {
    const why = `refunds that nobody asked for moved ${sumOf(moved)}`;
    return [contradiction(why, `${uncredited} of it not credited, which is none of them`)];
  }
  if (first !== undefined) {
    return adopt(first, comparison, view);
  }
  return outside.some(({ status }) => status === 'open')
    ? [retryLater(subject, 'a refund at the gateway that is not ours is under way')]
    : [append({ type: 'GatewayCompared', data: { at: view.context.now } })];
};

const sumOf = (refunds: readonly ListedRefund[]): number =>
  refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/**
 * The amount that refunds of ours are credited with beyond the money that they moved: a person has
 * refunded the difference at the gateway, as for a review of its amount. The credit notes of ours
 * stand for that refund.
 */
const creditedAhead = (listed: readonly ListedRefund[], { refunds }: State): number =>
  refunds.reduce((sum, refund) => {
    if (refund.status !== 'succeeded') return sum;
    const found = listed.find(({ reference }) => reference === refund.reference);
    return found === undefined ? sum : sum + Math.max(0, refund.amountMinor - found.amountMinor);
  }, 0);

/** Credited as money that was asked for: by the rule of allocation, in one commit. */
const adopt = (
  found: ListedRefund,
  comparison: Comparison,
  view: OrderView,
): readonly OrderStep[] => {
  const { placed, state, evidence, context } = view;
  const { reference, amountMinor, currency } = found;
  const refundId = `gateway#${reference}`;
  const subject = `refund#${refundId}` as const;
  const { number } = knownOf(evidence, subject);
  const moved = `a refund that nobody asked for moved ${amountMinor} ${currency} as ${reference}`;
  const isAmount = Number.isSafeInteger(amountMinor) && amountMinor > 0;
  if (!isAmount || currency !== placed.currency) return [contradiction(moved, 'no amount of it')];
  const { invoice } = state;
  const left = invoice.status === 'issued' ? leftOf(state, invoice.document) : undefined;
  const credit = left && Invoice.credit(left, { type: 'Amount', amountMinor });
  if (
    credit === undefined ||
    credit.isErr() ||
    Invoice.totalsOf(credit.value).payableMinor !== amountMinor
  ) {
    // A pending refund of ours has taken its place: one of the two will turn out not to be there.
    return sumsOf(state).pending > 0 ? [] : [contradiction(moved, 'refunded as a whole')];
  }
  if (number === undefined) {
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

const refundOf = (
  { refundId, deployment = '' }: ListedRefund,
  { state: { refunds }, context: { deployment: own } }: OrderView,
): Refund | undefined =>
  refunds.find(
    (refund) =>
      refund.refundId === refundId &&
      deployment === (refund.status === 'rejected' ? own.id : refund.deployment),
  );

const isOutside = (found: ListedRefund, view: OrderView): boolean =>
  !isRecorded(view.state, found) && refundOf(found, view) === undefined;

/** Ours by its own word, while the log says that it ended otherwise: no event would be legal. */
const contradicts = (found: ListedRefund, view: OrderView): boolean => {
  if (found.status !== 'moved' || isRecorded(view.state, found)) return false;
  const ours = refundOf(found, view);
  return ours !== undefined && !isOpen(ours);
};

/** The gateway captured nothing, so that it can have refunded nothing. */
export type NotComparable = { readonly type: 'NotComparable' };

/** A person wants the order compared with the gateway. While that is due, nothing is added. */
export const askToCompare = (
  asked: EventData['GatewayComparisonRequested'],
  { payment, comparison }: State,
): Result<readonly StreamEvent[], NotComparable> => {
  const isHeld = payment.status === 'captured' && isAtGateway(payment.way);
  if (!isHeld) return err({ type: 'NotComparable' });
  if (comparison?.asked !== undefined) return ok([]);
  return ok([{ type: 'GatewayComparisonRequested', data: asked }]);
};
