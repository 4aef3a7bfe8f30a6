import { moved } from '../../support/evidence.ts';
import { CLOSE_MS, NOON } from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { orderLife } from '../../support/orderLife.ts';

/**
 * Only a broken assumption leads here, and no event would be legal: a person compares the records.
 */
describe('evidence against what is recorded', () => {
  const open = orderLife().placed();
  const paid = open.captured();

  for (const [what, life, as] of [
    ['a declined order', open.declined(), 'declined'],
    ['an order declined under a tombstone', open.cancelled().declined(), 'declined'],
    ['a failed order', open.inReview().resolved({ moved: false }), 'failed'],
    ['a void order', open.cancelled().absent(), 'failed'],
    ['an order that was cancelled first', orderLife().cancelled().placed(), 'failed'],
    ['a captured order, under another reference', open.captured(1, 'pi_2'), 'captured'],
    [
      'an attempt before the current one',
      open.with({ now: NOON + CLOSE_MS, attemptsMax: 2 }).absent(),
      'failed',
    ],
  ] as const) {
    it(`is dead-lettered when ${what} was captured after all`, () =>
      given(life)
        .knowing('payment#1', { answer: moved() })
        .thenIs({
          type: 'DeadLetter',
          isContradiction: true,
          reason: `contradiction: payment#1 moved money as pi_1, and is recorded as ${as}`,
        }));
  }

  for (const [what, life, as] of [
    ['a failed refund', () => paid.asked('r-1').refundFailed('r-1'), 'failed'],
    ['a rejected refund', () => paid.asked('r-0').asked('r-1'), 'rejected'],
    ['a refund that nobody asked for', () => paid, 'failed'],
    ['a refund under another reference', () => paid.asked('r-1').refunded('r-1'), 'succeeded'],
  ] as const) {
    it(`is dead-lettered when ${what} was executed after all`, () =>
      given(life())
        .knowing('refund#r-1', { answer: moved({ reference: 're_9' }) })
        .thenIs({
          type: 'DeadLetter',
          isContradiction: true,
          reason: `contradiction: refund#r-1 moved money as re_9, and is recorded as ${as}`,
        }));
  }

  it('is dead-lettered when several payments of an order recorded as paid are seen', () => {
    const one = { reference: 'pi_1', amountMinor: 4_758, currency: 'EUR' };
    given(paid)
      .knowing('payment#1', {
        answer: { type: 'MultipleFound', found: [one, { ...one, reference: 'pi_2' }] },
      })
      .thenIs({
        type: 'DeadLetter',
        isContradiction: true,
        reason: 'contradiction: payment#1 moved money as pi_2, and is recorded as captured',
      });
  });

  it('is none when another worker recorded the same, which is a race that was lost (R3)', () => {
    given(paid).knowing('payment#1', { answer: moved() }).thenIs({ type: 'Settled' });
    given(paid.asked('r-1').refunded('r-1'))
      .knowing('refund#r-1', { answer: moved({ reference: 're_r-1' }) })
      .thenIs({ type: 'Settled' });
  });
});
