import type * as Order from '../../../src/domain/order/index.ts';
import type { OrderRun } from '../../support/orderRun.ts';
import { nameOf } from '../../support/auditing.ts';

/**
 * A number is taken for money that the gateway says it moved. Where it then says that nothing was
 * moved, or something else, that number is evidence against what is recorded.
 */
export const takenBack = ({ commits, state, numbers }: OrderRun): readonly string[] => {
  const events = commits.flat();
  const orderId = state.placed?.orderId ?? '';
  return [...numbers].flatMap(([id, { numbered, reference }]) => {
    const refundId = id === orderId ? undefined : id.slice(orderId.length + 1);
    const at = events.findIndex((event) =>
      refundId === undefined
        ? event.type === 'InvoiceIssued'
        : event.type === 'CreditNoteIssued' && event.data.refundId === refundId,
    );
    if (at === -1) return [nameOf('numbers', `series#${numbered.series}`, numbered.seriesVersion)];
    const moved = refundId === undefined ? state.payment : refundOf(state, refundId);
    return 'reference' in moved && moved.reference === reference
      ? []
      : [nameOf('numbers', `order#${orderId}`, at + 1)];
  });
};

const refundOf = ({ refunds }: Order.State, refundId: string) =>
  refunds.find((refund) => refund.refundId === refundId) ?? { status: 'none' };
