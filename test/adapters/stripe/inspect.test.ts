import { expect } from 'chai';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';
import { TEST_KEY } from '../../support/stripeSandbox.ts';

const CHARGE = {
  id: 'ch_1234567',
  object: 'charge',
  amount_refunded: 0,
  payment_method_details: { type: 'card', card: { capture_before: 1_700_600_000 } },
};

const payment = (changes: object = {}) => ({
  id: 'pi_1234567',
  object: 'payment_intent',
  status: 'requires_capture',
  amount: 4_758,
  amount_capturable: 4_758,
  amount_received: 0,
  created: 1_700_000_000,
  currency: 'eur',
  customer: null,
  latest_charge: CHARGE,
  metadata: {},
  ...changes,
});

const AUTHORISED = {
  type: 'Inspected',
  reference: 'pi_1234567',
  status: 'authorised',
  currency: 'EUR',
  amountMinor: 4_758,
  capturableMinor: 4_758,
  capturedMinor: 0,
  refundedMinor: 0,
  createdAt: 1_700_000_000_000,
  captureBefore: 1_700_600_000_000,
};

const CAPTURED = { status: 'succeeded', amount_capturable: 0, amount_received: 4_758 };

describe("the Stripe adapter's look at one payment", () => {
  let server: ScriptedServer;
  let answer: { readonly status: number; readonly body: unknown };

  beforeEach(async () => {
    server = await startScriptedServer((response) =>
      response.writeHead(answer.status).end(JSON.stringify(answer.body)),
    );
  });

  afterEach(() => server.close());

  const inspect = async (body: unknown, status = 200, name = 'pi_1234567') => {
    answer = { status, body };
    const stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
    return (await createStripePaymentGateway(stripe).inspect({ payment: name }))._unsafeUnwrap();
  };

  it('asks for it by its id, together with its charge', async () => {
    expect(await inspect(payment())).to.deep.equal(AUTHORISED);
    expect(server.seen.map(({ method, url = '' }) => `${method} ${decodeURI(url)}`)).to.deep.equal([
      'GET /v1/payment_intents/pi_1234567?expand[0]=latest_charge',
    ]);
  });

  const rows: readonly [string, object, object][] = [
    ['captured', CAPTURED, { status: 'captured', capturableMinor: 0, capturedMinor: 4_758 }],
    [
      'captured in part, and the rest released',
      { ...CAPTURED, amount_received: 3_000 },
      { status: 'captured', amountMinor: 4_758, capturedMinor: 3_000 },
    ],
    [
      'refunded, or on the way to be',
      { ...CAPTURED, latest_charge: { ...CHARGE, amount_refunded: 1_000 } },
      { status: 'captured', refundedMinor: 1_000 },
    ],
    [
      'cancelled',
      { status: 'canceled', amount_capturable: 0 },
      { status: 'cancelled', capturableMinor: 0 },
    ],
    [
      'never confirmed, so that it has no charge',
      { status: 'requires_payment_method', amount_capturable: 0, latest_charge: null },
      { status: 'open', refundedMinor: 0 },
    ],
    ['under way', { status: 'processing', amount_capturable: 0 }, { status: 'pending' }],
    ['in a status of tomorrow', { status: 'tomorrow', amount_capturable: 0 }, { status: 'open' }],
    [
      'captured in a part while more can be captured',
      { amount_received: 1_000, amount_capturable: 3_758 },
      { status: 'open', capturableMinor: 3_758, capturedMinor: 1_000 },
    ],
    [
      'cancelled after a part was captured',
      { status: 'canceled', amount_capturable: 0, amount_received: 1_000 },
      { status: 'open', capturedMinor: 1_000 },
    ],
    [
      'of a customer, named by id or whole',
      { customer: { id: 'cus_1', object: 'customer' } },
      { customer: 'cus_1' },
    ],
    ['of a customer by id', { customer: 'cus_1' }, { customer: 'cus_1' }],
    [
      'of an order, as the shop or we have written',
      { metadata: { order_id: 'o-1', attempt: '2', deployment: 'dep1' } },
      { orderId: 'o-1', attempt: 2, deployment: 'dep1' },
    ],
    [
      'in króna, in ISO 4217 minor units',
      { currency: 'isk', amount: 500, amount_capturable: 500 },
      { currency: 'ISK', amountMinor: 5, capturableMinor: 5 },
    ],
  ];
  for (const [what, changes, expected] of rows) {
    it(`reports a payment that is ${what}`, async () => {
      expect(await inspect(payment(changes))).to.deep.include(expected);
    });
  }

  it('reports no time of expiry where the charge has none', async () => {
    const { captureBefore: _, ...rest } = AUTHORISED;
    for (const latest_charge of [{ ...CHARGE, payment_method_details: null }, 'ch_1234567']) {
      expect(await inspect(payment({ latest_charge }))).to.deep.equal(rest);
    }
  });

  const unreadable: readonly [string, unknown][] = [
    ['nothing', null],
    ['another object', payment({ object: 'refund' })],
    ['an amount that is a text', payment({ amount: '4758' })],
    ['no capturable amount', payment({ amount_capturable: undefined })],
    ['a currency of nobody', payment({ currency: 'zzz' })],
    [
      'a refunded amount that is a text',
      payment({ latest_charge: { ...CHARGE, amount_refunded: '0' } }),
    ],
  ];
  for (const [what, body] of unreadable) {
    it(`is Unknown when the answer is ${what} (G11)`, async () => {
      expect((await inspect(body)).type).to.equal('Unknown');
    });
  }

  it('is Absent where Stripe has no such payment, and Unknown where it does not say', async () => {
    const missing = { error: { type: 'invalid_request_error', code: 'resource_missing' } };
    expect(await inspect(missing, 404)).to.deep.equal({ type: 'Absent' });
    expect((await inspect({ error: { type: 'api_error' } }, 500)).type).to.equal('Unknown');
    expect((await inspect({ error: {} }, 401)).type).to.equal('Unknown');
  });

  it('asks nobody for what is no payment by its name', async () => {
    for (const name of ['', 're_1234567', 'pi_1234567/../x', 'cus_1']) {
      expect(await inspect(payment(), 200, name)).to.deep.equal({ type: 'Absent' });
    }
    expect(server.seen).to.deep.equal([]);
  });
});
