import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { PrintedNumber } from '../series/index.ts';
import type { StreamEvent } from './codec.ts';
import type { ListedRefund, Subject } from './evidence.ts';
import type { MoneyMovement } from './events.ts';
import type { DecisionContext } from './context.ts';
import { documentNumber, type PaymentView } from './payment.ts';
import { CANCELLED } from './decide.ts';
import type { Comparison, Payment, PlacedOrder, Refund, State } from './state.ts';
import { leftOf, sumsOf } from './sums.ts';
import { append, bare, knownOf, type OrderStep } from './step.ts';

type CapturedPayment = Extract<Payment, { status: 'captured' }>;

/**
 * What is done about a comparison with the gateway that is due: every refund of the payment is listed, and what
 * was given back without being asked for here is adopted, one after the other. Nothing where none is due, or
 * where refunds of ours have to come to their end first.
 */
export const compareWithGateway = (
  { reference: paymentReference }: CapturedPayment,
  placed: PlacedOrder,
  { state, evidence, facts }: PaymentView,
): readonly OrderStep[] => {
  const { comparison } = state;
  if (comparison === undefined) return [];
  const subject: Subject = `comparison#${comparison.version}`;
  const { answer, listed } = knownOf(evidence, subject);
  if (listed === undefined) {
    return answer?.type === 'LookUpFailed'
      ? [{ type: 'BackOff', subject, why: 'the gateway’s refunds could not be listed' }]
      : [{ type: 'LookUp', subject, of: { type: 'Refunds', paymentReference } }];
  }
  // A person who has asked for it has seen what ended otherwise, and what moved is credited all the same.
  const isAsked = comparison.asked !== undefined;
  const wrong = isAsked ? undefined : listed.find((refund) => contradicts(refund, state, facts));
  if (wrong !== undefined) {
    const { refundId = '', reference } = wrong;
    const recorded = refundOf(wrong, state, facts)?.status ?? 'nothing';
    return [contradiction(`refund#${refundId} moved money as ${reference}`, recorded)];
  }
  const outside = listed.filter(
    (refund) => isOutside(refund, state, facts) || contradicts(refund, state, facts),
  );
  const moved = outside.filter(({ status }) => status === 'moved');
  const uncredited = sumOf(moved) - creditedAhead(listed, state);
  const first = moved.find(({ amountMinor }) => !(amountMinor > uncredited));
  if (first === undefined && uncredited > 0) {
    const why = `refunds that nobody asked for moved ${sumOf(moved)}`;
    return [contradiction(why, `${uncredited} of it not credited, which is none of them`)];
  }
  if (first !== undefined) {
    const { number } = knownOf(evidence, `refund#${adoptedId(first)}`);
    return adopt(first, { comparison, number, placed }, { state, facts });
  }
  return outside.some(({ status }) => status === 'open')
    ? [{ type: 'BackOff', subject, why: 'a refund at the gateway that is not ours is under way' }]
    : [append({ type: 'GatewayCompared', data: { at: facts.now } })];
};

const sumOf = (refunds: readonly ListedRefund[]): number =>
  refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/**
 * What refunds of ours are credited with beyond what they moved: a person made up for it by a refund of the
 * difference at the gateway, as for a review of its amount, and that refund is credited by this.
 */
const creditedAhead = (listed: readonly ListedRefund[], { refunds }: State): number =>
  refunds.reduce((sum, refund) => {
    if (refund.status !== 'succeeded') return sum;
    const found = listed.find(({ reference }) => reference === refund.reference);
    return found === undefined ? sum : sum + Math.max(0, refund.amountMinor - found.amountMinor);
  }, 0);

const adoptedId = ({ reference }: MoneyMovement): `gateway#${string}` => `gateway#${reference}`;

type Adoption = {
  readonly comparison: Comparison;
  readonly number: PrintedNumber | undefined;
  readonly placed: PlacedOrder;
};

