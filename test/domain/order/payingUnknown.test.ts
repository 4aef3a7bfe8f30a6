import { err } from 'neverthrow';
import type * as Order from '../../../src/domain/order/index.ts';
import { absentAt, declined, failedAt, NO_ANSWER } from '../../support/evidence.ts';
import {
  CLOCK_SKEW_MS,
  CLOSE_MS,
  GIVE_UP_MS,
  NOON,
  numbered,
  QUIET_MS,
  RESEND_HORIZON_MS,
} from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { orderLife } from '../../support/orderLife.ts';

const SUBJECT = 'payment#1';
const open = orderLife().placed();
const review = open.inReview();
const late = { now: NOON + CLOSE_MS };

/** The last rows of the page's table "driving the payment": `evidence | condition`. */
describe('driving the payment without evidence', () => {
  it('none | open, no recorded cancellation, age < H: sends the stored bytes (R4)', () =>
    given(
      open.with({
        now: NOON + RESEND_HORIZON_MS - 1,
        prepare: () => err({ type: 'Unchargeable', reason: 'another gateway' }),
      }),
    )
      .next()
      .thenIs({
        type: 'Send',
        subject: SUBJECT,
        call: { type: 'charge' },
        key: 'paidonce/dep1/o-1/payment/1',
        notAfter: NOON + RESEND_HORIZON_MS,
        body:
          '{"charge":{"deployment":"dep1","orderId":"o-1","attempt":1,' +
          '"amountMinor":4758,"currency":"EUR","paymentMethod":"pm_card_visa"}}',
      }));

  it('none | at the horizon (G8): looks up, and never sends again', () =>
    given(open.with({ now: NOON + RESEND_HORIZON_MS }))
      .next()
      .thenIs(LOOK_UP));

  it('none | recorded cancellation: looks up; nobody who cancelled is charged (I14)', () =>
    given(open.cancelled()).next().thenIs(LOOK_UP));

  it('refused | to be sent once more: waits only where it may still be sent by then', () => {
    const refused = { answer: { type: 'Refused', code: 'resource_missing' } } as const;
    const within = (resendHorizonMs: number) =>
      open.learned(SUBJECT, refused).with({
        resendHorizonMs,
        closeMs: resendHorizonMs + CLOSE_MS - RESEND_HORIZON_MS,
      });
    given(within(QUIET_MS + 1))
      .knowing(SUBJECT, refused)
      .thenStep('RetryLater', { subject: SUBJECT, until: NOON + QUIET_MS });
    given(within(QUIET_MS)).knowing(SUBJECT, refused).thenIs(LOOK_UP);
    given(within(QUIET_MS)).next().thenIs(LOOK_UP);
  });

  it('none | review: searches the series first, then looks up (R8)', () => {
    given(review).next().thenIs(SEARCH);
    given(review).knowing(SUBJECT, { searched: true }).thenIs(LOOK_UP);
  });

  it('none | absent before close, or failing, to the last millisecond: backs off (hole 2)', () => {
    const before = NOON + CLOSE_MS - 1;
    for (const life of [open, open.cancelled(), review, open.with({ attemptsMax: 2 })]) {
      // The clock has gone on since: what counts is when the look-up began.
      given(life.with({ now: NOON + 2 * CLOSE_MS }))
        .knowing(SUBJECT, absentAt(before))
        .thenIs({
          type: 'RetryLater',
          subject: SUBJECT,
          why: 'not found before close',
          until: NOON + CLOSE_MS,
        });
      given(life.with({ now: NOON + 2 * CLOSE_MS }))
        .knowing(SUBJECT, failedAt(NOON + GIVE_UP_MS - 1))
        .thenStep('RetryLater', { subject: SUBJECT, why: 'look-up failed' });
    }
  });

  it('time-out, lost, 5xx, 409, 429, mismatch, unreadable | -: backs off (R6, hole 1)', () => {
    const anew = open.with({ ...late, attemptsMax: 2 });
    for (const life of [open, open.cancelled(), review, open.with(late), anew]) {
      given(life)
        .knowing(SUBJECT, NO_ANSWER)
        .thenIs({ type: 'RetryLater', subject: SUBJECT, why: 'no answer' });
    }
  });

  it('takes no evidence but that of its own attempt (R3, hole 12)', () => {
    given(open)
      .knowing('refund#r-1', { number: numbered(7) })
      .thenStep('Send');
    const second = open.with({ ...late, attemptsMax: 2 }).absent();
    given(second)
      .knowing('payment#1', { ...declined(), number: numbered(7) })
      .thenStep('Send', { subject: 'payment#2' });
  });
});

const LOOK_UP: Order.OrderStep = {
  type: 'LookUp',
  subject: SUBJECT,
  of: {
    type: 'Payment',
    deployment: 'dep1',
    orderId: 'o-1',
    attempt: 1,
    since: NOON - CLOCK_SKEW_MS,
    body:
      '{"charge":{"deployment":"dep1","orderId":"o-1","attempt":1,' +
      '"amountMinor":4758,"currency":"EUR","paymentMethod":"pm_card_visa"}}',
  },
};

const SEARCH: Order.OrderStep = {
  type: 'FindNumber',
  subject: SUBJECT,
  series: 'INV',
  wanted: { id: 'o-1', from: 0 },
  asked: { amountMinor: 4_758, currency: 'EUR' },
};
