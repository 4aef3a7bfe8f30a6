import type * as Order from '../../domain/order/index.ts';

/** Every notice of an order that there may be: of each refund its own, made or not. */
export const noticeIdsOf = ({ refunds }: Order.State): readonly string[] => [
  'received',
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
