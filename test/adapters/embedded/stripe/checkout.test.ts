import { expect } from 'chai';
import type { Stripe } from 'stripe';
import {
  authorise,
  failureOf,
  saveMethod,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

const INVALID = { statusCode: 400, rawType: 'invalid_request_error' };
const STATE = { ...INVALID, code: 'payment_intent_unexpected_state' };

describe('a shop’s checkout at the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;
  let stripe: Stripe;
  let aheadMs = 0;

  beforeEach(async () => {
    aheadMs = 0;
    const begun = Date.now();
    sandbox = await startStripeSandbox({ now: () => begun + aheadMs });
    ({ stripe } = sandbox);
  });

  afterEach(() => sandbox.close());

  it('holds an authorised payment without moving money, and shows it in its charge', async () => {
    const id = await authorise(stripe, { orderId: 'o-1' });
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent).to.deep.include({
      status: 'requires_capture',
      amount: 4_758,
      amount_capturable: 4_758,
      amount_received: 0,
      capture_method: 'manual',
      metadata: { order_id: 'o-1' },
    });
    const charge = intent.latest_charge as Stripe.Charge;
    expect(charge).to.include({ captured: false, amount_captured: 0, payment_intent: id });
    const { card } = charge.payment_method_details ?? {};
    expect(card?.capture_before).to.equal(intent.created + 7 * 86_400);
    expect(await stripe.charges.retrieve(charge.id)).to.deep.include({ ...charge });
    const [entry] = await sandbox.ledger();
    expect(entry).to.include({ status: 'authorised', amount: 4_758, order_id: 'o-1' });
  });

  it('captures with the metadata of the capture beside the shop’s', async () => {
    const id = await authorise(stripe, { orderId: 'shop-7' });
    const metadata = { order_id: 'o-1', attempt: '1' };
    const captured = await stripe.paymentIntents.capture(id, { amount_to_capture: 1, metadata });
    expect(captured).to.deep.include({ status: 'succeeded', amount_received: 1, metadata });
    const { data } = await stripe.paymentIntents.search({ query: "metadata['order_id']:'o-1'" });
    expect(data.map((found) => found.id)).to.deep.equal([id]);
  });

  it('refuses in Stripe’s words, and shows the payment as it stands', async () => {
    const [held, captured, released] = [
      await authorise(stripe),
      await authorise(stripe),
      await authorise(stripe),
    ];
    await stripe.paymentIntents.capture(captured);
    await stripe.paymentIntents.cancel(released);
    const { paymentIntents } = stripe;
    for (const [asked, facts] of [
      [() => paymentIntents.capture(captured), STATE],
      [() => paymentIntents.capture(released), STATE],
      [() => paymentIntents.cancel(captured), STATE],
      [() => paymentIntents.cancel(released), STATE],
      [
        () => paymentIntents.capture(held, { amount_to_capture: 4_759 }),
        { ...INVALID, code: 'amount_too_large' },
      ],
      [
        () => paymentIntents.capture(held, { amount_to_capture: 0 }),
        { ...INVALID, code: 'parameter_invalid_integer', param: 'amount' },
      ],
      [
        () => paymentIntents.capture(held, { amount_to_capture: -1 }),
        { ...INVALID, param: 'amount_to_capture' },
      ],
      [
        () => paymentIntents.cancel(held, { cancellation_reason: 'because' }),
        { ...INVALID, param: 'cancellation_reason' },
      ],
      [
        () => paymentIntents.capture('pi_nobody'),
        { ...INVALID, statusCode: 404, code: 'resource_missing', param: 'intent' },
      ],
    ] as const) {
      expect(await failureOf(asked())).to.deep.equal(facts);
    }
    const shown = await paymentIntents
      .capture(captured)
      .catch((error: Stripe.errors.StripeError) => error.payment_intent);
    expect(shown).to.include({ id: captured, status: 'succeeded', amount_received: 4_758 });
    const { amount_capturable } = await paymentIntents.retrieve(held);
    expect(amount_capturable).to.equal(4_758);
  });

  it('lets an authorisation expire after seven days, and not before', async () => {
    const id = await authorise(stripe);
    const { created } = await stripe.paymentIntents.retrieve(id);
    const status = async () => (await stripe.paymentIntents.retrieve(id)).status;
    aheadMs = 7 * 86_400_000 - 2_000;
    expect(await status()).to.equal('requires_capture');
    aheadMs += 2_000;
    const expired = await stripe.paymentIntents.retrieve(id);
    expect(expired).to.include({
      status: 'canceled',
      cancellation_reason: 'automatic',
      canceled_at: created + 7 * 86_400,
      amount_capturable: 0,
    });
    const [entry] = await sandbox.ledger();
    expect(entry).to.include({ status: 'canceled' });
  });

  it('lists the payments of one customer at once, by pages and by their time', async () => {
    const { customer, paymentMethod } = await saveMethod(stripe, 'pm_card_visa');
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ids.unshift(await authorise(stripe, { customer, paymentMethod }));
      await authorise(stripe);
      aheadMs += 10_000;
    }
    const list = async (more: Stripe.PaymentIntentListParams = {}) =>
      (await stripe.paymentIntents.list({ customer, ...more })).data.map(({ id }) => id);
    expect(await list()).to.deep.equal(ids);
    expect(await list({ limit: 2 })).to.deep.equal(ids.slice(0, 2));
    expect(await list({ starting_after: ids[1] ?? '' })).to.deep.equal(ids.slice(2));
    const { created } = await stripe.paymentIntents.retrieve(ids[1] ?? '');
    for (const [filter, expected] of [
      [{ gte: created }, ids.slice(0, 2)],
      [{ gt: created }, ids.slice(0, 1)],
      [{ lte: created }, ids.slice(1)],
      [{ lt: created }, ids.slice(2)],
    ] as const) {
      expect(await list({ created: filter }), JSON.stringify(filter)).to.deep.equal(expected);
    }
    const unknown = stripe.paymentIntents.list({ customer: 'cus_nobody' });
    const missing = { ...INVALID, code: 'resource_missing', param: 'customer' };
    expect(await failureOf(unknown)).to.deep.equal(missing);
  });

  it('charges a saved method for its customer alone, in Stripe’s words', async () => {
    const { customer, paymentMethod, mandate } = await saveMethod(stripe, 'pm_card_visa');
    const other = await saveMethod(stripe, 'pm_card_visa');
    const pay = (changes: object) =>
      stripe.paymentIntents.create({
        amount: 100,
        currency: 'eur',
        confirm: true,
        off_session: true,
        payment_method: paymentMethod,
        ...changes,
      });
    expect(await pay({ customer, mandate })).to.include({ status: 'succeeded', customer });
    for (const [changes, facts] of [
      [{}, { code: 'parameter_missing', param: 'source' }],
      [{ customer: other.customer }, { param: 'payment_method' }],
      [
        { customer, mandate: other.mandate },
        { code: 'payment_intent_mandate_invalid', param: 'mandate' },
      ],
    ] as const) {
      expect(await failureOf(pay(changes))).to.deep.equal({ ...INVALID, ...facts });
    }
    const attach = stripe.paymentMethods.attach('pm_card_visa', { customer: 'cus_nobody' });
    const missing = { ...INVALID, code: 'resource_missing', param: 'customer' };
    expect(await failureOf(attach)).to.deep.equal(missing);
  });

  it('shows a saved method’s refunds as those of what it was made of', async () => {
    const { customer, paymentMethod } = await saveMethod(stripe, 'pm_card_pendingRefund');
    const payment_intent = await authorise(stripe, { customer, paymentMethod });
    await stripe.paymentIntents.capture(payment_intent);
    expect((await stripe.refunds.create({ payment_intent })).status).to.equal('pending');
  });

  it('passes 3-D Secure where the customer is there, and declines as a bank does', async () => {
    const secured = { paymentMethod: 'pm_card_authenticationRequired' };
    expect(await authorise(stripe, secured)).to.match(/^pi_/);
    const declined = authorise(stripe, { paymentMethod: 'pm_card_visa_chargeDeclinedLostCard' });
    expect(await failureOf(declined)).to.include({ statusCode: 402, decline_code: 'lost_card' });
  });

  it('meets no fault, however much goes wrong for Paidonce', async () => {
    await sandbox.setFaults({ percent: { dropped: 100 } });
    const id = await authorise(stripe, { paymentMethod: 'pm_sandbox_answer_lost' });
    expect(id).to.match(/^pi_/);
    expect(await failureOf(stripe.paymentIntents.capture(id))).to.include({
      statusCode: undefined,
    });
  });

  it('expires no payment of nobody, nor one that is captured', async () => {
    const expire = (id: string) =>
      fetch(`${sandbox.url}/sandbox/payments/${id}/expire`, { method: 'POST' });
    expect((await expire('pi_nobody')).status).to.equal(404);
    const id = await authorise(stripe);
    await stripe.paymentIntents.capture(id);
    expect((await expire(id)).status).to.equal(400);
  });

  it('expands nothing that it does not know', async () => {
    const id = await authorise(stripe);
    const asked = stripe.paymentIntents.retrieve(id, { expand: ['customer'] });
    expect(await failureOf(asked)).to.deep.equal({ ...INVALID, param: 'expand' });
  });
});
