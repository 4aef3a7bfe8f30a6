import { expect } from 'chai';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { STRIPE_KEY_WINDOW_MS, STRIPE_SEARCH_LAG_MS } from '../../../src/adapters/stripe/rules.ts';
import type { PaymentLookUp, RefundLookUp } from '../../../src/application/ports/paymentGateway.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';
import { TEST_KEY } from '../../support/stripeSandbox.ts';

const ORDER = { order_id: 'o-1', attempt: '1' };

const intent = (id: string, changes: object = {}) => ({
  id,
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 4_758,
  currency: 'eur',
  metadata: ORDER,
  last_payment_error: null,
  ...changes,
});

const refund = (id: string, changes: object = {}) => ({
  id,
  object: 'refund',
  status: 'succeeded',
  amount: 1_000,
  currency: 'eur',
  metadata: { order_id: 'o-1', refund_id: 'r-1' },
  ...changes,
});

const result = (data: readonly unknown[], next_page: string | null = null) => ({
  object: 'search_result',
  data,
  has_more: next_page !== null,
  next_page,
});

const list = (data: readonly unknown[], has_more = false) => ({ object: 'list', data, has_more });

describe("the Stripe adapter's look-ups", () => {
  let server: ScriptedServer;
  /** The answers still to be given; the last one is given again and again. */
  let answers: (readonly [status: number, body: unknown])[];

  beforeEach(async () => {
    server = await startScriptedServer((response) => {
      const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, {}];
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });

  afterEach(() => server.close());

  const gateway = () =>
    createStripePaymentGateway(createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url }));

  const find = async (...given: readonly unknown[]): Promise<PaymentLookUp> => {
    answers = given.map((body) => [200, body]);
    return (await gateway().find(PAYMENT))._unsafeUnwrap();
  };

  const findRefund = async (...given: readonly unknown[]): Promise<RefundLookUp> => {
    answers = given.map((body) => [200, body]);
    const reference = REFUND;
    return (await gateway().findRefund(reference))._unsafeUnwrap();
  };

  const asked = (): readonly URLSearchParams[] =>
    server.seen.map(({ url = '' }) => new URL(url, server.url).searchParams);

  it('search for order and attempt, and list the refunds of a payment', async () => {
    expect(await find(result([]))).to.deep.equal({ type: 'Absent' });
    expect(await findRefund(list([]))).to.deep.equal({ type: 'Absent' });
    const [search, refunds] = server.seen;
    expect(search?.url).to.match(/^\/v1\/payment_intents\/search\?/);
    expect(refunds?.url).to.match(/^\/v1\/refunds\?/);
    expect([search?.method, refunds?.method]).to.deep.equal(['GET', 'GET']);
    expect(asked().map((query) => Object.fromEntries(query))).to.deep.equal([
      { query: `metadata['order_id']:'o-1' AND metadata['attempt']:'1'`, limit: '100' },
      { payment_intent: 'pi_1', limit: '100' },
    ]);
  });

  const findListed = async (...given: readonly unknown[]): Promise<PaymentLookUp> => {
    answers = given.map((body) => [200, body]);
    const listed = { ...PAYMENT, customer: 'cus_1', since: 1_000_500 };
    return (await gateway().find(listed))._unsafeUnwrap();
  };

  it('list the payments of a customer since the request, whole seconds as Stripe has', async () => {
    expect(await findListed(list([]))).to.deep.equal({ type: 'Absent', listed: true });
    expect(server.seen[0]?.url).to.match(/^\/v1\/payment_intents\?/);
    expect(asked().map((query) => Object.fromEntries(query))).to.deep.equal([
      { customer: 'cus_1', 'created[gte]': '1000', limit: '100' },
    ]);
  });

  it('take of a customer’s payments only the one that was asked for, on any page', async () => {
    const created = 1_000;
    const others = [
      intent('pi_1', { created, metadata: {} }),
      intent('pi_2', { created, metadata: { ...ORDER, attempt: '2' } }),
      intent('pi_3', { created: 999 }),
    ];
    const found = await findListed(list(others, true), list([intent('pi_4', { created })]));
    expect(found).to.include({ type: 'Captured', reference: 'pi_4' });
    expect(asked().map((query) => query.get('starting_after'))).to.deep.equal([null, 'pi_3']);
    const absent = { type: 'Absent', listed: true };
    expect(await findListed(list(others))).to.deep.equal(absent);
  });

  it('are Unknown, never Absent, where the list of a customer fails or has no end', async () => {
    const endless = await findListed(list([intent('pi_1', { metadata: {} })], true));
    expect(endless).to.deep.equal({ type: 'Unknown', cause: 'too many pages' });
    expect((await findListed({})).type).to.equal('Unknown');
  });

  it('count only what has the very reference, since search compares more loosely', async () => {
    const others = [
      intent('pi_1', { metadata: { ...ORDER, order_id: 'O-1' } }),
      intent('pi_2', { metadata: { ...ORDER, attempt: '11' } }),
      intent('pi_3', { metadata: {} }),
      intent('pi_4', { metadata: undefined }),
    ];
    expect(await find(result(others))).to.deep.equal({ type: 'Absent' });
    const found = await find(result([...others, intent('pi_5')]));
    expect(found).to.include({ type: 'Captured', reference: 'pi_5' });
  });

  it('read every page, and what is on the last one too', async () => {
    expect(
      await find(
        result([intent('pi_1', { metadata: {} })], 'page-2'),
        result([], 'page-3'),
        result([intent('pi_9')]),
      ),
    ).to.include({ type: 'Captured', reference: 'pi_9' });
    expect(asked().map((query) => query.get('page'))).to.deep.equal([null, 'page-2', 'page-3']);
  });

  it('read every page of a payment’s refunds, each after the last of the one before', async () => {
    const other = refund('re_1', { metadata: { refund_id: 'r-2' } });
    expect(await findRefund(list([other], true), list([refund('re_2')]))).to.include({
      type: 'Refunded',
      reference: 're_2',
    });
    expect(asked().map((query) => query.get('starting_after'))).to.deep.equal([null, 're_1']);
  });

  it('give up after ten pages, without saying that there is nothing', async () => {
    const unknown = { type: 'Unknown', cause: 'too many pages' };
    expect(await find(result([intent('pi_1')], 'more'))).to.deep.equal(unknown);
    expect(server.seen).to.have.length(10);
    expect(await findRefund(list([refund('re_1')], true))).to.deep.equal(unknown);
    expect(server.seen).to.have.length(20);
  });

  it('find several on different pages', async () => {
    const found = await find(
      result([intent('pi_1')], 'page-2'),
      result([intent('pi_2', { amount_received: 0, status: 'requires_payment_method' })]),
    );
    expect(found).to.deep.equal({
      type: 'Several',
      found: [
        { reference: 'pi_1', amountMinor: 4_758, currency: 'EUR' },
        { reference: 'pi_2', amountMinor: 0, currency: 'EUR' },
      ],
    });
  });

  const unsettled: readonly [string, object, PaymentLookUp][] = [
    [
      'a card error after which it waits for another card (G7)',
      {
        status: 'requires_payment_method',
        last_payment_error: { type: 'card_error', code: 'expired_card' },
      },
      { type: 'Declined', code: 'expired_card', reference: 'pi_1' },
    ],
    [
      'another error than a card error',
      {
        status: 'requires_payment_method',
        last_payment_error: { type: 'api_error', code: 'lock_timeout' },
      },
      { type: 'Unknown', cause: 'status requires_payment_method' },
    ],
    [
      'no error at all',
      { status: 'requires_payment_method' },
      { type: 'Unknown', cause: 'status requires_payment_method' },
    ],
    [
      'a card error before it went on processing (G14)',
      {
        status: 'processing',
        amount: 4_758,
        amount_received: 0,
        last_payment_error: { type: 'card_error', code: 'expired_card' },
      },
      { type: 'UnderWay', reference: 'pi_1', amountMinor: 4_758, currency: 'EUR' },
    ],
    [
      'processing, for no amount (G11)',
      { status: 'processing', amount: '4758', amount_received: 0 },
      { type: 'Unknown', cause: 'unreadable amount' },
    ],
    [
      'the error of a bank debit that failed',
      {
        status: 'requires_payment_method',
        last_payment_error: { type: 'invalid_request_error', code: 'debit_failed', charge: 'py_1' },
      },
      { type: 'Declined', code: 'debit_failed', reference: 'pi_1' },
    ],
    ['an end', { status: 'canceled' }, { type: 'Declined', code: 'canceled', reference: 'pi_1' }],
    [
      'a status of tomorrow (G11)',
      { status: 'tomorrow' },
      { type: 'Unknown', cause: 'status tomorrow' },
    ],
    [
      'a currency of nobody (G11)',
      { currency: 'zzz' },
      { type: 'Unknown', cause: 'unreadable amount' },
    ],
  ];
  for (const [what, changes, expected] of unsettled) {
    it(`report a payment with ${what}: ${expected.type}`, async () => {
      expect(await find(result([intent('pi_1', changes)]))).to.deep.equal(expected);
    });
  }

  const unreadable: readonly [string, unknown][] = [
    ['an empty object', {}],
    ['null', null],
    ['a page of something else', { ...result([]), object: 'error' }],
    ['a page that does not say whether it is the last', { object: 'search_result', data: [] }],
    ['a page without its items', { object: 'search_result', has_more: false }],
    ['a next page without a name', { ...result([]), has_more: true }],
    ['an item that is no payment, which could be ours', result([intent('pi_1'), { id: 'pi_2' }])],
    [
      'several, one without an amount',
      result([intent('pi_1'), intent('pi_2', { currency: 'zzz' })]),
    ],
  ];
  for (const [what, answer] of unreadable) {
    it(`are Unknown, never Absent, when the answer is ${what} (G11)`, async () => {
      expect((await find(answer)).type).to.equal('Unknown');
    });
  }

  const failures: readonly [number, unknown, object][] = [
    [429, { error: { code: 'rate_limit' } }, { cause: 'rate limited', trouble: 'Throttled' }],
    [401, { error: {} }, { cause: 'authentication failed', trouble: 'Misconfigured' }],
    [404, { error: { code: 'resource_missing' } }, { cause: 'invalid request: resource_missing' }],
    [402, { error: { type: 'card_error', code: 'expired_card' } }, {}],
    [500, { error: { type: 'api_error' } }, { cause: 'status code 500', trouble: 'Unavailable' }],
    [200, '<html>', { cause: 'unreadable answer', trouble: 'Unavailable' }],
  ];
  for (const [status, body, expected] of failures) {
    it(`are Unknown after ${status} ${JSON.stringify(body)}, also half-way`, async () => {
      const ask = async () => [
        (await gateway().find(PAYMENT))._unsafeUnwrap(),
        (await gateway().findRefund(REFUND))._unsafeUnwrap(),
      ];
      answers = [[status, body]];
      for (const failed of await ask()) expect(failed).to.include({ type: 'Unknown', ...expected });
      answers = [
        [200, result([intent('pi_1')], 'page-2')],
        [status, body],
      ];
      expect((await ask())[0]).to.include({ type: 'Unknown', ...expected });
    });
  }

  it('are trusted only after Stripe’s search lag, long before it forgets keys', () => {
    expect(STRIPE_SEARCH_LAG_MS).to.equal(60 * 60_000);
    expect(STRIPE_KEY_WINDOW_MS).to.equal(24 * 60 * 60_000);
  });
});

const PAYMENT = { deployment: '', orderId: 'o-1', attempt: 1, since: 0, body: '' };
const REFUND = { deployment: '', refundId: 'r-1', paymentReference: 'pi_1' };
