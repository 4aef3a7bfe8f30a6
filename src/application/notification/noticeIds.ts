import type * as Order from '../../domain/order/index.ts';
import { idAt } from './notice.ts';

/**
 * Every notice of an order that there may be: a credit note has its own, one for each refund, and after a
 * correction of the customer's address there is each but "received" once more.
 */
export const noticeIdsOf = ({ refunds, corrections = [] }: Order.State): readonly string[] => {
  const repeated = [
    'receipt',
    'declined',
    'failed',
    ...refunds.flatMap(({ status, refundId }) =>
      status === 'succeeded' ? [`credit#${refundId}`] : [],
    ),
    'cancelled',
  ];
  const again = [0, ...corrections.map((_, before) => before + 1)];
  return ['received', ...again.flatMap((times) => repeated.map((id) => idAt(id, times)))];
};
