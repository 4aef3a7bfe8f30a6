import { expect } from 'chai';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import type * as Order from '../../../src/domain/order/index.ts';
import { failedAt, inspectedAt, NO_ANSWER } from '../../support/evidence.ts';
import {
  CLOSE_MS,
  DEPLOYMENT,
  GIVE_UP_MS,
  NOON,
  numbered,
  QUIET_MS,
  RESEND_HORIZON_MS,
  SETTLE_MS,
} from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { anOrderPaidBy, orderLife, type OrderLife } from '../../support/orderLife.ts';

const SUBJECT = 'payment#1';
const AUTHORISED = { type: 'authorised', payment: 'pi_shop' } as const;
const PAID = { type: 'paid', payment: 'pi_shop' } as const;
/** A payment has a name at the gateway, so that its look-up lags behind nothing. */
const CLOSE = NOON + CLOSE_MS - SETTLE_MS;

const LOOK = { type: 'ShopPayment', payment: 'pi_shop' } as const;
const CLAIMED = { payer: 'this order' } as const;

const authorised = orderLife().placed(anOrderPaidBy(AUTHORISED));
const paid = orderLife().placed(anOrderPaidBy(PAID));

const standing = inspectedAt(NOON);
const captured = inspectedAt(NOON, { status: 'captured' });
const released = inspectedAt(NOON, { status: 'cancelled' });

const verified = authorised.learned(SUBJECT, { ...standing, ...CLAIMED });
const verifiedPaid = paid.learned(SUBJECT, { ...captured, ...CLAIMED });

const failureOf = (step: Order.OrderStep): unknown =>
  step.type === 'Append' && step.events[0].type === 'PaymentFailed' ? step.events[0].data : step;

const isLegal = (life: OrderLife) =>
  expect(firstIllegal(life.commits), JSON.stringify(life.events.at(-1))).to.equal(undefined);

