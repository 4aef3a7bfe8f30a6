import { expect } from 'chai';
import * as Order from '../../../src/domain/order/index.ts';
import {
  authenticationAwaited,
  authenticationRequested,
  closed,
  LINKABLE,
  opened,
  paymentPending,
  returned,
  withdrawn,
} from '../../support/gatewayEvents.ts';
import { orderLife } from '../../support/orderLife.ts';

const none = orderLife();
const placed = none.placed();
const inReview = placed.inReview();
const paid = placed.captured();
const asked = paid.asked('r-1');
const refunded = asked.refunded('r-1');
const beingCancelled = paid.cancelled();

const LIVES = {
  'not placed': [none, 'settled'],
  refused: [none.refused(), 'settled'],
  'cancelled before it came': [none.cancelled(), 'settled'],
  'payment open': [placed, 'open'],
  'payment under way': [placed.adding([paymentPending()]), 'open'],
  'waits for the customer': [
    none.placed(LINKABLE).adding([authenticationRequested(), authenticationAwaited()]),
    'open',
  ],
  'in review': [inReview, 'review'],
  'review resolved': [inReview.resolved({}), 'open'],
  declined: [placed.declined(), 'settled'],
  failed: [inReview.resolved({ moved: false, reference: '' }), 'settled'],
  paid: [paid, 'settled'],
  disputed: [paid.adding([opened(), withdrawn()]), 'settled'],
  'refund returned': [asked.refunded('r-1').adding([returned()]), 'review'],
  'charged back': [paid.adding([opened(), withdrawn(), closed('lost')]), 'settled'],
  'refund in review': [asked.refundInReview('r-1'), 'review'],
  'partly refunded': [
    paid.asked('r-1', { type: 'Amount', amountMinor: 1 }).refunded('r-1'),
    'settled',
  ],
  refunded: [refunded, 'settled'],
  'being cancelled': [beingCancelled, 'open'],
  cancelled: [beingCancelled.refunded('cancel#1'), 'settled'],
} as const;

describe('the status of an order', () => {
  for (const [status, [life, progress]] of Object.entries(LIVES)) {
    it(`is ${status}, and the order is ${progress}`, () => {
      expect(Order.statusOf(life.state)).to.equal(status);
      expect(Order.progressOf(life.state)).to.equal(progress);
    });
  }

  it('has no other words', () => expect(Order.ORDER_STATUSES).to.deep.equal(Object.keys(LIVES)));

  it('is the same while the charge that is to be cancelled is under way', () =>
    expect(Order.statusOf(placed.cancelled().state)).to.equal('being cancelled'));

  it('is open while a cancelled order holds money, though nothing is asked for', () => {
    const held = beingCancelled.refundFailed('cancel#1').compared();
    const { refunds, ...rest } = held.state;
    const withoutOpen = { ...rest, refunds: refunds.filter((refund) => !Order.isOpen(refund)) };
    expect(Order.progressOf(withoutOpen)).to.equal('open');
  });

  it('is paid while a refund is under way, which is still open', () => {
    expect(Order.statusOf(asked.state)).to.equal('paid');
    expect(Order.progressOf(asked.state)).to.equal('open');
  });
});
