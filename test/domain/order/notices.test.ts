import { expect } from 'chai';
import * as Order from '../../../src/domain/order/index.ts';
import { paymentPending } from '../../support/gatewayEvents.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

describe('the notices to a customer', () => {
  const empty = orderLife();
  const open = empty.placed();
  const paid = open.captured();
  const underWay = open.adding([paymentPending()]);
  const unnamed = paid.with({ deployment: { ...paid.context.deployment, id: '' } });
  const some = { type: 'Amount', amountMinor: 1_000 } as const;

  const rows: readonly (readonly [string, OrderLife, readonly string[]])[] = [
    ['nothing before the order came', empty.cancelled(), []],
    ['nothing while the payment is open', open, []],
    ['that it is under way, while it is', underWay, ['pending']],
    ['nothing of that, once it is to be cancelled', underWay.cancelled(), []],
    ['a receipt alone, once it has gone through', underWay.captured(), ['receipt']],
    ['nothing while it is in review', open.inReview(), []],
    ['nothing while a cancel waits for the payment', open.cancelled(), []],
    ['a receipt when it is paid', paid, ['receipt']],
    ['that it was declined', open.declined(), ['declined']],
    ['that it failed', open.inReview().resolved({ moved: false }), ['failed']],
    ['only that it is cancelled, when it was declined', open.cancelled().declined(), ['cancelled']],
    ['only that it is cancelled, when it was void', open.cancelled().absent(), ['cancelled']],
    ['that it is cancelled, when the cancel came first', empty.cancelled().placed(), ['cancelled']],
    ['nothing of a refund that is under way', paid.asked('r-1'), ['receipt']],
    [
      'that a refund could not be made',
      paid.asked('r-1').refundFailed('r-1'),
      ['receipt', 'refund-failed r-1'],
    ],
    [
      'nothing of one that failed for the cancellation, which is asked for again',
      paid.cancelled().refundFailed('cancel#1'),
      ['receipt'],
    ],
    [
      'nothing of one that failed for a release that told nobody, and may be made by now',
      unnamed.asked('r-1').refundFailed('r-1'),
      ['receipt'],
    ],
    ['that it was refused at the door', empty.refused(), ['refused']],
    ['that it was refused, although it was cancelled', empty.cancelled().refused(), ['refused']],
    [
      'nothing of a refusal that names nobody',
      empty.refused({ customer: { id: 'c-1', email: '' } }),
      [],
    ],
    [
      'what became of it, when it was placed after all',
      empty.refused().placed().captured(),
      ['receipt'],
    ],
    [
      'each credit note, in the order in which the refunds were asked for',
      paid.asked('r-1', some).asked('r-2', some).refunded('r-2').refunded('r-1', 2),
      ['receipt', 'credit r-1', 'credit r-2'],
    ],
    [
      'all of a paid order that was cancelled',
      paid.cancelled().refunded('cancel#1'),
      ['receipt', 'credit cancel#1', 'cancelled'],
    ],
  ];
  for (const [what, life, notices] of rows) {
    it(`is ${what}`, () =>
      expect(
        Order.noticesOf(life.state).map((notice) =>
          'refundId' in notice ? `${notice.kind} ${notice.refundId}` : notice.kind,
        ),
      ).to.deep.equal(notices));
  }
});
