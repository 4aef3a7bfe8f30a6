import { expect } from 'chai';
import type { Stripe } from 'stripe';
import {
  authorise,
  failureOf,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

const PAYMENT = { amount: 4_758, currency: 'eur', confirm: true, off_session: true };
const LATE_MS = 5_000;
const DAY_MS = 86_400_000;

describe('disputes of the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.UTC(2030, 0, 1);
    sandbox = await startStripeSandbox({ now: () => nowMs });
  });

  afterEach(() => sandbox.close());

  const pay = (payment_method = 'pm_card_visa'): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({
      ...PAYMENT,
      payment_method,
      metadata: { order_id: 'o-1' },
    });

  const types = async (): Promise<readonly string[]> =>
    (await sandbox.stripe.events.list({ limit: 100 })).data
      .map(({ type }) => type)
      .toReversed()
      .slice(1);

  const chargeOf = ({ latest_charge: id }: Stripe.PaymentIntent) =>
    sandbox.stripe.charges.retrieve(id as string);

  const holding = async () => {
    const [charge] = await sandbox.ledger();
    const { captured, refunded, withdrawn, reinstated, held } = charge ?? {};
    return { captured, refunded, withdrawn, reinstated, held };
  };

  it('opens one, which withdraws the money at once', async () => {
    const payment = await pay();
    const { id } = await sandbox.act(`payments/${payment.id}/dispute`);
    const dispute = await sandbox.stripe.disputes.retrieve(id);
    expect(dispute).to.deep.include({
      object: 'dispute',
      amount: 4_758,
      charge: payment.latest_charge,
      currency: 'eur',
      is_charge_refundable: false,
      payment_intent: payment.id,
      reason: 'fraudulent',
      status: 'needs_response',
    });
    expect(dispute.evidence_details.due_by).to.equal((nowMs + 7 * DAY_MS) / 1_000);
    expect(dispute.balance_transactions.map(({ amount }) => amount)).to.deep.equal([-4_758]);
    expect(await types()).to.deep.equal([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
    ]);
    expect(await chargeOf(payment)).to.include({ disputed: true, dispute: id });
    expect(await holding()).to.deep.equal({
      captured: 4_758,
      refunded: 0,
      withdrawn: 4_758,
      reinstated: 0,
      held: 0,
    });
    const [entry] = await sandbox.disputes();
    expect(entry).to.deep.include({ id, order_id: 'o-1', withdrawn: 4_758, reinstated: 0 });
    expect(entry?.due_by).to.equal('2030-01-08T00:00:00.000Z');
  });

  it('reinstates the money of one that was won', async () => {
    const payment = await pay();
    const { id } = await sandbox.act(`payments/${payment.id}/dispute`, { amount: 1_000 });
    expect(await sandbox.act(`disputes/${id}/close`, { isWon: true })).to.include({
      code: 200,
      id,
      status: 'won',
    });
    expect((await types()).slice(2)).to.deep.equal([
      'charge.dispute.updated',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
    expect(await holding()).to.include({ withdrawn: 1_000, reinstated: 1_000, held: 4_758 });
    const refund = await sandbox.stripe.refunds.create({ payment_intent: payment.id });
    expect(refund.status).to.equal('succeeded');
    expect(await holding()).to.include({ refunded: 4_758, held: 0 });
  });

  it('keeps the money of one that was lost, and refunds nothing more', async () => {
    const payment = await pay();
    await sandbox.stripe.refunds.create({ payment_intent: payment.id, amount: 758 });
    const { id, amount } = await sandbox.act(`payments/${payment.id}/dispute`);
    expect(amount).to.equal(4_000);
    const refused = { statusCode: 400, rawType: 'invalid_request_error', code: 'charge_disputed' };
    const refund = () => sandbox.stripe.refunds.create({ payment_intent: payment.id });
    expect(await failureOf(refund())).to.deep.equal(refused);
    expect((await sandbox.act(`disputes/${id}/close`, { isWon: false })).status).to.equal('lost');
    expect(await failureOf(refund())).to.deep.equal(refused);
    expect((await types()).slice(4)).to.deep.equal([
      'charge.dispute.updated',
      'charge.dispute.closed',
    ]);
    expect(await holding()).to.include({ refunded: 758, withdrawn: 4_000, held: 0 });
    const again = await sandbox.act(`disputes/${id}/close`, { isWon: true });
    expect(again.error?.message).to.match(/is left to end like that/);
  });

  it('asks at first, where it is an inquiry, and withdraws nothing', async () => {
    const payment = await pay();
    const settings = { isInquiry: true, reason: 'product_not_received' };
    const { id, status } = await sandbox.act(`payments/${payment.id}/dispute`, settings);
    expect(status).to.equal('warning_needs_response');
    expect(await holding()).to.include({ withdrawn: 0, held: 4_758 });
    const refund = await sandbox.stripe.refunds.create({ payment_intent: payment.id, amount: 1 });
    expect(refund.status).to.equal('succeeded');
    const closed = await sandbox.act(`disputes/${id}/close`, { isWon: true });
    expect(closed.status).to.equal('warning_closed');
    expect((await types()).filter((type) => type.includes('dispute'))).to.deep.equal([
      'charge.dispute.created',
      'charge.dispute.updated',
      'charge.dispute.closed',
    ]);
  });

  for (const [method, reason, status] of [
    ['pm_card_createDispute', 'fraudulent', 'needs_response'],
    ['pm_card_createDisputeProductNotReceived', 'product_not_received', 'needs_response'],
    ['pm_card_createDisputeInquiry', 'fraudulent', 'warning_needs_response'],
  ] as const) {
    it(`opens one by itself some time after the capture of ${method}`, async () => {
      const held = await authorise(sandbox.stripe, { paymentMethod: method });
      nowMs += LATE_MS;
      expect((await sandbox.stripe.disputes.list()).data).to.deep.equal([]);
      await sandbox.stripe.paymentIntents.capture(held);
      const { id: paid } = await pay(method);
      nowMs += LATE_MS - 1;
      expect((await sandbox.stripe.disputes.list()).data).to.deep.equal([]);
      nowMs += 1;
      const { data } = await sandbox.stripe.disputes.list();
      expect(data.map(({ payment_intent: of }) => of)).to.have.members([held, paid]);
      for (const dispute of data) expect(dispute).to.include({ reason, status });
      const ids = data.map(({ id }) => id);
      sandbox = await sandbox.restart();
      expect((await sandbox.stripe.disputes.list()).data.map(({ id }) => id)).to.deep.equal(ids);
      expect(await sandbox.act(`disputes/${ids[0]}/close`, { isWon: true })).to.include({
        code: 200,
      });
    });
  }

  it('lists them by pages, and those of one payment, charge or time', async () => {
    const ids: string[] = [];
    const payments = [];
    for (let n = 0; n < 3; n += 1) {
      const payment = await pay();
      payments.push(payment);
      ids.push((await sandbox.act(`payments/${payment.id}/dispute`)).id);
      nowMs += 1_000;
    }
    const listed: string[] = [];
    for await (const { id } of sandbox.stripe.disputes.list({ limit: 2 })) listed.push(id);
    expect(listed).to.deep.equal(ids.toReversed());
    const { id: payment_intent = '', latest_charge } = payments[1] ?? {};
    for (const query of [
      { payment_intent },
      { charge: latest_charge as string },
      { created: { gt: nowMs / 1_000 - 3, lt: nowMs / 1_000 - 1 } },
    ]) {
      const { data } = await sandbox.stripe.disputes.list(query);
      expect(data.map(({ id }) => id)).to.deep.equal([ids[1]]);
    }
    expect(await failureOf(sandbox.stripe.disputes.retrieve('du_0'))).to.include({
      statusCode: 404,
    });
  });

  for (const [what, settings, message] of [
    ['more than was captured', { amount: 4_759 }, /No more than 4758 was captured/],
    ['nothing', { amount: 0 }, /Invalid amount/],
    ['a reason of its own', { reason: 'mood' }, /Invalid reason/],
    ['an unknown setting', { inquiry: true }, /unknown parameter: inquiry/],
  ] as const) {
    it(`opens none for ${what}`, async () => {
      const { id } = await pay();
      const { code, error } = await sandbox.act(`payments/${id}/dispute`, settings);
      expect(code).to.equal(400);
      expect(error?.message).to.match(message);
      expect(await sandbox.disputes()).to.deep.equal([]);
    });
  }

  it('opens none beside an open one, of money that was never there, or of nobody', async () => {
    const { id } = await pay();
    await sandbox.act(`payments/${id}/dispute`);
    const held = await authorise(sandbox.stripe);
    for (const [payment, message] of [
      [id, /is open already/],
      [held, /Nothing was captured/],
      ['pi_0', /No such payment_intent/],
    ] as const) {
      const { error } = await sandbox.act(`payments/${payment}/dispute`);
      expect(error?.message).to.match(message);
    }
    const { error } = await sandbox.act('disputes/du_0/close', { isWon: true });
    expect(error?.code).to.equal('resource_missing');
  });
});

