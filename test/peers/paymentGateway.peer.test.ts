import { expect } from 'chai';
import { createStripeClient } from '../../src/adapters/stripe/client.ts';
import { createStripeGatewayEvents } from '../../src/adapters/stripe/eventList.ts';
import { createStripePaymentGateway } from '../../src/adapters/stripe/paymentGateway.ts';
import { startStripeSandbox } from '../support/stripeSandbox.ts';

// stripe-mock checks requests against Stripe's OpenAPI and answers with fixtures: it knows no
// money, no keys and no declines, so that all it can report is whether Stripe would take the
// request and how it words a refusal.
describe('payment gateway on Stripe, against stripe-mock', () => {
  const connect = (secretKey: string) => {
    const apiUrl = process.env['PEER_STRIPE_URL'];
    if (apiUrl === undefined) throw new Error('PEER_STRIPE_URL is not set');
    return createStripeClient({ secretKey, apiUrl });
  };
  const ORDER = {
    deployment: 'dep1',
    orderId: 'o-1',
    attempt: 1,
    amountMinor: 4_758,
    currency: 'EUR',
    paymentMethod: 'pm_card_visa',
  };

  const charge = async (body: string, secretKey = 'sk_test_123') => {
    const gateway = createStripePaymentGateway(connect(secretKey));
    return (await gateway.charge({ key: 'key-1', body, notAfter: Infinity }))._unsafeUnwrap();
  };

  const bodyOf = (changes: Partial<typeof ORDER> = {}): string =>
    createStripePaymentGateway(connect('sk_test_123'))
      .prepare({ ...ORDER, ...changes })
      ._unsafeUnwrap();

  for (const [what, changes] of [
    ['two decimals', {}],
    ['none', { currency: 'JPY', amountMinor: 5_000 }],
    ['three', { currency: 'KWD', amountMinor: 12_340 }],
    ['signs in the order id', { orderId: 'order with spaces & signs [1]' }],
  ] as const) {
    it(`sends what Stripe's OpenAPI takes: ${what}`, async () => {
      // The fixture is a PaymentIntent that was never confirmed, which only a taken request is
      // answered with.
      expect(await charge(bodyOf(changes))).to.deep.equal({
        type: 'Unknown',
        cause: 'status requires_payment_method',
      });
    });
  }

  for (const [what, suffix] of [
    ['a parameter that Stripe has not', '&no_such_parameter=1'],
    ['a parameter of another type', '&payment_method_options=text'],
  ] as const) {
    it(`would be refused ${what}, as an invalid request that was not executed (G6)`, async () => {
      const outcome = await charge(`${bodyOf()}${suffix}`);
      expect(outcome.type).to.equal('NotExecuted');
      expect(outcome)
        .to.have.property('reason')
        .that.matches(/^(invalid request|refused to every order)/);
    });
  }

  it('is refused an amount that is no integer', async () => {
    const outcome = await charge(bodyOf().replace('amount=4758', 'amount=47.58'));
    expect(outcome.type).to.equal('NotExecuted');
  });

  it('says so when the key is not one of Stripe', async () => {
    expect(await charge(bodyOf(), 'sk_test_not_one')).to.deep.equal({
      type: 'NotExecuted',
      reason: 'authentication failed',
      trouble: 'Misconfigured',
    });
  });

  it("sends a saved method's charge that Stripe's OpenAPI takes", async () => {
    const gateway = createStripePaymentGateway(connect('sk_test_123'));
    const saved = { paymentMethod: 'pm_1', customer: 'cus_1', mandate: 'mandate_1' };
    const body = gateway.prepare({ ...ORDER, ...saved })._unsafeUnwrap();
    expect(await charge(body)).to.include({ type: 'Unknown' });
  });

  it("sends a capture and a release that Stripe's OpenAPI takes", async () => {
    const gateway = createStripePaymentGateway(connect('sk_test_123'));
    const request = { ...ORDER, payment: 'pi_1234567' };
    const post = { key: 'key-1', payment: request.payment, notAfter: Infinity };
    const captured = gateway.prepareCapture(request)._unsafeUnwrap();
    const released = gateway.prepareVoid(request)._unsafeUnwrap();
    // The fixture was never confirmed, which only a taken request is answered with.
    const taken = { type: 'Unknown', cause: 'status requires_payment_method' };
    expect((await gateway.capture({ ...post, body: captured }))._unsafeUnwrap()).to.deep.equal(
      taken,
    );
    expect((await gateway.void({ ...post, body: released }))._unsafeUnwrap()).to.deep.equal(taken);
  });

  for (const act of ['capture', 'void'] as const) {
    it(`would be refused a ${act} with a parameter that Stripe has not (G6)`, async () => {
      const gateway = createStripePaymentGateway(connect('sk_test_123'));
      const post = { key: 'key-1', payment: 'pi_1234567', notAfter: Infinity };
      const outcome = (
        await gateway[act]({ ...post, body: 'no_such_parameter=1' })
      )._unsafeUnwrap();
      expect(outcome.type).to.equal('NotExecuted');
    });
  }

  it("looks at a payment, and at a customer's list, as Stripe's OpenAPI takes it", async () => {
    const gateway = createStripePaymentGateway(connect('sk_test_123'));
    const inspected = await gateway.inspect({ payment: 'pi_1234567' });
    expect(inspected._unsafeUnwrap()).to.include({ type: 'Inspected', status: 'open' });
    const search = { ...ORDER, since: 0, body: '', customer: 'cus_1' };
    const absent = { type: 'Absent', listed: true };
    expect((await gateway.find(search))._unsafeUnwrap()).to.deep.equal(absent);
  });

  const PAYMENT = {
    deployment: 'dep1',
    orderId: 'o-1',
    refundId: 'cancel#1',
    paymentReference: 'pi_1',
  };

  for (const [what, money] of [
    ['two decimals', { currency: 'EUR', amountMinor: 1 }],
    ['none', { currency: 'JPY', amountMinor: 4_999 }],
    ['three', { currency: 'KWD', amountMinor: 12_330 }],
  ] as const) {
    it(`sends a refund that Stripe's OpenAPI takes: ${what}`, async () => {
      const gateway = createStripePaymentGateway(connect('sk_test_123'));
      const body = gateway.prepareRefund({ ...PAYMENT, ...money })._unsafeUnwrap();
      const outcome = (
        await gateway.refund({ key: 'key-1', body, notAfter: Infinity })
      )._unsafeUnwrap();
      expect(outcome.type).to.equal('Refunded');
      expect(outcome).to.have.property('reference').that.matches(/^re_/);
    });
  }

  it('would be refused a refund with a parameter that Stripe has not (G6)', async () => {
    const gateway = createStripePaymentGateway(connect('sk_test_123'));
    const body = 'payment_intent=pi_1&amount=1&no_such_parameter=1';
    const outcome = (
      await gateway.refund({ key: 'key-1', body, notAfter: Infinity })
    )._unsafeUnwrap();
    expect(outcome.type).to.equal('NotExecuted');
    expect(outcome)
      .to.have.property('reason')
      .that.matches(/^(invalid request|refused to every order)/);
  });

  // The fixture is one payment, and one refund, of nobody's: only a taken request is answered with
  // it, and it is nothing of ours only if the metadata is compared.
  it("sends look-ups that Stripe's OpenAPI takes, and finds nothing of its own", async () => {
    const gateway = createStripePaymentGateway(connect('sk_test_123'));
    for (const orderId of ['o-1', `o' OR "x" \\ [1] & ü`]) {
      const found = await gateway.find({ ...ORDER, orderId, since: 0, body: '' });
      expect(found._unsafeUnwrap()).to.deep.equal({ type: 'Absent' });
    }
    const refund = await gateway.findRefund(PAYMENT);
    expect(refund._unsafeUnwrap()).to.deep.equal({ type: 'Absent' });
  });

  it("asks by the name of a payment as Stripe's OpenAPI takes it, and reads it", async () => {
    const gateway = createStripePaymentGateway(connect('sk_test_123'));
    const of = { deployment: 'dep1', orderId: 'o-1', attempt: 1, since: 0, payment: 'pi_1234567' };
    expect((await gateway.retrievePayment(of))._unsafeUnwrap()).to.deep.equal({ type: 'NotOurs' });
    const standing = await gateway.standing({ paymentReference: 'pi_1' });
    expect(standing._unsafeUnwrap()).to.have.property('type', 'Standing');
    expect(standing._unsafeUnwrap()).to.have.nested.property('disputes[0].dispute');
    expect(standing._unsafeUnwrap()).to.have.nested.property('disputes[0].stage');
  });

  it("lists events as Stripe's OpenAPI takes it", async () => {
    const events = createStripeGatewayEvents(connect('sk_test_123'));
    const listed = await events.list({ from: 0, to: Date.UTC(2026, 0, 1) });
    expect(listed._unsafeUnwrap()).to.be.an('array');
  });

  it('reports whose account the key belongs to', async () => {
    const account = await createStripePaymentGateway(connect('sk_test_123')).identify();
    expect(account._unsafeUnwrap()).to.match(/^acct_\w+:test$/);
  });

  it('answers a look-up with a page such as the adapter reads', async () => {
    const stripe = connect('sk_test_123');
    const query = "metadata['order_id']:'o-1'";
    const found = await stripe.paymentIntents.search({ query });
    expect(found).to.include({ object: 'search_result', has_more: false });
    expect(found.data.map(({ object }) => object)).to.deep.equal(['payment_intent']);
    const listed = await stripe.refunds.list({ payment_intent: 'pi_1' });
    expect(listed).to.include({ object: 'list', has_more: false });
    expect(listed.data.map(({ object }) => object)).to.deep.equal(['refund']);
  });

  it('has every field of a PaymentIntent that the sandbox answers with', async () => {
    const sandbox = await startStripeSandbox();
    try {
      const payment = { amount: 100, currency: 'eur', confirm: true, off_session: true };
      const created = await sandbox.stripe.paymentIntents.create({
        ...payment,
        payment_method: 'pm_card_visa',
      });
      const fixture = await connect('sk_test_123').paymentIntents.retrieve('pi_1');
      expect(fixture).to.include.keys(Object.keys(created));
    } finally {
      await sandbox.close();
    }
  });
});
