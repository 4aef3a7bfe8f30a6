import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { moved } from '../../support/evidence.ts';
import { NOON, numbered } from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

const FOUND: Order.ReviewDecision = {
  moved: true,
  reference: 'pi_9',
  evidence: 'the dashboard shows it',
  by: 'ada',
  forcedBecause: '',
  at: NOON,
};
const NOTHING: Order.ReviewDecision = { ...FOUND, moved: false, reference: '' };
const resolution = { evidence: 'the dashboard shows it', by: 'ada', forcedBecause: '', at: NOON };

const typesOf = (decision: Order.ReviewDecision, { state }: OrderLife) =>
  Order.decideReview(decision, state).map((events) => events.map(({ type }) => type));

describe('what a person decides about a payment in review', () => {
  const review = orderLife().placed().inReview();

  it('as captured, is evidence: whoever drives the order numbers and invoices it', () => {
    expect(Order.decideReview(FOUND, review.state)).to.deep.equal(
      ok([
        {
          type: 'PaymentReviewResolved',
          data: { attempt: 1, verdict: 'captured', reference: 'pi_9', ...resolution },
        },
      ]),
    );
    const resolved = review.resolved(FOUND);
    given(resolved)
      .next()
      .thenStep('AllocateNumber', { entry: { id: 'o-1', reference: 'pi_9', from: 0 } });
    const paid = resolved.learned('payment#1', { number: numbered(1) });
    expect(paid.state.payment).to.include({ status: 'captured', reference: 'pi_9' });
    expect(paid.commits.at(-1)?.[0]?.data).to.include({ source: 'person', amountMinor: 4_758 });
  });

  it('as captured, stands before what the gateway says, which is then a contradiction', () => {
    const known = { answer: moved(), number: numbered(1) };
    given(review.resolved(FOUND))
      .knowing('payment#1', known)
      .thenAppends('PaymentCaptured', 'InvoiceIssued');
    given(review.resolved(FOUND).learned('payment#1', { number: numbered(1) }))
      .knowing('payment#1', known)
      .thenStep('DeadLetter');
  });

  it('as captured, under a recorded cancellation: is invoiced and refunded', () =>
    given(review.cancelled().resolved(FOUND))
      .knowing('payment#1', { number: numbered(1) })
      .thenAppends('PaymentCaptured', 'InvoiceIssued', 'RefundRequested'));

  it('as not captured, ends the payment at once, and a cancelled order with it', () => {
    expect(Order.decideReview(NOTHING, review.state)).to.deep.equal(
      ok([
        {
          type: 'PaymentReviewResolved',
          data: { attempt: 1, verdict: 'not captured', reference: '', ...resolution },
        },
        { type: 'PaymentFailed', data: { attempt: 1, proof: 'person', code: '', at: NOON } },
      ]),
    );
    expect(typesOf(NOTHING, review.cancelled())).to.deep.equal(
      ok(['PaymentReviewResolved', 'PaymentFailed', 'OrderCancelled']),
    );
    given(review.resolved(NOTHING)).next().thenIs({ type: 'Settled' });
  });

  it('is recorded once, and is not decided otherwise by silence', () => {
    const resolved = review.resolved(FOUND);
    expect(typesOf({ ...FOUND, at: NOON + 1 }, resolved)).to.deep.equal(ok([]));
    const otherwise = err({ type: 'DecidedOtherwise', by: 'ada' });
    expect(typesOf(NOTHING, resolved)).to.deep.equal(otherwise);
    expect(typesOf({ ...FOUND, reference: 'pi_8' }, resolved)).to.deep.equal(otherwise);
  });

  it('is refused where nothing is in review', () => {
    const open = orderLife().placed();
    for (const life of [
      orderLife(),
      open,
      open.captured(),
      open.declined(),
      review.resolved(NOTHING),
      review.resolved(FOUND).learned('payment#1', { number: numbered(1) }),
    ]) {
      expect(typesOf(FOUND, life)).to.deep.equal(err({ type: 'NotInReview' }));
    }
  });
});

describe('what a person decides about a refund in review', () => {
  const review = orderLife().placed().captured().asked('r-1').refundInReview('r-1');
  const refunded = { ...FOUND, refundId: 'r-1', reference: 're_9' };
  const nothing = { ...NOTHING, refundId: 'r-1' };

  it('as refunded, is evidence: whoever drives the order numbers and credits it', () => {
    const resolved = review.resolved(refunded);
    given(resolved)
      .next()
      .thenStep('AllocateNumber', { entry: { id: 'o-1#r-1', reference: 're_9', from: 0 } });
    const credited = resolved.learned('refund#r-1', { number: numbered(1, { series: 'CN' }) });
    expect(credited.commits.at(-1)?.[0]?.data).to.include({ source: 'person', reference: 're_9' });
    expect(Order.sumsOf(credited.state)).to.include({ refunded: 4_758, pending: 0, rest: 0 });
  });

  it('stands beside the decision about the payment, whatever the client called the refund', () => {
    const both = orderLife()
      .placed()
      .inReview()
      .resolved(FOUND)
      .learned('payment#1', { number: numbered(1) })
      .asked('payment')
      .refundInReview('payment')
      .resolved({ ...refunded, refundId: 'payment' });
    expect(firstIllegal(both.commits)).to.equal(undefined);
  });

  it('as not refunded, sets its amount free, and a cancelled order asks for it again', () => {
    expect(typesOf(nothing, review)).to.deep.equal(ok(['RefundReviewResolved', 'RefundFailed']));
    expect(Order.sumsOf(review.resolved(nothing).state)).to.include({ pending: 0, rest: 4_758 });
    given(review.cancelled().resolved(nothing).compared()).next().thenStep('Send');
  });

  it('is recorded once, is not decided otherwise by silence, and is refused elsewhere', () => {
    const resolved = review.resolved(refunded);
    expect(typesOf(refunded, resolved)).to.deep.equal(ok([]));
    const otherwise = err({ type: 'DecidedOtherwise', by: 'ada' });
    expect(typesOf(nothing, resolved)).to.deep.equal(otherwise);
    for (const [life, refundId] of [
      [review, 'r-2'],
      [orderLife().placed().captured().asked('r-1'), 'r-1'],
      [review.resolved(nothing), 'r-1'],
    ] as const) {
      expect(typesOf({ ...refunded, refundId }, life)).to.deep.equal(err({ type: 'NotInReview' }));
    }
  });
});
