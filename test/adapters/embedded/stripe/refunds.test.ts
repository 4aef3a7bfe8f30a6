import { expect } from 'chai';
import type { Stripe } from 'stripe';
import {
  CARD_PAYMENT,
  failureOf,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

const PAYMENT = { ...CARD_PAYMENT, metadata: { order_id: 'o-1', attempt: '1' } };

describe('refunds in the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
  });

  afterEach(() => sandbox.close());

  const pay = (changes: object = {}): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({ ...PAYMENT, ...changes }, { idempotencyKey: 'pay' });

  const refund = (parameters: Stripe.RefundCreateParams, idempotencyKey = 'refund-1') =>
    sandbox.stripe.refunds.create(parameters, { idempotencyKey });

  it('refunds a part, and the ledger reports it', async () => {
    const { id: payment_intent, latest_charge } = await pay();
    const given = await refund({
      payment_intent,
      amount: 1_000,
      reason: 'requested_by_customer',
      metadata: { order_id: 'o-1', refund_id: 'r-1' },
    });
    const facts = {
      amount: 1_000,
      charge: latest_charge,
      currency: 'eur',
      payment_intent,
      status: 'succeeded',
    };
    expect(given).to.deep.include({
      object: 'refund',
      reason: 'requested_by_customer',
      metadata: { order_id: 'o-1', refund_id: 'r-1' },
      ...facts,
    });
    const [entry, ...more] = await sandbox.refunds();
    expect(more).to.deep.equal([]);
    expect(entry).to.include({
      id: given.id,
      idempotency_key: 'refund-1',
      order_id: 'o-1',
      refund_id: 'r-1',
      failure_reason: null,
      ...facts,
    });
  });

  it('refunds all that is left when no amount is named', async () => {
    const { id: payment_intent } = await pay();
    await refund({ payment_intent, amount: 1_000 });
    expect((await refund({ payment_intent }, 'refund-2')).amount).to.equal(3_758);
  });

  it('never refunds more than was received, however many ask at once', async () => {
    const { id: payment_intent } = await pay();
    const asked = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => refund({ payment_intent, amount: 1_000 }, `r-${n}`)),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).to.have.length(4);
    const sum = (await sandbox.refunds()).reduce((total, { amount }) => total + amount, 0);
    expect(sum).to.equal(4_000);
  });

  it('says in the words of Stripe why it refunds nothing', async () => {
    const { id: payment_intent } = await pay();
    const refusal = { statusCode: 400, rawType: 'invalid_request_error' };
    const more = refund({ payment_intent, amount: 4_759 }, 'a');
    expect(await failureOf(more)).to.deep.equal({ ...refusal, param: 'amount' });
    await refund({ payment_intent, amount: 4_000 }, 'b');
    const rest = await refund({ payment_intent, amount: 759 }, 'c').catch((error) => error);
    expect(rest).to.have.property(
      'message',
      'Refund amount (EUR 7.59) is greater than unrefunded amount on charge (EUR 7.58)',
    );
    await refund({ payment_intent }, 'd');
    expect(await failureOf(refund({ payment_intent }, 'e'))).to.deep.equal({
      ...refusal,
      code: 'charge_already_refunded',
    });
  });

  it('refuses a third decimal other than 0, as for payments', async () => {
    const { id: payment_intent } = await pay({ amount: 12_340, currency: 'kwd' });
    const wrong = refund({ payment_intent, amount: 1_001 }, 'a');
    expect(await failureOf(wrong)).to.include({ param: 'amount', statusCode: 400 });
    expect((await refund({ payment_intent, amount: 1_010 }, 'b')).amount).to.equal(1_010);
  });

  it('keeps what it refused while carrying out, and says so again under the key', async () => {
    const { id: payment_intent } = await pay();
    await failureOf(refund({ payment_intent, amount: 5_000 }, 'a'));
    const again = await refund({ payment_intent, amount: 5_000 }, 'a').catch((error) => error);
    expect(again.headers).to.have.property('idempotent-replayed', 'true');
  });

  it('refunds nothing of a declined payment', async () => {
    await pay({ payment_method: 'pm_card_visa_chargeDeclined' }).catch(() => undefined);
    const [intent] = (await sandbox.stripe.paymentIntents.list()).data;
    expect(await failureOf(refund({ payment_intent: intent?.id ?? '' }))).to.deep.equal({
      statusCode: 400,
      rawType: 'invalid_request_error',
    });
  });

  it('replays the first answer; refuses other parameters and a charge’s key (G9)', async () => {
    const { id: payment_intent } = await pay();
    const first = await refund({ payment_intent, amount: 1_000 });
    const again = await refund({ amount: 1_000, payment_intent });
    expect(again).to.deep.equal(first);
    expect(again.lastResponse.headers).to.have.property('idempotent-replayed', 'true');
    const mismatch = { statusCode: 400, rawType: 'idempotency_error' };
    expect(await failureOf(refund({ payment_intent, amount: 999 }))).to.deep.equal(mismatch);
    const chargesKey = await refund({ payment_intent }, 'pay').catch((error) => error);
    expect(chargesKey).to.include({ statusCode: 400, rawType: 'idempotency_error' });
    expect(chargesKey.message).to.match(
      /same endpoint .*'\/v1\/refunds' vs '\/v1\/payment_intents'/,
    );
    expect(await sandbox.refunds()).to.have.length(1);
  });

  for (const [what, changes, facts] of [
    ['a payment nobody knows', { payment_intent: 'pi_0' }, 'payment_intent'],
    ['no payment', { payment_intent: undefined }, 'payment_intent'],
    ['an amount of 0', { amount: 0 }, 'amount'],
    ['a fraction', { amount: 1.5 }, 'amount'],
    ['a reason of its own', { reason: 'mood' }, 'reason'],
    ['an unknown parameter', { amuont: 1 }, 'amuont'],
  ] as const) {
    it(`refuses ${what} without remembering it under the key (G6)`, async () => {
      const { id: payment_intent } = await pay();
      const wrong = { payment_intent, ...changes } as Stripe.RefundCreateParams;
      expect(await failureOf(refund(wrong))).to.include({ statusCode: 400, param: facts });
      expect((await refund({ payment_intent })).status).to.equal('succeeded');
    });
  }

  it('lists those of one payment by pages, newest first, and finds each by its id', async () => {
    const { id: payment_intent } = await pay();
    const other = await sandbox.stripe.paymentIntents.create(PAYMENT);
    await refund({ payment_intent: other.id }, 'other');
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1)
      ids.push((await refund({ payment_intent, amount: 100 }, `r-${n}`)).id);
    const listed: string[] = [];
    for await (const { id } of sandbox.stripe.refunds.list({ payment_intent, limit: 2 }))
      listed.push(id);
    expect(listed).to.deep.equal(ids.toReversed());
    expect((await sandbox.stripe.refunds.list()).data).to.have.length(6);
    const [id = ''] = ids;
    expect((await sandbox.stripe.refunds.retrieve(id)).amount).to.equal(100);
    expect(await failureOf(sandbox.stripe.refunds.retrieve('re_0'))).to.include({
      statusCode: 404,
      code: 'resource_missing',
    });
  });

  it('keeps refunds and their keys over a restart', async () => {
    const { id: payment_intent } = await pay();
    const first = await refund({ payment_intent });
    const ledger = await sandbox.refunds();
    sandbox = await sandbox.restart();
    expect(await sandbox.refunds()).to.deep.equal(ledger);
    expect((await refund({ payment_intent })).id).to.equal(first.id);
  });
});
