import { expect } from 'chai';
import { err } from 'neverthrow';
import type * as Order from '../../../src/domain/order/index.ts';
import { absentAt, declined, failedAt, moved } from '../../support/evidence.ts';
import { CLOSE_MS, GIVE_UP_MS, NOON, numbered } from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { orderLife } from '../../support/orderLife.ts';
import { invoiceLine, PLAIN_INVOICE, totalsOf } from '../../support/documents/versionOne.ts';

const SUBJECT = 'payment#1';
const open = orderLife().placed();
const review = open.inReview();
const unresolved = open.unresolved();
const late = { now: NOON + CLOSE_MS };

/** The page's table "driving the payment", row by row: `evidence | condition`. */
describe('driving the payment', () => {
  it('Captured, amount right | no number yet: asks the allocator, with the evidence', () => {
    for (const life of [open, open.cancelled(), review, open.with(late)]) {
      given(life)
        .knowing(SUBJECT, { answer: moved() })
        .thenIs({
          type: 'AllocateNumber',
          subject: SUBJECT,
          series: 'INV',
          entry: { id: 'o-1', reference: 'pi_1', from: 0 },
        });
    }
  });

  it('Captured + number | no recorded cancellation: captures and invoices at once (S4)', () => {
    for (const life of [open, review, open.with(late)]) {
      given(life)
        .knowing(SUBJECT, { answer: moved(), number: numbered(7) })
        .thenIs({ type: 'Append', events: [CAPTURED, INVOICED] });
    }
  });

  it('Captured + number | recorded cancellation: invoices and refunds (R7, hole 6)', () => {
    for (const life of [open.cancelled(), review.cancelled()]) {
      const { step } = given(life).knowing(SUBJECT, { answer: moved(), number: numbered(7) });
      given(life)
        .knowing(SUBJECT, { answer: moved(), number: numbered(7) })
        .thenAppends('PaymentCaptured', 'InvoiceIssued', 'RefundRequested');
      const back = step.type === 'Append' ? step.events[2]?.data : undefined;
      expect(back).to.include({ refundId: 'cancel#1', cause: 'cancel', amountMinor: 4_758 });
    }
  });

  it('Captured + number | cancellation with no possible refund: still has its document', () =>
    given(
      open.cancelled().with({
        prepareRefund: () => err({ type: 'Unchargeable', reason: 'too small' }),
      }),
    )
      .knowing(SUBJECT, { answer: moved(), number: numbered(7) })
      .thenAppends('PaymentCaptured', 'InvoiceIssued'));

  for (const [what, wrong] of [
    ['amount', { amountMinor: 4_759 }],
    ['currency', { currency: 'USD' }],
  ] as const) {
    const { type, source, ...seen } = moved(wrong);
    it(`Captured, other ${what} | open: asks for a review, with or without a number (G13)`, () => {
      for (const number of [{}, { number: numbered(7) }]) {
        given(open)
          .knowing(SUBJECT, { answer: { type, source, ...seen }, ...number })
          .thenIs({
            type: 'Append',
            events: [
              {
                type: 'PaymentReviewRequired',
                data: { attempt: 1, reason: 'amount', seen: [seen], at: NOON, letter: 'm-1' },
              },
            ],
          });
      }
    });

    it(`Captured, other ${what} | review: is dead-lettered again, never a number`, () =>
      given(review)
        .knowing(SUBJECT, { answer: moved(wrong), number: numbered(7) })
        .thenIs({
          type: 'DeadLetter',
          reason: 'payment#1 is in review: amount',
          letter: 'm-1',
        }));
  }

  it('several payments under one reference | open / review: as another amount', () => {
    const one = { reference: 'pi_1', amountMinor: 4_758, currency: 'EUR' };
    const found = [one, { ...one, reference: 'pi_2' }];
    const several = { answer: { type: 'MultipleFound', found } } as const;
    const data = { attempt: 1, reason: 'several', seen: found, at: NOON, letter: 'm-1' } as const;
    given(open)
      .knowing(SUBJECT, several)
      .thenIs({ type: 'Append', events: [{ type: 'PaymentReviewRequired', data }] });
    given(review).knowing(SUBJECT, several).thenIs({
      type: 'DeadLetter',
      reason: 'payment#1 is in review: several',
      letter: 'm-1',
    });
  });

  it('Declined | -: is declined, and cancelled where it has a recorded cancellation', () => {
    for (const life of [open, review]) {
      given(life)
        .knowing(SUBJECT, declined())
        .thenIs({
          type: 'Append',
          events: [{ type: 'PaymentDeclined', data: { attempt: 1, code: 'no_money' } }],
        });
      given(life.cancelled())
        .knowing(SUBJECT, declined())
        .thenAppends('PaymentDeclined', 'OrderCancelled');
    }
  });

  it('absent after close | recorded cancellation: is void, proven by the look-up’s time', () => {
    for (const life of [open.cancelled(), unresolved.cancelled()]) {
      given(life.with(late))
        .knowing(SUBJECT, absentAt(NOON + CLOSE_MS))
        .thenIs(SEARCH);
      given(life.with(late))
        .knowing(SUBJECT, { ...absentAt(NOON + CLOSE_MS), searched: true })
        .thenIs({
          type: 'Append',
          events: [
            {
              type: 'PaymentFailed',
              data: { attempt: 1, proof: 'absent after close', code: '', at: NOON + CLOSE_MS },
            },
            { type: 'OrderCancelled', data: {} },
          ],
        });
    }
  });

  it('absent after close | open, newAttempt, attempt < max: fails and begins again at once', () => {
    const anew = { ...late, attemptsMax: 2 };
    given(open.with(anew))
      .knowing(SUBJECT, { ...absentAt(NOON + CLOSE_MS), searched: true })
      .thenAppends('PaymentFailed', 'PaymentRequested');
    const second = open.with(anew).absent();
    expect(second.state.payment).to.include({
      status: 'requested',
      attempt: 2,
      paymentKey: 'paidonce/dep1/o-1/payment/2',
      at: NOON + CLOSE_MS,
    });
    given(second.with({ now: NOON + 2 * CLOSE_MS }))
      .knowing('payment#2', { ...absentAt(NOON + 2 * CLOSE_MS), searched: true })
      .thenAppends('PaymentFailed');
    given(unresolved.with(anew))
      .knowing(SUBJECT, { ...absentAt(NOON + CLOSE_MS), searched: true })
      .thenAppends('PaymentFailed');
  });

  it('absent after close | open or unresolved, no number: fails without a person (R8)', () => {
    for (const life of [open, unresolved]) {
      given(life.with(late))
        .knowing(SUBJECT, absentAt(NOON + CLOSE_MS))
        .thenIs(SEARCH);
      given(life.with(late))
        .knowing(SUBJECT, { ...absentAt(NOON + CLOSE_MS), searched: true })
        .thenIs({
          type: 'Append',
          events: [
            {
              type: 'PaymentFailed',
              data: { attempt: 1, proof: 'absent after close', code: '', at: NOON + CLOSE_MS },
            },
          ],
        });
    }
  });

  it('absent after close | in review for what was seen: stays in review', () =>
    given(review.with(late))
      .knowing(SUBJECT, { ...absentAt(NOON + CLOSE_MS), searched: true })
      .thenStep('DeadLetter'));

  it('look-up unusable after close | id in the series: is Captured + number (hole 5b)', () => {
    for (const life of [open, unresolved]) {
      given(life.with(late))
        .knowing(SUBJECT, failedAt(NOON + GIVE_UP_MS))
        .thenIs(SEARCH);
      given(life.with(late))
        .knowing(SUBJECT, {
          answer: moved({ source: 'series' }),
          number: numbered(7),
          searched: true,
        })
        .thenAppends('PaymentCaptured', 'InvoiceIssued');
    }
  });

  it('look-up unusable after close | otherwise: asks for a review / is dead-lettered again', () => {
    const nowhere = { ...failedAt(NOON + GIVE_UP_MS), searched: true } as const;
    given(open.with(late)).knowing(SUBJECT, nowhere).thenAppends('PaymentReviewRequired');
    given(open.cancelled().with(late))
      .knowing(SUBJECT, nowhere)
      .thenAppends('PaymentReviewRequired');
    given(unresolved.with(late)).knowing(SUBJECT, nowhere).thenIs({
      type: 'DeadLetter',
      reason: 'payment#1 is in review: unresolved',
      letter: 'm-1',
    });
  });
});

const SEARCH: Order.OrderStep = {
  type: 'FindNumber',
  subject: SUBJECT,
  series: 'INV',
  wanted: { id: 'o-1', from: 0 },
  asked: { amountMinor: 4_758, currency: 'EUR' },
};

const CAPTURED: Order.StreamEvent = {
  type: 'PaymentCaptured',
  data: { attempt: 1, reference: 'pi_1', amountMinor: 4_758, currency: 'EUR', source: 'answer' },
};

// 2 × 19.99 = 39.98; 19 % of it is 7.5962, rounded to 7.60.
const INVOICED: Order.StreamEvent = {
  type: 'InvoiceIssued',
  data: {
    series: 'INV',
    year: 2026,
    number: 7,
    label: 'INV-2026-000007',
    seriesVersion: 7,
    issuedAt: NOON,
    lines: [
      invoiceLine({
        sku: 'B',
        description: 'Book',
        quantity: 2,
        unitPrice: '19.99',
        rate: '19',
        netMinor: 3_998,
        taxMinor: 760,
      }),
    ],
    ...PLAIN_INVOICE,
    ...totalsOf(3_998, 760),
  },
};
