import { expect } from 'chai';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { createStripeGatewayLedger } from '../../../src/adapters/stripe/ledger.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import type { LedgerEntry } from '../../../src/application/ports/gatewayLedger.ts';
import type { Misconfiguration, Unavailable } from '../../../src/application/ports/failures.ts';
import { describeGatewayLedger, listed } from '../../contracts/gatewayLedger.contract.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';
import { startStripeSandbox, TEST_KEY } from '../../support/stripeSandbox.ts';

const NOBODY_WAITS = { now: () => 0, sleep: async () => {} };

describeGatewayLedger('Stripe, against the sandbox', async () => {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const sandbox = await startStripeSandbox({ now });
  return {
    gateway: createStripePaymentGateway(sandbox.stripe),
    ledger: createStripeGatewayLedger(sandbox.stripe, NOBODY_WAITS),
    now,
    pass: (ms) => {
      aheadMs += ms;
    },
    close: () => sandbox.close(),
  };
});

const intent = (id: string, changes: object = {}) => ({
  id,
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 4_758,
  created: 1_700_000_000,
  currency: 'eur',
  metadata: { order_id: 'o-1', attempt: '1' },
  last_payment_error: null,
  ...changes,
});

const refund = (id: string, changes: object = {}) => ({
  id,
  object: 'refund',
  status: 'succeeded',
  amount: 1_000,
  created: 1_700_000_000,
  currency: 'eur',
  metadata: { order_id: 'o-1', refund_id: 'r-1' },
  payment_intent: 'pi_1',
  ...changes,
});

const dispute = (id: string, changes: object = {}) => ({
  id,
  object: 'dispute',
  status: 'won',
  amount: 4_758,
  currency: 'eur',
  reason: 'fraudulent',
  evidence_details: { due_by: null },
  created: 1_700_000_000,
  payment_intent: 'pi_1',
  balance_transactions: [
    { amount: -4_758, currency: 'eur', fee: 1_500 },
    { amount: 4_758, currency: 'eur', fee: 0 },
  ],
  ...changes,
});

const list = (data: readonly unknown[], has_more = false) => ({ object: 'list', data, has_more });
const NONE = list([]);

