import { expect } from 'chai';
import * as Order from '../../../src/domain/order/index.ts';
import { moved } from '../../support/evidence.ts';
import {
  AUTHENTICATION_MAX_MS,
  NOON,
  numbered,
  RESEND_HORIZON_MS,
} from '../../support/orderContext.ts';
import {
  authenticationAwaited,
  authenticationRequested,
  hint,
  LINK,
  LINKABLE,
  paymentPending,
} from '../../support/gatewayEvents.ts';
import { given } from '../../support/given.ts';
import { anOrderPaidBy, orderLife } from '../../support/orderLife.ts';

const SUBJECT = 'payment#1';
const HOUR_MS = 3_600_000;
const CONFIRM = { type: 'confirm', payment: 'pi_1' } as const;
const VOID = { type: 'void', payment: 'pi_1' } as const;

const placed = orderLife().placed(LINKABLE);
const asked = placed.adding([authenticationRequested()]);
const linked = asked.adding([authenticationAwaited()]);
const others = { letter: 'm-2' } as const;

const wanted = { type: 'Declined', code: 'authentication_required', reference: 'pi_1' } as const;
const otherCode = { ...wanted, code: 'insufficient_funds' } as const;
const found = (
  status: Order.StandingPayment['status'],
  more: Partial<Order.StandingPayment> = {},
): Order.RequestKnowledge => ({
  answer: {
    type: 'Inspected',
    lookedUpAt: NOON,
    found: {
      reference: 'pi_1',
      status,
      currency: 'EUR',
      capturableMinor: 0,
      capturedMinor: status === 'captured' ? 4_758 : 0,
      refundedMinor: 0,
      ...more,
    },
  },
});
const open = found('open');
const failed = found('open', { failed: 'payment_intent_authentication_failure' });