describe('a payment that the shop has made, before anything follows from it (R16)', () => {
  it('is looked at first, whatever brought a process to its order', () => {
    for (const life of [authorised, paid, authorised.cancelled(), paid.cancelled()]) {
      given(life).next().thenIs({ type: 'LookUp', subject: SUBJECT, of: LOOK });
    }
  });

  it('is claimed once it is seen to fit, and then recorded as verified', () => {
    for (const [life, known] of [
      [authorised, standing],
      [authorised, captured],
      [paid, captured],
    ] as const) {
      const { account } = DEPLOYMENT;
      given(life)
        .knowing(SUBJECT, known)
        .thenIs({ type: 'ClaimPayment', subject: SUBJECT, account, payment: 'pi_shop' });
      given(life)
        .knowing(SUBJECT, { ...known, ...CLAIMED })
        .thenAppends('PaymentVerified');
    }
    isLegal(verified);
    isLegal(verifiedPaid);
  });

  it('is that of the order which claimed it first', () =>
    expect(
      failureOf(given(authorised).knowing(SUBJECT, { ...standing, payer: 'another order' }).step),
    ).to.deep.equal({
      attempt: 1,
      proof: 'unusable',
      code: 'claimed-by-another-order',
      at: NOON,
    }));

  for (const [life, changes, code] of [
    [authorised, { orderId: 'o-2' }, 'of-another-order'],
    [authorised, { deployment: 'dep2' }, 'of-another-order'],
    [paid, { status: 'captured', orderId: 'o-2' }, 'of-another-order'],
    [authorised, { currency: 'USD' }, 'other-currency'],
    [authorised, { capturableMinor: 4_757 }, 'less-authorised'],
    [authorised, { capturableMinor: 4_759 }, 'more-authorised'],
    [paid, { status: 'captured', refundedMinor: 4_758 }, 'refunded'],
  ] as const) {
    it(`cannot pay the order, and nothing was sent: ${code}`, () => {
      const known = inspectedAt(NOON, changes);
      expect(failureOf(given(life).knowing(SUBJECT, known).step)).to.include({
        proof: 'unusable',
        code,
      });
      const ended = life.learned(SUBJECT, known);
      isLegal(ended);
      const cancelled = life.cancelled().learned(SUBJECT, known);
      expect(cancelled.state.cancelled).to.equal(true);
      isLegal(cancelled);
    });
  }

  it('cannot pay the order where the gateway has none of that name', () =>
    expect(
      failureOf(
        given(authorised).knowing(SUBJECT, { answer: { type: 'Inspected', lookedUpAt: NOON } })
          .step,
      ),
    ).to.include({ code: 'unknown-payment' }));

  it('pays a part of what is authorised only where the order says so', () =>
    given(orderLife().placed(anOrderPaidBy({ ...AUTHORISED, partial: true })))
      .knowing(SUBJECT, { ...inspectedAt(NOON, { capturableMinor: 9_999 }), ...CLAIMED })
      .thenAppends('PaymentVerified'));

  for (const [life, status] of [
    [authorised, 'open'],
    [paid, 'open'],
    [paid, 'authorised'],
  ] as const) {
    it(`is waited for while it is ${status} and to be ${life.state.placed?.payment.type}`, () => {
      const known = inspectedAt(NOON, { status });
      given(life).knowing(SUBJECT, known).thenStep('RetryLater');
      const late = life.with({ now: NOON + RESEND_HORIZON_MS });
      expect(failureOf(given(late).knowing(SUBJECT, known).step)).to.include({
        code: 'not-completed',
      });
    });
  }

  it('is a review where it holds other money than the order wants (G13)', () => {
    for (const changes of [
      { status: 'captured', capturedMinor: 4_757 },
      { status: 'captured', currency: 'USD' },
      // A part went back before the order came.
      { status: 'captured', refundedMinor: 1 },
      { status: 'open', capturedMinor: 1_000 },
    ] as const) {
      for (const life of [authorised, paid]) {
        given(life)
          .knowing(SUBJECT, inspectedAt(NOON, changes))
          .thenAppends('PaymentReviewRequired');
      }
    }
  });

  it('is a decline where nothing can be captured of it any more', () => {
    for (const life of [authorised, paid, verified]) {
      given(life).knowing(SUBJECT, released).thenAppends('PaymentDeclined');
      isLegal(life.learned(SUBJECT, released));
    }
  });

  it('is not looked at with another account’s key', () => {
    const deployment = { ...DEPLOYMENT, account: 'acct_other:test' };
    given(authorised.with({ deployment })).next().thenStep('RetryLater', {
      alarm: 'gateway.other_account',
    });
  });

  it('is not claimed for an intent that the payment service did not write', () => {
    const isSeal = () => false;
    given(paid.with({ isSeal }))
      .knowing(SUBJECT, captured)
      .thenStep('DeadLetter', { alarm: 'intent.forged' });
    const placed = { ...paid.state.placed, payment: { type: 'paid', payment: 'pi_other' } };
    const events = paid.events.map((event) =>
      event.type === 'OrderPlaced' ? { ...event, data: { ...placed } } : event,
    ) as readonly Order.StreamEvent[];
    given({ events, context: paid.context })
      .knowing(SUBJECT, captured)
      .thenStep('DeadLetter', { alarm: 'intent.forged' });
  });
});

