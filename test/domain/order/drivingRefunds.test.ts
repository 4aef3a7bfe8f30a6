import { expect } from 'chai';
import { err } from 'neverthrow';
import * as Order from '../../../src/domain/order/index.ts';
import { absentAt, declined, failedAt, moved, NO_ANSWER } from '../../support/evidence.ts';
import {
  CLOSE_MS,
  GIVE_UP_MS,
  NOON,
  numbered,
  RESEND_HORIZON_MS,
} from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';
import { creditLine, totalsOf } from '../../support/documents/versionOne.ts';

const SUBJECT = 'refund#r-1';
const paid = orderLife().placed().captured();
const asked = paid.asked('r-1', { type: 'Amount', amountMinor: 1_000 });
const review = asked.refundInReview('r-1');
const late = { now: NOON + CLOSE_MS };
const back = (changes = {}) => moved({ reference: 're_1', amountMinor: 1_000, ...changes });
const note = numbered(3, { series: 'CN' });

/** The page's table "driving refunds", row by row. */
describe('driving refunds', () => {
  it('recorded cancellation, rest > 0, cancel#n left: asks under the next id (hole 11)', () => {
    const again = asked.cancelled().refunded('cancel#1').refundFailed('r-1').compared();
    expect(refundsOf(again)).to.deep.equal([
      'r-1 failed 1000',
      'cancel#1 succeeded 3758',
      'cancel#2 pending 1000',
    ]);
    expect(refundsOf(paid.cancelled().refundFailed('cancel#1').compared())).to.deep.equal([
      'cancel#1 failed 4758',
      'cancel#2 pending 4758',
    ]);
  });

  it('recorded cancellation, rest > 0: is compared, recorded, and then asked for', () => {
    const { events, context } = asked.cancelled();
    const failed = {
      type: 'RefundFailed',
      data: { refundId: 'r-1', code: 'c', reference: '' },
    } as const;
    const compared = { type: 'GatewayCompared', data: { at: NOON } } as const;
    given({ events: [...events, failed], context })
      .knowing('refund#cancel#1', declined())
      .thenAppends('RefundFailed');
    given({ events: [...events, failed], context })
      .next()
      .thenStep('LookUp', { of: { type: 'Refunds', paymentReference: 'pi_1' } });
    given({ events: [...events, failed, compared], context })
      .next()
      .thenAppends('RefundRequested');
  });

  it('recorded cancellation, rest > 0, no id left: is dead-lettered after all refunds', () => {
    const exhausted = { type: 'DeadLetter', reason: 'cancel-refund-exhausted' } as const;
    given(exhaust(paid)).next().thenIs(exhausted);
    expect(refundsOf(exhaust(paid))).to.have.length(Order.CANCEL_REFUNDS_MAX);

    const withAnother = exhaust(asked);
    given(withAnother).next().thenStep('Send', { subject: SUBJECT });
    given(withAnother).knowing(SUBJECT, NO_ANSWER).thenStep('RetryLater', { subject: SUBJECT });
    given(withAnother.refunded('r-1')).next().thenIs(exhausted);
  });

  it('recorded cancellation, rest > 0, and it cannot be prepared: a person must refund it', () => {
    const reason = 'too small';
    const prepareRefund = () => err({ type: 'Unchargeable', reason } as const);
    given(orderLife().placed().cancelled().with({ prepareRefund }).captured())
      .next()
      .thenIs({ type: 'DeadLetter', reason: `the money cannot be refunded: ${reason}` });
  });

  it('Succeeded, no credit number: asks the allocator of the credit series', () => {
    for (const life of [asked, asked.cancelled(), review]) {
      given(life)
        .knowing(SUBJECT, { answer: back() })
        .thenIs({
          type: 'AllocateNumber',
          subject: SUBJECT,
          series: 'CN',
          entry: { id: 'o-1#r-1', reference: 're_1', from: 0 },
        });
    }
  });

  it('Succeeded + number: refunds and credits in one commit', () => {
    for (const life of [asked, review]) {
      given(life)
        .knowing(SUBJECT, { answer: back(), number: note })
        .thenIs({ type: 'Append', events: [SUCCEEDED, CREDITED] });
    }
  });

  it('Succeeded + number, recorded cancellation: is cancelled with the last of the money', () => {
    const cancelling = asked.cancelled();
    given(cancelling)
      .knowing(SUBJECT, { answer: back(), number: note })
      .thenAppends('RefundSucceeded', 'CreditNoteIssued');
    given(cancelling.refunded('cancel#1'))
      .knowing(SUBJECT, { answer: back(), number: note })
      .thenAppends('RefundSucceeded', 'CreditNoteIssued', 'OrderCancelled');
    given(paid.asked('r-1').refunded('r-1').cancelled()).next().thenIs({ type: 'Settled' });
  });

  for (const [what, known, code] of [
    ['Failed', declined('expired_card'), 'expired_card'],
    ['absent after close', absentAt(NOON + CLOSE_MS), 'absent after close'],
  ] as const) {
    it(`${what}: has failed, and its amount is free again`, () => {
      for (const life of [asked, review, asked.cancelled()]) {
        given(life)
          .knowing(SUBJECT, known)
          .thenIs({
            type: 'Append',
            events: [{ type: 'RefundFailed', data: { refundId: 'r-1', code, reference: '' } }],
          });
      }
      expect(Order.sumsOf(asked.learned(SUBJECT, known).state)).to.include({
        pending: 0,
        rest: 4_758,
      });
    });
  }

  it('look-up unusable after close: searches the credit series; found is Succeeded', () => {
    for (const life of [asked, review]) {
      given(life.with(late))
        .knowing(SUBJECT, failedAt(NOON + GIVE_UP_MS))
        .thenIs(SEARCH);
      const found = { answer: back({ source: 'series' }), number: note, searched: true } as const;
      given(life.with(late))
        .knowing(SUBJECT, found)
        .thenAppends('RefundSucceeded', 'CreditNoteIssued');
    }
  });

  it('look-up unusable after close, no number: asks for a review, and stays reserved', () => {
    const nowhere = { ...failedAt(NOON + GIVE_UP_MS), searched: true } as const;
    given(asked.with(late)).knowing(SUBJECT, nowhere).thenAppends('RefundReviewRequired');
    given(review.with(late)).knowing(SUBJECT, nowhere).thenIs({
      type: 'DeadLetter',
      reason: 'refund#r-1 is in review: unresolved',
      letter: 'm-1',
    });
    expect(Order.sumsOf(review.state)).to.include({ pending: 1_000, rest: 3_758 });
  });

  it('another amount or currency, or several refunds: asks for a review', () => {
    for (const [answer, reason] of [
      [back({ amountMinor: 999 }), 'amount'],
      [back({ currency: 'USD' }), 'amount'],
      [{ type: 'MultipleFound', found: [] }, 'several'],
    ] as const) {
      const { step } = given(asked).knowing(SUBJECT, { answer, number: note });
      expect(step.type === 'Append' && step.events[0].data).to.include({ refundId: 'r-1', reason });
      given(review)
        .knowing(SUBJECT, { answer, number: note })
        .thenIs({
          type: 'DeadLetter',
          reason: `refund#r-1 is in review: ${reason}`,
          letter: 'm-1',
        });
    }
  });

  it('none, age < H / otherwise: sends the stored key and bytes / looks up', () => {
    const body =
      '{"refund":{"deployment":"dep1","orderId":"o-1","refundId":"r-1","paymentReference":"pi_1",' +
      '"amountMinor":1000,"currency":"EUR"}}';
    const prepareRefund = () => err({ type: 'Unchargeable', reason: 'today' } as const);
    const young = { now: NOON + RESEND_HORIZON_MS - 1, prepareRefund };
    given(asked.with(young))
      .next()
      .thenIs({
        type: 'Send',
        subject: SUBJECT,
        call: { type: 'refund' },
        key: 'paidonce/dep1/o-1/refund/r-1',
        body,
        notAfter: NOON + RESEND_HORIZON_MS,
      });
    given(asked.cancelled().with(young)).next().thenStep('Send', { body });
    given(asked.with({ now: NOON + RESEND_HORIZON_MS }))
      .next()
      .thenIs(LOOK_UP);
    given(review).next().thenIs(SEARCH);
    given(review).knowing(SUBJECT, { searched: true }).thenIs(LOOK_UP);
  });

  it('none: absent or failing before close, or no answer, backs off', () => {
    for (const [known, why] of [
      [absentAt(NOON + CLOSE_MS - 1), 'not found before close'],
      [failedAt(NOON + GIVE_UP_MS - 1), 'look-up failed'],
      [NO_ANSWER, 'no answer'],
    ] as const) {
      given(asked.with(late))
        .knowing(SUBJECT, known)
        .thenStep('RetryLater', { subject: SUBJECT, why });
    }
  });

  it('every pending refund: one that waits, or is in review, holds up no other', () => {
    const two = review.asked('r-2', { type: 'Amount', amountMinor: 1 });
    given(two).knowing(SUBJECT, NO_ANSWER).thenStep('Send', { subject: 'refund#r-2' });
    // What is known is recorded before anything more is sent, were it for an earlier refund.
    given(asked.asked('r-2')).knowing('refund#r-2', declined()).thenAppends('RefundFailed');
    const known = Order.learn(Order.NO_EVIDENCE, 'refund#r-2', NO_ANSWER);
    const inReview = Order.learn(known, SUBJECT, { answer: back({ amountMinor: 1 }) });
    // To come again helps the one; the other can wait for its person.
    expect(Order.nextStep(two.state, inReview, two.context).type).to.equal('RetryLater');
  });

  it('uses no number but that of its own refund (R3, hole 12)', () =>
    given(asked.cancelled())
      .knowing('payment#1', { answer: moved(), number: numbered(1) })
      .thenStep('Send', { subject: SUBJECT }));
});

