import * as Invoice from '../invoice/index.ts';
import type { Refund, State } from './state.ts';

export const isOpen = (
  refund: Refund,
): refund is Extract<Refund, { status: 'pending' | 'review' }> =>
  refund.status === 'pending' || refund.status === 'review';

/** All in minor units of the order's currency. */
export type OrderSums = {
  readonly captured: number;
  readonly refunded: number;
  /** Asked for and not decided, a refund in review included: it stays reserved. */
  readonly pending: number;
  /** What may still be given back. Never below zero. */
  readonly rest: number;
};

export const sumsOf = ({ invoice, refunds }: State): OrderSums => {
  const captured = invoice.status === 'issued' ? invoice.document.totalMinor : 0;
  let refunded = 0;
  let pending = 0;
  for (const refund of refunds) {
    if (refund.status === 'succeeded') refunded += refund.amountMinor;
    else if (isOpen(refund)) pending += refund.amountMinor;
  }
  return { captured, refunded, pending, rest: captured - refunded - pending };
};

/** What is left of each line of the invoice: not given back, and not about to be. */
export const leftOf = ({ invoice, refunds }: State): readonly Invoice.CreditLine[] =>
  invoice.status === 'issued'
    ? Invoice.creditable(
        invoice.document.lines,
        refunds.flatMap((refund) =>
          refund.status === 'succeeded' || isOpen(refund) ? refund.lines : [],
        ),
      )
    : [];
