import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Stripe } from 'stripe';
import {
  CARD_PAYMENT,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';
import { until } from '../../../support/until.ts';

const SECRET = 'whsec_sandbox_test';

type Call = { readonly signature: string; readonly body: string };

describe('webhooks of the Stripe sandbox', () => {
  let sandbox: StripeSandbox;
  let server: Server;
  let calls: Call[];
  /** How each call is answered, by its number. */
  let statusOf: (n: number) => number;

  beforeEach(async () => {
    calls = [];
    statusOf = () => 200;
    server = createServer((request, response) => {
      const signature = String(request.headers['stripe-signature']);
      void text(request).then((body) => {
        calls.push({ signature, body });
        return response.writeHead(statusOf(calls.length), { location: '/elsewhere' }).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    sandbox = await startStripeSandbox();
  });

  afterEach(async () => {
    await sandbox.close();
    server.closeAllConnections();
    server.close();
  });

  const put = async (settings: object = {}): Promise<Response> =>
    fetch(`${sandbox.url}/sandbox/webhooks`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: address(), secret: SECRET, ...settings }),
    });

  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/stripe`;

  const shown = async (): Promise<{ counts: Record<string, number>; url: string | null }> =>
    (await fetch(`${sandbox.url}/sandbox/webhooks`)).json();

  const pay = (times = 1) =>
    Promise.all(
      Array.from({ length: times }, () => sandbox.stripe.paymentIntents.create(CARD_PAYMENT)),
    );

  const untilCalls = (count: number) =>
    until(`${count} calls`, (see) => {
      see(calls.length);
      return calls.length >= count || undefined;
    });

  const untilNoneWaits = () =>
    until('no call waits', async (see) => {
      const { counts } = await shown();
      see(counts);
      return counts['waiting'] === 0 || undefined;
    });

  const ids = (): readonly string[] =>
    calls.map(({ body }) => (JSON.parse(body) as Stripe.Event).id);

  const verified = ({ body, signature }: Call): Stripe.Event =>
    Stripe.webhooks.constructEvent(body, signature, SECRET);

  it('are signed so that the official SDK takes them', async () => {
    await put();
    const [payment] = await pay();
    await untilCalls(1);
    const [call] = calls as [Call];
    const event = verified(call);
    const [listed] = (await sandbox.stripe.events.list()).data;
    expect(event).to.deep.equal({ ...JSON.parse(JSON.stringify(listed)), pending_webhooks: 1 });
    expect(event.data.object).to.include({ id: payment?.id });
    const other = { ...call, body: call.body.replace('succeeded', 'canceled') };
    expect(() => verified(other)).to.throw(/signature/);
  });

  it('come again until they are confirmed, with a signature of each time', async () => {
    statusOf = (n) => (n === 1 ? 500 : n === 2 ? 302 : 204);
    await put();
    await pay();
    await untilCalls(3);
    await untilNoneWaits();
    expect(new Set(ids()).size).to.equal(1);
    for (const call of calls) verified(call);
    expect((await shown()).counts).to.include({ sent: 3, confirmed: 1, abandoned: 0 });
  });

  it('come again when nobody listened', async () => {
    await put({ url: 'http://127.0.0.1:1/stripe' });
    await pay();
    await until('one was sent', async () => ((await shown()).counts['sent'] ?? 0) > 0 || undefined);
    await put();
    await untilCalls(1);
  });

  it('are lost, doubled and late by the shares that are set', async () => {
    await put({ percent: { lost: 100 } });
    await pay(3);
    await put({ percent: { doubled: 100 } });
    await pay(3);
    await untilCalls(6);
    await untilNoneWaits();
    expect(new Set(ids()).size).to.equal(3);
    await put({ percent: { late: 100 }, lateMs: 60_000 });
    await pay(1);
    await until('it waits', async () => (await shown()).counts['late'] === 1 || undefined);
    expect(calls).to.have.length(6);
  });

  it('are forged so that no signature of them is taken, and not repeated', async () => {
    statusOf = () => 400;
    await put({ percent: { lost: 100, forged: 100 } });
    await pay(2);
    await untilCalls(2);
    await untilNoneWaits();
    for (const call of calls) expect(() => verified(call)).to.throw(/signature/);
    const listed = (await sandbox.stripe.events.list()).data.map(({ id }) => id);
    expect(listed).not.to.include.members([...ids()]);
    expect((await shown()).counts).to.include({ lost: 2, forged: 2, sent: 2, confirmed: 0 });
  });

  it('arrive in another order than that of their events', async () => {
    await put({ seed: 7 });
    await pay(20);
    await untilCalls(20);
    const listed = (await sandbox.stripe.events.list({ limit: 100 })).data.map(({ id }) => id);
    expect(ids()).to.have.members(listed);
    expect(ids()).not.to.deep.equal(listed.toReversed());
  });

  it('begin with the events after the setting, and end with it or a restart', async () => {
    await pay();
    await put();
    const [second] = await pay();
    await untilCalls(1);
    await untilNoneWaits();
    expect(calls.map((call) => (verified(call).data.object as { id: string }).id)).to.deep.equal([
      second?.id,
    ]);
    await fetch(`${sandbox.url}/sandbox/webhooks`, { method: 'DELETE' });
    await pay();
    await put();
    await pay();
    await untilCalls(2);
    sandbox = await sandbox.restart();
    expect((await shown()).url).to.equal(null);
    expect(calls).to.have.length(2);
  });

  it('say when a pending refund has succeeded, without anybody asking', async () => {
    await sandbox.setFaults({ lateMs: 100 });
    await put();
    const { id: payment_intent } = await sandbox.stripe.paymentIntents.create({
      ...CARD_PAYMENT,
      payment_method: 'pm_card_pendingRefund',
    });
    await sandbox.stripe.refunds.create({ payment_intent });
    await untilCalls(4);
    expect(calls.map((call) => verified(call).type)).to.have.members([
      'payment_intent.succeeded',
      'refund.created',
      'charge.refunded',
      'refund.updated',
    ]);
  });

  it('draw the same for the same seed', async () => {
    const drawn: unknown[] = [];
    for (const _ of [1, 2]) {
      await put({ seed: 11, percent: { lost: 50, doubled: 50, forged: 50 } });
      for (let n = 0; n < 8; n += 1) await pay();
      await untilNoneWaits();
      const { lost, doubled, forged } = (await shown()).counts;
      drawn.push({ lost, doubled, forged });
    }
    expect(drawn[1]).to.deep.equal(drawn[0]);
  });

  for (const [what, settings, message] of [
    ['another machine', { url: 'http://example.com/stripe' }, /on loopback/],
    ['a name in an address', { url: 'http://127.0.0.1@example.com/' }, /on loopback/],
    ['another protocol', { url: 'file:///etc/passwd' }, /on loopback/],
    ['no secret', { secret: '' }, /secret is not/],
    ['a share of its own', { percent: { broken: 1 } }, /no share of webhooks is called "broken"/],
    ['too great a share', { percent: { lost: 101 } }, /share of lost is not/],
    ['a delay beyond the limit', { lateMs: 60_001 }, /lateMs is not/],
    ['an unknown setting', { secrets: [] }, /"secrets" is no setting/],
  ] as const) {
    it(`are not set to ${what}`, async () => {
      const response = await put(settings);
      expect(response.status).to.equal(400);
      const { error } = (await response.json()) as { error: { message: string } };
      expect(error.message).to.match(message);
      expect((await shown()).url).to.equal(null);
    });
  }
});
