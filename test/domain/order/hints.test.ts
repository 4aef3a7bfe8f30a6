import { expect } from 'chai';
import * as Order from '../../../src/domain/order/index.ts';
import {
  closed,
  hint,
  hintOfDispute,
  hintOfRefund,
  opened,
  paymentPending,
  refundPending,
  reinstated,
  returnDecided,
  returned,
  withdrawn,
} from '../../support/gatewayEvents.ts';
import { orderLife } from '../../support/orderLife.ts';

const placed = orderLife().placed();
const underWay = placed.adding([paymentPending()]);
const paid = placed.captured();
const asked = paid.asked('r-1');
const made = asked.refunded('r-1');
const came = made.adding([returned()]);
const again = came.adding([returnDecided()]);
const failed = asked.adding([
  { type: 'RefundFailed', data: { refundId: 'r-1', code: 'c', reference: 're_r-1' } },
]);
const inquiry = paid.adding([opened({ stage: 'inquiry' })]);
const disputed = paid.adding([opened(), withdrawn()]);
const won = disputed.adding([closed('won')]);
const back = won.adding([reinstated()]);

describe('what an event of the gateway says, and the log has already (R18)', () => {
  for (const [what, life, known] of [
    ['a capture', paid, hint({})],
    ['what came before the capture', paid, hint({ says: 'processing' })],
    ['a payment under way', underWay, hint({ says: 'processing' })],
    ['a decline', placed.declined(), hint({ says: 'requires_payment_method' })],
    ['the end of a failed payment', placed.absent(), hint({ says: 'canceled' })],
    ['a refund that was made', made, hintOfRefund('succeeded')],
    ['what came before it was made', made, hintOfRefund('pending')],
    ['a refund that came back', came, hintOfRefund('failed')],
    ['what was made before it came back', came, hintOfRefund('succeeded')],
    ['the refund that was made in its place', again, hintOfRefund('pending', 're_again')],
    ['a refund that failed', failed, hintOfRefund('failed')],
    ['a refund under way', asked.adding([refundPending()]), hintOfRefund('requires_action')],
    ['an inquiry', inquiry, hintOfDispute('warning_under_review')],
    ['an open dispute', disputed, hintOfDispute('needs_response', { funds: 'withdrawn' })],
    ['a dispute that was won', won, hintOfDispute('won')],
    ['money that was reinstated', back, hintOfDispute('won', { funds: 'reinstated' })],
    ['what came before the end of a dispute', won, hintOfDispute('under_review')],
  ] as const) {
    it(`is ${what}`, () => expect(Order.isKnownHint(known, life.state)).to.equal(true));
  }

  for (const [what, life, unknown] of [
    ['a capture of an open payment', placed, hint({})],
    ['a decline of an open payment', placed, hint({ says: 'requires_payment_method' })],
    ['the end of what is under way', underWay, hint({})],
    ['another payment that is under way', underWay, hint({ payment: 'pi_2', says: 'processing' })],
    ['another payment of a paid order', paid, hint({ payment: 'pi_2', id: 'pi_2' })],
    ['money of a declined order', placed.declined(), hint({})],
    ['anything of an order without a payment', placed.declined(), hintOfRefund('succeeded')],
    ['a refund of another payment', made, { ...hintOfRefund('succeeded'), payment: 'pi_2' }],
    ['a refund that nobody has', paid, hintOfRefund('failed')],
    ['the failure of a refund that was made', made, hintOfRefund('failed')],
    ['the success of a refund that failed', failed, hintOfRefund('succeeded')],
    ['the failure of one that was made again', again, hintOfRefund('failed', 're_again')],
    [
      'the success of a refund under way',
      asked.adding([refundPending()]),
      hintOfRefund('succeeded'),
    ],
    ['a dispute that nobody has', paid, hintOfDispute('needs_response')],
    ['an inquiry that has become a chargeback', inquiry, hintOfDispute('needs_response')],
    ['the end of a dispute', disputed, hintOfDispute('won')],
    ['another end of a dispute', won, hintOfDispute('lost')],
    ['money that is back', won, hintOfDispute('won', { funds: 'reinstated' })],
    [
      'money that was withdrawn',
      inquiry,
      hintOfDispute('warning_under_review', { funds: 'withdrawn' }),
    ],
    ['an appeal', won, hintOfDispute('appeal_under_review')],
    ['a word that nobody knows', disputed, hintOfDispute('of_tomorrow')],
  ] as const) {
    it(`is not ${what}`, () => expect(Order.isKnownHint(unknown, life.state)).to.equal(false));
  }
});
