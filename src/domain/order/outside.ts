import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { StreamEvent } from './events.ts';
import { knownOf, type ListedRefund } from './evidence.ts';
import type { Hint } from './hints.ts';
import type { OrderView } from './openRequest.ts';
import {
  isOpen,
  isRecorded,
  isUndecidedReturn,
  leftOf,
  madeAgainAs,
  type Refund,
  type State,
} from './state.ts';
import { append, contradiction, type OrderStep } from './step.ts';
import { sumsOf } from './sums.ts';

/*
 * What a list of the payment's refunds has and the log lacks: refunds that others have made, and
 * refunds that have come back.
 */

/** The refunds of others that no refund of the order stands for. */
type OutsideRefunds = {
  /** The step where no event would be legal. */
  readonly wrong?: OrderStep;
  /** The next one to be credited. */
  readonly moved?: ListedRefund;
  readonly failed: readonly ListedRefund[];
  readonly isAnyOpen: boolean;
};

export const outsideSubject = (reference: string) => `refund#gateway#${reference}` as const;

/**
 * Whether it is known to have failed, whatever was listed before, and its document gets no number
 * any more (R25).
 */
export const isClosed = ({ reference }: ListedRefund, { evidence }: OrderView): boolean =>
  knownOf(evidence, outsideSubject(reference)).closed === true;

export const outsideIn = (all: readonly ListedRefund[], view: OrderView): OutsideRefunds => {
  const { state } = view;
  const listed = all.filter((refund) => !isClosed(refund, view));
  const outside = listed.filter((refund) => isOutside(refund, view) || contradicts(refund, view));
  const withStatus = (wanted: ListedRefund['status']) =>
    outside.filter(({ status }) => status === wanted);
  const moved = withStatus('moved');
  const others = { failed: withStatus('failed'), isAnyOpen: withStatus('open').length > 0 };
  // A person who has asked for it has seen the contradiction: the money is still credited.
  const isAsked = state.comparison?.asked !== undefined;
  const wrong = isAsked ? undefined : listed.find((refund) => contradicts(refund, view));
  if (wrong !== undefined) {
    const { refundId = '', reference } = wrong;
    const recorded = refundOf(wrong, view)?.status ?? 'nothing';
    const what = `refund#${refundId} moved money as ${reference}`;
    return { ...others, wrong: contradiction(what, recorded) };
  }
  const uncredited = sumOf(moved) - creditedAhead(listed, state);
  const first = moved.find(({ amountMinor }) => !(amountMinor > uncredited));
  if (first === undefined && uncredited > 0) {
    const why = `refunds that nobody asked for moved ${sumOf(moved)}`;
    const recorded = `${uncredited} of it not credited, which is none of them`;
    return { ...others, wrong: contradiction(why, recorded) };
  }
  return { ...others, ...(first && { moved: first }) };
};

/** A refund that the log has as made and the gateway calls failed is to be decided (R21). */
export const returnIn = (
  listed: readonly ListedRefund[],
  { state: { refunds }, context: { now: at, letter } }: OrderView,
): StreamEvent | undefined => {
  for (const { reference, status, code = 'failed' } of listed) {
    if (status !== 'failed' || reference === '') continue;
    const made = refunds.find(
      (refund) =>
        (refund.status === 'succeeded' && refund.reference === reference) ||
        madeAgainAs(refund) === reference,
    );
    if (made === undefined) continue;
    const { refundId } = made;
    return { type: 'RefundReturned', data: { refundId, reference, code, at, letter } };
  }
  return undefined;
};

/**
 * The step for one refund that others have made: it is in the log as a finding before it is
 * numbered (R22). Undefined where nothing is to be credited.
 */
export const differenceIn = (
  listed: readonly ListedRefund[],
  { event }: Hint,
  view: OrderView,
): OrderStep | undefined => {
  const { state } = view;
  const { wrong, moved } = outsideIn(listed, view);
  if (wrong !== undefined || moved === undefined) return wrong;
  const isDecidedFirst = state.refunds.some(isUndecidedReturn) || sumsOf(state).pending > 0;
  const credit = creditOf(moved, view);
  if (!isDecidedFirst && credit.isErr()) return uncreditable(moved, credit.error);
  return append(differenceFound(moved.reference, event, view));
};

/** The finding of a refund, upon an event of the gateway, if any. */
export const differenceFound = (
  refund: string,
  event: string,
  { context: { now: at, creditNotes } }: OrderView,
): StreamEvent => {
  const { series, from: seriesFrom } = creditNotes;
  return { type: 'GatewayDifferenceFound', data: { event, refund, at, series, seriesFrom } };
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

/**
 * Whether a refund that is ours by its own word moved while the log says that it ended otherwise:
 * no event would be legal.
 */
const contradicts = (found: ListedRefund, view: OrderView): boolean => {
  if (found.status !== 'moved' || isRecorded(view.state, found)) return false;
  const ours = refundOf(found, view);
  return ours !== undefined && !isOpen(ours);
};

/** The invoice has no room for it: its place is taken, or there never was so much. */
export const NO_ROOM = 'refunded as a whole';
type NotCredited = typeof NO_ROOM | 'no amount of it';

/** The part that it takes from the invoice, as money that was asked for would. */
export const creditOf = (
  { amountMinor, currency }: ListedRefund,
  { placed, state }: OrderView,
): Result<Invoice.Credit, NotCredited> => {
  const isAmount = Number.isSafeInteger(amountMinor) && amountMinor > 0;
  if (!isAmount || currency !== placed.currency) return err('no amount of it');
  const { invoice } = state;
  if (invoice.status === 'none') return err(NO_ROOM);
  return Invoice.credit(leftOf(state, invoice.document), { type: 'Amount', amountMinor })
    .mapErr((): NotCredited => NO_ROOM)
    .andThen((credit) =>
      Invoice.totalsOf(credit).payableMinor === amountMinor ? ok(credit) : err(NO_ROOM),
    );
};

export const uncreditable = (
  { reference, amountMinor, currency }: ListedRefund,
  why: NotCredited,
): OrderStep =>
  contradiction(
    `a refund that nobody asked for moved ${amountMinor} ${currency} as ${reference}`,
    why,
  );