/** As money that was asked for is credited: by the rule of allocation, with a number, in one commit. */
const adopt = (
  found: ListedRefund,
  { comparison, number, placed }: Adoption,
  { state, facts }: Pick<PaymentView, 'state' | 'facts'>,
): readonly OrderStep[] => {
  const { reference, amountMinor, currency } = found;
  const refundId = adoptedId(found);
  const moved = `a refund that nobody asked for moved ${amountMinor} ${currency} as ${reference}`;
  const isAmount = Number.isSafeInteger(amountMinor) && amountMinor > 0;
  if (!isAmount || currency !== placed.currency) return [contradiction(moved, 'no amount of it')];
  const lines = Invoice.credit(leftOf(state), { type: 'Amount', amountMinor });
  if (lines.isErr()) {
    // What is pending of ours has taken its place, and one of the two will turn out not to be there.
    return sumsOf(state).pending > 0 ? [] : [contradiction(moved, 'given back as a whole')];
  }
  if (number === undefined) {
    const { series, seriesFrom: from } = comparison;
    const entry = { id: `${placed.orderId}#${refundId}`, reference, from };
    return [{ type: 'TakeNumber', subject: `refund#${refundId}`, series, entry }];
  }
  const data = {
    refundId,
    ...bare(found),
    source: 'look-up' as const,
    lines: lines.value,
    at: facts.now,
  };
  const credited = credits({ refundId, lines: lines.value, numbered: number }, state, facts);
  return [append({ type: 'RefundAdopted', data }, ...credited)];
};

/** The credit note of a refund, and the end of a cancelled order with the last of its money. */
export const credits = (
  {
    refundId,
    lines,
    numbered,
  }: {
    readonly refundId: string;
    readonly lines: readonly Invoice.CreditLine[];
    readonly numbered: PrintedNumber;
  },
  state: State,
  facts: DecisionContext,
): readonly StreamEvent[] => {
  const totals = Invoice.totalsOf(lines);
  const number = documentNumber(numbered, facts.creditNotes.format);
  const { captured, refunded } = sumsOf(state);
  const isAllBack = state.cancellation !== undefined && refunded + totals.totalMinor === captured;
  return [
    { type: 'CreditNoteIssued', data: { refundId, ...number, lines, ...totals } },
    ...(isAllBack ? [CANCELLED] : []),
  ];
};

/** Whether the order has this very money already, under whatever id. */
export const isRecorded = ({ refunds }: State, { reference }: MoneyMovement): boolean =>
  refunds.some((refund) => refund.status === 'succeeded' && refund.reference === reference);

/** The refund of ours that an entry of the gateway's list says it is. */
const refundOf = (
  { refundId, deployment = '' }: ListedRefund,
  { refunds }: State,
  { deployment: { id } }: DecisionContext,
): Refund | undefined =>
  refunds.find(
    (refund) =>
      refund.refundId === refundId &&
      deployment === (refund.status === 'rejected' ? id : refund.deployment),
  );

const isOutside = (found: ListedRefund, state: State, facts: DecisionContext): boolean =>
  !isRecorded(state, found) && refundOf(found, state, facts) === undefined;

/** Ours by its own word, and the log says that it ended otherwise: no event would be legal. */
const contradicts = (found: ListedRefund, state: State, facts: DecisionContext): boolean => {
  if (found.status !== 'moved' || isRecorded(state, found)) return false;
  const ours = refundOf(found, state, facts);
  return ours !== undefined && ours.status !== 'pending' && ours.status !== 'review';
};

const contradiction = (what: string, recorded: string): OrderStep => ({
  type: 'DeadLetter',
  reason: `contradiction: ${what}, and is recorded as ${recorded}`,
  isContradiction: true,
});

/** Nothing was captured, so that nothing can have been given back. */
export type NotComparable = { readonly type: 'NotComparable' };

/** Records that a person wants the order compared with the gateway. While that is due it adds nothing. */
export const askToCompare = (
  asked: Extract<StreamEvent, { readonly type: 'GatewayComparisonRequested' }>['data'],
  { payment, comparison }: State,
): Result<readonly StreamEvent[], NotComparable> => {
  if (payment.status !== 'captured') return err({ type: 'NotComparable' });
  if (comparison?.asked !== undefined) return ok([]);
  return ok([{ type: 'GatewayComparisonRequested', data: asked }]);
};
