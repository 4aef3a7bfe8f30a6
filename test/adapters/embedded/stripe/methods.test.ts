import { expect } from 'chai';
import type { Stripe } from 'stripe';
import {
  failureOf,
  startStripeSandbox,
  untilInLedger,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';
import { until } from '../../../support/until.ts';

const PAYMENT = { amount: 4_758, currency: 'eur', confirm: true, off_session: true };

describe('the sandbox’s own payment methods, by the official SDK', () => {
  let sandbox: StripeSandbox;
  let aheadMs: number;

  beforeEach(async () => {
    aheadMs = 0;
    sandbox = await startStripeSandbox({ now: () => Date.now() + aheadMs });
  });

  afterEach(() => sandbox.close());

  const pay = (
    payment_method: string,
    changes: object = {},
  ): Promise<Stripe.Response<Stripe.PaymentIntent>> =>
    sandbox.stripe.paymentIntents.create(
      { ...PAYMENT, payment_method, ...changes },
      { idempotencyKey: 'key-1' },
    );

  const errorOf = (asked: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
    asked.then(
      () => expect.fail('it was answered'),
      (error: Stripe.errors.StripeError) => error,
    );

  const cut = async (asked: Promise<unknown>): Promise<void> => {
    expect(await errorOf(asked)).to.include({ type: 'StripeConnectionError' });
  };

  const charges = async (): Promise<number> => (await sandbox.ledger()).length;

  it('G2: answer_lost charges, and the key then reports it', async () => {
    await cut(pay('pm_sandbox_answer_lost'));
    const [charge] = await sandbox.ledger();
    expect((await pay('pm_sandbox_answer_lost')).id).to.equal(charge?.payment_intent);
    expect(await charges()).to.equal(1);
  });

  it('G1: dropped_before does nothing, and the key then charges', async () => {
    await cut(pay('pm_sandbox_dropped_before'));
    expect(await charges()).to.equal(0);
    expect((await pay('pm_sandbox_dropped_before')).status).to.equal('succeeded');
  });

  it('G10: captured_late charges after the cut, and the key then reports it', async () => {
    await sandbox.setFaults({ lateMs: 50 });
    await cut(pay('pm_sandbox_captured_late'));
    expect(await charges()).to.equal(0);
    await untilInLedger(sandbox, 1);
    const [charge] = await sandbox.ledger();
    const again = await pay('pm_sandbox_captured_late');
    expect(again.id).to.equal(charge?.payment_intent);
    expect(again.lastResponse.headers).to.have.property('idempotent-replayed', 'true');
    expect(await charges()).to.equal(1);
  });

  it('G10: captured_late charges nothing later if the key was sent again before', async () => {
    // Long enough for a busy machine to send it again before.
    await sandbox.setFaults({ lateMs: 1_000 });
    await cut(pay('pm_sandbox_captured_late'));
    expect((await pay('pm_sandbox_captured_late')).status).to.equal('succeeded');
    await until(
      'the journal has the end of what was put off',
      async (see) => {
        const journal = await sandbox.journal();
        see(journal);
        return journal.includes('"type":"Idle"') || undefined;
      },
      { everyMs: 5 },
    );
    expect(await charges()).to.equal(1);
  });

  it('G10: what captured_late put off is kept over a restart, and carried out once', async () => {
    await sandbox.setFaults({ lateMs: 60_000 });
    await cut(pay('pm_sandbox_captured_late'));
    sandbox = await sandbox.restart();
    expect(await charges()).to.equal(0);
    aheadMs = 60_000;
    for (const _restart of [1, 2]) {
      sandbox = await sandbox.restart();
      await untilInLedger(sandbox, 1);
    }
    expect(await charges()).to.equal(1);
  });

  it('G3: server_error answers 500 for ever and charges nothing', async () => {
    for (const replayed of [undefined, 'true']) {
      const error = await errorOf(pay('pm_sandbox_server_error'));
      expect(error).to.include({ type: 'StripeAPIError', statusCode: 500, rawType: 'api_error' });
      expect(error.headers?.['idempotent-replayed']).to.equal(replayed);
    }
    expect(await charges()).to.equal(0);
  });

  it('G4: conflict answers 409 at first, and the key then charges', async () => {
    expect(await failureOf(pay('pm_sandbox_conflict'))).to.deep.equal({
      statusCode: 409,
      rawType: 'invalid_request_error',
      code: 'idempotency_key_in_use',
    });
    expect(await charges()).to.equal(0);
    expect((await pay('pm_sandbox_conflict')).status).to.equal('succeeded');
  });

  it('G2: refused answers 400 at first and keeps nothing; the key then charges', async () => {
    expect(await failureOf(pay('pm_sandbox_refused'))).to.deep.equal({
      statusCode: 400,
      rawType: 'invalid_request_error',
      code: 'resource_missing',
      param: 'payment_method',
    });
    expect(await charges()).to.equal(0);
    expect((await pay('pm_sandbox_refused')).status).to.equal('succeeded');
  });

  it('G5: rate_limited answers 429 at first, before it looks at the key', async () => {
    await pay('pm_card_visa');
    const error = await errorOf(pay('pm_sandbox_rate_limited'));
    expect(error).to.include({
      type: 'StripeRateLimitError',
      statusCode: 429,
      code: 'rate_limit',
    });
    expect(error.headers).to.include({ 'retry-after': '1' });
    expect(await failureOf(pay('pm_sandbox_rate_limited'))).to.include({
      rawType: 'idempotency_error',
    });
    expect(await charges()).to.equal(1);
  });

  it('G13: wrong_amount captures one step of the currency more', async () => {
    expect((await pay('pm_sandbox_wrong_amount')).amount_received).to.equal(4_759);
    expect((await sandbox.ledger())[0]).to.include({ amount: 4_759, status: 'succeeded' });
  });

  it('G11: garbage_body charges, and its answer is unreadable each time', async () => {
    for (const _time of [1, 2]) {
      const error = await errorOf(pay('pm_sandbox_garbage_body'));
      expect(error).to.include({ type: 'StripeAPIError' });
      expect(error.message).to.match(/Invalid JSON/);
    }
    const [intent] = (await sandbox.stripe.paymentIntents.list()).data;
    expect(intent?.status).to.equal('succeeded');
    expect(await charges()).to.equal(1);
  });

  it('G8: key_forgotten charges again for the same key, and then remembers it', async () => {
    await cut(pay('pm_sandbox_key_forgotten'));
    const second = await pay('pm_sandbox_key_forgotten');
    expect((await pay('pm_sandbox_key_forgotten')).id).to.equal(second.id);
    expect(await charges()).to.equal(2);
  });

  it('G8: key_forgotten remembers the key for as long as it is configured to', async () => {
    await sandbox.setFaults({ forgetMs: 30_000 });
    await cut(pay('pm_sandbox_key_forgotten'));
    await pay('pm_sandbox_key_forgotten');
    expect(await charges()).to.equal(1);
    aheadMs = 30_000;
    await pay('pm_sandbox_key_forgotten');
    expect(await charges()).to.equal(2);
  });

  it('G10: search_lag keeps a payment from searches, not from lists', async () => {
    await sandbox.setFaults({ searchLagMs: 60_000 });
    const { id } = await pay('pm_sandbox_search_lag', { metadata: { order_id: 'o-1' } });
    const search = async (): Promise<readonly string[]> =>
      (
        await sandbox.stripe.paymentIntents.search({ query: `metadata['order_id']:'o-1'` })
      ).data.map((intent) => intent.id);
    expect(await search()).to.deep.equal([]);
    expect((await sandbox.stripe.paymentIntents.list()).data).to.have.length(1);
    aheadMs = 60_000;
    expect(await search()).to.deep.equal([id]);
  });

  it('G15: refund_fails ends each refund as failed; the money can be asked for again', async () => {
    const { id: payment_intent } = await pay('pm_sandbox_refund_fails');
    for (const key of ['r-1', 'r-2']) {
      const refund = await sandbox.stripe.refunds.create(
        { payment_intent },
        { idempotencyKey: key },
      );
      expect(refund).to.include({
        amount: 4_758,
        status: 'failed',
        failure_reason: 'expired_or_canceled_card',
      });
    }
    expect((await sandbox.refunds()).map(({ status }) => status)).to.deep.equal([
      'failed',
      'failed',
    ]);
  });

  it('G2, G15: refund_answer_lost refunds, and the key then reports it', async () => {
    const { id: payment_intent } = await pay('pm_sandbox_refund_answer_lost');
    const refund = () =>
      sandbox.stripe.refunds.create({ payment_intent }, { idempotencyKey: 'r-1' });
    await cut(refund());
    const [entry] = await sandbox.refunds();
    expect((await refund()).id).to.equal(entry?.id);
    expect(await sandbox.refunds()).to.have.length(1);
  });

  it('G14: a refund of Stripe’s pendingRefund is pending first, and then succeeds', async () => {
    const { id: payment_intent } = await pay('pm_card_pendingRefund');
    const made = () => sandbox.stripe.refunds.create({ payment_intent }, { idempotencyKey: 'r-1' });
    const { id, status } = await made();
    expect(status).to.equal('pending');
    expect(await failureOf(sandbox.stripe.refunds.create({ payment_intent }))).to.include({
      code: 'charge_already_refunded',
    });
    const now = async (): Promise<readonly unknown[]> => [
      (await sandbox.stripe.refunds.retrieve(id)).status,
      (await sandbox.stripe.refunds.list({ payment_intent })).data[0]?.status,
      (await sandbox.refunds())[0]?.status,
      (await made()).status,
    ];
    expect(await now()).to.deep.equal(['pending', 'pending', 'pending', 'pending']);
    sandbox = await sandbox.restart();
    aheadMs = 5_000;
    expect(await now()).to.deep.equal(['succeeded', 'succeeded', 'succeeded', 'pending']);
  });

  it('shows what it shows once for each key also after a restart', async () => {
    for (const method of [
      'pm_sandbox_dropped_before',
      'pm_sandbox_conflict',
      'pm_sandbox_refused',
      'pm_sandbox_rate_limited',
      'pm_sandbox_key_forgotten',
    ]) {
      const send = () =>
        sandbox.stripe.paymentIntents.create(
          { ...PAYMENT, payment_method: method },
          { idempotencyKey: method },
        );
      await errorOf(send());
      sandbox = await sandbox.restart();
      expect((await send()).status, method).to.equal('succeeded');
    }
  });
});
