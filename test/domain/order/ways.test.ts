import { expect } from 'chai';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { closeMsOf, paymentTermsOf } from '../../../src/domain/order/ways.ts';
import { absentAt } from '../../support/evidence.ts';
import {
  CLOSE_MS,
  NOON,
  numbered,
  RESEND_HORIZON_MS,
  SETTLE_MS,
} from '../../support/orderContext.ts';
import { given } from '../../support/given.ts';
import { anOrderPaidBy, orderLife, type OrderLife } from '../../support/orderLife.ts';

const SUBJECT = 'payment#1';
const SAVED = { type: 'saved', customer: 'cus_1', paymentMethod: 'pm_1' } as const;
const TRANSFERRED = { type: 'transferred', reference: 'RF18 5390' } as const;

const saved = orderLife().placed(anOrderPaidBy(SAVED));
const transferred = orderLife().placed(anOrderPaidBy(TRANSFERRED));
const free = orderLife().placed(
  anOrderPaidBy(
    { type: 'none' },
    {
      lines: [{ sku: 'A', description: 'Sample', quantity: 1, unitPriceMinor: 0, taxRateBps: 0 }],
    },
  ),
);

const isLegal = (life: OrderLife) =>
  expect(firstIllegal(life.commits), JSON.stringify(life.events.at(-1))).to.equal(undefined);

const requestIn = ({ events }: OrderLife) => {
  const intent = events.find((event) => event.type === 'PaymentRequested');
  return intent?.type === 'PaymentRequested' ? intent : expect.fail('nothing was requested');
};

describe('the ways to pay', () => {
  it('are what the order says, and none where nothing is payable', () => {
    const at = (amountMinor: number, payment: Parameters<typeof paymentTermsOf>[0]) =>
      paymentTermsOf(payment, { amountMinor }).match(
        ({ way, payment: named }) => `${way} ${named}`,
        ({ reason }) => reason,
      );
    const method = { type: 'method', paymentMethod: 'pm_1' } as const;
    expect(at(1, method)).to.equal('method ');
    expect(at(1, SAVED)).to.equal('saved ');
    expect(at(1, TRANSFERRED)).to.equal('transferred RF18 5390');
    expect(at(1, { type: 'authorised', payment: 'pi_1' })).to.equal('authorised pi_1');
    expect(at(1, { type: 'paid', payment: 'pi_1' })).to.equal('paid pi_1');
    expect(at(1, { type: 'none' })).to.match(/the type is none/);
    for (const payment of [method, SAVED, { type: 'none' } as const]) {
      expect(at(0, payment)).to.equal('none ');
    }
    expect(at(0, TRANSFERRED)).to.match(/nothing is to be paid/);
    for (const type of ['authorised', 'paid'] as const) {
      expect(at(0, { type, payment: 'pi_1' })).to.match(/nothing is to be paid/);
    }
  });

  it('leave a transfer unused that an early order of 0.2 named though nothing was to be paid', () => {
    const events = free.events.map((event) =>
      event.type === 'OrderPlaced'
        ? { ...event, data: { ...event.data, payment: TRANSFERRED } }
        : event,
    );
    given({ events, context: free.context }).next().thenStep('AllocateNumber');
  });

  it('are under the seal of their intent, but for the one that there always was', () => {
    const changed = (life: OrderLife, changes: object): string => {
      const intent = requestIn(life);
      const data = { ...intent.data, ...changes };
      return Order.sealTextOf('o-1', { ...intent, data });
    };
    const text = changed(transferred, {});
    expect(changed(transferred, { payment: 'another' })).not.to.equal(text);
    expect(changed(transferred, { way: 'paid' })).not.to.equal(text);
    const old = orderLife().placed();
    expect(JSON.parse(changed(old, {}))).to.have.length(14);
  });

  it('close earlier by S where a look-up lags behind nothing (R5)', () => {
    const context = { closeMs: CLOSE_MS, settleMs: SETTLE_MS };
    expect(closeMsOf({ way: 'method' }, context)).to.equal(CLOSE_MS);
    for (const way of ['saved', 'authorised', 'paid'] as const) {
      expect(closeMsOf({ way }, context)).to.equal(CLOSE_MS - SETTLE_MS);
    }
    const close = NOON + CLOSE_MS - SETTLE_MS;
    expect(requestIn(saved).data.closeAt).to.equal(close);
    given(saved)
      .knowing(SUBJECT, { ...absentAt(close - 1), searched: true })
      .thenStep('RetryLater');
    given(saved)
      .knowing(SUBJECT, { ...absentAt(close), searched: true })
      .thenAppends('PaymentFailed');
  });
});

