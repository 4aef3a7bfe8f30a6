import { expect } from 'chai';
import type { Stripe } from 'stripe';
import {
  failureOf,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

const PAYMENT = { amount: 4_758, currency: 'eur', confirm: true, off_session: true };
const LATE_MS = 5_000;

describe('slow payments and refunds of the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.UTC(2030, 0, 1);
    sandbox = await startStripeSandbox({ now: () => nowMs });
  });

  afterEach(() => sandbox.close());

  const pay = (payment_method: string): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({ ...PAYMENT, payment_method });

  const payment = (id: string) => sandbox.stripe.paymentIntents.retrieve(id);

  const types = async (): Promise<readonly string[]> =>
    (await sandbox.stripe.events.list({ limit: 100 })).data.map(({ type }) => type).toReversed();

  const held = async (): Promise<number | undefined> => (await sandbox.ledger())[0]?.held;

  it('processes a payment for a time, which then succeeds', async () => {
    const { id, status, amount_received } = await pay('pm_sandbox_processing_succeeds');
    expect({ status, amount_received }).to.deep.equal({ status: 'processing', amount_received: 0 });
    const { latest_charge: charge } = await payment(id);
    const { status: pending, paid } = await sandbox.stripe.charges.retrieve(charge as string);
    expect({ pending, paid }).to.deep.equal({ pending: 'pending', paid: false });
    expect(await held()).to.equal(0);
    nowMs += LATE_MS - 1;
    expect((await payment(id)).status).to.equal('processing');
    nowMs += 1;
    expect(await payment(id)).to.include({ status: 'succeeded', amount_received: 4_758 });
    expect(await types()).to.deep.equal(['payment_intent.processing', 'payment_intent.succeeded']);
    expect(await held()).to.equal(4_758);
  });

  it('processes a payment for a time, which then fails', async () => {
    const { id } = await pay('pm_sandbox_processing_fails');
    nowMs += LATE_MS;
    const { status, last_payment_error: failure } = await payment(id);
    expect(status).to.equal('requires_payment_method');
    expect(failure?.decline_code).to.equal('insufficient_funds');
    expect(await types()).to.deep.equal([
      'payment_intent.processing',
      'payment_intent.payment_failed',
    ]);
    const refund = sandbox.stripe.refunds.create({ payment_intent: id });
    expect(await failureOf(refund)).to.include({ statusCode: 400 });
  });

  it('processes a payment for ever, until somebody settles it', async () => {
    const { id } = await pay('pm_sandbox_processing_never_ends');
    nowMs += 30 * 86_400_000;
    expect((await payment(id)).status).to.equal('processing');
    const refusal = await failureOf(sandbox.stripe.paymentIntents.cancel(id));
    expect(refusal).to.include({ code: 'payment_intent_unexpected_state' });
    expect(await sandbox.act(`settle/${id}`)).to.include({ code: 200, id, status: 'succeeded' });
    expect(await payment(id)).to.include({ status: 'succeeded', amount_received: 4_758 });
    expect((await sandbox.act(`settle/${id}`, { fails: true })).error?.message).to.match(
      /Nothing of pi_\w+ is left to end like that/,
    );
  });

  it('ends early what somebody settles, and once', async () => {
    const { id } = await pay('pm_sandbox_processing_succeeds');
    await sandbox.act(`settle/${id}`, { fails: true });
    nowMs += LATE_MS;
    expect((await payment(id)).status).to.equal('requires_payment_method');
    expect(await types()).to.deep.equal([
      'payment_intent.processing',
      'payment_intent.payment_failed',
    ]);
  });

  for (const [method, first, later, left] of [
    ['pm_card_pendingRefund', 'pending', 'succeeded', 0],
    ['pm_card_refundFail', 'succeeded', 'failed', 4_758],
    ['pm_sandbox_refund_pending_fails', 'pending', 'failed', 4_758],
    ['pm_sandbox_refund_pending_never_ends', 'pending', 'pending', 0],
  ] as const) {
    it(`gives a refund of ${method}, ${first} at first and ${later} later`, async () => {
      const { id: payment_intent } = await pay(method);
      const { id, status } = await sandbox.stripe.refunds.create({ payment_intent });
      expect(status).to.equal(first);
      expect(await held()).to.equal(0);
      nowMs += LATE_MS;
      const refund = await sandbox.stripe.refunds.retrieve(id);
      expect(refund.status).to.equal(later);
      expect(refund.failure_reason).to.equal(
        later === 'failed' ? 'expired_or_canceled_card' : undefined,
      );
      const change = later === first ? [] : ['refund.updated'];
      expect((await types()).slice(1)).to.deep.equal([
        'refund.created',
        'charge.refunded',
        ...change,
        ...(later === 'failed' ? ['refund.failed'] : []),
      ]);
      expect(await held()).to.equal(left);
      const before = await sandbox.stripe.events.list({ limit: 100 });
      sandbox = await sandbox.restart();
      const { data } = await sandbox.stripe.events.list({ limit: 100 });
      expect(data).to.deep.equal(before.data);
    });
  }

  it('lets a refund fail that had succeeded, and its money be refunded again', async () => {
    const { id: payment_intent } = await pay('pm_card_visa');
    const { id } = await sandbox.stripe.refunds.create({ payment_intent });
    expect(await sandbox.act(`settle/${id}`, { fails: true })).to.include({
      code: 200,
      id,
      status: 'failed',
    });
    expect((await sandbox.act(`settle/${id}`)).code).to.equal(400);
    expect((await sandbox.stripe.refunds.create({ payment_intent })).amount).to.equal(4_758);
  });

  it('settles nothing that there is not, and by no setting of its own', async () => {
    for (const id of ['pi_0', 're_0', 'du_0']) {
      expect((await sandbox.act(`settle/${id}`)).error?.code).to.equal('resource_missing');
    }
    const { id } = await pay('pm_sandbox_processing_never_ends');
    expect((await sandbox.act(`settle/${id}`, { fail: true })).error?.code).to.equal(
      'parameter_unknown',
    );
    expect((await sandbox.act(`settle/${id}`, { fails: 'no' })).code).to.equal(400);
  });
});
