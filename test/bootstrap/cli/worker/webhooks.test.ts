import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createSqsMessageQueue } from '../../../../src/adapters/sqs/messageQueue.ts';
import { EMBEDDED_WEBHOOK_SECRET } from '../../../../src/adapters/embedded/index.ts';
import { openEmbedded, type EmbeddedStack } from '../../../../src/bootstrap/embedded.ts';
import { lineOf, run, start, type Env, type InProcessCommand } from '../../../support/cli.ts';
import { localSqsClients } from '../../../support/sqs.ts';
import { signatureOf, stripeEvent } from '../../../support/stripeEvents.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';

const PAID = JSON.stringify(
  stripeEvent('payment_intent.succeeded', {
    object: 'payment_intent',
    id: 'pi_1234567',
    status: 'succeeded',
    metadata: { order_id: 'o-1' },
  }),
);

describe('paidonce worker --service webhooks', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let embedded: EmbeddedStack;
  let worker: InProcessCommand | undefined;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path, WEBHOOK_PORT: '0', WEBHOOK_DELAY_MS: '0' };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
    await embedded.close();
    await folder.remove();
  });

  const work = async (settings: Env = env) => {
    const args = ['worker', '--service', 'webhooks', '--embedded', '--json'];
    const running = (worker = start(args, settings));
    const line = await lineOf(running, (text) => text.includes('"worker.webhooks"'));
    running.stdout.resume();
    const { port } = JSON.parse(line) as { readonly port: number };
    const call = (body: string, signature: string) =>
      fetch(`http://127.0.0.1:${port}/stripe`, {
        method: 'POST',
        headers: { 'stripe-signature': signature },
        body,
      });
    return { running, port, call };
  };
  const received = async () => {
    const { PAYMENTS_QUEUE_URL: queueUrl = '' } = embedded.settings;
    const clients = localSqsClients(new URL(queueUrl).origin);
    const queue = createSqsMessageQueue(clients, { queueUrl });
    const messages = await queue.receive({ max: 10, waitMs: 0, visibilityMs: 10_000 });
    clients.client.destroy();
    clients.receiveClient.destroy();
    return messages._unsafeUnwrap().map(({ body }) => JSON.parse(body) as object);
  };
  const signed = (body: string, secret = EMBEDDED_WEBHOOK_SECRET) =>
    signatureOf(body, { secret, at: Date.now() });

  it('has a signed event in the queue before it answers, and nothing else', async () => {
    const { running, call } = await work();
    expect((await call(PAID, signed(PAID))).status).to.equal(200);
    expect((await call(PAID, signed(PAID, 'whsec_of_somebody_else_0'))).status).to.equal(400);
    const ignored = JSON.stringify(stripeEvent('customer.created', { object: 'customer' }));
    expect((await call(ignored, signed(ignored))).status).to.equal(200);

    const messages = await received();
    expect(messages).to.have.length(1);
    expect(messages[0]).to.deep.include({
      type: 'GatewayEvent',
      event: 'evt_0000000000000001',
      payment: 'pi_1234567',
      orderId: 'o-1',
    });
    expect(await running.stop()).to.equal(0);
  });

  it('takes a call that is signed with a former secret too, while one is rolled', async () => {
    const { call } = await work();
    expect((await call(PAID, `${signed(PAID, 'whsec_old_0123456789')},v1=00`)).status).to.equal(
      400,
    );
    const both = `${signed(PAID, 'whsec_old_0123456789')},${signed(PAID).split(',')[1] ?? ''}`;
    expect((await call(PAID, both)).status).to.equal(200);
  });

  it('refuses to begin on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const args = ['worker', '--service', 'webhooks', '--embedded'];

    const taken = await run(args, { env: { ...env, WEBHOOK_PORT: String(port) } });
    expect(taken.code).to.equal(2);
    expect(taken.stderr).to.match(/WEBHOOK_PORT cannot be used: .*EADDRINUSE/);
    other.close();
  });
});
