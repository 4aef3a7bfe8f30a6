import { expect } from 'chai';
import type { Stripe } from 'stripe';
import { createStripePaymentGateway } from '../../../../src/adapters/stripe/paymentGateway.ts';
import {
  CARD_PAYMENT,
  failureOf,
  startStripeSandbox,
  TEST_KEY,
  untilInLedger,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';
import { until } from '../../../support/until.ts';

const PAYMENT = { ...CARD_PAYMENT, metadata: { order_id: 'o-1', attempt: '1' } };
const SLOW_MS = 600;

describe('the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;
  let create: (
    changes?: object,
    idempotencyKey?: string,
  ) => Promise<Stripe.Response<Stripe.PaymentIntent>>;

  const use = (started: StripeSandbox): void => {
    sandbox = started;
    create = (changes = {}, idempotencyKey = 'key-1') =>
      sandbox.stripe.paymentIntents.create({ ...PAYMENT, ...changes }, { idempotencyKey });
  };

  const failure = (changes?: object, key?: string) => failureOf(create(changes, key));

  beforeEach(async () => use(await startStripeSandbox({ slowMs: SLOW_MS })));

  afterEach(() => sandbox.close());

  it('captures, and the ledger reports it', async () => {
    const intent = await create();
    expect(intent).to.deep.include({
      object: 'payment_intent',
      status: 'succeeded',
      amount_received: 4_758,
      currency: 'eur',
      metadata: PAYMENT.metadata,
    });
    const [charge, ...more] = await sandbox.ledger();
    expect(more).to.deep.equal([]);
    expect(charge).to.include({
      id: intent.latest_charge,
      payment_intent: intent.id,
      idempotency_key: 'key-1',
      status: 'succeeded',
      amount: 4_758,
      currency: 'eur',
      order_id: 'o-1',
      attempt: '1',
    });
  });

  it('replays the first answer byte for byte, and says so', async () => {
    const first = await create();
    const second = await create();
    expect(second).to.deep.equal(first);
    const headers = (response: { headers: Record<string, string> }) =>
      response.headers['idempotent-replayed'];
    expect(headers(first.lastResponse)).to.equal(undefined);
    expect(headers(second.lastResponse)).to.equal('true');
  });

  it('replays a decline, and keeps it in the ledger', async () => {
    const decline = { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' };
    const facts = {
      statusCode: 402,
      rawType: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    };
    expect(await failure(decline)).to.deep.equal(facts);
    expect(await failure(decline)).to.deep.equal(facts);
    const [charge, ...more] = await sandbox.ledger();
    expect(more).to.deep.equal([]);
    expect(charge).to.include({ status: 'failed', decline_code: 'insufficient_funds' });
  });

  it('refuses other parameters under a used key, whatever the order of fields (G9)', async () => {
    const first = await create();
    const { amount, ...rest } = PAYMENT;
    const reordered = { ...rest, amount };
    const again = await sandbox.stripe.paymentIntents.create(reordered, {
      idempotencyKey: 'key-1',
    });
    expect(again.id).to.equal(first.id);
    expect(await failure({ amount: 4_759 })).to.deep.equal({
      statusCode: 400,
      rawType: 'idempotency_error',
    });
    expect(await sandbox.ledger()).to.have.length(1);
  });

  it('answers 409 while the first request with the key is under way (G4)', async () => {
    const first = create({ payment_method: 'pm_sandbox_slow' });
    await untilInLedger(sandbox, 1);
    expect(await failure({ payment_method: 'pm_sandbox_slow' })).to.deep.equal({
      statusCode: 409,
      rawType: 'invalid_request_error',
      code: 'idempotency_key_in_use',
    });
    const { id } = await first;
    expect((await create({ payment_method: 'pm_sandbox_slow' })).id).to.equal(id);
    expect(await sandbox.ledger()).to.have.length(1);
  });

  const invalid: readonly [string, object, object][] = [
    ['a missing amount', { amount: undefined }, { code: 'parameter_missing', param: 'amount' }],
    ['an amount of 0', { amount: 0 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['a fraction', { amount: 10.5 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['less than the least', { amount: 49 }, { code: 'amount_too_small', param: 'amount' }],
    ['13 digits', { amount: 1_000_000_000_000 }, { code: 'amount_too_large', param: 'amount' }],
    [
      'a third decimal',
      { amount: 1_001, currency: 'kwd' },
      { code: 'parameter_invalid_integer', param: 'amount' },
    ],
    [
      'half a króna',
      { amount: 550, currency: 'isk' },
      { code: 'parameter_invalid_integer', param: 'amount' },
    ],
    ['an unknown currency', { currency: 'xxx' }, { param: 'currency' }],
    ['an unknown parameter', { amuont: 1 }, { code: 'parameter_unknown', param: 'amuont' }],
    ['a confirmation of tomorrow', { confirm: false }, { param: 'confirm' }],
    ['a capture of another day', { capture_method: 'later' }, { param: 'capture_method' }],
    [
      'a customer of nobody',
      { customer: 'cus_1' },
      { code: 'resource_missing', param: 'customer' },
    ],
    [
      'a mandate of nobody',
      { mandate: 'mandate_1' },
      { code: 'payment_intent_mandate_invalid', param: 'mandate' },
    ],
    ['a bank debit', { payment_method_types: ['sepa_debit'] }, { param: 'payment_method_types' }],
    [
      'an unknown payment method',
      { payment_method: 'pm_1' },
      { code: 'resource_missing', param: 'payment_method' },
    ],
    ['too much metadata', { metadata: { a: 'x'.repeat(501) } }, { param: 'metadata' }],
  ];
  for (const [what, changes, facts] of invalid) {
    it(`refuses ${what} without remembering it under the key (G6)`, async () => {
      const refusal = { statusCode: 400, rawType: 'invalid_request_error', ...facts };
      expect(await failure(changes)).to.deep.equal(refusal);
      expect(await sandbox.ledger()).to.deep.equal([]);
      expect((await create()).status).to.equal('succeeded');
    });
  }

  it('takes test keys alone', async () => {
    for (const key of ['sk_live_1', 'pk_test_1', '']) {
      const answer = await fetch(`${sandbox.url}/v1/payment_intents`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
      });
      expect(answer.status).to.equal(401);
    }
    const answer = await fetch(`${sandbox.url}/v1/payment_intents`, {
      headers: { authorization: `Bearer ${TEST_KEY}` },
    });
    expect(answer.status).to.equal(200);
  });

  it('lists by pages, the newest first, and finds each by its id', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await create({}, `key-${n}`)).id);
    const listed: string[] = [];
    for await (const { id } of sandbox.stripe.paymentIntents.list({ limit: 2 })) listed.push(id);
    expect(listed).to.deep.equal(ids.toReversed());
    const [id = ''] = ids;
    expect((await sandbox.stripe.paymentIntents.retrieve(id)).id).to.equal(id);
    const missing = await sandbox.stripe.paymentIntents.retrieve('pi_0').catch((error) => error);
    expect(missing).to.include({ statusCode: 404, code: 'resource_missing' });
  });

  it('keeps keys, drops and ledger over a restart', async () => {
    const first = await create();
    const dropped = { payment_method: 'pm_sandbox_dropped_before' };
    await create(dropped, 'key-2').catch(() => undefined);
    const ledger = await sandbox.ledger();
    use(await sandbox.restart());
    expect(await sandbox.ledger()).to.deep.equal(ledger);
    expect((await create()).id).to.equal(first.id);
    expect((await create(dropped, 'key-2')).status).to.equal('succeeded');
    expect(await sandbox.ledger()).to.have.length(2);
  });

  it('stops at once though a slow answer is under way, and gives it after a restart', async () => {
    await sandbox.close();
    use(await startStripeSandbox({ slowMs: 3_600_000 }));
    const slow = { payment_method: 'pm_sandbox_slow' };
    const underWay = create(slow).catch(() => undefined);
    await untilInLedger(sandbox, 1);
    use(await sandbox.restart());
    await underWay;
    expect((await create(slow)).status).to.equal('succeeded');
    expect(await sandbox.ledger()).to.have.length(1);
  });

  it('G1, F23: beyond the time-out is Unknown; the key then reports the one capture', async () => {
    await sandbox.close();
    use(await startStripeSandbox({ slowMs: SLOW_MS, timeoutMs: SLOW_MS / 2 }));
    const gateway = createStripePaymentGateway(sandbox.stripe);
    const request = {
      deployment: '',
      orderId: 'o-1',
      attempt: 1,
      amountMinor: 4_758,
      currency: 'EUR',
    };
    const body = gateway.prepare({ ...request, paymentMethod: 'pm_sandbox_slow' })._unsafeUnwrap();
    const charge = async () =>
      (await gateway.charge({ key: 'key-1', body, notAfter: Infinity }))._unsafeUnwrap();
    expect(await charge()).to.include({ type: 'Unknown', cause: 'timed out' });
    const last = await until(
      'the key has an outcome',
      async () => {
        const outcome = await charge();
        return outcome.type === 'Unknown' ? undefined : outcome.type;
      },
      { everyMs: 5 },
    );
    expect(last).to.equal('Captured');
    expect(await sandbox.ledger()).to.have.length(1);
  });
});
