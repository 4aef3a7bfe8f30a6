import { expect } from 'chai';
import { err } from 'neverthrow';
import type { CreditRequest } from '../../../src/domain/invoice/index.ts';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { CLOSE_MS, contextAt, NOON, sendingFrom } from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { aboutDeadLetter } from '../../support/orderRun.ts';
import {
  anOrder,
  cancelOrder,
  correctEmail,
  orderLife,
  placeOrder,
  refundPayment,
  type OrderLife,
} from '../../support/orderLife.ts';
import { creditLine, totalsOf } from '../../support/documents/versionOne.ts';

/** The page's table "recording a command", row by row: `message | state`. */
describe('recording a command', () => {
  const empty = orderLife();
  const open = empty.placed();
  const paid = open.captured();
  const later = (life: OrderLife) => life.with({ now: NOON + CLOSE_MS });

  it('PlaceOrder | empty: is placed, and its payment requested, in one commit', () =>
    given(empty)
      .when(placeOrder())
      .thenEvents(
        {
          type: 'OrderPlaced',
          data: { ...Order.contentOf(anOrder()), ...totalsOf(3_998, 760), fingerprint: 'f' },
        },
        {
          type: 'PaymentRequested',
          data: {
            attempt: 1,
            paymentKey: 'paidonce/dep1/o-1/payment/1',
            way: 'method',
            payment: '',
            body:
              '{"charge":{"deployment":"dep1","orderId":"o-1","attempt":1,' +
              '"amountMinor":4758,"currency":"EUR","paymentMethod":"pm_card_visa"}}',
            amountMinor: 4_758,
            currency: 'EUR',
            at: NOON,
            series: 'INV',
            seriesFrom: 0,
            ...sendingFrom(),
            seal: sealIn(empty.placed().events[1]),
          },
        },
      ));

  it('PlaceOrder | only CancellationRequested: is cancelled, and nobody is charged (hole 4)', () =>
    given(empty.cancelled()).when(placeOrder()).thenTypes('OrderPlaced', 'OrderCancelled'));

  it('PlaceOrder | placed, other fingerprint: is refused in any state (F14, I16)', () => {
    for (const life of everyPlacedLife()) {
      given(life).when(placeOrder(anOrder(), 'other')).thenRejected({ type: 'PayloadConflict' });
    }
  });

  it('PlaceOrder | placed, same: adds nothing, whatever became of the order (Q1)', () => {
    for (const life of everyPlacedLife()) given(life).when(placeOrder()).thenNothing();
  });

  it('CorrectEmail | not placed: waits for the order, even after a cancel or refusal', () => {
    for (const life of [empty, empty.cancelled()]) {
      given(life).when(correctEmail('ada@example.org')).thenRejected({ type: 'NotPlacedYet' });
    }
  });

  it('CorrectEmail | placed: is recorded with who and why, in any state (case 15)', () => {
    for (const life of everyPlacedLife()) {
      given(life)
        .when(correctEmail('ada@example.org', 'mistyped'))
        .thenEvents({
          type: 'CustomerEmailCorrected',
          data: { email: 'ada@example.org', by: 'kim', reason: 'mistyped', at: life.context.now },
        });
      const { state } = life.corrected('ada@example.org');
      expect(state.placed?.customer).to.deep.equal({
        id: 'c-1',
        email: 'ada@example.org',
        language: '',
      });
      expect(
        firstIllegal(life.corrected('ada@example.org').commits, { closeMs: CLOSE_MS }),
      ).to.equal(undefined);
      // What was placed is still the same order.
      given(life.corrected('ada@example.org')).when(placeOrder()).thenNothing();
    }
  });

  it('CorrectEmail | the same mailbox: adds nothing, however its domain is spelled', () => {
    for (const [email, other] of [
      ['ada@example.com', 'ada@example.com'],
      ['ada@example.com', 'ada@EXAMPLE.com'],
      ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ] as const) {
      const life = empty.placed(anOrder({ customer: { id: 'c-1', email } })).captured();
      given(life).when(correctEmail(other)).thenNothing();
    }
    // Who is before the @ is for the mail service to know.
    given(paid).when(correctEmail('Ada@example.com')).thenTypes('CustomerEmailCorrected');
  });

  it('CorrectEmail | a late copy: adds nothing; with another reason it corrects', () => {
    const life = paid.corrected('b@example.com').corrected('c@example.com');
    given(life).when(correctEmail('b@example.com')).thenNothing();
    given(life).when(correctEmail('b@example.com', 'b again')).thenTypes('CustomerEmailCorrected');
  });

  it('CorrectEmail | corrected as often as may be: is refused, and says so', () => {
    const emails = Array.from({ length: Order.CORRECTIONS_MAX }, (_, at) => `a${at}@example.com`);
    const life = emails.reduce((corrected, email) => corrected.corrected(email), paid);
    given(life)
      .when(correctEmail('b@example.com'))
      .thenRejected({ type: 'Refused', reason: '10 corrections already' });
  });

  it('CancelOrder | empty: leaves a recorded cancellation, perhaps the first event', () =>
    given(empty)
      .when(cancelOrder('too dear'))
      .thenEvents({ type: 'CancellationRequested', data: { reason: 'too dear', at: NOON } }));

  it('CancelOrder | recorded cancellation, cancelled or declined exists: adds nothing', () => {
    for (const life of [
      empty.cancelled(),
      open.cancelled(),
      empty.cancelled().placed(),
      open.absent().cancelled().commanded(cancelOrder()),
      paid.cancelled(),
      open.declined(),
    ]) {
      given(life).when(cancelOrder('again')).thenNothing();
    }
  });

  it('CancelOrder | payment open or in review: is recorded, and voids nothing (hole 3)', () => {
    given(open).when(cancelOrder()).thenTypes('CancellationRequested');
    given(later(open)).when(cancelOrder()).thenTypes('CancellationRequested');
    given(open.inReview()).when(cancelOrder()).thenTypes('CancellationRequested');
  });

  it('CancelOrder | PaymentFailed (never captured): is cancelled at once', () =>
    given(open.inReview().resolved({ moved: false }))
      .when(cancelOrder())
      .thenTypes('CancellationRequested', 'OrderCancelled'));

  it('CancelOrder | captured, rest > 0: asks for the rest, without pending refunds', () => {
    given(paid).when(cancelOrder()).thenTypes('CancellationRequested', 'RefundRequested');
    expect(requestsOf(paid.cancelled())).to.deep.equal([['cancel#1', 'cancel', 4_758]]);
    const partly = paid.asked('r-1', amount(1_000)).refunded('r-1').asked('r-2', amount(58));
    expect(requestsOf(partly.cancelled())).to.deep.equal([
      ['r-1', 'command', 1_000],
      ['r-2', 'command', 58],
      ['cancel#1', 'cancel', 3_700],
    ]);
  });

  it('CancelOrder | captured, rest > 0 that cannot be moved: is recorded only', () => {
    const prepareRefund = () => err({ type: 'Unchargeable', reason: 'today' } as const);
    given(paid.with({ prepareRefund })).when(cancelOrder()).thenTypes('CancellationRequested');
  });

  it('CancelOrder | captured, rest = 0: is cancelled, after what is pending', () => {
    const asked = paid.asked('r-1');
    given(asked).when(cancelOrder()).thenTypes('CancellationRequested');
    given(asked.refundInReview('r-1')).when(cancelOrder()).thenTypes('CancellationRequested');
    given(asked.refunded('r-1'))
      .when(cancelOrder())
      .thenTypes('CancellationRequested', 'OrderCancelled');
  });

  it('RefundPayment | refundId known: adds nothing, and refuses another of that id', () => {
    const asked = paid.asked('r-1', amount(1_000));
    const rejected = asked.asked('r-2', amount(4_000));
    expect(rejected.events.at(-1)?.type).to.equal('RefundRejected');
    for (const [life, refundId] of [
      [asked, 'r-1'],
      [asked.refunded('r-1'), 'r-1'],
      [asked.refundFailed('r-1'), 'r-1'],
      [asked.refundInReview('r-1'), 'r-1'],
      [asked.refunded('r-1').cancelled(), 'r-1'],
      [rejected, 'r-2'],
      [rejected.refundFailed('r-1'), 'r-2'],
    ] as const) {
      given(life).when(refundPayment(refundId)).thenNothing();
      given(life)
        .when(refundPayment(refundId, { type: 'Rest' }, 'other'))
        .thenRejected({ type: 'PayloadConflict' });
    }
  });

  it('RefundPayment | declined, failed or cancelled: is refused, and stays so', () => {
    for (const [life, reason] of [
      [open.declined(), 'the payment was declined'],
      [open.inReview().resolved({ moved: false }), 'the payment was never made'],
      [empty.cancelled().placed(), 'the order is cancelled'],
      [paid.cancelled().refunded('cancel#1'), 'the order is cancelled'],
    ] as const) {
      given(life).when(refundPayment('r-1')).thenRejected({ type: 'Refused', reason });
    }
  });

  it('RefundPayment | not placed, open payment: is too early', () => {
    for (const life of [empty, empty.cancelled(), open, open.cancelled()]) {
      given(life).when(refundPayment('r-1')).thenRejected({ type: 'NotCapturedYet' });
    }
  });

  it('RefundPayment | review: a person must look first', () =>
    given(open.inReview()).when(refundPayment('r-1')).thenRejected({ type: 'OrderInReview' }));

  it('RefundPayment | cancelled, or more than is left: records the rejection (hole 15)', () => {
    const asked = paid.asked('r-1', amount(1_000));
    for (const [life, wanted, reason] of [
      [paid.cancelled(), amount(1), 'the order is being cancelled'],
      [asked, amount(3_759), 'more than is left'],
      [asked.refunded('r-1'), amount(3_759), 'more than is left'],
      [asked.refundInReview('r-1'), amount(3_759), 'more than is left'],
      [paid.asked('r-1'), { type: 'Rest' }, 'nothing is left to refund'],
    ] as const) {
      given(life)
        .when(refundPayment('r-2', wanted))
        .thenEvents({
          type: 'RefundRejected',
          data: { refundId: 'r-2', fingerprint: 'f-r-2', reason },
        });
    }
  });

  it('RefundPayment | captured: is requested, up to all that is left', () => {
    given(paid.asked('r-1', amount(1_000)))
      .when(refundPayment('r-2', amount(3_758)))
      .thenTypes('RefundRequested');
    given(paid.asked('r-1', amount(1_000)).refundFailed('r-1').compared())
      .when(refundPayment('r-2', amount(4_758)))
      .thenTypes('RefundRequested');
    given(paid)
      .when(refundPayment('r-1', LINE))
      .thenEvents({
        type: 'RefundRequested',
        data: {
          refundId: 'r-1',
          refundKey: 'paidonce/dep1/o-1/refund/r-1',
          body:
            '{"refund":{"deployment":"dep1","orderId":"o-1","refundId":"r-1","paymentReference":"pi_1",' +
            '"amountMinor":2379,"currency":"EUR"}}',
          amountMinor: 2_379,
          currency: 'EUR',
          at: NOON,
          series: 'CN',
          seriesFrom: 0,
          ...sendingFrom(),
          seal: sealIn(paid.asked('r-1', LINE).events.at(-1)),
          cause: 'command',
          fingerprint: 'f-r-1',
          lines: [creditLine({ line: 1, quantity: 1, netMinor: 1_999, taxMinor: 380 })],
          roundingMinor: 0,
          prepaidMinor: 0,
        },
      });
  });

  it('counts an order of which nothing but its dead letters is recorded as empty', () => {
    const deadLettersOnly = [true, false].map((isSentAgain) => aboutDeadLetter(isSentAgain));
    const state = Order.fold(deadLettersOnly);
    for (const command of [placeOrder(), cancelOrder(), refundPayment('r-1')]) {
      expect(Order.decide(command, state, contextAt())).to.deep.equal(
        Order.decide(command, empty.state, contextAt()),
      );
    }
    expect(Order.nextStep(state, Order.NO_EVIDENCE, contextAt()).type).to.equal('Settled');
    expect(Order.noticesOf(state)).to.deep.equal([]);
  });

  it('refuses refunds without end: rejected and failed ones count as well', () => {
    let life = paid;
    for (let n = 1; n <= Order.REFUNDS_MAX; n += 1) life = life.asked(`r-${n}`, amount(4_000));
    given(life)
      .when(refundPayment('one-more', amount(1)))
      .thenRejected({ type: 'Refused', reason: '100 refunds already' });
    given(life)
      .when(refundPayment('r-100', amount(4_000)))
      .thenNothing();
  });

  it('refuses what cannot be charged at all, and records nothing of it', () => {
    const unitPriceMinor = Number.MAX_SAFE_INTEGER;
    const dear = anOrder({ lines: anOrder().lines.map((line) => ({ ...line, unitPriceMinor })) });
    given(empty).when(placeOrder(dear)).thenRejected({
      type: 'NotPriced',
      reason: 'lines: the amounts are greater than can be calculated exactly',
    });
    const unchargeable = { type: 'Unchargeable', reason: 'no such currency' } as const;
    const poor = contextAt(NOON, { prepare: () => err(unchargeable) });
    given(empty.with(poor)).when(placeOrder()).thenRejected(unchargeable);
  });

  it('derives one key for one attempt and one refund, whatever the message (S10)', () => {
    expect(Order.paymentKey('dep1', 'o-1', 2)).to.equal('paidonce/dep1/o-1/payment/2');
    expect(Order.refundKey('dep1', 'o-1', 'cancel#2')).to.equal(
      'paidonce/dep1/o-1/refund/cancel#2',
    );
    // What releases before 0.2 froze stays under the key that it was sent with.
    expect(Order.paymentKey('', 'o-1', 2)).to.equal('paidonce/o-1/payment/2');
    expect(Order.refundKey('', 'o-1', 'r-1')).to.equal('paidonce/o-1/refund/r-1');
  });
});

const amount = (amountMinor: number) => ({ type: 'Amount', amountMinor }) as const;

const requestsOf = ({ events }: OrderLife) =>
  events.flatMap((event) =>
    event.type === 'RefundRequested'
      ? [[event.data.refundId, event.data.cause, event.data.amountMinor]]
      : [],
  );

const everyPlacedLife = (): readonly OrderLife[] => {
  const open = orderLife().placed();
  const paid = open.captured();
  return [
    open,
    open.cancelled(),
    open.declined(),
    open.absent(),
    open.inReview(),
    open.cancelled().absent(),
    orderLife().cancelled().placed(),
    paid,
    paid.asked('r-1').refunded('r-1'),
    paid.cancelled(),
    paid.cancelled().refunded('cancel#1'),
  ];
};

const LINE: CreditRequest = { type: 'Lines', lines: [{ line: 1, quantity: '1' }] };

/** The seal is over all the rest; what it must be, the tests of sending say. */
const sealIn = (event: Order.StreamEvent | undefined): string =>
  event !== undefined && 'seal' in event.data && event.data.seal !== ''
    ? event.data.seal
    : expect.fail('it bears no seal');
