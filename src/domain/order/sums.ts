import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { TaxedOrder } from '../money/index.ts';
import {
  isMade,
  isOpen,
  leftOf,
  madeAgainAs,
  uncreditedOf,
  type MadeRefund,
  type Refund,
  type State,
} from './state.ts';

/**
 * The sums that moved by the means by which the order was paid, all in minor units of its currency.
 * What was prepaid is not included.
 */
export type OrderSums = {
  readonly captured: number;
  readonly refunded: number;
  /**
   * Refunds that were asked for and not decided. A refund in review is one: its amount stays
   * reserved.
   */
  readonly pending: number;
  /** The amount that may still be refunded. Never below zero. */
  readonly rest: number;
};

export const sumsOf = (state: State): OrderSums => {
  const captured = capturedOf(state);
  const refunded = sumOf(state.refunds.filter(isMade));
  const pending = sumOf(state.refunds.filter(isOpen));
  const rest = Math.max(0, captured - refunded - pending - goneOf(state));
  return { captured, refunded, pending, rest };
};

const capturedOf = ({ invoice }: State): number =>
  invoice.status === 'issued' ? invoice.document.payableMinor : 0;

const sumOf = (refunds: readonly { readonly amountMinor: number }[]): number =>
  refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** Whether a dispute is open: no refund is asked for or sent, and no cancellation ends (R20). */
export const isDisputed = ({ disputes = [] }: State): boolean =>
  disputes.some(({ verdict }) => verdict === undefined);

/**
 * The money that disputes have taken and that is not certain to return. The money of one that was
 * won counts as held, also before it is back (R20).
 */
export const goneOf = ({ disputes = [] }: State): number =>
  disputes.reduce(
    (sum, { verdict, withdrawnMinor, reinstatedMinor }) =>
      verdict === 'won' ? sum : sum + Math.max(0, withdrawnMinor - reinstatedMinor),
    0,
  );

/**
 * The money that the gateway holds for the order (I23): captured - refunded - withdrawn +
 * reinstated, where a refund that came back counts only if it was made again there. It may be below
 * zero.
 */
export const heldOf = (state: State): number => {
  const { refunds, disputes = [] } = state;
  const withdrawn = disputes.reduce(
    (sum, { withdrawnMinor, reinstatedMinor }) => sum + withdrawnMinor - reinstatedMinor,
    0,
  );
  return capturedOf(state) - sumOf(refunds.filter(isAway)) - withdrawn;
};

/** Whether its money is not at the gateway any more. */
const isAway = (refund: Refund): refund is MadeRefund =>
  refund.status === 'succeeded' || madeAgainAs(refund) !== undefined;

/**
 * The part of a cancelled order that is still to be refunded, in minor units: all that is left of
 * its lines, or, where a dispute has taken money, what is held. It is not 0 while anything is to be
 * refunded.
 */
export const owedOf = (state: State): number =>
  goneOf(state) > 0 ? sumsOf(state).rest : uncreditedOf(state);

/** All that is left of the invoice, or so much of it as is held. */
export const restOf = (
  state: State,
  document: TaxedOrder,
): Result<Invoice.Credit, Invoice.NotCreditable> => {
  const left = leftOf(state, document);
  if (goneOf(state) === 0) return ok(Invoice.creditIn(left));
  const { rest: amountMinor } = sumsOf(state);
  const stepMinor = state.placed?.cashRounding?.stepMinor;
  return Invoice.credit(left, { type: 'Amount', amountMinor }, stepMinor);
};

/** The wanted credit, but no more than disputes have left. The rest means the rest of that. */
export const creditOfHeld = (
  wanted: Invoice.CreditRequest,
  {
    left,
    document,
    state,
  }: { readonly left: Invoice.CreditLeft; readonly document: TaxedOrder; readonly state: State },
): Result<Invoice.Credit, { readonly reason: string }> => {
  if (goneOf(state) > 0 && wanted.type === 'Rest') return restOf(state, document);
  return Invoice.credit(left, wanted, state.placed?.cashRounding?.stepMinor).andThen((credit) =>
    goneOf(state) > 0 && Invoice.totalsOf(credit).payableMinor > sumsOf(state).rest
      ? err({ reason: 'more than is held, as the payment was charged back' })
      : ok(credit),
  );
};
