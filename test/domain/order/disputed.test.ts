import { expect } from 'chai';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { absentAt, moved } from '../../support/evidence.ts';
import { CLOSE_MS, NOON, numbered } from '../../support/orderContext.ts';
import {
  closed,
  opened,
  refundPending,
  reinstated,
  returned,
  withdrawn,
} from '../../support/gatewayEvents.ts';
import { given } from '../../support/given.ts';
import {
  anOrderPaidBy,
  cancelOrder,
  orderLife,
  refundPayment,
  type OrderLife,
} from '../../support/orderLife.ts';

const paid = orderLife().placed().captured();
const part = (amountMinor: number) => ({ type: 'Amount', amountMinor }) as const;
const asked = paid.asked('r-1', part(1_000));
const disputed = paid.adding([opened(), withdrawn()]);
const lost = disputed.adding([closed('lost')]);
const partlyLost = paid.adding([opened(), withdrawn(3_000), closed('lost')]);
const won = disputed.adding([closed('won')]);

const amountsOf = ({ state }: OrderLife): readonly string[] =>
  state.refunds.map((refund) =>
    refund.status === 'rejected' ? refund.reason : `${refund.status} ${refund.amountMinor}`,
  );

describe('an order of which a dispute is open (R20)', () => {
  it('rejects a refund, with that reason', () => {
    given(disputed).when(refundPayment('r-1')).thenTypes('RefundRejected');
    expect(amountsOf(disputed.asked('r-1'))).to.deep.equal(['the payment is disputed']);
  });

  it('records its cancellation, and does not end', () => {
    given(disputed).when(cancelOrder()).thenTypes('CancellationRequested');
    for (const life of [disputed.cancelled(), asked.adding([opened()]).cancelled()]) {
      expect(Order.statusOf(life.state)).to.equal('disputed');
    }
    given(disputed.cancelled()).next().thenStep('Settled');
    // Nobody waits for it: its end comes as an event, or in a round.
    expect(Order.progressOf(disputed.cancelled().state)).to.equal('settled');
    const refunded = paid.asked('r-1').refunded('r-1').adding([opened()]);
    given(refunded).when(cancelOrder()).thenTypes('CancellationRequested');
  });

  it('looks a refund up that was asked for, and does not send it (I22)', () => {
    const life = asked.adding([opened()]);
    given(asked).next().thenStep('Send');
    given(life).next().thenStep('LookUp', { subject: 'refund#r-1' });
    given(life).knowing('refund#r-1', absentAt(NOON)).thenStep('RetryLater');
  });

  it('looks less and less often for a refund that is not there', () => {
    const openedAt = NOON + 60_000;
    const life = asked.adding([opened({ at: openedAt })]);
    const lookedUpAt = NOON + 10 * 60_000;
    given(life.with({ now: lookedUpAt }))
      .knowing('refund#r-1', absentAt(lookedUpAt))
      .thenStep('RetryLater', { until: lookedUpAt + 9 * 60_000 });
  });

  it('fails a refund that is not there after its close, and names the dispute', () => {
    const life = asked.adding([opened()]);
    const { step } = given(life).knowing('refund#r-1', absentAt(NOON + CLOSE_MS));
    expect(step.type === 'Append' && step.events).to.deep.equal([
      { type: 'RefundFailed', data: { refundId: 'r-1', code: 'disputed', reference: '' } },
    ]);
  });

  it('records a refund that had moved before, and ends nothing by it', () => {
    const cancelling = paid.cancelled().adding([opened()]);
    const known = { answer: moved({ reference: 're_1' }), number: numbered(1, { series: 'CN' }) };
    given(cancelling)
      .knowing('refund#cancel#1', known)
      .thenAppends('RefundSucceeded', 'CreditNoteIssued');
    const refunded = cancelling.learned('refund#cancel#1', known);
    given(refunded).next().thenStep('Settled');
    given(refunded.adding([closed('warning closed')]))
      .next()
      .thenAppends('OrderCancelled');
  });

  it('stands for no credit note, whatever becomes of it', () => {
    for (const life of [disputed, lost, won, won.adding([reinstated()])]) {
      expect(Order.uncreditedOf(life.state)).to.equal(4_758);
      expect(life.state.invoice).to.deep.equal(paid.state.invoice);
    }
  });
});

