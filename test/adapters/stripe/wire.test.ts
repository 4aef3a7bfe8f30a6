import { expect } from 'chai';
import fc from 'fast-check';
import type { ServerResponse } from 'node:http';
import type { ChargeOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { createStripeClient, STRIPE_API_VERSION } from '../../../src/adapters/stripe/client.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { STRIPE_TIMEOUT_MS } from '../../../src/adapters/stripe/rules.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';
import { TEST_KEY } from '../../support/stripeSandbox.ts';

const BODY =
  'amount=4758&currency=eur&confirm=true&off_session=true&payment_method=pm_card_visa' +
  '&payment_method_types[0]=card&metadata[order_id]=o-1&metadata[attempt]=1';
/** For requests that are to run into it; the others get the product's own. */
const SHORT_MS = 150;

const ANSWER = JSON.stringify({
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 4_758,
  currency: 'eur',
});

const gatewayAt = (apiUrl: string, timeoutMs = STRIPE_TIMEOUT_MS) =>
  createStripePaymentGateway(createStripeClient({ secretKey: TEST_KEY, apiUrl, timeoutMs }));

describe("the Stripe adapter's requests", () => {
  let server: ScriptedServer;
  let react: (response: ServerResponse) => void;

  beforeEach(async () => {
    react = (response) => response.end(ANSWER);
    server = await startScriptedServer((response) => react(response));
  });

  afterEach(() => server.close());

  const charge = async (body = BODY, key = 'key-1'): Promise<ChargeOutcome> =>
    (await gatewayAt(server.url).charge({ key, body, notAfter: Infinity }))._unsafeUnwrap();

  const chargeInHaste = async (): Promise<ChargeOutcome> =>
    (
      await gatewayAt(server.url, SHORT_MS).charge({ key: 'key-1', body: BODY, notAfter: Infinity })
    )._unsafeUnwrap();

  it('hold the frozen body byte by byte, the key and the version', async () => {
    await charge();
    const [request, ...more] = server.seen;
    expect(more).to.deep.equal([]);
    expect(request).to.include({ method: 'POST', url: '/v1/payment_intents', body: BODY });
    expect(request?.headers).to.include({
      authorization: `Bearer ${TEST_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': 'key-1',
      'stripe-version': STRIPE_API_VERSION,
    });
  });

  it('reveal to Stripe nothing of the machine or of earlier requests', async () => {
    react = (response) => response.setHeader('request-id', 'req_1').end(ANSWER);
    const gateway = gatewayAt(server.url);
    for (const key of ['key-1', 'key-2'])
      await gateway.charge({ key, body: BODY, notAfter: Infinity });
    const headers = server.seen[1]?.headers;
    expect(headers).not.to.have.property('x-stripe-client-telemetry');
    expect(headers).not.to.have.property('x-stripe-client-user-agent');
  });

  it('prepare what has been frozen in intents before: the bytes of a body never change', () => {
    const request = {
      deployment: '',
      orderId: 'o-1',
      attempt: 1,
      amountMinor: 4_758,
      currency: 'EUR',
    };
    const body = gatewayAt(server.url).prepare({ ...request, paymentMethod: 'pm_card_visa' });
    expect(body._unsafeUnwrap()).to.equal(BODY);
  });

  it('name customer and mandate of a saved method, in one form for ever', () => {
    const saved = { paymentMethod: 'pm_1', customer: 'cus_1', mandate: 'mandate_1' };
    const request = { deployment: 'dep1', orderId: 'o-1', attempt: 1, ...saved };
    const money = { amountMinor: 4_758, currency: 'EUR' };
    const gateway = gatewayAt(server.url);
    const bodyWith = (methods: string): string =>
      'amount=4758&currency=eur&confirm=true&off_session=true&payment_method=pm_1' +
      `&${methods}&customer=cus_1&mandate=mandate_1` +
      '&metadata[order_id]=o-1&metadata[attempt]=1&metadata[deployment]=dep1';
    const prepared = gateway.prepare({ ...request, ...money })._unsafeUnwrap();
    expect(prepared).to.equal(
      bodyWith(
        'automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never',
      ),
    );
    // What was frozen when saved methods were cards alone is its own for ever.
    const earlier = bodyWith('payment_method_types[0]=card');
    for (const body of [prepared, earlier]) {
      expect(gateway.isPrepared(body, { ...request, ...money })).to.equal(true);
    }
    expect(gateway.isPrepared(earlier, { ...request, ...money, customer: 'cus_2' })).to.equal(
      false,
    );
  });

  it('hold the frozen body of a capture byte by byte, to the payment that it is of', async () => {
    const gateway = gatewayAt(server.url);
    const payment = 'pi_1234567';
    const request = { deployment: 'dep1', orderId: 'o-1', attempt: 2, payment };
    const money = { amountMinor: 5, currency: 'ISK' };
    const body = gateway.prepareCapture({ ...request, ...money })._unsafeUnwrap();
    expect(body).to.equal(
      'amount_to_capture=500&metadata[order_id]=o-1&metadata[attempt]=2&metadata[deployment]=dep1',
    );
    await gateway.capture({ key: 'key-1', body, payment, notAfter: Infinity });
    const [sent, ...more] = server.seen;
    expect(more).to.deep.equal([]);
    const url = '/v1/payment_intents/pi_1234567/capture';
    expect(sent).to.include({ method: 'POST', url, body });
    expect(sent?.headers).to.include({ 'idempotency-key': 'key-1' });
  });

  it('hold the frozen body of a release byte by byte, to the payment that it is of', async () => {
    const gateway = gatewayAt(server.url);
    const payment = 'pi_1234567';
    const request = { deployment: 'dep1', orderId: 'o-1', attempt: 1, payment };
    const body = gateway.prepareVoid(request)._unsafeUnwrap();
    expect(body).to.equal('cancellation_reason=requested_by_customer');
    await gateway.void({ key: 'key-1', body, payment, notAfter: Infinity });
    const url = '/v1/payment_intents/pi_1234567/cancel';
    expect(server.seen[0]).to.include({ method: 'POST', url, body });
  });

  it('confirm a payment on session with its method and the address to return to', async () => {
    const gateway = gatewayAt(server.url);
    const payment = 'pi_1234567';
    const returnUrl = 'https://shop.example/o?id=1&x=ü'.replace('ü', '%C3%BC');
    const request = { payment, paymentMethod: 'pm_1', returnUrl };
    const body = gateway.prepareConfirm(request)._unsafeUnwrap();
    await gateway.confirm({ key: 'key-1', body, payment, notAfter: Infinity });
    const url = '/v1/payment_intents/pi_1234567/confirm';
    expect(server.seen[0]).to.include({ method: 'POST', url, body });
    expect(Object.fromEntries(new URLSearchParams(body))).to.deep.equal({
      payment_method: 'pm_1',
      off_session: 'false',
      return_url: returnUrl,
    });
  });

  it('go to no other path than that of a payment', async () => {
    const gateway = gatewayAt(server.url);
    for (const payment of ['', 're_1234567', 'pi_1234567/../x', 'pi_1234567?x=1', 'pi_']) {
      const post = { key: 'key-1', body: 'a=1', payment, notAfter: Infinity };
      const malformed = { type: 'NotExecuted', reason: 'malformed payment' };
      expect((await gateway.capture(post))._unsafeUnwrap()).to.deep.equal(malformed);
      expect((await gateway.void(post))._unsafeUnwrap()).to.deep.equal(malformed);
      expect((await gateway.confirm(post))._unsafeUnwrap()).to.deep.equal(malformed);
    }
    expect(server.seen).to.deep.equal([]);
  });

  it('hold the frozen body of a refund byte by byte, its key and the version', async () => {
    const gateway = gatewayAt(server.url);
    const body = gateway
      .prepareRefund({
        deployment: '',
        orderId: 'o-1',
        refundId: 'cancel#1',
        paymentReference: 'pi_1',
        amountMinor: 5,
        currency: 'ISK',
      })
      ._unsafeUnwrap();
    expect(body).to.equal(
      'payment_intent=pi_1&amount=500&metadata[order_id]=o-1&metadata[refund_id]=cancel%231',
    );
    await gateway.refund({ key: 'key-1', body, notAfter: Infinity });
    const [request, ...more] = server.seen;
    expect(more).to.deep.equal([]);
    expect(request).to.include({ method: 'POST', url: '/v1/refunds', body });
    expect(request?.headers).to.include({
      'idempotency-key': 'key-1',
      'stripe-version': STRIPE_API_VERSION,
    });
  });

  it('hold the frozen body byte by byte, whatever is in it (G9)', async () => {
    const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const gateway = gatewayAt(server.url);
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (orderId, paymentMethod) => {
        const deployment = 'dep1';
        const money = { amountMinor: 100, currency: 'JPY' };
        const request = { deployment, orderId, attempt: 1, ...money, paymentMethod };
        const body = gateway.prepare(request)._unsafeUnwrap();
        const outcome = await gateway.charge({ key: 'key-1', body, notAfter: Infinity });
        expect(outcome._unsafeUnwrap().type).to.equal('Captured');
        expect(server.seen.at(-1)?.body).to.equal(body);
      }),
    );
  });

  it('are not sent with a body that is no form of ours, or with a key that cannot be', async () => {
    // A server reads the last as a second amount.
    for (const more of ['metadata[note]=a+b', 'amount=1', '%61mount=1']) {
      expect(await charge(`${BODY}&${more}`), more).to.deep.equal({
        type: 'NotExecuted',
        reason: 'malformed body',
      });
    }
    for (const key of ['', 'a\r\nb', 'k'.repeat(256)]) {
      expect(await charge(BODY, key)).to.deep.equal({
        type: 'NotExecuted',
        reason: 'malformed key',
      });
    }
    expect(server.seen).to.deep.equal([]);
  });

  it('are sent once, though the SDK would resend after a lost connection (G2, F23)', async () => {
    react = (response) => response.destroy();
    expect(await charge()).to.deep.equal(down({ type: 'Unknown', cause: 'connection lost' }));
    expect(server.seen).to.have.length(1);
  });

  const once: readonly [string, number, object, ChargeOutcome['type']][] = [
    ['a 409 (G4)', 409, { error: { code: 'idempotency_key_in_use' } }, 'Unknown'],
    ['a 429 (G5)', 429, { error: { code: 'rate_limit' } }, 'NotExecuted'],
    ['a 500 (G3)', 500, { error: { type: 'api_error' } }, 'Unknown'],
    ['a 503 without an error (G3)', 503, { message: 'a proxy' }, 'Unknown'],
  ];
  for (const [what, status, body, outcome] of once) {
    it(`are sent once when the answer is ${what}, even if it asks to be retried`, async () => {
      react = (response) =>
        response
          .writeHead(status, { 'stripe-should-retry': 'true', 'content-type': 'application/json' })
          .end(JSON.stringify(body));
      expect((await charge()).type).to.equal(outcome);
      expect(server.seen).to.have.length(1);
    });
  }

  it('whose repeated answer is none are the key’s trouble, not the gateway’s', async () => {
    for (const [status, text] of [
      [200, '{"id":"pi_'],
      [500, '<html>'],
    ] as const) {
      react = (response) =>
        response
          .writeHead(status, {
            'idempotent-replayed': 'true',
            'content-type': 'application/json',
          })
          .end(text);
      expect(await charge()).to.deep.equal({
        type: 'Unknown',
        cause: 'stored failure',
        stored: true,
      });
    }
  });

  it('that nobody answers end as Unknown by their time-out (G1, F23)', async () => {
    react = () => undefined;
    expect(await chargeInHaste()).to.deep.equal(down({ type: 'Unknown', cause: 'timed out' }));
  });

  it('whose answer trickles in end by the same time-out: it bounds their whole life', async () => {
    let ticks: NodeJS.Timeout | undefined;
    react = (response) => {
      response.write(' ');
      ticks = setInterval(() => response.write(' '), SHORT_MS / 5);
      response.once('close', () => clearInterval(ticks));
    };
    expect(await chargeInHaste()).to.deep.equal(down({ type: 'Unknown', cause: 'timed out' }));
  });

  const unreadable: readonly [string, (response: ServerResponse) => void, string][] = [
    ['is no JSON', (response) => response.end('<html>'), 'unreadable answer'],
    ['is the JSON null', (response) => response.end('null'), 'unreadable answer'],
    ['is too large', (response) => response.end(' '.repeat(4_194_305)), 'connection lost'],
    [
      'switches to another protocol',
      (response) =>
        response.socket?.end('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      'connection lost',
    ],
    [
      'breaks off in the middle',
      (response) =>
        response
          .writeHead(200, { 'content-length': '500' })
          .write(ANSWER, () => response.destroy()),
      'connection lost',
    ],
  ];
  for (const [what, answer, cause] of unreadable) {
    it(`whose answer ${what} are Unknown (G11)`, async () => {
      react = answer;
      expect(await charge()).to.deep.equal(
        what === 'is the JSON null' ? { type: 'Unknown', cause } : down({ type: 'Unknown', cause }),
      );
    });
  }

  it('were not executed when nobody listens, and the next one is when somebody does', async () => {
    const other = await startScriptedServer((response) => response.end(ANSWER));
    await other.close();
    const outcome = await gatewayAt(other.url).charge({
      key: 'key-1',
      body: BODY,
      notAfter: Infinity,
    });
    expect(outcome._unsafeUnwrap()).to.deep.equal(
      down({ type: 'NotExecuted', reason: 'not connected' }),
    );
    expect((await charge()).type).to.equal('Captured');
  });

  it('were not executed when the host does not exist', async () => {
    const outcome = await gatewayAt('http://gateway.invalid').charge({
      key: 'key-1',
      body: BODY,
      notAfter: Infinity,
    });
    expect(outcome._unsafeUnwrap()).to.deep.equal(
      down({ type: 'NotExecuted', reason: 'not connected' }),
    );
  });
});

describe('createStripeClient', () => {
  const refused: readonly [string, string, string][] = [
    ['what is no URL', 'api.stripe.com', TEST_KEY],
    ['another protocol', 'ftp://127.0.0.1', TEST_KEY],
    ['a path, which the SDK would leave out', 'http://127.0.0.1:1/v1', TEST_KEY],
    ['a live key over unencrypted HTTP', 'http://127.0.0.1:1', 'sk_live_1'],
    ['a live key with test in it over unencrypted HTTP', 'http://127.0.0.1:1', 'rk_live_a_test_b'],
  ];
  for (const [what, apiUrl, secretKey] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => createStripeClient({ secretKey, apiUrl })).to.throw(TypeError);
    });
  }
});

/** Nobody's charge would have fared better. */
const down = (outcome: object): object => ({ ...outcome, trouble: 'Unavailable' });