describe('what people do at the dashboard of the Stripe sandbox', () => {
  let sandbox: StripeSandbox;

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
  });

  afterEach(() => sandbox.close());

  const pay = () =>
    sandbox.stripe.paymentIntents.create(
      { ...PAYMENT, payment_method: 'pm_card_visa', metadata: { order_id: 'o-1' } },
      { idempotencyKey: 'pay' },
    );

  it('refunds with no key and no metadata, and meets no fault', async () => {
    const { id: payment_intent } = await pay();
    await sandbox.setFaults({ percent: { dropped: 100 } });
    const { id } = await sandbox.act(`payments/${payment_intent}/refund`, { amount: 758 });
    const rest = await sandbox.act(`payments/${payment_intent}/refund`);
    await sandbox.setFaults({});
    expect(rest.amount).to.equal(4_000);
    expect(await sandbox.stripe.refunds.retrieve(id)).to.deep.include({
      amount: 758,
      metadata: {},
      status: 'succeeded',
    });
    const { data } = await sandbox.stripe.events.list({ type: 'refund.created' });
    expect(data.map(({ request }) => request?.idempotency_key)).to.deep.equal([null, null]);
    const [entry] = await sandbox.refunds();
    expect(entry).to.include({ idempotency_key: null, order_id: null, refund_id: null });
    const more = await sandbox.act(`payments/${payment_intent}/refund`);
    expect(more.error?.code).to.equal('charge_already_refunded');
  });

  it('captures and releases what is authorised', async () => {
    const [one, other] = [await authorise(sandbox.stripe), await authorise(sandbox.stripe)];
    expect((await sandbox.act(`payments/${one}/capture`)).status).to.equal('succeeded');
    expect((await sandbox.act(`payments/${other}/cancel`)).status).to.equal('canceled');
    expect((await sandbox.act(`payments/${one}/cancel`)).error?.code).to.equal(
      'payment_intent_unexpected_state',
    );
    expect((await sandbox.act('payments/pi_0/capture')).error?.code).to.equal('resource_missing');
    expect((await sandbox.act(`payments/${one}/capture`, { amount: 1 })).code).to.equal(400);
    const { data } = await sandbox.stripe.events.list({ types: ['payment_intent.canceled'] });
    expect(data).to.have.length(1);
  });
});
