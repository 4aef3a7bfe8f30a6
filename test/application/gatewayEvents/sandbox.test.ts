import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createStripeGatewayEvents } from '../../../src/adapters/stripe/eventList.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { fixedSecret } from '../../../src/application/ports/liveSecret.ts';
import { createStripeWebhooks } from '../../../src/adapters/stripe/webhooks.ts';
import { STRIPE_CALLS } from '../../../src/adapters/stripe/webhookCalls.ts';
import { serveCalls } from '../../../src/adapters/webhooks/httpServer.ts';
import { createReceiveCall } from '../../../src/application/gatewayEvents/receiveCall.ts';
import { encodeGatewayEvent } from '../../../src/application/messages/index.ts';
import type { CallServer } from '../../../src/application/ports/gatewayEvents.ts';
import { startStripeSandbox, type StripeSandbox } from '../../support/stripeSandbox.ts';
import { DEPLOYMENT, NOON } from '../../support/orderContext.ts';
import { setUpWithEvents } from '../orders/paymentsAndEvents.ts';
import { order, refundOf } from '../orders/payments.ts';

const SECRET = 'whsec_local_0123456789abcdef';
const WAIT_MS = 20_000;

/** The payment service on the SDK, and the sandbox's own webhooks, signed as Stripe signs them. */
describe('the gateway’s events, from the sandbox to the order', () => {
  let sandbox: StripeSandbox;
  let server: CallServer;
  let world: ReturnType<typeof setUpWithEvents>;
  let queue: ReturnType<typeof createMemoryMessageQueue>;

  beforeEach(async () => {
    sandbox = await startStripeSandbox({ now: Date.now });
    const clock = { now: Date.now, sleep: async () => {} };
    queue = createMemoryMessageQueue({ clock, ids: createMemoryIds() });
    const receiveCall = createReceiveCall({
      webhookReader: createStripeWebhooks(fixedSecret(['whsec_rolled_0123456789', SECRET])),
      payments: queue,
      clock,
      delayMs: 0,
    });
    const endpoint = { port: 0, host: '127.0.0.1', ...STRIPE_CALLS };
    server = (await serveCalls(receiveCall, endpoint))._unsafeUnwrap();
    const stripe = createStripePaymentGateway(sandbox.stripe);
    const account = (await stripe.identify())._unsafeUnwrap();
    world = setUpWithEvents({
      gateway: () => stripe,
      deployment: () => deploymentOf(account),
    });
    // The test's clock is the one by which the sandbox dates what it makes.
    world.clock.pass(Date.now() - NOON);
    const hook = { url: `http://127.0.0.1:${server.port}/stripe`, secret: SECRET };
    const set = await fetch(`${sandbox.url}/sandbox/webhooks`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...hook, percent: { doubled: 50, forged: 50 }, seed: 7 }),
    });
    expect(set.ok, await set.text()).to.equal(true);
  });

  afterEach(async () => {
    await server.close(0);
    await sandbox.close();
  });

  /** Handles what the webhooks have brought until the order is there. */
  const until = async (status: string): Promise<void> => {
    const deadline = Date.now() + WAIT_MS;
    while ((await world.statusOf()) !== status && Date.now() < deadline) {
      const bodies = queue.dump().map(({ body }) => body);
      for (const body of bodies) await world.handle(body);
      await sleep(50);
    }
    expect(await world.statusOf()).to.equal(status);
  };

  const paidAs = async (): Promise<string> => {
    const { payment } = await world.stateOf();
    return payment.status === 'captured' ? payment.reference : payment.status;
  };

  it('settles what takes days, once the webhook says so', async () => {
    await world.place({ ...order, paymentMethod: 'pm_sandbox_processing_never_ends' });
    const { payment } = await world.stateOf();
    const { pending } = payment as { readonly pending?: { readonly reference: string } };
    expect(await world.statusOf()).to.equal('payment under way');
    await sandbox.act(`settle/${pending?.reference}`);
    await until('paid');
  });

  it('ends a doubt, records a chargeback and its end, and adopts a refund by hand', async () => {
    await world.place({ ...order, paymentMethod: 'pm_sandbox_answer_lost' });
    expect(await world.statusOf()).to.equal('payment open');
    await until('paid');
    const reference = await paidAs();
    const { id } = await sandbox.act(`payments/${reference}/dispute`);
    await until('disputed');
    await sandbox.act(`disputes/${id}/close`, { isWon: true });
    await until('paid');
    await sandbox.act(`payments/${reference}/refund`, { amount: 19 });
    await until('partly refunded');
    expect(world.stored().filter((name) => String(name).includes('CreditNote'))).to.have.length(1);
  });

  it('takes a refund that comes back to a person', async () => {
    await world.place();
    await world.handle(refundOf('r-1', 19));
    const [refund] = (await world.stateOf()).refunds;
    const { reference } = refund as { readonly reference?: string };
    await sandbox.act(`settle/${reference}`, { fails: true });
    await until('refund returned');
    expect(world.deadLetters()).to.have.length(1);
  });

  it('has in the gateway’s list what no webhook brought', async () => {
    await fetch(`${sandbox.url}/sandbox/webhooks`, { method: 'DELETE' });
    await world.place({ ...order, paymentMethod: 'pm_sandbox_answer_lost' });
    const events = createStripeGatewayEvents(sandbox.stripe);
    const window = { from: Date.now() - 60_000, to: Date.now() + 2_000 };
    for (const event of (await events.list(window))._unsafeUnwrap()) {
      await world.handle(encodeGatewayEvent(event, 'reconciler').body);
    }
    expect(await world.statusOf()).to.equal('paid');
    expect(queue.dump()).to.deep.equal([]);
  });
});

const deploymentOf = (account: string) => okAsync({ ...DEPLOYMENT, account });
