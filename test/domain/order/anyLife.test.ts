import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { anyHappenings, anyPayment, type About } from '../../support/arbitraries/happenings.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';
import { EVENT_TYPES } from '../../support/eventTypes.ts';
import { CLOSE_MS, contextAt, NOON, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import {
  authenticationAwaited,
  authenticationRequested,
  closed,
  opened,
  paymentPending,
  refundPending,
  reinstated,
  returnDecided,
  returned,
  withdrawn,
} from '../../support/gatewayEvents.ts';
import { runOrder } from '../../support/orderRun.ts';
import { SHOP_PAYMENT } from '../../support/shopPayment.ts';
import { runsOf } from '../../support/runs.ts';

/** What the gateway says later has tests of its own. */
const LATER = new Set(
  [
    paymentPending(),
    authenticationRequested(),
    authenticationAwaited(),
    refundPending(),
    opened(),
    withdrawn(),
    reinstated(),
    closed('won'),
    returned(),
    returnDecided(),
  ].map(({ type }): string => type),
);

const isOfPayment = (about: About): boolean =>
  about === 'payment' || String(about).startsWith('payment#');

/** Two workers, any commands, any evidence, right or wrong, waits, crashes and people. */
describe('an order, whatever happens to it', () => {
  const anyLife = () =>
    fc
      .tuple(anyOrder(), anyPayment(), anyHappenings(), fc.constantFrom(1, 2))
      .map(([order, payment, happenings, attemptsMax]) =>
        runOrder({ ...Order.contentOf(order), payment }, happenings, { attemptsMax }),
      );

  /** Of the payment nobody learns what is not so. */
  const anyShopLife = () =>
    fc
      .tuple(anyOrder(), fc.constantFrom('authorised', 'paid'), anyHappenings())
      .map(([order, type, happenings]) =>
        runOrder(
          { ...Order.contentOf(order), payment: { type, payment: SHOP_PAYMENT } },
          happenings
            .map((happening) =>
              happening.do === 'learn' && isOfPayment(happening.about)
                ? { ...happening, answer: 'NoAnswer' as const }
                : happening,
            )
            .filter((happening) => happening.do !== 'resolve'),
        ),
      );

  it('has every event that there is, so that what follows speaks of all of them', () => {
    const lives = fc.sample(anyLife(), { numRuns: 1_000, seed: 1 });
    const seen = new Set(lives.flatMap(({ commits }) => commits.flat().map(({ type }) => type)));
    const known = EVENT_TYPES.filter((type) => !LATER.has(type));
    expect([...seen].toSorted()).to.deep.equal(known.toSorted());
  });

  it('takes only events that are legal where they stand (I3, I7, I8, I15)', () =>
    fc.assert(
      fc.property(anyLife(), ({ commits }) => {
        expect(firstIllegal(commits, { closeMs: CLOSE_MS })).to.equal(undefined);
      }),
      { numRuns: runsOf(300, 3_000) },
    ));

  it('is captured at most once, and invoiced as often (I1, I4)', () =>
    fc.assert(
      fc.property(anyLife(), ({ commits }) => {
        const count = (type: Order.StreamEvent['type']) =>
          commits.flat().filter((event) => event.type === type).length;
        expect(count('PaymentCaptured')).to.be.at.most(1);
        expect(count('InvoiceIssued')).to.equal(count('PaymentCaptured'));
        expect(count('CreditNoteIssued')).to.equal(
          count('RefundSucceeded') + count('RefundAdopted'),
        );
      }),
    ));

  it('is declined on no evidence but that the gateway said no: Unknown is never a decline', () =>
    fc.assert(
      fc.property(anyLife(), ({ commits, declined }) => {
        for (const event of commits.flat()) {
          if (event.type === 'PaymentDeclined') {
            expect(declined.has(`payment#${event.data.attempt}`)).to.equal(true);
          }
          if (event.type === 'RefundFailed' && event.data.code === 'no') {
            expect(declined.has(`refund#${event.data.refundId}`)).to.equal(true);
          }
        }
      }),
    ));

  it('sends only what is frozen and young, and no charge after a cancel (I12, I14, R4)', () =>
    fc.assert(
      fc.property(anyLife(), ({ posts }) => {
        for (const { subject, call, key, body, state, now } of posts) {
          // A release moves no money; what it says is not frozen.
          if (call.type === 'void') continue;
          const { payment, refunds, cancellation } = state;
          const refund = refunds.find(({ refundId }) => subject === `refund#${refundId}`);
          if (refund === undefined) expect(cancellation).to.equal(undefined);
          const asked = refund ?? payment;
          if (asked.status !== 'requested' && asked.status !== 'pending') expect.fail(asked.status);
          expect(now - asked.at).to.be.below(RESEND_HORIZON_MS);
          expect(body).to.equal(asked.body);
          expect(key).to.equal('paymentKey' in asked ? asked.paymentKey : asked.refundKey);
        }
      }),
    ));

  it('takes a number for nothing but what somebody saw moved (I4, R7)', () =>
    fc.assert(
      fc.property(anyLife(), ({ numbers }) => {
        for (const { reference } of numbers.values())
          expect(reference).to.match(/^(of|other of|by hand|pi_shop$|RF18$|$)/);
      }),
    ));

  it('releases only what it has claimed, after a cancel or the close (R17, I18, I19)', () =>
    fc.assert(
      fc.property(anyLife(), ({ posts }) => {
        for (const { call, key, state, now } of posts) {
          if (call.type !== 'void') continue;
          const { payment, cancellation } = state;
          if (payment.status !== 'requested' && payment.status !== 'review') {
            expect.fail(payment.status);
          }
          expect(payment.verified?.reference).to.equal(call.payment);
          expect(key).to.equal(`${payment.paymentKey}/void`);
          expect(cancellation !== undefined || now >= payment.closeAt).to.equal(true);
        }
      }),
    ));

  it('says of the shop’s payment what the gateway says, whoever saw it (I3, I7, I20)', () =>
    fc.assert(
      fc.property(anyShopLife(), ({ state: { payment, cancelled }, commits, shopStatus }) => {
        const isVerified = commits.flat().some(({ type }) => type === 'PaymentVerified');
        if (payment.status === 'captured') {
          expect([isVerified, shopStatus]).to.deep.equal([true, 'captured']);
        }
        if (payment.status === 'declined' || payment.status === 'failed') {
          expect(shopStatus).not.to.equal('captured');
        }
        // What is cancelled without a capture is released, or was never captured before the close.
        if (cancelled && payment.status === 'declined') expect(shopStatus).to.equal('cancelled');
      }),
      { numRuns: runsOf(200, 2_000) },
    ));

  it('answers a command that it has accepted the same for ever (S1, M1, I16)', () =>
    fc.assert(
      fc.property(anyLife(), fc.nat(), ({ accepted, state }, later) => {
        for (const command of accepted) {
          const again = Order.decide(command, state, contextAt(NOON + later));
          expect(again, JSON.stringify(command)).to.deep.equal(ok([]));
        }
      }),
    ));

  it('reads its stream as its events say, wherever the stream was cut into commits', () =>
    fc.assert(
      fc.property(anyLife(), ({ commits, state }) => {
        const events = commits.flat();
        const half = Order.fold(events.slice(0, events.length / 2));
        expect(Order.fold(events)).to.deep.equal(state);
        expect(Order.fold(events.slice(events.length / 2), half)).to.deep.equal(state);
        expect(state.version).to.equal(events.length);
      }),
    ));
});
