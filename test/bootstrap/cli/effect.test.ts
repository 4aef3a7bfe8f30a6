import { expect } from 'chai';
import { comparisonEffect, effectOf } from '../../../src/bootstrap/cli/common/effect.ts';
import { summaryOf } from '../../../src/bootstrap/cli/common/summary.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

const CANCEL = { type: 'CancelOrder', orderId: 'o-1', reason: 'r' } as const;
const RESUME = { type: 'ResumeOrder', orderId: 'o-1' } as const;
const REFUND = {
  type: 'RefundPayment',
  orderId: 'o-1',
  refundId: 'r-1',
  wanted: { type: 'Rest' },
} as const;
const CORRECT = {
  type: 'CorrectEmail',
  orderId: 'o-1',
  email: 'ada@bücher.example',
  by: 'kim',
  reason: 'mistyped',
} as const;
const FINGERPRINT = 'f-r-1';

const none = orderLife();
const placed = none.placed();
const paid = placed.captured();
const asked = paid.asked('r-1');
const inReview = placed.inReview();
const beingCancelled = paid.cancelled();
const refunded = asked.refunded('r-1');

/** A cancelled order whose money the gateway does not refund, however often it is asked. */
const exhausted = ['cancel#1', 'cancel#2', 'cancel#3', 'cancel#4', 'cancel#5'].reduce(
  (life, refundId) => life.refundFailed(refundId).compared(),
  beingCancelled,
);

const correctedOften = Array.from({ length: 10 }, (_, at) => `a${at}@example.com`).reduce(
  (life, email) => life.corrected(email),
  paid,
);

type Row = readonly [OrderLife, 'Done' | 'Failed' | 'Waiting', RegExp];

type Name = 'cancel' | 'refund' | 'resume' | 'correction';

