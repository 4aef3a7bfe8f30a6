import { expect } from 'chai';
import { amountOf } from '../../../src/bootstrap/cli/common/json.ts';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startStripeSandbox, TEST_KEY, type StripeSandbox } from '../../support/stripeSandbox.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { jsonLines, run, type Ended } from '../../support/cli.ts';

describe('paidonce sandbox', () => {
  let sandbox: StripeSandbox;

  before(async () => {
    sandbox = await startStripeSandbox();
  });

  after(() => sandbox.close());

  const paidonce = (args: string, url = sandbox.url): Promise<Ended> =>
    run(['sandbox', ...args.split(' ')], { env: { STRIPE_API_URL: url } });

  const json = async (args: string): Promise<Record<string, unknown>> =>
    JSON.parse((await paidonce(`${args} --json`)).stdout) as Record<string, unknown>;

  it('sets faults in the place of those before, shows them, and clears them', async () => {
    await sandbox.setFaults({ percent: { dropped: 100 } });
    const set =
      'faults --set answer-lost=20 --set rate-limited=5 --seed 7 --search-lag 9 --late 8 --forget-after 6';
    const shown = await json(set);
    expect(shown).to.deep.include({ seed: 7, searchLagMs: 9, lateMs: 8, forgetMs: 6 });
    expect(shown['percent']).to.include({ 'answer-lost': 20, 'rate-limited': 5, dropped: 0 });
    const { stdout } = await paidonce('faults');
    expect(stdout)
      .to.match(/^answer-lost +20 +0$/m)
      .and.to.match(/^dropped +0 +0$/m);
    expect(stdout).to.match(/seed 7; search-lag lasts 9 ms, captured-late is 8 ms late/);
    expect((await json('faults --clear'))['percent']).to.include({ 'answer-lost': 0 });
  });

  for (const [args, message] of [
    ['--set answer-lots=20', /No fault is called "answer-lots"; there are rate-limited, /],
    ['--set dropped=101', /The share of dropped is not a whole number from 0 to 100 percent/],
    ['--set dropped=-1', /The share of dropped is not/],
    ['--set dropped', /The share of dropped is not/],
    ['--set dropped=20 --set =20', /No fault is called ""/],
    ['--seed x', /whole number from 0 to/],
  ] as const) {
    it(`refuses faults ${args}`, async () => {
      const { code, stderr } = await paidonce(`faults ${args} --json`);
      const [failure] = jsonLines(stderr);
      expect(failure).to.have.nested.property('error.message').that.matches(message);
      expect(code).to.equal(2);
    });
  }

  it('does not set and clear at once', async () => {
    const { code, stderr } = await paidonce('faults --set dropped=1 --clear');
    expect(stderr).to.match(/either set faults or clear them/);
    expect(code).to.equal(2);
  });

  it('sets a webhook, shows it, and clears it', async () => {
    const url = 'http://127.0.0.1:1/stripe';
    const set = `webhooks --url ${url} --secret whsec_1 --lost 20 --doubled 10 --late 5 --forged 1`;
    const shown = await json(`${set} --late-by 9 --seed 7`);
    expect(shown).to.deep.include({ url, seed: 7, lateMs: 9 });
    expect(shown['percent']).to.deep.equal({ lost: 20, doubled: 10, late: 5, forged: 1 });
    expect(JSON.stringify(shown)).not.to.include('whsec_1');
    const { stdout } = await paidonce('webhooks');
    expect(stdout).to.match(/^lost +20 +0$/m);
    expect(stdout).to.match(/to http:\/\/127\.0\.0\.1:1\/stripe; seed 7; .* are 9 ms late/);
    expect((await json('webhooks --clear'))['url']).to.equal(null);
    expect((await paidonce('webhooks')).stdout).to.equal('events are sent nowhere\n');
  });

  for (const [args, message] of [
    ['--url http://127.0.0.1:1/', /a webhook has a --url and a --secret/],
    ['--lost 20', /a webhook has a --url and a --secret/],
    ['--url http://example.com/ --secret whsec_1', /url is no http address on loopback/],
    ['--url http://127.0.0.1:1/ --secret whsec_1 --clear', /either set a webhook or clear it/],
    ['--late 101', /whole number from 0 to 100/],
  ] as const) {
    it(`refuses webhooks ${args}`, async () => {
      const { code, stderr } = await paidonce(`webhooks ${args}`);
      expect(stderr).to.match(message);
      expect(code).to.equal(2);
    });
  }

  it('prints the ledger, oldest first, in amounts as people write them', async () => {
    const { stripe } = sandbox;
    const payment = { amount: 4_758, currency: 'eur', confirm: true, off_session: true };
    const metadata = { order_id: 'o-1' };
    const { id: payment_intent } = await stripe.paymentIntents.create(
      { ...payment, payment_method: 'pm_card_visa', metadata },
      { idempotencyKey: 'key-1' },
    );
    await stripe.refunds.create(
      { payment_intent, amount: 758, metadata },
      { idempotencyKey: 'key-2' },
    );
    const { stdout } = await paidonce('ledger');
    expect(stdout).to.match(
      /charge +o-1 +EUR 47\.58 +succeeded +pi_\w+ +key-1\n.*refund +o-1 +EUR 7\.58 +succeeded +pi_\w+ +key-2\n$/,
    );
    const { charges, refunds } = await json('ledger');
    const inEuros = (entries: readonly object[]) =>
      entries.map((entry) =>
        Object.fromEntries(
          Object.entries(entry).map(([name, value]) => [
            name,
            typeof value === 'number' ? amountOf(value, 'EUR') : value,
          ]),
        ),
      );
    expect(charges).to.deep.equal(inEuros(await sandbox.ledger()));
    expect(refunds).to.deep.equal(inEuros(await sandbox.refunds()));
  });

  it('refunds what is left of an order, once, as somebody at the dashboard would', async () => {
    const { stripe } = sandbox;
    const payment = { amount: 1_200, currency: 'eur', confirm: true, off_session: true };
    const { id } = await stripe.paymentIntents.create(
      { ...payment, payment_method: 'pm_card_visa', metadata: { order_id: 'by-hand' } },
      { idempotencyKey: 'key-by-hand' },
    );
    await stripe.refunds.create({ payment_intent: id, amount: 200 });
    const env = { STRIPE_API_URL: sandbox.url, STRIPE_SECRET_KEY: TEST_KEY };
    const refund = (order: string) => run(['sandbox', 'refund', order], { env });

    const { code, stdout } = await refund('by-hand');
    expect(stdout).to.match(new RegExp(`^refunded EUR 10\\.00 of ${id} as re_\\w+\\n$`));
    expect(code).to.equal(0);
    for (const order of ['by-hand', 'nobody']) {
      const again = await refund(order);
      expect(again.stderr).to.match(/the sandbox holds no money of the order/);
      expect(again.code).to.equal(1);
    }
  });

  describe('as a bank, or somebody at the dashboard', () => {
    const payment = { amount: 4_758, currency: 'eur', confirm: true, off_session: true };
    const pay = async (method = 'pm_card_visa'): Promise<string> =>
      (await sandbox.stripe.paymentIntents.create({ ...payment, payment_method: method })).id;

    it('disputes a payment, ends the dispute, and shows both in the ledger', async () => {
      const id = await pay();
      const opened = await json(`dispute ${id} --amount 1000 --reason general`);
      const dispute = String(opened['id']);
      expect(opened).to.deep.equal({
        payment: id,
        id: dispute,
        status: 'needs_response',
        reason: 'general',
        amount: amountOf(1_000, 'EUR'),
      });
      const { stdout } = await paidonce('ledger');
      expect(stdout).to.match(new RegExp(`dispute +EUR 10\\.00 +needs_response .*${id}`));
      expect(await json(`dispute-close ${dispute} --lost`)).to.deep.equal({
        id: dispute,
        status: 'lost',
      });
      const { charges, disputes } = await json('ledger');
      expect(JSON.stringify(disputes)).to.include(dispute);
      expect((charges as { payment_intent: string }[]).at(-1)).to.deep.include({
        payment_intent: id,
        withdrawn: amountOf(1_000, 'EUR'),
        held: amountOf(3_758, 'EUR'),
      });
    });

    it('refunds a part of one payment, and lets the refund fail', async () => {
      const paid = await pay();
      const refund = await json(`refund ${paid} --amount 500`);
      const { id } = refund;
      const amount = amountOf(500, 'EUR');
      expect(refund).to.deep.equal({ orderId: '', payment: paid, id, amount });
      expect(await json(`settle ${String(id)} --fails`)).to.deep.equal({ id, status: 'failed' });
    });

    it('captures, releases and settles', async () => {
      const hold = async () =>
        (
          await sandbox.stripe.paymentIntents.create({
            amount: 100,
            currency: 'eur',
            confirm: true,
            capture_method: 'manual',
            payment_method: 'pm_card_visa',
          })
        ).id;
      expect((await json(`capture ${await hold()}`))['status']).to.equal('succeeded');
      expect((await json(`cancel ${await hold()}`))['status']).to.equal('canceled');
      const slow = await pay('pm_sandbox_processing_never_ends');
      expect((await json(`settle ${slow}`))['status']).to.equal('succeeded');
    });

    for (const [args, message] of [
      ['refund o-1 --amount 500', /--amount is of one payment/],
      ['refund pi_0', /No such payment_intent/],
      ['dispute ../faults', /a payment’s id begins with pi_/],
      ['dispute pi_0 --reason mood', /Allowed choices are/],
      ['dispute-close du_0', /either --won or --lost/],
      ['dispute-close du_0 --won', /No such dispute/],
      ['settle du_0', /begins with pi_ or re_/],
      ['capture du_0', /a payment’s id begins with pi_/],
    ] as const) {
      it(`refuses ${args}`, async () => {
        const { code, stderr } = await paidonce(args);
        expect(stderr).to.match(message);
        expect(code).to.equal(2);
      });
    }
  });

  describe('as a shop at its checkout', () => {
    const checkout = (args: string) =>
      run(['sandbox', ...args.split(' '), '--json'], {
        env: { STRIPE_API_URL: sandbox.url, STRIPE_SECRET_KEY: TEST_KEY },
      });
    const shown = async (args: string): Promise<Record<string, unknown>> =>
      JSON.parse((await checkout(args)).stdout) as Record<string, unknown>;

    it('authorises a payment that can then be captured, until a time that it prints', async () => {
      const printed = await shown('authorise --amount 47.58 --currency eur --order o-1');
      const { id, latest_charge: charge } = await sandbox.stripe.paymentIntents.retrieve(
        String(printed['payment']),
        { expand: ['latest_charge'] },
      );
      const before = Object(charge).payment_method_details.card.capture_before as number;
      expect(printed).to.deep.equal({
        payment: id,
        status: 'authorised',
        amount: amountOf(4_758, 'EUR'),
        paymentMethod: 'pm_card_visa',
        orderId: 'o-1',
        until: new Date(before * 1_000).toISOString(),
      });
      const part = { amount_to_capture: 3_000 };
      const { status } = await sandbox.stripe.paymentIntents.capture(id, part);
      expect(status).to.equal('succeeded');
      const { charges } = await json('ledger');
      expect(charges).to.deep.include.members(
        (await sandbox.ledger())
          .filter((entry) => entry.payment_intent === id)
          .map((entry) => ({
            ...entry,
            amount: amountOf(3_000, 'EUR'),
            captured: amountOf(3_000, 'EUR'),
            held: amountOf(3_000, 'EUR'),
            refunded: amountOf(0, 'EUR'),
            withdrawn: amountOf(0, 'EUR'),
            reinstated: amountOf(0, 'EUR'),
          })),
      );
    });

    it('saves a method for a customer, and pays with it', async () => {
      const saved = await shown('save --method pm_card_mastercard');
      const { customer, paymentMethod: method, mandate } = saved;
      expect(mandate).to.equal(String(method).replace('pm_', 'mandate_'));
      const payer = `--customer ${String(customer)} --method ${String(method)}`;
      const paid = await shown(`pay --amount 5000 --currency JPY ${payer}`);
      expect(paid).to.deep.include({ status: 'captured', customer, paymentMethod: method });
      expect(paid).not.to.have.property('until');
    });

    it('lets an authorisation expire, once', async () => {
      const { payment } = await shown('authorise --amount 1.00 --currency EUR');
      expect(await shown(`expire ${String(payment)}`)).to.deep.equal({
        payment,
        status: 'expired',
      });
      const { status } = await sandbox.stripe.paymentIntents.retrieve(String(payment));
      expect(status).to.equal('canceled');
      const { code, stderr } = await checkout(`expire ${String(payment)}`);
      expect(stderr).to.match(/No authorisation of the payment pi_\w+ is left to expire/);
      expect(code).to.equal(2);
    });

    for (const [args, message, code] of [
      ['authorise --amount 1,234 --currency EUR', /no clear amount in EUR/, 2],
      ['authorise --amount 1.0001 --currency CLF', /Stripe does not charge in CLF/, 2],
      ['pay --amount 0.01 --currency EUR', /least/, 2],
      ['pay --amount 1.00 --currency EUR --method pm_nobody', /No such PaymentMethod/, 2],
      ['pay --amount 1.00 --currency EUR --customer cus_1', /No such customer/, 2],
      [
        'authorise --amount 1.00 --currency EUR --method pm_card_chargeDeclinedExpiredCard',
        /declined: expired_card/,
        1,
      ],
      ['save --method pm_nobody', /No such PaymentMethod/, 2],
      ['expire pi_nobody', /No such payment_intent/, 2],
      ['expire ../faults', /a payment’s id begins with pi_/, 2],
    ] as const) {
      it(`refuses ${args}`, async () => {
        const ended = await checkout(args);
        expect(ended.stderr).to.match(message);
        expect(ended.code).to.equal(code);
      });
    }
  });

  it('says that Stripe has no such thing when no sandbox is named', async () => {
    for (const args of ['ledger', 'faults --set dropped=20']) {
      const { code, stderr } = await run(['sandbox', ...args.split(' ')], { env: {} });
      expect(stderr).to.match(/Stripe itself has no ledger to show and no faults to set/);
      expect(code).to.equal(1);
    }
  });

  it('says so too when the address is that of something else', async () => {
    const other = await answering(404, '{"error":{"message":"Unrecognized request URL"}}');
    const page = await answering(200, '<html></html>');
    try {
      for (const { url } of [other, page]) {
        const { code, stderr } = await paidonce('faults --set dropped=20', url);
        expect(stderr).to.match(/is not the payment sandbox: real Stripe, and other stand-ins/);
        expect(code).to.equal(1);
      }
    } finally {
      other.server.close();
      page.server.close();
    }
  });

  it('says that nothing answers at the address', async () => {
    const { server, url } = await answering(200, '');
    server.close();
    const { code, stderr } = await paidonce('faults', url);
    expect(stderr).to.match(/did not answer: .*ECONNREFUSED/);
    expect(code).to.equal(1);
  });

  it('sets no faults in servers that would end with it', async () => {
    const folder = await makeTemporaryFolder();
    try {
      const env = { PAIDONCE_DATA_DIR: folder.path };
      await run(['setup', '--embedded'], { env });
      const args = ['sandbox', 'faults', '--embedded', '--set', 'dropped=20'];
      const { code, stderr } = await run(args, { env });
      expect(stderr).to.match(/no embedded servers run, and faults end with the servers/);
      expect(code).to.equal(1);
    } finally {
      await folder.remove();
    }
  });
});

const answering = async (
  status: number,
  body: string,
): Promise<{ readonly server: Server; readonly url: string }> => {
  const server = createServer((_request, response) => void response.writeHead(status).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};
