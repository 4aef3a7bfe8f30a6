import type * as Order from '../../domain/order/index.ts';

/** Every notice of an order that there may be: a credit note has its own, one for each refund. */
export const noticeIdsOf = ({ refunds }: Order.State): readonly string[] => [
  'received',
  'receipt',
  'declined',
  'failed',
  ...refunds.flatMap(({ status, refundId }) =>
    status === 'succeeded' ? [`credit#${refundId}`] : [],
  ),
  'cancelled',
];