describe('the effect that --wait waits for', () => {
  const rows: Readonly<Record<Name, Readonly<Record<string, Row>>>> = {
    cancel: {
      'not taken yet': [paid, 'Waiting', /no worker/],
      'cancelled before it came': [none.cancelled(), 'Done', /not come yet/],
      'refused at the door': [none.refused().cancelled(), 'Done', /refused, nothing is to cancel/],
      'the payment is open': [placed.cancelled(), 'Waiting', /not known yet/],
      'voided at the close': [placed.cancelled().absent(), 'Done', /^cancelled/],
      'declined before': [placed.declined(), 'Done', /declined/],
      'the payment is in review': [inReview.cancelled(), 'Failed', /in review/],
      'a person has decided': [inReview.cancelled().resolved({}), 'Waiting', /not known/],
      'the refund is under way': [beingCancelled, 'Waiting', /refund is under way/],
      'its refund is in review': [
        beingCancelled.refundInReview('cancel#1'),
        'Failed',
        /refund is in review/,
      ],
      'its refund failed and is asked for anew': [
        beingCancelled.refundFailed('cancel#1'),
        'Waiting',
        /refund is under way/,
      ],
      'its refunds are exhausted': [
        exhausted,
        'Failed',
        /a person has to .*`paidonce review adopt`/,
      ],
      'the money is back': [beingCancelled.refunded('cancel#1'), 'Done', /^cancelled/],
    },
    refund: {
      'the order has not come': [none, 'Waiting', /nothing is captured/],
      'the order was refused at the door': [none.refused(), 'Failed', /refused on arrival/],
      'the payment is open': [placed, 'Waiting', /nothing is captured/],
      'not taken yet': [paid, 'Waiting', /no worker/],
      declined: [placed.declined(), 'Failed', /declined/],
      'never paid': [inReview.resolved({ moved: false, reference: '' }), 'Failed', /never made/],
      cancelled: [beingCancelled.refunded('cancel#1'), 'Failed', /cancelled/],
      'the payment is in review': [inReview, 'Failed', /in review/],
      'asked for': [asked, 'Waiting', /gateway was asked/],
      'in review': [asked.refundInReview('r-1'), 'Failed', /person has to decide/],
      'a person has decided': [
        asked.refundInReview('r-1').resolved({ refundId: 'r-1' }),
        'Waiting',
        /decided/,
      ],
      failed: [asked.refundFailed('r-1'), 'Failed', /expired_card/],
      rejected: [
        paid.asked('r-1', { type: 'Amount', amountMinor: 5_000 }),
        'Failed',
        /rejected: more than is left/,
      ],
      'given back': [refunded, 'Done', /EUR 47\.58 refunded, CN-2026-000001/],
    },
    resume: {
      'no such order': [none, 'Waiting', /no such order/],
      'the payment is open': [placed, 'Waiting', /payment open/],
      'in review': [inReview, 'Waiting', /in review/],
      'a refund is open': [asked, 'Waiting', /paid/],
      'being cancelled': [exhausted, 'Waiting', /being cancelled/],
      paid: [paid, 'Done', /paid/],
      declined: [placed.declined(), 'Done', /declined/],
      'cancelled before it came': [none.cancelled(), 'Done', /cancelled before/],
    },
    correction: {
      'the order has not come': [none, 'Waiting', /not come yet/],
      'the order was cancelled before it came': [none.cancelled(), 'Waiting', /not come yet/],
      'not taken yet': [paid, 'Waiting', /no worker/],
      'the order is in review': [inReview.commanded(CORRECT), 'Done', /notified at this address/],
      corrected: [paid.commanded(CORRECT), 'Done', /notified at this address/],
      'told there already': [
        paid.corrected('ada@xn--bcher-kva.example'),
        'Done',
        /notified at this/,
      ],
      'corrected again since': [
        paid.commanded(CORRECT).corrected('eve@example.com'),
        'Failed',
        /another reason/,
      ],
      'corrected too often': [correctedOften, 'Failed', /10 corrections/],
    },
  };
  const commands = { cancel: CANCEL, refund: REFUND, resume: RESUME, correction: CORRECT };
  for (const name of ['cancel', 'refund', 'resume', 'correction'] as const) {
    for (const [what, [life, type, says]] of Object.entries(rows[name])) {
      it(`of a ${name}: ${what}`, () => {
        const effect = effectOf(commands[name], life.state, FINGERPRINT);
        expect(effect.type).to.equal(type);
        expect(effect.what).to.match(says);
      });
    }
  }

  it('of a comparison with the gateway waits for that alone, and for no review', () => {
    const open = asked.refundInReview('r-1');
    expect(effectOf(RESUME, open.state, FINGERPRINT)).to.include({ type: 'Waiting' });
    expect(comparisonEffect(open.state)).to.include({ type: 'Done' });
    const due = beingCancelled.refundFailed('cancel#1');
    expect(comparisonEffect(due.state)).to.include({ type: 'Waiting' });
    expect(comparisonEffect(due.compared().state)).to.include({ type: 'Done' });
  });

  it('of a refund is not what another refund under its id did (I16)', () => {
    const effect = effectOf(REFUND, refunded.state, 'another');
    expect(effect).to.include({ type: 'Failed' });
  });
});

describe('the summary of an order', () => {
  it('has the sums, the refunds, the credit notes and their numbers', () => {
    const text = summaryOf('o-1', refunded.state, [['receipt', 'sent']]);
    expect(text).to.match(/^status +refunded$/m);
    expect(text).to.match(/^invoice +INV-2026-000001: EUR 39.98 \+ tax EUR 7.60 = EUR 47.58$/m);
    expect(text).to.include(
      'captured EUR 47.58, refunded EUR 47.58, pending EUR 0.00, rest EUR 0.00',
    );
    expect(text).to.match(/^refund +r-1 EUR 47.58 refunded as re_r-1$/m);
    expect(text).to.match(/^credit +CN-2026-000001: EUR 39.98 .* \(r-1\)$/m);
    expect(text).to.match(/^mail +receipt sent$/m);
    expect(summaryOf('o-1', refunded.state)).not.to.include('mail');
  });

  it('says who decided what in a review', () => {
    const text = summaryOf('o-1', inReview.resolved({ forcedBecause: 'their error' }).state);
    expect(text).to.match(/^status +review resolved$/m);
    expect(text).to.include('captured as pi_1, says ada: seen in the dashboard; against');
    expect(text).to.include('their error');
  });
});
