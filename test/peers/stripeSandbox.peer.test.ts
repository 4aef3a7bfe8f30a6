import { expect } from 'chai';
import type { Stripe } from 'stripe';
import { createStripeClient } from '../../src/adapters/stripe/client.ts';
import { startStripeSandbox, type StripeSandbox } from '../support/stripeSandbox.ts';

// stripe-mock checks requests against Stripe's OpenAPI and answers with fixtures of it: what the
// sandbox is asked has to be taken there too, and what it answers must have no field that Stripe's
// has not.
describe('the Stripe sandbox, beside stripe-mock', () => {
  let sandbox: StripeSandbox;
  let mock: Stripe;

  before(() => {
    const apiUrl = process.env['PEER_STRIPE_URL'];
    if (apiUrl === undefined) throw new Error('PEER_STRIPE_URL is not set');
    mock = createStripeClient({ secretKey: 'sk_test_123', apiUrl });
  });

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
  });

  afterEach(() => sandbox.close());

  const pay = (payment_method: string): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({
      amount: 4_758,
      currency: 'eur',
      confirm: true,
      off_session: true,
      payment_method,
      metadata: { order_id: 'o-1' },
    });

  for (const method of ['pm_card_visa', 'pm_sandbox_refund_fails']) {
    it(`answers a refund of ${method} with fields of Stripe's alone`, async () => {
      const { id: payment_intent } = await pay(method);
      const asked: Stripe.RefundCreateParams = {
        payment_intent,
        amount: 1_000,
        reason: 'requested_by_customer',
        metadata: { refund_id: 'r-1' },
      };
      const [ours, theirs] = [
        await sandbox.stripe.refunds.create(asked),
        await mock.refunds.create(asked),
      ];
      expect([...Object.keys(theirs), ...OPTIONAL]).to.include.members(Object.keys(ours));
    });
  }

  it("answers a shop's checkout with fields of Stripe's alone", async () => {
    const { stripe } = sandbox;
    const { id: customer } = await stripe.customers.create({ name: 'Ada' });
    const { id: method } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    const hold = () =>
      stripe.paymentIntents.create({
        amount: 4_758,
        currency: 'eur',
        confirm: true,
        capture_method: 'manual',
        customer,
        payment_method: method,
      });
    const [one, other] = [await hold(), await hold()];
    const part = { amount_to_capture: 1_000, metadata: { order_id: 'o-1' } };
    const reason = { cancellation_reason: 'requested_by_customer' } as const;
    for (const [ours, theirs] of [
      [await stripe.customers.create({}), await mock.customers.create({})],
      [
        await stripe.paymentMethods.attach('pm_card_visa', { customer }),
        await mock.paymentMethods.attach('pm_card_visa', { customer: 'cus_1' }),
      ],
      [
        await stripe.paymentIntents.capture(one.id, part),
        await mock.paymentIntents.capture('pi_1', part),
      ],
      [
        await stripe.paymentIntents.cancel(other.id, reason),
        await mock.paymentIntents.cancel('pi_1', reason),
      ],
      [
        await stripe.charges.retrieve(one.latest_charge as string),
        await mock.charges.retrieve('ch_1'),
      ],
      [
        await stripe.paymentIntents.list({ customer, created: { gte: 0 } }),
        await mock.paymentIntents.list({ customer: 'cus_1', created: { gte: 0 } }),
      ],
    ] as const) {
      expect([...Object.keys(theirs), ...OPTIONAL]).to.include.members(Object.keys(ours));
    }
  });

  it("answers with fields of Stripe's alone what happens later", async () => {
    const { stripe } = sandbox;
    const slow = await pay('pm_sandbox_processing_fails');
    const { id: payment_intent } = await pay('pm_card_refundFail');
    await stripe.refunds.create({ payment_intent, amount: 1_000 });
    const { id } = await sandbox.act(`payments/${payment_intent}/dispute`);
    await sandbox.act(`disputes/${id}/close`, { isWon: true });
    await sandbox.act(`settle/${slow.id}`, { fails: true });
    const dispute = await stripe.disputes.retrieve(id);
    const ofStripe = await mock.disputes.retrieve('du_1');
    const payment = [...Object.keys(await mock.paymentIntents.retrieve('pi_1')), ...OPTIONAL];
    expect(payment).to.include.members(Object.keys(await stripe.paymentIntents.retrieve(slow.id)));
    for (const [ours, theirs] of [
      [dispute, ofStripe],
      [dispute.evidence, ofStripe.evidence],
      [dispute.evidence_details, ofStripe.evidence_details],
      ...(await stripe.events.list({ limit: 100 })).data.map((event) => [event, EVENT] as const),
    ] as const) {
      expect([...Object.keys(theirs), ...OPTIONAL]).to.include.members(Object.keys(ours));
    }
    const { data } = await mock.events.list();
    expect(Object.keys(data[0] ?? {})).to.include.members(Object.keys(EVENT));
  });

  it("takes look-ups as Stripe does, and answers with lists of Stripe's fields alone", async () => {
    const { id: payment_intent } = await pay('pm_card_visa');
    const query = `metadata['order_id']:'o-1' AND status:'succeeded'`;
    for (const ask of [
      (stripe: Stripe) => stripe.paymentIntents.search({ query, limit: 2 }),
      (stripe: Stripe) => stripe.paymentIntents.list({ limit: 2 }),
      (stripe: Stripe) => stripe.refunds.list({ payment_intent, limit: 2 }),
      (stripe: Stripe) => stripe.disputes.list({ payment_intent, limit: 2, created: { gt: 0 } }),
      (stripe: Stripe) => stripe.disputes.list({ charge: 'ch_1', limit: 2 }),
      (stripe: Stripe) => stripe.events.list({ type: 'refund.failed', created: { gte: 0 } }),
      (stripe: Stripe) => stripe.events.list({ types: ['refund.failed', 'refund.created'] }),
    ]) {
      const [ours, theirs] = [await ask(sandbox.stripe), await ask(mock)];
      expect([...Object.keys(theirs), ...OPTIONAL]).to.include.members(Object.keys(ours));
      expect(ours).to.include({ object: theirs.object, url: theirs.url });
    }
  });
});

/** https://docs.stripe.com/api/events/object */
const EVENT = {
  id: '',
  object: 'event',
  api_version: '',
  created: 0,
  data: {},
  livemode: false,
  pending_webhooks: 0,
  request: null,
  type: '',
};

/** In Stripe's OpenAPI, and in none of stripe-mock's fixtures; but for `dispute` of a charge. */
const OPTIONAL: readonly string[] = [
  // Stripe sends it, and its OpenAPI has it no longer.
  'dispute',
  // Of a dispute; the second is newer than stripe-mock.
  'payment_method_details',
  'submission_method',
  'destination_details',
  'failure_balance_transaction',
  'failure_reason',
  'next_page',
];
