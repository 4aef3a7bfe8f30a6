import { expect } from 'chai';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createPreviewCommand } from '../../../src/application/ingest/previewCommand.ts';
import type { CreditRequest } from '../../../src/domain/invoice/index.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { refundFingerprint } from '../../../src/application/orders/toDomain.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';
import { creditLine } from '../../support/documents/versionOne.ts';

const ids = createMemoryIds();
const preview = createPreviewCommand({
  requests: createMemoryPaymentGateway({ clock: createVirtualClock() }),
  ids,
});
const ofRefund = (
  { state }: OrderLife,
  wanted: CreditRequest = { type: 'Rest' },
  refundId = 'r-9',
) => preview({ type: 'RefundPayment', orderId: 'o-1', refundId, wanted }, state);
const ofCancel = ({ state }: OrderLife) =>
  preview({ type: 'CancelOrder', orderId: 'o-1', reason: 'late' }, state);
const amountOf = (seen: ReturnType<typeof preview>) =>
  seen.type === 'New' ? seen.refund?.amountMinor : seen.type;
const rejectionOf = (seen: ReturnType<typeof preview>) =>
  seen.type === 'Rejected' ? seen.rejection : seen.type;

describe('the preview of a refund or a cancellation', () => {
  const paid = orderLife().placed().captured();

  it('has the amount and the lines of the credit note, tax included', () => {
    expect(ofRefund(paid, { type: 'Amount', amountMinor: 1_234 })).to.deep.equal({
      type: 'New',
      refund: {
        refundId: 'r-9',
        amountMinor: 1_234,
        currency: 'EUR',
        credit: {
          lines: [creditLine({ line: 1, quantity: 0, netMinor: 1_037, taxMinor: 197 })],
          roundingMinor: 0,
          prepaidMinor: 0,
        },
      },
    });
    expect(amountOf(ofRefund(paid))).to.equal(4_758);
    expect(amountOf(ofRefund(paid.asked('r-1', { type: 'Amount', amountMinor: 58 })))).to.equal(
      4_700,
    );
  });

  it('has what a cancellation refunds, or that nothing was captured', () => {
    expect(ofCancel(paid)).to.have.nested.property('refund.refundId', 'cancel#1');
    expect(amountOf(ofCancel(paid))).to.equal(4_758);
    expect(ofCancel(orderLife())).to.deep.equal({ type: 'New' });
    expect(ofCancel(orderLife().placed())).to.deep.equal({ type: 'New' });
  });

  it('is of the invoice to come while the payment is open', () => {
    const open = orderLife().placed();
    expect(amountOf(ofRefund(open))).to.equal(4_758);
    expect(rejectionOf(ofRefund(open, { type: 'Amount', amountMinor: 4_759 }))).to.deep.equal({
      type: 'Refused',
      reason: 'more than is left',
    });
    expect(rejectionOf(ofRefund(open.cancelled()))).to.have.property(
      'reason',
      'the order is being cancelled',
    );
  });

  it('says what is known already', () => {
    const fingerprint = refundFingerprint({ type: 'Rest' }, ids);
    const wanted = { type: 'Rest' } as const;
    const refund = { type: 'RefundPayment', orderId: 'o-1', refundId: 'r-9', wanted } as const;
    expect(ofRefund(paid.commanded({ ...refund, fingerprint }))).to.deep.equal({ type: 'Known' });
    expect(ofCancel(paid.cancelled())).to.deep.equal({ type: 'Known' });
    expect(ofCancel(orderLife().placed().declined())).to.deep.equal({ type: 'Known' });
  });

  it('says what is refunded once the order is compared with the gateway', () => {
    const due = paid.asked('r-1').refundFailed('r-1');
    expect(ofRefund(due)).to.deep.equal(ofRefund(paid));
    expect(ofCancel(due)).to.deep.equal(ofCancel(paid.asked('r-1').refundFailed('r-1').compared()));
  });

  it('says what will never be done', () => {
    expect(rejectionOf(ofRefund(paid.asked('r-9')))).to.deep.equal({ type: 'PayloadConflict' });
    for (const [life, reason] of [
      [paid.asked('r-1'), 'nothing is left to refund'],
      [paid.cancelled(), 'the order is being cancelled'],
      [orderLife().placed().declined(), 'the payment was declined'],
    ] as const) {
      expect(rejectionOf(ofRefund(life))).to.deep.equal({ type: 'Refused', reason });
    }
    expect(rejectionOf(ofRefund(orderLife()))).to.deep.equal({ type: 'NotCapturedYet' });
    expect(rejectionOf(ofRefund(orderLife().placed().inReview()))).to.deep.equal({
      type: 'OrderInReview',
    });
    expect(Order.statusOf(paid.state)).to.equal('paid');
  });
});
