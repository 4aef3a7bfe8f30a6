import { expect } from 'chai';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { DISPUTE_TABLE } from '../../../src/adapters/stripe/disputes.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';
import { TEST_KEY } from '../../support/stripeSandbox.ts';

const PAYMENT = 'pi_123456';

const dispute = (id: string, changes: object = {}) => ({
  id,
  object: 'dispute',
  amount: 4_758,
  currency: 'eur',
  reason: 'product_not_received',
  status: 'needs_response',
  payment_intent: PAYMENT,
  evidence_details: { due_by: 1_800_000_000 },
  balance_transactions: [],
  ...changes,
});

const moved = (amount: number, currency = 'eur') => ({
  object: 'balance_transaction',
  amount,
  currency,
});

const refund = (id: string, changes: object = {}) => ({
  id,
  object: 'refund',
  status: 'succeeded',
  amount: 1_000,
  currency: 'eur',
  metadata: {},
  ...changes,
});

const list = (data: readonly unknown[], has_more = false) => ({ object: 'list', data, has_more });

describe('what Stripe says of a captured payment', () => {
  let server: ScriptedServer;
  let answers: unknown[];

  beforeEach(async () => {
    server = await startScriptedServer((response) => {
      const answer = answers.shift();
      response.writeHead(answer === undefined ? 500 : 200).end(JSON.stringify(answer ?? {}));
    });
  });

  afterEach(() => server.close());

  const standing = async (...given: readonly unknown[]) => {
    answers = [...given];
    const stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
    const gateway = createStripePaymentGateway(stripe);
    return (await gateway.standing({ paymentReference: PAYMENT }))._unsafeUnwrap();
  };

  const disputesIn = async (...disputes: readonly object[]) => {
    const found = await standing(list([]), list(disputes));
    return found.type === 'Standing' ? found.disputes : found;
  };

  it('is asked for in two requests, by the name of the payment', async () => {
    expect(await standing(list([]), list([]))).to.deep.equal({
      type: 'Standing',
      refunds: [],
      disputes: [],
    });
    const asked = server.seen.map(({ method, url = '' }) => {
      const { pathname, searchParams } = new URL(url, server.url);
      return [method, pathname, Object.fromEntries(searchParams)];
    });
    const query = { payment_intent: PAYMENT, limit: '100' };
    expect(asked).to.deep.equal([
      ['GET', '/v1/refunds', query],
      ['GET', '/v1/disputes', query],
    ]);
  });

  it('is every refund and every dispute of all pages, the oldest first', async () => {
    const failed = refund('re_2', { status: 'failed', failure_reason: 'lost_or_stolen_card' });
    const found = await standing(
      list([failed], true),
      list([refund('re_1')]),
      list([dispute('du_2')], true),
      list([dispute('du_1', { status: 'won' })]),
    );
    expect(found).to.have.property('refunds').with.length(2);
    expect(found).to.deep.nested.include({
      'refunds[0].reference': 're_1',
      'refunds[1].status': 'failed',
      'refunds[1].code': 'lost_or_stolen_card',
      'disputes[0].dispute': 'du_1',
      'disputes[1].dispute': 'du_2',
    });
  });

  it('says of a dispute what is disputed, why, and until when evidence is due', async () => {
    expect(await disputesIn(dispute('du_1', { balance_transactions: [moved(-4_758)] })))
      .to.deep //
      .equal([
        {
          dispute: 'du_1',
          stage: 'chargeback',
          status: 'open',
          reason: 'product_not_received',
          amountMinor: 4_758,
          currency: 'EUR',
          dueBy: 1_800_000_000_000,
          withdrawnMinor: 4_758,
          reinstatedMinor: 0,
        },
      ]);
  });

  for (const { word, stage, status } of DISPUTE_TABLE) {
    it(`takes ${word} for ${stage}, ${status}`, async () => {
      const [found] = [await disputesIn(dispute('du_1', { status: word }))].flat();
      expect(found).to.include({ stage, status });
    });
  }

  it('adds up what was withdrawn and what came back', async () => {
    const transactions = [moved(-4_758), moved(4_000), moved(-100)];
    const [found] = [await disputesIn(dispute('du_1', { balance_transactions: transactions }))] //
      .flat();
    expect(found).to.include({ withdrawnMinor: 4_858, reinstatedMinor: 4_000 });
  });

  it('takes the disputed amount where the account settles in another currency', async () => {
    const transactions = [moved(-5_213, 'usd'), moved(5_198, 'usd')];
    const [found] = [await disputesIn(dispute('du_1', { balance_transactions: transactions }))] //
      .flat();
    expect(found).to.include({ withdrawnMinor: 4_758, reinstatedMinor: 4_758 });
  });

  it('keeps of a reason no more than a word', async () => {
    const [found] = [await disputesIn(dispute('du_1', { reason: 'Ada said "no" <b>' }))].flat();
    expect(found)
      .to.have.property('reason')
      .that.matches(/^[a-z0-9_]{1,64}$/);
    const [nothing] = [await disputesIn(dispute('du_1', { reason: null }))].flat();
    expect(nothing).to.include({ reason: 'unknown' });
    const [open] = [await disputesIn(dispute('du_1', { evidence_details: { due_by: null } }))] //
      .flat();
    expect(open).to.include({ dueBy: 0 });
  });

  for (const [what, changes] of [
    ['a status of tomorrow', { status: 'tomorrow' }],
    ['no amount', { amount: '4758' }],
    ['a currency of nobody', { currency: 'zzz' }],
    ['balance transactions that are only named', { balance_transactions: ['txn_1'] }],
    ['no balance transactions', { balance_transactions: null }],
    ['another object', { object: 'charge' }],
  ] as const) {
    it(`is Unknown as a whole where a dispute has ${what} (G11)`, async () => {
      expect((await standing(list([]), list([dispute('du_1', changes)]))).type).to.equal('Unknown');
    });
  }

  it('is Unknown where one of the lists cannot be read', async () => {
    expect((await standing()).type).to.equal('Unknown');
    expect((await standing(list([]))).type).to.equal('Unknown');
    expect((await standing(list([]), list([dispute('du_1')], true))).type).to.equal('Unknown');
  });
});
