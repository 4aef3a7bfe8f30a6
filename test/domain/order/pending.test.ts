import { expect } from 'chai';
import * as Order from '../../../src/domain/order/index.ts';
import { declined, moved } from '../../support/evidence.ts';
import {
  CLOSE_MS,
  GIVE_UP_MS,
  NOON,
  numbered,
  PENDING_MAX_MS,
} from '../../support/orderContext.ts';
import { hint, paymentPending, refundPending } from '../../support/gatewayEvents.ts';
import { given } from '../../support/given.ts';
import { anOrderPaidBy, orderLife, type OrderLife } from '../../support/orderLife.ts';
import { SHOP_PAYMENT } from '../../support/shopPayment.ts';

const HOUR_MS = 3_600_000;

const placed = orderLife().placed();
const asked = placed.captured().asked('r-1', { type: 'Amount', amountMinor: 1_000 });

const underWay = (reference: string, amountMinor = 4_758) =>
  ({ answer: { type: 'UnderWay', reference, amountMinor, currency: 'EUR' } }) as const;

/** The one and the other are decided alike. */
const CASES = [
  {
    what: 'payment',
    subject: 'payment#1',
    before: placed,
    event: paymentPending(),
    answer: underWay('pi_1'),
    review: 'PaymentReviewRequired',
  },
  {
    what: 'refund',
    subject: 'refund#r-1',
    before: asked,
    event: refundPending(),
    answer: underWay('re_r-1', 1_000),
    review: 'RefundReviewRequired',
  },
] as const;