describe('a verified payment of the shop', () => {
  it('that was captured needs nothing more than a number, whatever became of it since', () => {
    given(verifiedPaid).next().thenStep('AllocateNumber');
    given(verifiedPaid)
      .knowing(SUBJECT, { ...inspectedAt(NOON, { status: 'captured', refundedMinor: 4_758 }) })
      .thenStep('AllocateNumber');
    const invoiced = verifiedPaid.learned(SUBJECT, { number: numbered(1) });
    expect(invoiced.state.payment).to.include({ status: 'captured', way: 'paid' });
    isLegal(invoiced);
  });

  it('that is authorised is captured with the frozen key and bytes (R4)', () => {
    for (const known of [{}, standing]) {
      given(verified)
        .knowing(SUBJECT, known)
        .thenIs({
          type: 'Send',
          subject: SUBJECT,
          call: { type: 'capture', payment: 'pi_shop' },
          key: 'paidonce/dep1/o-1/payment/1',
          body:
            '{"capture":{"deployment":"dep1","orderId":"o-1","attempt":1,' +
            '"amountMinor":4758,"currency":"EUR","payment":"pi_shop"}}',
          notAfter: NOON + 10_000,
        });
    }
  });

  it('that is authorised is captured though others raised it since (hole 27)', () =>
    given(verified)
      .knowing(SUBJECT, inspectedAt(NOON, { capturableMinor: 9_999 }))
      .thenStep('Send', { call: { type: 'capture', payment: 'pi_shop' } }));

  it('that others have captured, and refunded in part since, still pays the order', () =>
    given(verified)
      .knowing(SUBJECT, inspectedAt(NOON, { status: 'captured', refundedMinor: 100 }))
      .thenStep('AllocateNumber'));

  it('is looked at after a refusal for its state, and ends as it stands', () => {
    const refused = { refused: 'state', answer: { type: 'Refused', code: 'state' } } as const;
    given(verified)
      .knowing(SUBJECT, refused)
      .thenIs({ type: 'LookUp', subject: SUBJECT, of: LOOK });
    given(verified)
      .knowing(SUBJECT, { ...refused, ...captured })
      .thenStep('AllocateNumber');
    given(verified)
      .knowing(SUBJECT, { ...refused, ...released })
      .thenAppends('PaymentDeclined');
  });

  it('is sent once more under a claim where it still stands after a refusal (R12)', () => {
    const refused = { refused: 'state', ...standing };
    given(verified).knowing(SUBJECT, refused).thenAppends('SendingStopped');
    const stopped = verified.learned(SUBJECT, refused);
    given(stopped).next().thenIs({ type: 'LookUp', subject: SUBJECT, of: LOOK });
    given(stopped).knowing(SUBJECT, standing).thenStep('RetryLater');
    const quiet = stopped.with({ now: NOON + QUIET_MS });
    given(quiet).knowing(SUBJECT, standing).thenAppends('ResendClaimed');
    const claimed = quiet.learned(SUBJECT, standing);
    const { version } = claimed.state;
    given(claimed).knowing(SUBJECT, { claim: version }).thenStep('Send');
    // Refused for good, it is released (R17), and where that fails ends as it stands.
    const refusedAgain = { claim: version, ...refused };
    given(claimed)
      .knowing(SUBJECT, refusedAgain)
      .thenStep('Send', { call: { type: 'void', payment: 'pi_shop' } });
    given(claimed)
      .knowing(SUBJECT, { ...refusedAgain, answer: { type: 'Voided' }, voided: true })
      .thenAppends('PaymentFailed');
    given(claimed)
      .knowing(SUBJECT, { ...refusedAgain, voided: true })
      .thenAppends('PaymentFailed');
  });

  it('backs off after no answer, and while it is released by others or not is not known', () => {
    given(verified).knowing(SUBJECT, NO_ANSWER).thenStep('RetryLater');
    given(verified).knowing(SUBJECT, failedAt(NOON)).thenStep('RetryLater');
  });

  it('is another deployment’s for good once that has captured it', () =>
    expect(
      failureOf(
        given(verified).knowing(
          SUBJECT,
          inspectedAt(NOON, { status: 'captured', orderId: 'o-1', deployment: 'dep2' }),
        ).step,
      ),
    ).to.include({ code: 'of-another-order' }));

  it('goes to a person where others have captured another amount', () =>
    given(verified)
      .knowing(SUBJECT, inspectedAt(NOON, { status: 'captured', capturedMinor: 1 }))
      .thenAppends('PaymentReviewRequired'));

  it('goes to a person after look-ups that fail for as long as it was to be captured', () =>
    given(verified)
      .knowing(SUBJECT, { ...failedAt(NOON + GIVE_UP_MS), searched: true })
      .thenAppends('PaymentReviewRequired'));
});

