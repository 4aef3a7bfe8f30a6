import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { readLedger } from '../../support/stripeSandbox.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import {
  jsonLines,
  lineOf,
  run,
  start,
  type Env,
  type InProcessCommand,
} from '../../support/cli.ts';
import { startKeyedGateway, type KeyedGateway } from '../../support/keyedGateway.ts';
import {
  parameterArnOf,
  secretArnOf,
  startSecretStore,
  type SecretStore,
} from '../../support/secretStore.ts';
import { signatureOf, stripeEvent } from '../../support/stripeEvents.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import { deploymentEnv } from './awsEnv.ts';

const KEY_ARN = secretArnOf('stripe');
const WEBHOOKS_ARN = parameterArnOf('paidonce/webhooks');
const SEALS_ARN = parameterArnOf('paidonce/seals');
const OLD = 'sk_test_of_yesterday';
const NEW = 'sk_test_of_today';
const OLD_SIGNING = 'whsec_of_yesterday_0123456789';
const NEW_SIGNING = 'whsec_of_today_0123456789';
const SEAL_KEYS = 'a-secret-of-the-payment-service-alone';
const SECRETS = [OLD, NEW, OLD_SIGNING, NEW_SIGNING, SEAL_KEYS];

describe('Secrets by ARN', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let store: SecretStore;
  let gateway: KeyedGateway;
  let env: Env;
  let worker: InProcessCommand | undefined;
  let output: string;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    const local = { PAIDONCE_DATA_DIR: folder.path };
    embedded = (await openEmbedded(local))._unsafeUnwrap();
    store = await startSecretStore();
    gateway = await startKeyedGateway(embedded.addresses.stripe);
    env = {
      ...(await deploymentEnv(local)).env,
      STRIPE_API_URL: gateway.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: store.url,
      AWS_ENDPOINT_URL_SSM: store.url,
      STRIPE_SECRET_KEY_ARN: KEY_ARN,
      STRIPE_WEBHOOK_SECRETS_ARN: WEBHOOKS_ARN,
      INTENT_SEAL_KEYS_ARN: SEALS_ARN,
      WEBHOOK_PORT: '0',
      WEBHOOK_HOST: '127.0.0.1',
      RECEIVE_WAIT_MS: '1000',
      MAIL_FROM: 'receipts@example.com',
    };
    store.kept.set(KEY_ARN, OLD);
    store.kept.set(WEBHOOKS_ARN, OLD_SIGNING);
    store.kept.set(SEALS_ARN, SEAL_KEYS);
    gateway.keys.set(OLD, 'sk_test_inside');
    output = '';
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
    await gateway.close();
    await store.close();
    await embedded.close();
    await folder.remove();
  });

  const startWorker = (service: string): InProcessCommand => {
    const running = (worker = start(['worker', '--service', service, '--json'], env));
    for (const stream of [running.stdout, running.stderr]) {
      stream.on('data', (text) => (output += String(text)));
    }
    return running;
  };
  const stopped = async (): Promise<number | undefined> => {
    const code = await worker?.stop();
    worker = undefined;
    return code;
  };
  const submit = async (...orders: readonly string[]): Promise<void> => {
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, orders.map((id) => JSON.stringify(orderOf(id))).join('\n'));
    expect(await run(['submit', file], { env })).to.include({ code: 0 });
  };
  const untilPaid = (...orders: readonly string[]) =>
    until(
      'the orders are paid',
      (see) => {
        see(output.slice(-2_000));
        const lines = output.split('\n').filter((line) => line.includes('"message.handled"'));
        const isPaid = (id: string): boolean =>
          lines.some((line) => line.includes(`"${id}"`) && line.includes('"paid"'));
        return orders.every(isPaid) || undefined;
      },
      { withinMs: 20_000 },
    );

  it('are rotated while orders are paid, none of them twice, without a restart', async () => {
    startWorker('payments');
    await submit('before');
    await untilPaid('before');

    gateway.keys.clear();
    gateway.keys.set(NEW, 'sk_test_inside');
    store.kept.set(KEY_ARN, NEW);
    await submit('after-1', 'after-2');
    await untilPaid('after-1', 'after-2');

    const charges = await readLedger(embedded.addresses.stripe);
    const charged = charges.map(({ order_id: id }) => id);
    expect(charged).to.have.members(['before', 'after-1', 'after-2']);
    expect(gateway.seen.some(({ key, accepted }) => key === OLD && !accepted)).to.equal(true);
    expect(await stopped()).to.equal(0);
    expect(output).to.include('"secret.refreshed"').and.not.include('"secret.not_refreshed"');
    for (const secret of SECRETS) expect(output).not.to.include(secret);
    // The signing secrets are for another service.
    expect(new Set(store.asked)).to.deep.equal(new Set([KEY_ARN, SEALS_ARN]));
  });

  it('are kept where the new key is of another account, and nothing is charged there', async () => {
    startWorker('payments');
    await submit('before');
    await untilPaid('before');

    gateway.keys.clear();
    gateway.keys.set(NEW, 'sk_test_of_another_account');
    store.kept.set(KEY_ARN, NEW);
    await submit('waits');
    await until('it is recorded', () => output.includes('"secret.not_refreshed"') || undefined);

    expect(await stopped()).to.equal(0);
    const seen = gateway.seen.filter(({ key }) => key === NEW);
    expect(new Set(seen.map(({ path }) => path))).to.deep.equal(new Set(['/v1/account']));
    expect(output).to.match(
      /"secret.not_refreshed".*"Refused".*it is of acct_\w+, and this process/,
    );
  });

  it('of webhooks are rotated while calls come, and forged calls ask once a minute', async () => {
    const running = startWorker('webhooks');
    const line = await lineOf(running, (text) => text.includes('"worker.webhooks"'));
    running.stdout.resume();
    const { port } = JSON.parse(line) as { readonly port: number };
    const call = async (secret: string) => {
      const headers = { 'stripe-signature': signatureOf(PAID, { at: Date.now(), secret }) };
      const to = `http://127.0.0.1:${port}/stripe`;
      return (await fetch(to, { method: 'POST', headers, body: PAID })).status;
    };

    expect(await call(OLD_SIGNING)).to.equal(200);
    store.kept.set(WEBHOOKS_ARN, NEW_SIGNING);
    expect(await call(NEW_SIGNING)).to.equal(200);
    expect(await call(OLD_SIGNING)).to.equal(400);
    for (let forged = 0; forged < 5; forged += 1) {
      expect(await call('whsec_of_nobody_0123456789')).to.equal(400);
    }
    expect(store.asked).to.deep.equal([WEBHOOKS_ARN, WEBHOOKS_ARN]);
    expect(await stopped()).to.equal(0);
    for (const secret of SECRETS) expect(output).not.to.include(secret);
  });

  it('stop a worker by name where they may not be read, and are not read for help', async () => {
    expect(await run(['worker', '--help'], { env })).to.include({ code: 0 });
    expect(await run(['status'], { env })).to.include({ code: 0 });
    expect(store.asked).to.deep.equal([]);

    store.kept.set(KEY_ARN, { error: 'AccessDeniedException', message: 'not authorized' });
    const { code, stderr } = await run(['worker', '--service', 'payments'], { env });
    expect(code).to.equal(2);
    expect(stderr).to.include('STRIPE_SECRET_KEY_ARN may not be read: access is denied');
    expect(stderr).to.include('secretsmanager:GetSecretValue');
  });

  it('are looked at by the doctor, each with its remedy', async () => {
    store.kept.set(SEALS_ARN, 'short');
    const { stdout } = await run(['doctor', '--json'], { env });
    const about = jsonLines(stdout).filter(({ subject }) => /_ARN/.test(String(subject)));
    expect(
      about.map(({ status, subject, what }) => [status, subject, what].join(' ')),
    ).to.deep.equal([
      'problem setting INTENT_SEAL_KEYS_ARN names a text that is not a list of secrets of 32 to ' +
        '256 characters, parted by commas',
      'ok STRIPE_SECRET_KEY_ARN can be read, and holds what it should',
      'ok STRIPE_WEBHOOK_SECRETS_ARN can be read, and holds what it should',
    ]);
    for (const secret of [...SECRETS, 'short']) expect(stdout).not.to.include(`"${secret}`);
  });
});

const PAID = JSON.stringify(
  stripeEvent('payment_intent.succeeded', {
    object: 'payment_intent',
    id: 'pi_1234567',
    status: 'succeeded',
    metadata: { order_id: 'o-1' },
  }),
);

const orderOf = (orderId: string) => ({
  orderId,
  customer: { id: `c-${orderId}`, email: `${orderId}@example.com` },
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
  lines: [
    { sku: 'BOOK-1', description: 'A book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 },
  ],
});