describe('what the gateway settles later (R19)', () => {
  for (const { what, subject, before, event, answer, review } of CASES) {
    describe(`a ${what}`, () => {
      const waiting = before.adding([event]);
      const afterLimit = waiting.with({ now: NOON + PENDING_MAX_MS });
      const others = { letter: 'm-2' } as const;

      it('is recorded with its name, its limit, and the message that waits', () =>
        given(before)
          .knowing(subject, answer)
          .thenIs({ type: 'Append', events: [event] }));

      it('is not sent any more, and is asked for by its name by the message that waits', () => {
        given(before).next().thenStep('Send', { subject });
        const { step } = given(waiting).next();
        expect(step).to.deep.include({ type: 'LookUp', subject });
      });

      it('has its message wait longer and longer, up to six hours, and to its limit', () => {
        for (const [passedMs, pauseMs] of [
          [0, 30_000],
          [HOUR_MS, HOUR_MS],
          [24 * HOUR_MS, 6 * HOUR_MS],
          [PENDING_MAX_MS - HOUR_MS, HOUR_MS],
        ] as const) {
          const now = NOON + passedMs;
          given(waiting.with({ now }))
            .knowing(subject, answer)
            .thenStep('RetryLater', { subject, why: 'under way', until: now + pauseMs });
        }
      });

      it('lets every other message go', () => {
        given(waiting.with(others)).next().thenStep('Settled');
        given(waiting.with(others)).knowing(subject, answer).thenStep('Settled');
      });

      it('is asked for by another message where a person wants to know', () => {
        const resumed = waiting.with({ ...others, asksPending: true });
        given(resumed).next().thenStep('LookUp', { subject });
        given(resumed).knowing(subject, answer).thenStep('Settled');
      });

      it('is searched in the series after its limit, and is then a review, never a failure', () => {
        given(afterLimit).knowing(subject, answer).thenStep('FindNumber', { subject });
        const { step } = given(afterLimit).knowing(subject, { ...answer, searched: true });
        expect(step).to.deep.include({ type: 'Append' });
        const [opened] = step.type === 'Append' ? step.events : [];
        expect(opened).to.deep.include({ type: review });
        expect(opened?.data).to.deep.include({ reason: 'pending', seen: [], letter: 'm-1' });
      });

      it('is neither made nor failed while it cannot be seen, whatever has closed', () => {
        const late = waiting.with({ now: NOON + GIVE_UP_MS });
        const lookedUpAt = late.context.now;
        for (const nothing of [
          { type: 'Absent', lookedUpAt },
          { type: 'LookUpFailed', lookedUpAt },
          { type: 'NoAnswer' },
        ] as const) {
          given(late).knowing(subject, { answer: nothing }).thenStep('RetryLater', { subject });
          given(afterLimit)
            .knowing(subject, { answer: nothing, searched: true })
            .thenAppends(review);
        }
      });

      it('in review is still looked up by its name, and stays there while nothing is new', () => {
        const life = afterLimit.learned(subject, { ...answer, searched: true });
        given(life).knowing(subject, { searched: true }).thenStep('LookUp', { subject });
        given(life)
          .knowing(subject, { ...answer, searched: true })
          .thenStep('DeadLetter', { reason: `${subject} is in review: pending`, letter: 'm-1' });
      });
    });
  }

  it('a payment that succeeds is captured, also from its review', () => {
    const waiting = placed.adding([paymentPending()]);
    const review = waiting
      .with({ now: NOON + PENDING_MAX_MS })
      .learned('payment#1', { ...underWay('pi_1'), searched: true });
    for (const life of [waiting, review]) {
      const known = { ...moved({ reference: 'pi_1', amountMinor: 4_758 }) };
      expect(statusAfter(life, { answer: known, number: numbered(1) })).to.equal('paid');
    }
  });

  it('a payment that fails is declined, and ends a cancelled order', () => {
    const waiting = placed.adding([paymentPending()]);
    given(waiting).knowing('payment#1', declined()).thenAppends('PaymentDeclined');
    given(waiting.cancelled())
      .knowing('payment#1', declined())
      .thenAppends('PaymentDeclined', 'OrderCancelled');
  });

  it('a cancelled order waits for its payment, and refunds it', () => {
    const waiting = placed.adding([paymentPending()]).cancelled();
    expect(Order.statusOf(waiting.state)).to.equal('being cancelled');
    given(waiting).knowing('payment#1', underWay('pi_1')).thenStep('RetryLater');
    const known = { answer: moved({ reference: 'pi_1' }), number: numbered(1) };
    given(waiting)
      .knowing('payment#1', known)
      .thenAppends('PaymentCaptured', 'InvoiceIssued', 'RefundRequested');
  });

  it('a payment is looked up by the name that is recorded, as one of its attempt', () =>
    given(placed.adding([paymentPending()]))
      .next()
      .thenStep('LookUp', {
        of: {
          type: 'NamedPayment',
          payment: 'pi_1',
          deployment: 'dep1',
          orderId: 'o-1',
          attempt: 1,
          since: NOON - 60_000,
        },
      }));

  it('a name that the gateway does not know proves nothing', () => {
    const waiting = placed.adding([paymentPending()]);
    given(waiting).knowing('payment#1', { heard: true }).thenStep('RetryLater');
    given(waiting.with({ letter: 'm-2', hint: hint() }))
      .knowing('payment#1', { heard: true })
      .thenStep('Settled');
  });

  it('a refund holds up no other, and a refund command is acknowledged beside it', () => {
    const life = asked.adding([refundPending()]).asked('r-2', { type: 'Amount', amountMinor: 1 });
    given(life.with({ letter: 'm-2' }))
      .next()
      .thenStep('Send', { subject: 'refund#r-2' });
  });

  describe('a payment of the shop', () => {
    const shops = orderLife().placed(anOrderPaidBy({ type: 'paid', payment: SHOP_PAYMENT }));
    const inspected = (status: 'pending' | 'open' | 'captured'): Order.RequestKnowledge => ({
      answer: {
        type: 'Inspected',
        lookedUpAt: NOON,
        found: {
          reference: SHOP_PAYMENT,
          status,
          currency: 'EUR',
          capturableMinor: 0,
          capturedMinor: status === 'captured' ? 4_758 : 0,
          refundedMinor: 0,
        },
      },
    });
    const event = paymentPending({ reference: SHOP_PAYMENT });
    const waiting = shops.adding([event]);

    it('is claimed before it is waited for', () => {
      given(shops).knowing('payment#1', inspected('pending')).thenStep('ClaimPayment');
      given(shops)
        .knowing('payment#1', { ...inspected('pending'), payer: 'this order' })
        .thenIs({ type: 'Append', events: [event] });
      given(shops)
        .knowing('payment#1', { ...inspected('pending'), payer: 'another order' })
        .thenAppends('PaymentFailed');
    });

    it('is waited for like a payment that was asked for here', () => {
      given(waiting)
        .next()
        .thenStep('LookUp', {
          of: { type: 'ShopPayment', payment: SHOP_PAYMENT },
        });
      given(waiting).knowing('payment#1', inspected('pending')).thenStep('RetryLater');
      given(waiting.with({ letter: 'm-2' }))
        .next()
        .thenStep('Settled');
    });

    it('is verified and captured once it has settled, also from its review', () => {
      const known = { ...inspected('captured'), payer: 'this order' } as const;
      given(waiting).knowing('payment#1', known).thenAppends('PaymentVerified');
      const review = waiting
        .with({ now: NOON + PENDING_MAX_MS })
        .learned('payment#1', { ...inspected('pending'), searched: true });
      given(review).knowing('payment#1', known).thenAppends('PaymentVerified');
    });

    it('fails where it waits for its customer again, and not because it is not there', () => {
      const { step } = given(waiting).knowing('payment#1', inspected('open'));
      expect(step).to.deep.include({ type: 'Append' });
      expect(step.type === 'Append' && step.events[0].data).to.deep.include({
        proof: 'unusable',
        code: 'not-completed',
      });
      given(waiting)
        .knowing('payment#1', { answer: { type: 'Inspected', lookedUpAt: NOON + CLOSE_MS } })
        .thenStep('RetryLater');
    });
  });
});

const statusAfter = (life: OrderLife, known: Order.RequestKnowledge): string => {
  const { step } = given(life).knowing('payment#1', known);
  return step.type === 'Append'
    ? Order.statusOf(Order.fold(step.events, life.state))
    : expect.fail(step.type);
};
