import { expect } from 'chai';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import type * as Order from '../../../src/domain/order/index.ts';
import { NOON } from '../../support/orderContext.ts';
import {
  closed,
  differenceFound,
  opened,
  paymentPending,
  refundPending,
  reinstated,
  returnDecided,
  returned,
  withdrawn,
} from '../../support/gatewayEvents.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

const placed = orderLife().placed();
const paid = placed.captured();
const part = { type: 'Amount', amountMinor: 1_000 } as const;
const asked = paid.asked('r-1', part);
const refunded = asked.refunded('r-1');
const disputed = paid.adding([opened(), withdrawn()]);
const lost = disputed.adding([closed('lost')]);
const asks = (life: OrderLife): Order.StreamEvent =>
  life.events.findLast(({ type }) => type === 'RefundRequested') ?? expect.fail('asks nothing');
const ended: Order.StreamEvent = { type: 'OrderCancelled', data: {} };
const cancels: Order.StreamEvent = {
  type: 'CancellationRequested',
  data: { reason: 'changed my mind', at: NOON },
};
const toCancelled = asks(paid.cancelled());

const illegalAfter = (life: OrderLife, ...events: readonly Order.StreamEvent[]) =>
  firstIllegal([...life.commits, events])?.why;

describe('what the gateway says later is not legal', () => {
  for (const [why, life, events] of [
    ['PaymentPending: is of no open payment', paid, [paymentPending()]],
    ['PaymentPending: is of no open payment', placed, [paymentPending({ attempt: 2 })]],
    ['PaymentPending: twice', placed, [paymentPending(), paymentPending()]],
    ['PaymentPending: has no name or no limit (R19)', placed, [paymentPending({ reference: '' })]],
    ['PaymentPending: has no name or no limit (R19)', placed, [paymentPending({ until: NOON })]],
    ['RefundPending: is of no open refund', refunded, [refundPending()]],
    ['RefundPending: twice', asked, [refundPending(), refundPending()]],
    ['GatewayDifferenceFound: nothing was captured', placed, [differenceFound()]],
    ['DisputeOpened: nothing was captured', placed, [opened()]],
    ['DisputeOpened: is open already', disputed, [opened()]],
    ['DisputeFundsWithdrawn: was never opened', paid, [withdrawn()]],
    ['DisputeFundsWithdrawn: is of nothing', disputed, [withdrawn(0)]],
    ['DisputeFundsReinstated: is more than was withdrawn', disputed, [reinstated(4_759)]],
    ['DisputeClosed: was never opened', paid, [closed('won')]],
    ['DisputeClosed: is open no more', lost, [closed('won')]],
    ['RefundRequested: a dispute is open (R20)', disputed, [asks(asked)]],
    ['RefundRequested: is of money that is not held (R20)', lost, [asks(asked)]],
    ['OrderCancelled: a dispute is open (R20)', disputed, [cancels, ended]],
    ['OrderCancelled: money is held (I7)', disputed, [cancels, closed('won'), ended]],
    ['RefundReturned: is of no refund that was made', asked, [returned()]],
    ['RefundReturned: is of another refund', refunded, [returned({ reference: 're_2' })]],
    ['RefundReturned: is of no refund that was made', refunded, [returned(), returned()]],
    ['RefundReturnResolved: is of no refund that came back', refunded, [returnDecided()]],
    [
      'RefundReturnResolved: was decided before',
      refunded,
      [returned(), returnDecided(), returnDecided()],
    ],
    [
      'RefundReturnResolved: does not name the refund that was made (R21)',
      refunded,
      [returned(), returnDecided({ reference: '' })],
    ],
  ] as const) {
    it(`as where ${why}, after ${events.map(({ type }) => type).join()}`, () =>
      expect(illegalAfter(life, ...events)).to.equal(why));
  }
});

describe('what the gateway says later is legal', () => {
  for (const [what, life, events] of [
    ['a dispute that goes further', disputed, [opened({ stage: 'appeal' })]],
    ['a dispute that is open again', lost, [opened({ stage: 'appeal' }), closed('won')]],
    ['the end of an order of which a dispute has taken all', lost, [cancels, ended]],
    [
      'a refund once a dispute is won, before its money is back',
      disputed,
      [closed('won'), asks(asked)],
    ],
    ['money that comes back after the end', lost, [cancels, ended, reinstated(), toCancelled]],
    [
      'a refund that comes back after the end',
      paid.cancelled().refunded('cancel#1'),
      [returned({ refundId: 'cancel#1', reference: 're_cancel#1' })],
    ],
    [
      'one that was made again, and comes back again',
      refunded,
      [
        returned(),
        returnDecided(),
        returned({ reference: 're_again' }),
        returnDecided({ verdict: 'paid otherwise', reference: '' }),
      ],
    ],
  ] as const) {
    it(what, () => expect(illegalAfter(life, ...events)).to.equal(undefined));
  }
});
