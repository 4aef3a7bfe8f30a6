import { expect } from 'chai';
import type { Stripe } from 'stripe';
import { Store } from '../../../../src/adapters/embedded/stripe/store.ts';
import { STRIPE_API_VERSION } from '../../../../src/adapters/stripe/client.ts';
import {
  CARD_PAYMENT,
  authorise,
  failureOf,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

const PAYMENT = { ...CARD_PAYMENT, metadata: { order_id: 'o-1', attempt: '1' } };
const DAY_MS = 86_400_000;

describe('events of the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.UTC(2030, 0, 1);
    sandbox = await startStripeSandbox({ now: () => nowMs });
  });

  afterEach(() => sandbox.close());

  const pay = (changes: object = {}, idempotencyKey = 'pay'): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({ ...PAYMENT, ...changes }, { idempotencyKey });

  /** The oldest first. */
  const events = async (query: Stripe.EventListParams = {}): Promise<readonly Stripe.Event[]> =>
    (await sandbox.stripe.events.list({ limit: 100, ...query })).data.toReversed();

  const types = async (query: Stripe.EventListParams = {}): Promise<readonly string[]> =>
    (await events(query)).map(({ type }) => type);

  it('has one of a captured payment, as Stripe has it', async () => {
    const { id: payment } = await pay();
    const object = JSON.parse(
      JSON.stringify(await sandbox.stripe.paymentIntents.retrieve(payment)),
    );
    const [event, ...more] = await events();
    expect(more).to.deep.equal([]);
    const { id, ...facts } = event as Stripe.Event;
    expect(id).to.match(/^evt_\w{24}$/);
    expect(facts).to.deep.equal({
      object: 'event',
      api_version: STRIPE_API_VERSION,
      created: nowMs / 1_000,
      data: { object },
      livemode: false,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: 'pay' },
      type: 'payment_intent.succeeded',
    });
    expect(await sandbox.stripe.events.retrieve(id)).to.deep.include({ id, ...facts });
  });

  it('has them of declines, authorisations, captures and releases', async () => {
    await pay({ payment_method: 'pm_card_visa_chargeDeclined' }).catch(() => undefined);
    const [captured, released] = [await authorise(sandbox.stripe), await authorise(sandbox.stripe)];
    await sandbox.stripe.paymentIntents.capture(captured, { amount_to_capture: 1_000 });
    await sandbox.stripe.paymentIntents.cancel(released);
    const all = (await events()).map(({ type, data: { object } }) => [
      type,
      (object as Stripe.PaymentIntent).status,
    ]);
    expect(all).to.have.deep.members([
      ['payment_intent.payment_failed', 'requires_payment_method'],
      ['payment_intent.amount_capturable_updated', 'requires_capture'],
      ['payment_intent.amount_capturable_updated', 'requires_capture'],
      ['payment_intent.succeeded', 'succeeded'],
      ['payment_intent.canceled', 'canceled'],
    ]);
  });

  it('has one of a customer who had to authenticate the payment', async () => {
    const method = { paymentMethod: 'pm_card_authenticationRequired' };
    await authorise(sandbox.stripe, method);
    expect(await types()).to.deep.equal([
      'payment_intent.requires_action',
      'payment_intent.amount_capturable_updated',
    ]);
  });

  it('has them of refunds, each with the charge as it then was', async () => {
    const { id: payment_intent } = await pay();
    await sandbox.stripe.refunds.create({ payment_intent, amount: 1_000 });
    await sandbox.stripe.refunds.create({ payment_intent });
    expect(await types()).to.deep.equal([
      'payment_intent.succeeded',
      'refund.created',
      'charge.refunded',
      'refund.created',
      'charge.refunded',
    ]);
    const charges = (await events({ type: 'charge.refunded' })).map(
      ({ data: { object } }) => object as Stripe.Charge,
    );
    expect(charges.map((charge) => [charge.amount_refunded, charge.refunded])).to.deep.equal([
      [1_000, false],
      [4_758, true],
    ]);
  });

  it('has one of a refund that failed, and none of money that left', async () => {
    const { id: payment_intent } = await pay({ payment_method: 'pm_sandbox_refund_fails' });
    await sandbox.stripe.refunds.create({ payment_intent });
    expect(await types()).to.deep.equal([
      'payment_intent.succeeded',
      'refund.created',
      'refund.failed',
    ]);
  });

  it('has those that time alone brings once their time has come, and not before', async () => {
    const held = await authorise(sandbox.stripe);
    const { id: payment_intent } = await pay({ payment_method: 'pm_card_pendingRefund' });
    await sandbox.stripe.refunds.create({ payment_intent });
    const later = { types: ['refund.updated', 'payment_intent.canceled'] };
    expect(await events(later)).to.deep.equal([]);
    nowMs += 4_999;
    expect(await events(later)).to.deep.equal([]);
    nowMs += 1;
    const [updated, ...more] = await events(later);
    expect(more).to.deep.equal([]);
    expect(updated).to.deep.nested.include({
      type: 'refund.updated',
      'data.previous_attributes': { status: 'pending' },
      'data.object.status': 'succeeded',
      request: { id: null, idempotency_key: null },
    });
    nowMs += 7 * DAY_MS;
    const [, expired] = await events(later);
    expect(expired).to.deep.nested.include({
      type: 'payment_intent.canceled',
      created: Date.UTC(2030, 0, 8) / 1_000,
      'data.object.id': held,
      'data.object.cancellation_reason': 'automatic',
    });
  });

  it('has no expiry of what was captured or made to expire before', async () => {
    const [captured, expired] = [await authorise(sandbox.stripe), await authorise(sandbox.stripe)];
    await sandbox.stripe.paymentIntents.capture(captured);
    await fetch(`${sandbox.url}/sandbox/payments/${expired}/expire`, { method: 'POST' });
    nowMs += 7 * DAY_MS;
    expect(await types({ type: 'payment_intent.canceled' })).to.deep.equal([
      'payment_intent.canceled',
    ]);
  });

  it('has the same ones after a restart, whenever anybody looked', async () => {
    await authorise(sandbox.stripe);
    const { id: payment_intent } = await pay({ payment_method: 'pm_card_pendingRefund' });
    await sandbox.stripe.refunds.create({ payment_intent, amount: 1_000 });
    nowMs += 5_000;
    await events();
    await sandbox.stripe.refunds.create({ payment_intent, amount: 2_000 });
    nowMs += 8 * DAY_MS;
    const before = await events();
    expect(before).to.have.length(9);
    sandbox = await sandbox.restart();
    expect(await events()).to.deep.equal(before);
  });

  it('says nothing of a time in which a record is being written that may change it', async () => {
    const written: (() => void)[] = [];
    const store = new Store({
      *entries() {},
      append: () => new Promise((resolve) => void written.push(() => resolve(undefined))),
      close: async () => {},
    });
    const now = { type: 'Expired', account: 'acct_1', payment: 'pi_1', atMs: 99 } as const;
    const later = { ...now, atMs: 101 };
    const appended = [now, later].map((record) => store.append(record));
    expect(store.settledMs(200)).to.equal(98);
    written.shift()?.();
    await appended[0];
    expect(store.settledMs(200)).to.equal(100);
    written.shift()?.();
    await appended[1];
    expect(store.settledMs(200)).to.equal(200);
  });

  it('has what the answer hid, and once what was answered again', async () => {
    await sandbox.setFaults({ percent: { 'server-error-executed': 100 } });
    await pay().catch(() => undefined);
    await sandbox.setFaults({});
    await pay().catch(() => undefined);
    expect(await types()).to.deep.equal(['payment_intent.succeeded']);
  });

  it('lists them by pages, newest first, and by type and time', async () => {
    for (let n = 0; n < 5; n += 1) {
      await pay({}, `pay-${n}`);
      nowMs += 1_000;
    }
    const all = (await events()).toReversed().map(({ id }) => id);
    const listed: string[] = [];
    for await (const { id } of sandbox.stripe.events.list({ limit: 2 })) listed.push(id);
    expect(listed).to.deep.equal(all);
    const [, second, third] = (await events()).toReversed();
    const since = second?.created ?? 0;
    expect((await events({ created: { gte: since } })).length).to.equal(2);
    expect((await events({ created: { gt: since } })).length).to.equal(1);
    expect((await events({ created: { lt: since } })).at(-1)?.id).to.equal(third?.id);
    expect(await events({ type: 'payment_intent.*' })).to.have.length(5);
    expect(await events({ types: ['refund.created', 'refund.failed'] })).to.deep.equal([]);
    const { object, url } = await sandbox.stripe.events.list();
    expect({ object, url }).to.deep.equal({ object: 'list', url: '/v1/events' });
  });

  it('keeps them for 30 days', async () => {
    await pay();
    nowMs += 30 * DAY_MS - 1;
    expect(await events()).to.have.length(1);
    nowMs += 1;
    expect(await events()).to.deep.equal([]);
  });

  it('shows them to their own account alone', async () => {
    await pay();
    const answer = await fetch(`${sandbox.url}/v1/events`, {
      headers: { authorization: 'Bearer sk_test_another' },
    });
    expect(await answer.json()).to.deep.include({ data: [], has_more: false });
  });

  it('refuses what it does not know', async () => {
    const { events: list } = sandbox.stripe;
    for (const [query, param] of [
      [{ delivery_success: true }, 'delivery_success'],
      [{ limit: 101 }, 'limit'],
      [{ type: 'refund.failed', types: ['refund.failed'] }, 'types'],
      [{ types: [''] }, 'types'],
      [{ created: { gt: -1 } }, 'created[gt]'],
    ] as const) {
      const asked = list.list(query as unknown as Stripe.EventListParams);
      expect(await failureOf(asked)).to.include({ statusCode: 400, param });
    }
    for (const asked of [list.retrieve('evt_0'), list.list({ starting_after: 'evt_0' })]) {
      expect(await failureOf(asked)).to.include({ statusCode: 404, code: 'resource_missing' });
    }
  });
});
