import { expect } from 'chai';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSyncedJournal } from '../../../../src/adapters/embedded/journal.ts';
import { RECORDS_MAX } from '../../../../src/adapters/embedded/stripe/store.ts';
import { startEmbeddedStripe } from '../../../../src/adapters/embedded/stripe.ts';
import { createStripeClient } from '../../../../src/adapters/stripe/client.ts';
import { startEmbedded } from '../../../support/process.ts';
import { accountOf } from '../../../../src/adapters/embedded/stripe/records.ts';
import { authorise, readLedger, saveMethod, TEST_KEY } from '../../../support/stripeSandbox.ts';
import { until } from '../../../support/until.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('the ledger of the Stripe sandbox', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let file: string;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    file = join(folder.path, 'ledger.jsonl');
  });

  afterEach(() => folder.remove());

  const readBack = async (): Promise<readonly unknown[]> => {
    const journal = await openSyncedJournal(file);
    await journal.close();
    return [...journal.entries()];
  };

  it('returns what was appended, in order, also by many at once', async () => {
    const journal = await openSyncedJournal(file);
    expect([...journal.entries()]).to.deep.equal([]);
    const records = Array.from({ length: 200 }, (_, n) => ({ n, text: 'ä\n' }));
    await Promise.all(records.map((record) => journal.append(record)));
    await journal.close();
    expect(await readBack()).to.deep.equal(records);
  });

  it('loses a last line without its end, and goes on after the one before', async () => {
    await writeFile(file, '{"n":1}\n{"n":2');
    expect(await readBack()).to.deep.equal([{ n: 1 }]);
    const journal = await openSyncedJournal(file);
    await journal.append({ n: 3 });
    await journal.close();
    expect(await readFile(file, 'utf8')).to.equal('{"n":1}\n{"n":3}\n');
  });

  it('is not opened when any other line is damaged', async () => {
    await writeFile(file, '{"n":1}\n{"n":\n{"n":3}\n');
    const opened = await readBack().catch((error: unknown) => error);
    expect(opened).to.be.instanceOf(SyntaxError);
  });

  it('is not used when it holds what no sandbox wrote', async () => {
    await appendFile(file, '{"type":"Refund"}\n');
    const started = await startEmbeddedStripe({ dataDir: folder.path, port: 0 }).catch(
      (error: unknown) => error,
    );
    expect(started).to.be.instanceOf(Error);
  });

  it('takes no further payment when it is full, since all of it is in memory', async () => {
    const lines = Array.from(
      { length: RECORDS_MAX - 1 },
      (_, n) => `{"type":"Shown","key":"${n}","fault":"dropped"}\n`,
    );
    const result = { type: 'Result', path: '', fingerprint: '', status: 200, atMs: 0 };
    const money = { amount: 100, amount_received: 100, currency: 'eur', created: 0, metadata: {} };
    const made = { id: 'pi_1', object: 'payment_intent', latest_charge: 'ch_1', ...money };
    const paid = { ...result, body: { ...made, last_payment_error: null, status: 'succeeded' } };
    await writeFile(file, [`${JSON.stringify(paid)}\n`, ...lines].join(''));
    const server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    try {
      const stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
      const refusal = await charge(stripe, 'key-1').catch((error: unknown) => error);
      expect(refusal).to.include({ statusCode: 500, rawType: 'api_error' });
      const ofHand = await fetch(`${server.url}/sandbox/payments/pi_1/dispute`, { method: 'POST' });
      expect(ofHand.status).to.equal(500);
      expect((await readLedger(server.url)).map(({ held }) => held)).to.deep.equal([100]);
    } finally {
      await server.close();
    }
  });

  it('G10: executes once what was put off without a key, despite an end right after', async () => {
    const due = { type: 'Postponed', path: '/v1/payment_intents', dueMs: 0 };
    const body =
      'amount=100&currency=eur&confirm=true&off_session=true&payment_method=pm_card_visa';
    await writeFile(file, `${JSON.stringify({ ...due, id: 'late_1', body })}\n`);
    for (const key of ['key-1', 'key-2']) {
      const server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
      try {
        await charge(createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url }), key);
      } finally {
        await server.close();
      }
      // As a kill would have left it: what was done is there, and nothing that came after.
      const kept = (await readFile(file, 'utf8')).replaceAll(/^.*"Idle".*\n/gm, '');
      await writeFile(file, kept);
    }
    const results = (await readBack()).filter((record) => Object(record).type === 'Result');
    expect(results).to.have.length(3);
  });

  it('G10: captures what was put off, after a restart, and not what was released', async () => {
    let server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    let stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
    const [one, other] = [await authorise(stripe), await authorise(stripe)];
    const percent = { 'captured-late': 100 };
    await fetch(`${server.url}/sandbox/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ percent, lateMs: 60_000 }),
    });
    for (const payment of [one, other]) {
      await stripe.paymentIntents.capture(payment).catch(() => undefined);
    }
    await fetch(`${server.url}/sandbox/faults`, { method: 'DELETE' });
    await stripe.paymentIntents.cancel(other);
    await server.close();
    const later = Date.now() + 60_000;
    server = await startEmbeddedStripe({ dataDir: folder.path, port: 0, now: () => later });
    try {
      const statuses = async () =>
        (await readLedger(server.url)).map(({ payment_intent: id, status }) => [id, status]);
      await until(
        'it is captured',
        async () => (await statuses()).some(([, status]) => status === 'succeeded') || undefined,
      );
      expect(await statuses()).to.deep.equal([
        [one, 'succeeded'],
        [other, 'canceled'],
      ]);
    } finally {
      await server.close();
    }
  });

  it('keeps customers, methods, captures, releases and expiries over a restart', async () => {
    let server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    let stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
    const { customer, paymentMethod } = await saveMethod(stripe, 'pm_card_visa');
    const payments = [];
    for (let n = 0; n < 4; n += 1)
      payments.push(await authorise(stripe, { customer, paymentMethod }));
    const [captured = '', released = '', expired = '', open = ''] = payments;
    await stripe.paymentIntents.capture(captured, { amount_to_capture: 1_000 });
    await stripe.paymentIntents.cancel(released);
    await fetch(`${server.url}/sandbox/payments/${expired}/expire`, { method: 'POST' });
    const all = async () => (await stripe.paymentIntents.list({ customer })).data;
    const before = await all();
    expect(before.map(({ status }) => status)).to.deep.equal([
      'requires_capture',
      'canceled',
      'canceled',
      'succeeded',
    ]);
    await server.close();
    server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
    try {
      expect(await all()).to.deep.equal(before);
      expect((await stripe.paymentIntents.capture(open)).status).to.equal('succeeded');
      const money = { amount: 100, currency: 'eur', confirm: true, off_session: true };
      const saved = { customer, payment_method: paymentMethod };
      const { status } = await stripe.paymentIntents.create({ ...money, ...saved });
      expect(status).to.equal('succeeded');
    } finally {
      await server.close();
    }
  });

  it('of a release that knew no customers and no captures is read and continued', async () => {
    const intent = {
      id: 'pi_0123456789',
      object: 'payment_intent',
      amount: 4_758,
      amount_capturable: 0,
      amount_received: 4_758,
      capture_method: 'automatic_async',
      created: 1_700_000_000,
      currency: 'eur',
      customer: null,
      last_payment_error: null,
      latest_charge: 'ch_0123456789',
      metadata: { order_id: 'o-1', attempt: '1' },
      payment_method: 'pm_card_visa',
      status: 'succeeded',
    };
    const result = { type: 'Result', path: '/v1/payment_intents', fingerprint: '', atMs: 0 };
    const account = { account: accountOf(`Bearer ${TEST_KEY}`) };
    await writeFile(
      file,
      `${JSON.stringify({ ...result, ...account, key: 'key-1', status: 200, body: intent })}\n`,
    );
    const server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    try {
      const stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
      expect(await stripe.paymentIntents.retrieve('pi_0123456789')).to.deep.include(intent);
      const refund = await stripe.refunds.create({ payment_intent: 'pi_0123456789' });
      expect(refund).to.include({ amount: 4_758, status: 'succeeded' });
      const [entry] = await readLedger(server.url);
      expect(entry).to.include({ status: 'succeeded', amount: 4_758, order_id: 'o-1' });
    } finally {
      await server.close();
    }
  });

  it('of a release that knew no events says what happened, also by time alone', async () => {
    const atMs = Date.now() - 60_000;
    const created = Math.floor(atMs / 1_000);
    const money = { amount: 100, currency: 'eur', created, metadata: {} };
    const payment = { last_payment_error: null, payment_method: 'pm_card_pendingRefund', ...money };
    const paid = { ...payment, id: 'pi_1', latest_charge: 'ch_1', object: 'payment_intent' };
    const refund = { ...money, id: 're_1', object: 'refund', charge: 'ch_1' };
    const held = { ...paid, id: 'pi_2', latest_charge: 'ch_2', status: 'requires_capture' };
    const result = { type: 'Result', path: '/v1/refunds', fingerprint: '', status: 200, atMs };
    const lines = [
      { ...result, body: { ...paid, amount_received: 100, status: 'succeeded' } },
      { ...result, body: { ...refund, payment_intent: 'pi_1', status: 'pending' }, settleMs: 9 },
      { ...result, body: { ...held, amount_received: 0, amount_capturable: 100 } },
      { type: 'Expired', payment: 'pi_2', atMs },
    ];
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    try {
      // Records without an account are of the embedded key's.
      const secretKey = 'sk_test_embedded';
      const stripe = createStripeClient({ secretKey, apiUrl: server.url });
      expect((await stripe.refunds.retrieve('re_1')).status).to.equal('succeeded');
      const { data } = await stripe.events.list();
      expect(data.map(({ type }) => type)).to.have.members([
        'payment_intent.succeeded',
        'refund.created',
        'charge.refunded',
        'refund.updated',
        'payment_intent.amount_capturable_updated',
        'payment_intent.canceled',
      ]);
    } finally {
      await server.close();
    }
  });

  it('fails every append after one that failed: the end of the file is unknown', async () => {
    const journal = await openSyncedJournal(file);
    await journal.close();
    for (const n of [1, 2]) {
      const appended = await journal.append({ n }).catch((error: unknown) => error);
      expect(appended).to.be.instanceOf(Error);
    }
  });

  it('has every answered charge once after SIGKILL, and the same keys replay (S2)', async () => {
    const { child, url } = await startEmbedded('stripe', folder.path);
    const answered = new Map<string, string>();
    const first = createStripeClient({ secretKey: TEST_KEY, apiUrl: url });
    const chargeOne = async (key: string): Promise<void> => {
      const id = await charge(first, key).catch(() => undefined);
      if (id !== undefined) answered.set(key, id);
      if (answered.size === 10) child.kill('SIGKILL');
    };
    const charging = Array.from({ length: 40 }, (_, n) => chargeOne(`key-${n}`));
    await Promise.all([...charging, once(child, 'exit')]);
    expect(answered.size).to.be.within(10, 40);

    const server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
    try {
      const kept = (await readLedger(server.url)).map((entry) => entry.payment_intent);
      expect(kept).to.include.members([...answered.values()]);
      const again = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
      for (const [key, id] of answered) expect(await charge(again, key)).to.equal(id);
      expect((await readLedger(server.url)).length).to.equal(kept.length);
    } finally {
      await server.close();
    }
  });
});

const charge = async (
  stripe: ReturnType<typeof createStripeClient>,
  idempotencyKey: string,
): Promise<string> => {
  const payment = { amount: 100, currency: 'eur', confirm: true, off_session: true };
  const { id } = await stripe.paymentIntents.create(
    { ...payment, payment_method: 'pm_card_visa' },
    { idempotencyKey },
  );
  return id;
};