describe("the Stripe adapter's ledger", () => {
  let server: ScriptedServer;
  /** The answers still to be given; the last one is given again and again. */
  let answers: (readonly [status: number, body: unknown, headers?: Record<string, string>])[];
  let pauses: number[];

  beforeEach(async () => {
    pauses = [];
    server = await startScriptedServer((response) => {
      const given = answers.length > 1 ? answers.shift() : answers[0];
      const [status, body, headers = {}] = given ?? [500, {}];
      response.writeHead(status, headers);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });

  afterEach(() => server.close());

  const clock = {
    now: () => 0,
    sleep: async (ms: number) => {
      pauses.push(ms);
    },
  };
  const ledger = () =>
    createStripeGatewayLedger(
      createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url }),
      clock,
    );

  const entries = (...bodies: readonly unknown[]): Promise<readonly LedgerEntry[]> => {
    answers = [...bodies, NONE].map((body) => [200, body] as const);
    return listed(ledger());
  };

  const failure = async (): Promise<Unavailable | Misconfiguration> => {
    let last: Unavailable | Misconfiguration | undefined;
    for await (const page of ledger().list()) {
      if (last !== undefined) throw new Error('it went on after its failure');
      if (page.isErr()) last = page.error;
    }
    if (last === undefined) throw new Error('nothing failed');
    return last;
  };

  const asked = (): readonly URL[] => server.seen.map(({ url = '' }) => new URL(url, server.url));

  it('asks for pages of a hundred, each after the last of the one before', async () => {
    await entries(list([intent('pi_2'), intent('pi_1')], true), list([intent('pi_0')]), NONE);
    expect(asked().map(({ pathname }) => pathname)).to.deep.equal([
      '/v1/payment_intents',
      '/v1/payment_intents',
      '/v1/refunds',
      '/v1/disputes',
    ]);
    const queries = asked().map(({ searchParams }) => Object.fromEntries(searchParams));
    expect(queries).to.deep.equal([
      { limit: '100' },
      { limit: '100', starting_after: 'pi_1' },
      { limit: '100' },
      { limit: '100' },
    ]);
  });

  it('asks all three lists for what was made since then, in whole seconds', async () => {
    answers = [[200, NONE]];
    await listed(ledger(), { since: 1_700_000_000_999 });
    const since = asked().map(({ searchParams }) => searchParams.get('created[gte]'));
    expect(since).to.deep.equal(Array(3).fill('1700000000'));
  });

  for (const [status, error, expected] of [
    ['canceled', null, 'declined'],
    ['requires_payment_method', { type: 'card_error', code: 'card_declined' }, 'declined'],
    ['requires_payment_method', null, 'open'],
    ['requires_capture', null, 'open'],
    ['processing', null, 'open'],
  ] as const) {
    it(`a payment ${status} ${error ? 'with' : 'without'} an error is ${expected}`, async () => {
      const item = intent('pi_1', { status, amount_received: 0, last_payment_error: error });
      const [entry] = await entries(list([item]), NONE);
      expect(entry).to.include({ kind: 'payment', status: expected, amountMinor: 0 });
    });
  }

  for (const [status, expected] of [
    ['pending', 'open'],
    ['requires_action', 'open'],
    ['canceled', 'failed'],
  ] as const) {
    it(`a refund that is ${status} is ${expected}`, async () => {
      const [entry] = await entries(NONE, list([refund('re_1', { status })]));
      expect(entry).to.include({ kind: 'refund', status: expected, amountMinor: 0 });
    });
  }

  it('lists disputes with their payment, and what they have moved without fees', async () => {
    const [entry] = await entries(NONE, NONE, list([dispute('du_1')]));
    expect(entry).to.deep.equal({
      kind: 'dispute',
      reference: 'du_1',
      stage: 'chargeback',
      status: 'won',
      amountMinor: 4_758,
      withdrawnMinor: 4_758,
      reinstatedMinor: 4_758,
      currency: 'EUR',
      at: 1_700_000_000_000,
      paymentReference: 'pi_1',
    });
  });

  it('lists the disputes of every page', async () => {
    const all = await entries(NONE, NONE, list([dispute('du_2')], true), list([dispute('du_1')]));
    expect(all.map(({ reference }) => reference)).to.deep.equal(['du_2', 'du_1']);
  });

  for (const [what, changes] of [
    ['in a status of tomorrow', { status: 'dreaming' }],
    ['without its money', { balance_transactions: null }],
    ['that nobody dated', { created: null }],
  ] as const) {
    it(`G11: reports a dispute ${what}, and lists the others`, async () => {
      const all = await entries(NONE, NONE, list([dispute('x_1', changes), dispute('du_1')]));
      expect(all.map(({ kind }) => kind)).to.deep.equal(['unreadable', 'dispute']);
      expect(all[0]).to.include({ reference: 'x_1' });
    });
  }

  it('lists what others put on the account, without a reference of ours', async () => {
    const [payment, given] = await entries(
      list([intent('pi_9', { metadata: { cart: '7', attempt: 'second' } })]),
      list([refund('re_9', { metadata: {}, payment_intent: null })]),
    );
    expect(payment).to.not.have.any.keys('orderId', 'attempt');
    expect(given).to.not.have.any.keys('orderId', 'refundId', 'paymentReference');
  });

  for (const [what, payments, refunds] of [
    ['something else than a PaymentIntent', [{ id: 'x_1', object: 'charge' }], []],
    [
      'a payment in a status of tomorrow',
      [intent('x_1', { status: 'dreaming', amount_received: 0 })],
      [],
    ],
    ['a payment in a currency nobody knows', [intent('x_1', { currency: 'xxx' })], []],
    ['a payment that received money without success', [intent('x_1', { status: 'canceled' })], []],
    ['a payment that nobody dated', [intent('x_1', { created: null })], []],
    ['something else than a refund', [], [{ id: 'x_1', object: 'charge' }]],
    ['a refund without a status', [], [refund('x_1', { status: null })]],
    ['a refund in a currency nobody knows', [], [refund('x_1', { currency: 'xxx' })]],
  ] as const) {
    it(`G11: reports ${what}, and lists the others`, async () => {
      const all = await entries(
        list([...payments, intent('pi_1')]),
        list([...refunds, refund('re_1')]),
      );
      const unreadable = all.filter(({ kind }) => kind === 'unreadable');
      expect(unreadable.map(({ reference }) => reference)).to.deep.equal(['x_1']);
      expect(all.map(({ reference }) => reference)).to.include.members(['pi_1', 're_1']);
    });
  }

  it('G3, G5: asks again after 429, 500 and a cut answer, later each time', async () => {
    answers = [
      [429, { error: { type: 'invalid_request_error' } }, { 'retry-after': '3' }],
      [500, { error: { type: 'api_error' } }],
      [200, '{"object": "li'],
      [200, list([intent('pi_1')])],
      [200, NONE],
    ];
    expect(await listed(ledger())).to.have.length(1);
    expect(pauses).to.deep.equal([3_000, 2_000, 4_000]);
  });

  it('gives a page up after five tries, and says why', async () => {
    answers = [[503, { error: { type: 'api_error' } }]];
    expect(await failure()).to.deep.equal({
      type: 'Unavailable',
      dependency: 'PaymentGateway',
      cause: 'status code 503',
      throttled: false,
    });
    expect(server.seen).to.have.length(5);
  });

  it('does not ask again where the key is refused', async () => {
    answers = [[401, { error: { type: 'invalid_request_error' } }]];
    expect(await failure()).to.include({ type: 'Misconfigured', cause: 'authentication failed' });
    expect(server.seen).to.have.length(1);
  });

  for (const [what, page] of [
    ['a page that is none', { object: 'nothing' }],
    ['an empty page that says there are more', list([], true)],
    ['the same page again and again', list([intent('pi_1')], true)],
    ['a last entry without a name', list([{ object: 'payment_intent' }], true)],
  ] as const) {
    it(`ends at ${what}`, async () => {
      answers = [[200, page]];
      expect(await failure()).to.include({ type: 'Unavailable', cause: 'unreadable answer' });
    });
  }

  it('asks for nothing where it was asked to end before', async () => {
    answers = [[200, NONE]];
    expect(await listed(ledger(), { signal: AbortSignal.abort() })).to.deep.equal([]);
    expect(server.seen).to.have.length(0);
  });

  it('ends without a failure once it is asked to, also while it waits', async () => {
    const stop = new AbortController();
    answers = [[503, { error: { type: 'api_error' } }]];
    clock.sleep = async () => stop.abort();
    expect(await listed(ledger(), { signal: stop.signal })).to.deep.equal([]);
    expect(server.seen.length).to.be.below(5);
  });
});
