import { expect } from 'chai';
import { previewText } from '../../../src/bootstrap/cli/common/previewText.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { numbered } from '../../support/orderContext.ts';
import { anOrderPaidBy, orderLife, type OrderLife } from '../../support/orderLife.ts';

const recipientIn = ({ state }: OrderLife): string | undefined => {
  const [refund] = state.refunds;
  if (refund === undefined || refund.status === 'rejected') return expect.fail('no refund');
  const { refundId, amountMinor, currency, lines, roundingMinor, prepaidMinor } = refund;
  const credit = { lines, roundingMinor, prepaidMinor };
  const shown = previewText('o-1', state, {
    refund: { refundId, amountMinor, currency, credit },
    columns: 80,
  });
  return /^to +(.*)$/m.exec(shown)?.[1];
};

describe('what a person sees before a refund', () => {
  it('says who refunds the money, and whence it came', () => {
    expect(recipientIn(orderLife().placed().captured().asked('r-1'))).to.equal(
      'the means of payment that was charged (pm_card_visa)',
    );
    const transferred = orderLife()
      .placed(anOrderPaidBy({ type: 'transferred', reference: 'RF18' }))
      .learned('payment#1', { number: numbered(1) });
    expect(Order.statusOf(transferred.state)).to.equal('paid');
    expect(recipientIn(transferred.asked('r-1'))).to.equal(
      'the customer, by you: the gateway holds nothing of it, which came as RF18',
    );
  });
});