describe('an authorisation whose order is given up (R17)', () => {
  const cancelled = verified.cancelled();
  const VOID = {
    call: { type: 'void', payment: 'pi_shop' },
    key: 'paidonce/dep1/o-1/payment/1/void',
    notAfter: NOON + 10_000,
  } as const;

  it('is looked at, and never captured, once the cancellation is known (I14)', () =>
    given(cancelled).next().thenIs({ type: 'LookUp', subject: SUBJECT, of: LOOK }));

  it('is released at once, under a key of its own', () => {
    given(cancelled).knowing(SUBJECT, standing).thenStep('Send', VOID);
    given(cancelled.with({ now: NOON + CLOSE_MS }))
      .knowing(SUBJECT, standing)
      .thenStep('Send', { ...VOID, notAfter: NOON + CLOSE_MS + 10_000 });
  });

  it('is not released before the order has claimed it (I18, hole 28)', () =>
    given(authorised.cancelled()).knowing(SUBJECT, standing).thenStep('ClaimPayment'));

  it('is cancelled with the answer that it is released', () => {
    const voided = { answer: { type: 'Voided' }, voided: true } as const;
    given(cancelled).knowing(SUBJECT, voided).thenAppends('PaymentFailed', 'OrderCancelled');
    isLegal(cancelled.learned(SUBJECT, voided));
  });

  it('is cancelled by a look-up that finds it released, after an answer that was lost', () => {
    given(cancelled)
      .knowing(SUBJECT, { ...NO_ANSWER, voided: true })
      .thenStep('RetryLater');
    given(cancelled).knowing(SUBJECT, released).thenAppends('PaymentDeclined', 'OrderCancelled');
  });

  it('is invoiced and refunded where the capture came first (R7)', () => {
    for (const known of [captured, { ...captured, voided: true } as const]) {
      given(cancelled).knowing(SUBJECT, known).thenStep('AllocateNumber');
      given(cancelled)
        .knowing(SUBJECT, { ...known, number: numbered(1) })
        .thenAppends('PaymentCaptured', 'InvoiceIssued', 'RefundRequested');
    }
  });

  it('is looked at where the release was refused, or has a failure stored for its key', () => {
    for (const answer of [
      { type: 'Refused', code: 'state' },
      { type: 'StoredFailure', code: '500' },
    ] as const) {
      given(cancelled)
        .knowing(SUBJECT, { answer, voided: true })
        .thenIs({ type: 'LookUp', subject: SUBJECT, of: LOOK });
    }
  });

  it('ends by absence after the close where it could not be released (R5)', () => {
    const stuck = { voided: true, searched: true } as const;
    given(cancelled)
      .knowing(SUBJECT, { ...inspectedAt(CLOSE - 1), ...stuck })
      .thenStep('RetryLater');
    given(cancelled)
      .knowing(SUBJECT, { ...inspectedAt(CLOSE), ...stuck })
      .thenAppends('PaymentFailed', 'OrderCancelled');
  });

  it('is released later where that was refused, for as long as look-ups are tried (I19)', () => {
    const refusedOnce = { voided: true, voidRefused: true, searched: true } as const;
    const end = CLOSE + (GIVE_UP_MS - CLOSE_MS);
    for (const at of [CLOSE, end - 1]) {
      given(cancelled)
        .knowing(SUBJECT, { ...inspectedAt(at), ...refusedOnce })
        .thenStep('RetryLater', { why: 'the release was refused' });
    }
    given(cancelled)
      .knowing(SUBJECT, { ...inspectedAt(end), ...refusedOnce })
      .thenAppends('PaymentFailed', 'OrderCancelled');
  });

  it('is released after the close where nobody cancelled, and none of it was captured', () => {
    const late = verified.with({ now: CLOSE });
    given(late)
      .knowing(SUBJECT, inspectedAt(CLOSE - 1))
      .thenStep('RetryLater');
    given(late)
      .knowing(SUBJECT, inspectedAt(CLOSE))
      .thenStep('Send', { ...VOID, notAfter: CLOSE + 10_000 });
    given(late.with({ attemptsMax: 2 }))
      .knowing(SUBJECT, { ...inspectedAt(CLOSE), searched: true })
      .thenAppends('PaymentFailed', 'PaymentRequested');
  });

  it('is released after the close where it is in review, which none follows (hole 36)', () => {
    const failing = { ...failedAt(NOON + GIVE_UP_MS), searched: true } as const;
    const inReview = verified.learned(SUBJECT, failing);
    const late = inReview.with({ attemptsMax: 2, now: NOON + GIVE_UP_MS });
    given(late)
      .knowing(SUBJECT, inspectedAt(NOON + GIVE_UP_MS))
      .thenStep('Send', { call: { type: 'void', payment: 'pi_shop' } });
    const refusedOnce = { voided: true, voidRefused: true, searched: true } as const;
    given(late)
      .knowing(SUBJECT, { ...inspectedAt(NOON + GIVE_UP_MS), ...refusedOnce })
      .thenStep('DeadLetter', { reason: 'payment#1 is in review: unresolved' });
  });

  it('is not released for an intent that the payment service did not write', () =>
    given(cancelled.with({ isSeal: () => false }))
      .knowing(SUBJECT, standing)
      .thenStep('DeadLetter', { alarm: 'intent.forged' }));

  it('is placed, looked at and released where its cancellation came first (hole 4)', () => {
    const early = orderLife().cancelled().placed(anOrderPaidBy(AUTHORISED));
    expect(early.commits.at(-1)?.map(({ type }) => type)).to.deep.equal([
      'OrderPlaced',
      'PaymentRequested',
    ]);
    isLegal(early);
    given(early).next().thenStep('LookUp');
    given(early.learned(SUBJECT, { ...standing, ...CLAIMED }))
      .knowing(SUBJECT, standing)
      .thenStep('Send', VOID);
  });
});