describe('a saved means of payment', () => {
  it('is charged for its customer, and looked up among that customer’s payments', () => {
    given(saved)
      .next()
      .thenStep('Send', {
        call: { type: 'charge' },
        body:
          '{"charge":{"deployment":"dep1","orderId":"o-1","attempt":1,"amountMinor":4758,' +
          '"currency":"EUR","paymentMethod":"pm_1","customer":"cus_1"}}',
      });
    const { step } = given(saved.with({ now: NOON + RESEND_HORIZON_MS })).next();
    expect(step.type === 'LookUp' && step.of).to.include({ type: 'Payment', customer: 'cus_1' });
  });
});

describe('an order in which the gateway has no part', () => {
  it('is numbered by the shop’s word, and captured with its reference', () => {
    given(transferred)
      .next()
      .thenStep('AllocateNumber', { entry: { id: 'o-1', reference: 'RF18 5390', from: 0 } });
    const invoiced = transferred.learned(SUBJECT, { number: numbered(1) });
    expect(invoiced.state.payment).to.include({
      status: 'captured',
      way: 'transferred',
      source: 'shop',
      reference: 'RF18 5390',
    });
    isLegal(invoiced);
  });

  it('is invoiced where nothing is payable, with a capture of nothing', () => {
    given(free).next().thenStep('AllocateNumber');
    const invoiced = free.learned(SUBJECT, { number: numbered(1) });
    expect(invoiced.events.find(({ type }) => type === 'PaymentCaptured')?.data).to.deep.equal({
      attempt: 1,
      reference: '',
      amountMinor: 0,
      currency: 'EUR',
      source: 'shop',
    });
    isLegal(invoiced);
  });

  it('is not taken at the shop’s word where the payment service did not write it', () => {
    for (const life of [transferred, free]) {
      given(life.with({ isSeal: () => false }))
        .next()
        .thenStep('DeadLetter', { alarm: 'intent.forged' });
    }
  });

  it('is invoiced and refunded where it was cancelled before it came, if money was held', () => {
    const early = orderLife().cancelled().placed(anOrderPaidBy(TRANSFERRED));
    isLegal(early);
    given(early)
      .knowing(SUBJECT, { number: numbered(1) })
      .thenAppends('PaymentCaptured', 'InvoiceIssued', 'RefundRequested');
    isLegal(early.learned(SUBJECT, { number: numbered(1) }));
    expect(orderLife().cancelled().placed(anOrderPaidBy(SAVED)).state.cancelled).to.equal(true);
  });

  it('is refunded by the shop: nothing is asked of the gateway, and a credit note says so', () => {
    const asked = transferred.learned(SUBJECT, { number: numbered(1) }).asked('r-1');
    const intent = asked.events.find((event) => event.type === 'RefundRequested');
    expect(intent?.type === 'RefundRequested' && intent.data.body).to.equal('');
    given(asked)
      .next()
      .thenStep('AllocateNumber', {
        entry: { id: 'o-1#r-1', reference: '', from: 0 },
      });
    const number = numbered(1, { series: 'CN' });
    const credited = asked.learned('refund#r-1', { number });
    expect(credited.state.refunds[0]).to.include({ status: 'succeeded', reference: '' });
    isLegal(credited);
    given(asked.with({ isSeal: () => false }))
      .next()
      .thenStep('DeadLetter', { alarm: 'intent.forged' });
  });

  it('is refunded twice by the shop, though neither refund has a name at the gateway', () => {
    const half = { type: 'Amount', amountMinor: 2_000 } as const;
    const number = numbered(1, { series: 'CN' });
    const once = transferred
      .learned(SUBJECT, { number: numbered(1) })
      .asked('r-1', half)
      .learned('refund#r-1', { number })
      .asked('r-2', half)
      .learned('refund#r-2', { number: numbered(2, { series: 'CN' }) });
    expect(once.state.refunds.map(({ status }) => status)).to.deep.equal([
      'succeeded',
      'succeeded',
    ]);
    isLegal(once);
  });

  it('is not compared with the gateway, which holds none of its money', () =>
    expect(
      Order.askToCompare(
        { by: 'ada', reason: 'why', at: NOON, series: 'CN', seriesFrom: 0 },
        transferred.learned(SUBJECT, { number: numbered(1) }).state,
      ).isErr(),
    ).to.equal(true));
});
