import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { moved } from '../../support/evidence.ts';
import { NOON, numbered } from '../../support/orderContext.ts';
import {
  differenceFound,
  listedRefund,
  refundPending,
  RETURN_DECISION,
  returnDecided,
  returned,
} from '../../support/gatewayEvents.ts';
import { given } from '../../support/given.ts';
import { cancelOrder, orderLife, refundPayment, type OrderLife } from '../../support/orderLife.ts';

const CN = { series: 'CN' } as const;
const paid = orderLife().placed().captured();
const asked = paid.asked('r-1', { type: 'Amount', amountMinor: 1_000 });
const made = asked.refunded('r-1');
const came = made.adding([returned()]);
const ended = paid.cancelled().refunded('cancel#1');
const cameAfter = ended.adding([returned({ refundId: 'cancel#1', reference: 're_cancel#1' })]);
const failed = { answer: { type: 'Declined', code: 'c', reference: 're_r-1' } } as const;

const typesOf = ({ events }: OrderLife) => events.map(({ type }) => type);

describe('a refund that comes back (R21)', () => {
  it('is a review of the message that found it, also of an order that has ended', () => {
    for (const [life, refundId] of [
      [came, 'r-1'],
      [cameAfter, 'cancel#1'],
    ] as const) {
      expect(Order.progressOf(life.state)).to.equal('review');
      expect(Order.openReviews(life.state)).to.deep.equal([
        { refundId, reason: 'refund-returned', since: NOON },
      ]);
      const reason = `refund#${refundId} is in review: refund-returned`;
      given(life).next().thenStep('DeadLetter', { reason, letter: 'm-1' });
      expect(Order.reviewIn(life.events)).to.equal(reason);
    }
    expect(Order.statusOf(came.state)).to.equal('refund returned');
    expect(Order.statusOf(cameAfter.state)).to.equal('cancelled');
  });

  it('keeps its credit note and its notice, and its amount is not free again', () => {
    expect(Order.sumsOf(came.state)).to.deep.equal(Order.sumsOf(made.state));
    expect(Order.uncreditedOf(came.state)).to.equal(Order.uncreditedOf(made.state));
    expect(Order.noticesOf(came.state)).to.deep.equal(Order.noticesOf(made.state));
    expect(came.state.invoice).to.deep.equal(made.state.invoice);
    expect(Order.heldOf(came.state)).to.equal(4_758);
  });

  it('holds up no other refund', () => {
    const life = came.asked('r-2', { type: 'Amount', amountMinor: 1 });
    given(life).next().thenStep('Send', { subject: 'refund#r-2' });
    given(came).when(refundPayment('r-2')).thenTypes('RefundRequested');
  });

  it('is decided once, and by its decision names the refund that was made in its place', () => {
    const decision = RETURN_DECISION;
    expect(Order.decideReturn(decision, came.state)).to.deep.equal(ok([returnDecided()]));
    const decided = came.adding([returnDecided()]);
    expect(Order.decideReturn(decision, decided.state)).to.deep.equal(ok([]));
    const other = { ...decision, verdict: 'paid otherwise', by: 'kim' } as const;
    expect(Order.decideReturn(other, decided.state)).to.deep.equal(
      err({ type: 'DecidedOtherwise', by: 'ada' }),
    );
    expect(Order.decideReturn(decision, made.state)).to.deep.equal(err({ type: 'NotInReview' }));
    expect(Order.progressOf(decided.state)).to.equal('settled');
    expect(Order.openReviews(decided.state)).to.deep.equal([]);
    expect(Order.heldOf(decided.state)).to.equal(3_758);
    expect(Order.isRecorded(decided.state, { reference: 're_again' })).to.equal(true);
  });

  it('paid otherwise leaves its money with the gateway', () =>
    expect(
      Order.heldOf(
        came.adding([returnDecided({ verdict: 'paid otherwise', reference: 'SEPA 1' })]).state,
      ),
    ).to.equal(4_758));

  it('is decided again where the refund that was made in its place comes back too', () => {
    const again = came.adding([returnDecided(), returned({ reference: 're_again' })]);
    expect(Order.progressOf(again.state)).to.equal('review');
    expect(Order.heldOf(again.state)).to.equal(4_758);
    expect(firstIllegal(again.commits)).to.equal(undefined);
  });

  describe('and had a number when it was found to have failed (hole 29)', () => {
    it('is closed in the series before it is recorded as failed (R25, hole 42)', () => {
      const closing = {
        subject: 'refund#r-1',
        entry: { id: 'o-1#r-1', reference: 're_r-1', from: 0 },
      } as const;
      given(asked).knowing('refund#r-1', failed).thenStep('CloseDocument', closing);
      // That there was no number a moment ago is no reason for none to come.
      given(asked)
        .knowing('refund#r-1', { ...failed, searched: true })
        .thenStep('CloseDocument', closing);
      given(asked)
        .knowing('refund#r-1', { ...failed, closed: true })
        .thenIs({
          type: 'Append',
          events: [
            { type: 'RefundFailed', data: { refundId: 'r-1', code: 'c', reference: 're_r-1' } },
          ],
        });
      // Nothing of that name was ever there.
      given(asked)
        .knowing('refund#r-1', { answer: { type: 'Declined', code: 'c' } })
        .thenAppends('RefundFailed');
    });

    it('was made and has come back, in one commit', () => {
      const series = moved({ source: 'series', reference: 're_r-1', amountMinor: 1_000 });
      const numberKnown = { answer: series, number: numbered(1, CN), searched: true } as const;
      for (const life of [asked, asked.adding([refundPending()])]) {
        given(life)
          .knowingAll(['refund#r-1', failed], ['refund#r-1', numberKnown])
          .thenAppends('RefundSucceeded', 'CreditNoteIssued', 'RefundReturned');
      }
      const cancelled = paid.cancelled();
      given(cancelled)
        .knowingAll(
          ['refund#cancel#1', { answer: { type: 'Declined', code: 'c', reference: 're_1' } }],
          [
            'refund#cancel#1',
            {
              answer: moved({ source: 'series', reference: 're_1' }),
              number: numbered(1, CN),
              searched: true,
            },
          ],
        )
        .thenAppends('RefundSucceeded', 'CreditNoteIssued', 'OrderCancelled', 'RefundReturned');
    });

    it('is adopted first where others had made it', () => {
      const finding = paid.adding([differenceFound()]);
      const subject = `comparison#${finding.state.version}` as const;
      const listed = [listedRefund({ status: 'failed', code: 'c' })];
      given(finding)
        .knowing(subject, { listed })
        .thenStep('CloseDocument', {
          subject: 'refund#gateway#re_9',
          entry: { id: 'o-1#gateway#re_9', reference: 're_9', from: 0 },
        });
      const series = moved({ source: 'series', reference: 're_9', amountMinor: 1_000 });
      given(finding)
        .knowingAll(
          [subject, { listed }],
          ['refund#gateway#re_9', { answer: series, number: numbered(1, CN), searched: true }],
        )
        .thenAppends('RefundAdopted', 'CreditNoteIssued', 'RefundReturned');
      given(finding)
        .knowingAll([subject, { listed }], ['refund#gateway#re_9', { closed: true }])
        .thenAppends('GatewayCompared');
      // It was listed as made before somebody closed it.
      given(finding)
        .knowingAll(
          [subject, { listed: [listedRefund()] }],
          ['refund#gateway#re_9', { answer: { type: 'Declined', code: 'failed' }, closed: true }],
        )
        .thenAppends('GatewayCompared');
    });
  });

  describe('and may have a number, for which its amount is left (R26)', () => {
    const due = paid.adding([differenceFound()]);
    const compared = due.compared([listedRefund()]);

    it('has a cancellation ask for the rest after the comparison that is due (hole 43)', () => {
      given(due).when(cancelOrder()).thenTypes('CancellationRequested');
      const cancelled = due.cancelled();
      expect(Order.progressOf(cancelled.state)).to.equal('open');
      expect(typesOf(cancelled.compared([listedRefund()])).slice(-5)).to.deep.equal([
        'CancellationRequested',
        'RefundAdopted',
        'CreditNoteIssued',
        'GatewayCompared',
        'RefundRequested',
      ]);
      // Where nothing is left there is nothing to find.
      const spent = paid.asked('r-1').refunded('r-1').adding([differenceFound()]);
      given(spent).when(cancelOrder()).thenTypes('CancellationRequested', 'OrderCancelled');
    });

    it('has a refund asked for after it too, and refused at once (hole 44)', () => {
      given(due).when(refundPayment('r-2')).thenRejected({ type: 'NotComparedYet' });
      given(compared).when(refundPayment('r-2')).thenTypes('RefundRequested');
      const tooMuch = refundPayment('r-2', { type: 'Amount', amountMinor: 4_759 });
      given(due).when(tooMuch).thenTypes('RefundRejected');
    });

    it('comes before the one that others have made in its place (hole 45)', () => {
      const again = listedRefund({ reference: 're_10' });
      const listed = [listedRefund({ status: 'failed', code: 'c' }), again];
      const subject = `comparison#${due.state.version}` as const;
      given(due)
        .knowing(subject, { listed })
        .thenStep('CloseDocument', { subject: 'refund#gateway#re_9' });
      given(due)
        .knowingAll([subject, { listed }], ['refund#gateway#re_9', { closed: true }])
        .thenAppends('GatewayDifferenceFound');
    });
  });

  it('is found by any list of refunds, whoever had made it', () => {
    const adopted = paid.adding([differenceFound()]).compared([listedRefund()]);
    const due = adopted.adding([differenceFound()]);
    given(due)
      .knowing(`comparison#${due.state.version}`, {
        listed: [listedRefund({ status: 'failed', code: 'c' })],
      })
      .thenAppends('RefundReturned');
  });

  it('has refunds of others wait for the decision which of them stands for it (hole 32)', () => {
    const listed = [listedRefund({ reference: 're_again' })];
    const due = came.adding([differenceFound()]);
    const subject = `comparison#${due.state.version}` as const;
    given(due)
      .knowing(subject, { listed })
      .thenStep('DeadLetter', { reason: 'refund#r-1 is in review: refund-returned' });
    expect(Order.progressOf(due.state)).to.equal('review');
    const again = due.adding([returnDecided()]);
    given(again).knowing(subject, { listed }).thenAppends('GatewayCompared');
    const otherwise = due.adding([returnDecided({ verdict: 'paid otherwise', reference: '' })]);
    given(otherwise).knowing(subject, { listed }).thenAppends('GatewayDifferenceFound');
    expect(typesOf(again.compared(listed))).to.not.include('RefundAdopted');
  });
});