const refundsOf = ({ state }: OrderLife) =>
  state.refunds.map((refund) =>
    refund.status === 'rejected'
      ? `${refund.refundId} rejected`
      : `${refund.refundId} ${refund.status} ${refund.amountMinor}`,
  );

/** Cancelled, and each refund of the cancel has failed. */
const exhaust = (life: OrderLife): OrderLife => {
  let exhausted = life.cancelled();
  for (let n = 1; n <= Order.CANCEL_REFUNDS_MAX; n += 1) {
    exhausted = exhausted.refundFailed(`cancel#${n}`).compared();
  }
  return exhausted;
};

const LOOK_UP: Order.OrderStep = {
  type: 'LookUp',
  subject: SUBJECT,
  of: { type: 'Refund', deployment: 'dep1', refundId: 'r-1', paymentReference: 'pi_1' },
};

const SEARCH: Order.OrderStep = {
  type: 'FindNumber',
  subject: SUBJECT,
  series: 'CN',
  wanted: { id: 'o-1#r-1', from: 0 },
  asked: { amountMinor: 1_000, currency: 'EUR' },
};

const SUCCEEDED: Order.StreamEvent = {
  type: 'RefundSucceeded',
  data: {
    refundId: 'r-1',
    reference: 're_1',
    amountMinor: 1_000,
    currency: 'EUR',
    source: 'answer',
  },
};

// 10.00 of 39.98 + 7.60: 8.402… and 1.597…, and the cent left over goes to the greater remainder.
const CREDITED: Order.StreamEvent = {
  type: 'CreditNoteIssued',
  data: {
    refundId: 'r-1',
    series: 'CN',
    year: 2026,
    number: 3,
    label: 'CN-2026-000003',
    seriesVersion: 3,
    issuedAt: NOON,
    issuedOn: '2026-06-15',
    lines: [creditLine({ line: 1, quantity: 0, netMinor: 840, taxMinor: 160 })],
    ...totalsOf(840, 160),
  },
};
