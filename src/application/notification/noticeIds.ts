import type * as Order from '../../domain/order/index.ts';
import { idAt } from './notice.ts';

/**
 * Every notice of an order that there may be: of each refund its own, made or not, and after a correction of the
 * customer's address each but "received" once more.
 */
export const noticeIdsOf = ({ refunds, corrections = [] }: Order.State): readonly string[] => {
  const repeated = [
    'receipt',
    'declined',
    'failed',
    'refused',
    ...refunds.flatMap((refund) => {
      if (refund.status === 'succeeded') return [`credit#${refund.refundId}`];
      return refund.status === 'failed' && refund.cause === 'command'
        ? [`refund-failed#${refund.refundId}`]
        : [];
    }),
    'cancelled',
  ];
  const again = [0, ...corrections.map((_, before) => before + 1)];
  return ['received', ...again.flatMap((times) => repeated.map((id) => idAt(id, times)))];
};