describe('an order of which a dispute has ended (R20)', () => {
  it('is charged back where it is lost, and nothing of it can be refunded', () => {
    expect(Order.sumsOf(lost.state)).to.include({ captured: 4_758, refunded: 0, rest: 0 });
    expect(amountsOf(lost.asked('r-1', part(1)))).to.deep.equal([
      'more than is held, as the payment was charged back',
    ]);
    expect(amountsOf(lost.asked('r-1'))).to.deep.equal(['nothing is left to refund']);
    given(lost).when(cancelOrder()).thenTypes('CancellationRequested', 'OrderCancelled');
    given(disputed.cancelled().adding([closed('lost')]))
      .next()
      .thenAppends('OrderCancelled');
  });

  it('refunds what of it is held', () => {
    expect(Order.sumsOf(partlyLost.state).rest).to.equal(1_758);
    expect(amountsOf(partlyLost.asked('r-1'))).to.deep.equal(['pending 1758']);
    expect(amountsOf(partlyLost.asked('r-1', part(1_758)))).to.deep.equal(['pending 1758']);
    expect(amountsOf(partlyLost.asked('r-1', part(1_759)))).to.deep.equal([
      'more than is held, as the payment was charged back',
    ]);
    const cancelled = partlyLost.cancelled();
    expect(amountsOf(cancelled)).to.deep.equal(['pending 1758']);
    const refunded = cancelled.refunded('cancel#1');
    expect(refunded.events.slice(-3).map(({ type }) => type)).to.deep.equal([
      'RefundSucceeded',
      'CreditNoteIssued',
      'OrderCancelled',
    ]);
    expect(Order.heldOf(refunded.state)).to.equal(0);
    expect(firstIllegal(refunded.commits)).to.equal(undefined);
  });

  it('asks for that part where the cancellation had waited (hole 34)', () =>
    given(
      paid
        .adding([opened(), withdrawn(3_000)])
        .cancelled()
        .adding([closed('lost')]),
    )
      .next()
      .thenAppends('RefundRequested'));

  it('holds what it has won before the money is back (hole 31)', () => {
    expect(Order.goneOf(won.state)).to.equal(0);
    expect(Order.heldOf(won.state)).to.equal(0);
    given(won).when(cancelOrder()).thenTypes('CancellationRequested', 'RefundRequested');
    given(disputed.cancelled().adding([closed('won')]))
      .next()
      .thenAppends('RefundRequested');
  });

  it('returns to the customer what comes back after its end', () => {
    const ended = lost.cancelled();
    expect(Order.statusOf(ended.state)).to.equal('cancelled');
    const back = ended.adding([opened({ stage: 'appeal' }), closed('won'), reinstated()]);
    expect(Order.progressOf(back.state)).to.equal('open');
    given(back).next().thenAppends('RefundRequested');
    const refunded = back.learned('refund#cancel#1', {}).refunded('cancel#1');
    expect(Order.heldOf(refunded.state)).to.equal(0);
    given(refunded).next().thenStep('Settled');
    expect(firstIllegal(refunded.commits)).to.equal(undefined);
  });

  it('ends although gift cards have paid a part, of which nothing goes back by itself', () => {
    const order = { ...anOrderPaidBy({ type: 'method', paymentMethod: 'pm_1' }) };
    const prepaid = [{ type: 'gift-card', reference: 'G-1', amountMinor: 758 }] as const;
    const life = orderLife()
      .placed({ ...order, prepaid })
      .captured();
    expect(Order.sumsOf(life.state).captured).to.equal(4_000);
    const gone = life.adding([opened(), withdrawn(4_000), closed('lost')]);
    given(gone).when(cancelOrder()).thenTypes('CancellationRequested', 'OrderCancelled');
    expect(firstIllegal(gone.cancelled().commits)).to.equal(undefined);
  });

  it('says in the sums what the gateway holds (I23)', () => {
    const made = asked.refunded('r-1');
    for (const [life, held] of [
      [paid, 4_758],
      [made, 3_758],
      [made.adding([returned()]), 4_758],
      [made.adding([opened(), withdrawn()]), -1_000],
      [made.adding([opened(), withdrawn(), reinstated(758)]), -242],
      [lost, 0],
      [asked.adding([refundPending()]), 4_758],
    ] as const) {
      expect(Order.heldOf(life.state)).to.equal(held);
    }
  });
});