describe('a payment that the bank wants its customer to authenticate (R24)', () => {
  describe('is asked for', () => {
    it('before anything is sent, by the message that waits, with its limit', () =>
      given(placed)
        .knowing(SUBJECT, { answer: wanted })
        .thenIs({ type: 'Append', events: [authenticationRequested()] }));

    const declined = (life: typeof placed, answer: Order.Observation = wanted) =>
      given(life).knowing(SUBJECT, { answer }).step;

    it('not without an address to return to, a name, or any time to do it in', () => {
      const saved = { type: 'saved', customer: 'cus_1', paymentMethod: 'pm_1' } as const;
      const { reference: _, ...unnamed } = wanted;
      for (const step of [
        declined(orderLife().placed(anOrderPaidBy(saved))),
        declined(orderLife().placed()),
        declined(placed, unnamed),
        declined(placed, otherCode),
        declined(placed.with({ authenticationMaxMs: 0 })),
      ]) {
        expect(step.type === 'Append' && step.events.map(({ type }) => type)).to.deep.equal([
          'PaymentDeclined',
        ]);
      }
    });

    it('not of a cancelled order, which is declined: nobody has a link', () =>
      given(placed.cancelled())
        .knowing(SUBJECT, { answer: wanted })
        .thenAppends('PaymentDeclined', 'OrderCancelled'));
  });

  describe('without a link yet', () => {
    it('is confirmed under a key of its own, within its horizon and the view’s', () => {
      const step = { type: 'Send', subject: SUBJECT, call: CONFIRM } as const;
      for (const known of [{}, { answer: wanted }, open]) {
        given(asked)
          .knowing(SUBJECT, known)
          .thenStep('Send', {
            ...step,
            key: 'paidonce/dep1/o-1/payment/1/confirm',
            notAfter: NOON + 10_000,
          });
      }
      const late = asked.with({ now: NOON + RESEND_HORIZON_MS - 1 });
      given(late)
        .next()
        .thenStep('Send', { ...step, notAfter: NOON + RESEND_HORIZON_MS });
    });

    it('records the link that the gateway answers, once', () => {
      const answer = { type: 'CustomerAwaited', link: LINK } as const;
      given(asked)
        .knowing(SUBJECT, { answer, confirmed: true })
        .thenIs({ type: 'Append', events: [authenticationAwaited()] });
      given(linked).knowing(SUBJECT, { answer, confirmed: true }).thenStep('RetryLater');
      given(asked.cancelled())
        .knowing(SUBJECT, { answer, confirmed: true })
        .thenStep('Send', { call: VOID });
    });

    it('is captured, or waited for, where it needed no customer', () => {
      const known = { answer: moved({ reference: 'pi_1', amountMinor: 4_758 }) };
      given(asked)
        .knowing(SUBJECT, { ...known, number: numbered(1) })
        .thenAppends('PaymentCaptured', 'InvoiceIssued');
      const underWay = { type: 'UnderWay', reference: 'pi_1', amountMinor: 1, currency: 'EUR' };
      given(asked)
        .knowing(SUBJECT, { answer: { ...underWay, type: 'UnderWay' } })
        .thenAppends('PaymentPending');
    });

    it('is cancelled there, and not declined yet, where that is declined or refused', () => {
      for (const answer of [
        otherCode,
        wanted,
        { type: 'Refused', code: 'no_link' },
        { type: 'StoredFailure', code: 'status code 500' },
      ] as const) {
        given(asked)
          .knowing(SUBJECT, { answer, confirmed: true })
          .thenStep('Send', { call: VOID, key: 'paidonce/dep1/o-1/payment/1/void' });
      }
    });

    it('is cancelled there once it is too late to confirm it (hole 40)', () => {
      const late = asked.with({ now: NOON + RESEND_HORIZON_MS });
      for (const known of [{}, { answer: wanted }, open]) {
        given(late).knowing(SUBJECT, known).thenStep('Send', { call: VOID });
      }
    });

    it('backs off where the confirmation has no answer', () =>
      given(asked)
        .knowing(SUBJECT, { answer: { type: 'NoAnswer' }, confirmed: true })
        .thenStep('RetryLater', { until: NOON + 30_000 }));
  });

  describe('with a link', () => {
    it('is never charged again, nor confirmed', () => {
      for (const passed of [0, HOUR_MS]) {
        const life = linked.with({ now: NOON + passed });
        for (const known of [{}, { answer: wanted }, open]) {
          expect(given(life).knowing(SUBJECT, known).step.type).to.not.equal('Send');
        }
      }
    });

    it('asks what stands, by its name, where the charge’s key still says declined (hole 39)', () =>
      given(linked)
        .knowing(SUBJECT, { answer: wanted })
        .thenStep('LookUp', { of: { type: 'ShopPayment', payment: 'pi_1' } }));

    it('has its message wait longer and longer, up to six hours, and to its limit', () => {
      for (const [passedMs, pauseMs] of [
        [0, 30_000],
        [HOUR_MS, HOUR_MS],
        [AUTHENTICATION_MAX_MS - HOUR_MS, HOUR_MS],
      ] as const) {
        const now = NOON + passedMs;
        given(linked.with({ now }))
          .knowing(SUBJECT, open)
          .thenStep('RetryLater', { why: 'it waits for the customer', until: now + pauseMs });
      }
    });

    it('lets other messages go, and asks for who wants to know', () => {
      given(linked.with(others)).next().thenStep('Settled');
      given(linked.with(others)).knowing(SUBJECT, open).thenStep('Settled');
      given(linked.with({ ...others, asksPending: true }))
        .next()
        .thenStep('LookUp');
    });

    it('asks for what an event names, and nothing for another’s, or for what it knows', () => {
      const hintedWith = (parts: Partial<Order.Hint>) =>
        given(linked.with({ ...others, hint: hint(parts) })).next();
      hintedWith({ says: 'succeeded' }).thenStep('LookUp', {
        of: { type: 'ShopPayment', payment: 'pi_1' },
      });
      hintedWith({ payment: 'pi_9', id: 'pi_9' }).thenStep('Settled');
      hintedWith({ says: 'requires_action' }).thenStep('Settled');
    });

    it('is captured once it is completed', () => {
      const known = { ...found('captured'), number: numbered(1) };
      given(linked).knowing(SUBJECT, known).thenAppends('PaymentCaptured', 'InvoiceIssued');
      given(linked.cancelled())
        .knowing(SUBJECT, known)
        .thenAppends('PaymentCaptured', 'InvoiceIssued', 'RefundRequested');
    });

    it('is cancelled there once the customer has failed, who may try again (hole 41)', () =>
      given(linked).knowing(SUBJECT, failed).thenStep('Send', { call: VOID }));

    it('is not cancelled for what it was declined for at first (I25)', () =>
      given(linked)
        .knowing(SUBJECT, found('open', { failed: 'authentication_required' }))
        .thenStep('RetryLater'));

    it('is cancelled there after its limit, or once the order is, by any message', () => {
      const late = linked.with({ ...others, now: NOON + AUTHENTICATION_MAX_MS });
      for (const life of [late, linked.with(others).cancelled()]) {
        for (const known of [{}, open, { answer: wanted }]) {
          given(life).knowing(SUBJECT, known).thenStep('Send', { call: VOID });
        }
      }
    });
  });

  describe('ends', () => {
    const late = linked.with({ now: NOON + AUTHENTICATION_MAX_MS });
    const voided = { answer: { type: 'Voided' }, voided: true } as const;

    it('as declined upon a cancel that the gateway confirms, or that it finds', () => {
      for (const known of [voided, found('cancelled')]) {
        const { step } = given(late).knowing(SUBJECT, known);
        expect(step).to.deep.equal({
          type: 'Append',
          events: [
            { type: 'PaymentDeclined', data: { attempt: 1, code: 'authentication_required' } },
          ],
        });
        given(linked.cancelled())
          .knowing(SUBJECT, known)
          .thenAppends('PaymentDeclined', 'OrderCancelled');
      }
    });

    it('with the code of what was declined last', () => {
      const declined = Order.learn(Order.NO_EVIDENCE, SUBJECT, { answer: otherCode });
      const evidence = Order.learn(declined, SUBJECT, voided);
      const step = Order.nextStep(asked.state, evidence, asked.context);
      expect(step.type === 'Append' && step.events[0].data).to.include({
        code: 'insufficient_funds',
      });
    });

    it('paid where the cancel comes too late', () => {
      const answer = moved({ reference: 'pi_1', amountMinor: 4_758 });
      given(late)
        .knowing(SUBJECT, { answer, voided: true, number: numbered(1) })
        .thenAppends('PaymentCaptured', 'InvoiceIssued');
    });

    it('not where a cancel has no answer, or is refused, which is asked about', () => {
      given(late)
        .knowing(SUBJECT, { answer: { type: 'NoAnswer' }, voided: true })
        .thenStep('RetryLater');
      given(late)
        .knowing(SUBJECT, { answer: { type: 'Refused', code: 'no' }, voided: true })
        .thenStep('LookUp');
      given(late)
        .knowing(SUBJECT, { ...open, voided: true })
        .thenStep('RetryLater');
    });

    it('in a review, after a search of the series, where nothing says how it stands', () => {
      const lost = linked.with({ now: NOON + AUTHENTICATION_MAX_MS + RESEND_HORIZON_MS });
      const known = { answer: { type: 'NoAnswer' }, voided: true } as const;
      given(lost).knowing(SUBJECT, known).thenStep('FindNumber');
      given(lost)
        .knowing(SUBJECT, { ...known, searched: true })
        .thenAppends('PaymentReviewRequired');
      const review = lost.learned(SUBJECT, { ...known, searched: true });
      given(review).next().thenStep('Send', { call: VOID });
      given(review).knowing(SUBJECT, known).thenStep('DeadLetter', { letter: 'm-1' });
      given(review).knowing(SUBJECT, voided).thenAppends('PaymentDeclined');
      given(review.resolved({}))
        .knowing(SUBJECT, { number: numbered(1) })
        .thenAppends('PaymentCaptured', 'InvoiceIssued');
    });

    it('never declined by its own failure while it is under way, but by a cancel', () => {
      const slow = linked.adding([paymentPending()]);
      given(slow).next().thenStep('LookUp');
      given(slow).knowing(SUBJECT, failed).thenStep('Send', { call: VOID });
      given(slow).knowing(SUBJECT, { answer: otherCode }).thenStep('Send', { call: VOID });
    });
  });

  it('is neither confirmed nor cancelled where somebody else has written it (ADR 0027)', () => {
    const forged = [
      authenticationRequested({ seal: 'x' }),
      authenticationRequested({ reference: 'pi_9' }),
      authenticationRequested({ body: '{"confirm":{}}' }),
    ];
    for (const event of forged) {
      for (const life of [placed.adding([event]), placed.adding([event]).cancelled()]) {
        given(life).next().thenStep('DeadLetter', { alarm: 'intent.forged' });
      }
    }
  });

  it('waits for the right key where it was asked of another account', () => {
    const deployment = { ...asked.context.deployment, account: 'acct_other:test' };
    given(asked.with({ deployment }))
      .next()
      .thenStep('RetryLater', { alarm: 'gateway.other_account' });
  });

  it('has its customer notified of the link alone, until there is an outcome', () => {
    const kinds = (life: typeof placed) => Order.noticesOf(life.state).map(({ kind }) => kind);
    expect(kinds(asked)).to.deep.equal([]);
    expect(kinds(linked)).to.deep.equal(['authentication']);
    expect(kinds(linked.cancelled())).to.deep.equal([]);
    expect(kinds(linked.captured())).to.deep.equal(['receipt']);
  });
});
