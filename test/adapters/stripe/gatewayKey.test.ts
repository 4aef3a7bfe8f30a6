import { expect } from 'chai';
import { errAsync, ok, okAsync, ResultAsync } from 'neverthrow';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { misconfigured } from '../../../src/adapters/failures.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createLiveSecret } from '../../../src/adapters/secrets/liveSecret.ts';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import {
  createGatewayKey,
  type AccountOf,
  type OpenKey,
} from '../../../src/adapters/stripe/gatewayKey.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { startKeyedGateway, type KeyedGateway } from '../../support/keyedGateway.ts';
import { shiftClock } from '../../support/shiftedClock.ts';
import { startStripeSandbox, type StripeSandbox } from '../../support/stripeSandbox.ts';

const OLD = 'sk_test_old';
const NEW = 'sk_test_new';
const FOREIGN = 'sk_test_foreign';
const FROZEN = { path: '/v1/payment_intents', body: '', idempotencyKey: 'o-1' };

describe('The key of the gateway', () => {
  let kept: string;
  let telemetry: ReturnType<typeof createMemoryTelemetry>;
  /** What happens while the key is asked for. */
  let meanwhile: () => void;
  beforeEach(() => {
    kept = OLD;
    meanwhile = () => undefined;
    telemetry = createMemoryTelemetry();
  });

  const open: OpenKey = (accept) =>
    createLiveSecret({
      setting: 'STRIPE_SECRET_KEY_ARN',
      first: { text: OLD, value: OLD },
      fetch: () => {
        meanwhile();
        return okAsync(kept);
      },
      read: ok,
      accept,
      clock: createVirtualClock(),
      records: telemetry,
    });
  const accounts: Readonly<Record<string, string>> = {
    [OLD]: 'acct_1',
    [NEW]: 'acct_1',
    [FOREIGN]: 'acct_2',
    sk_live_1: 'acct_1',
  };
  const accountOf: AccountOf = (key) => okAsync(accounts[key] ?? '');
  const rotate = async (next: string, of: AccountOf = accountOf, identified = true) => {
    const key = createGatewayKey(open, of);
    if (identified) await key.identify();
    kept = next;
    const isAnother = await key.refresh();
    const causes = telemetry.records().map(({ facts }) => facts?.['cause']);
    return { isAnother, current: key.current(), cause: causes.at(-1), key };
  };

  it('is changed for another one of the same account', async () => {
    expect(await rotate(NEW)).to.deep.include({ isAnother: true, current: NEW });
  });

  it('is not changed for one of another account, or of the other mode', async () => {
    expect(await rotate(FOREIGN)).to.deep.include({
      isAnother: false,
      current: OLD,
      cause: 'it is of acct_2, and this process is of acct_1',
    });
    expect(await rotate('sk_live_1')).to.deep.include({
      isAnother: false,
      current: OLD,
      cause: 'it is a live key, and not a test key',
    });
  });

  it('is not changed for one of another account before its own was asked for', async () => {
    expect(await rotate(FOREIGN, accountOf, false)).to.deep.include({ current: OLD });
  });

  it('is not changed for one whose account is not known', async () => {
    const unknown: AccountOf = (key) =>
      key === NEW
        ? errAsync(misconfigured('PaymentGateway', 'StripePermissionError'))
        : accountOf(key);
    expect(await rotate(NEW, unknown)).to.deep.include({
      current: OLD,
      cause: 'its account is not known: StripePermissionError',
    });
  });

  it('that is accepted no more when the process starts gives way to one that is', async () => {
    const expired: AccountOf = (key) =>
      key === OLD ? errAsync(misconfigured('PaymentGateway', 'no')) : accountOf(key);
    const { current, key } = await rotate(NEW, expired, false);
    expect(current).to.equal(NEW);
    expect((await key.identify())._unsafeUnwrap()).to.equal('acct_1');
  });

  it('names no account that was asked for before another was accepted', async () => {
    // The old key answers once it is late: the process works by the other account since.
    const answers = Promise.withResolvers<void>();
    let asked = 0;
    const slow: AccountOf = (key) => {
      if (key !== OLD) return okAsync('acct_2');
      asked += 1;
      return asked === 1
        ? ResultAsync.fromSafePromise(answers.promise).map(() => 'acct_1')
        : errAsync(misconfigured('PaymentGateway', 'no'));
    };
    const key = createGatewayKey(open, slow);
    const identified = key.identify();
    kept = FOREIGN;
    expect(await key.refresh()).to.equal(true);
    answers.resolve();

    expect((await identified)._unsafeUnwrapErr()).to.include({ cause: 'the key was changed' });
    expect((await key.identify())._unsafeUnwrap()).to.equal('acct_2');
  });

  describe('at a gateway that refuses it', () => {
    let sandbox: StripeSandbox;
    let gateway: KeyedGateway;
    beforeEach(async () => {
      sandbox = await startStripeSandbox({ now: Date.now });
      gateway = await startKeyedGateway(sandbox.url);
    });
    afterEach(async () => {
      await gateway.close();
      await sandbox.close();
    });

    it('is asked for again after a 401, and the charge is sent once more', async () => {
      gateway.keys.set(OLD, 'sk_test_inside');
      const stripe = createStripeClient({ secretKey: open, apiUrl: gateway.url });
      const payments = createStripePaymentGateway(stripe);
      const request = {
        key: 'order-1',
        body: payments
          .prepare({
            deployment: 'dep1',
            orderId: 'o-1',
            attempt: 1,
            amountMinor: 4_758,
            currency: 'EUR',
            paymentMethod: 'pm_card_visa',
          })
          ._unsafeUnwrap(),
        notAfter: Infinity,
      };
      expect((await payments.identify()).isOk()).to.equal(true);

      gateway.keys.clear();
      gateway.keys.set(NEW, 'sk_test_inside');
      kept = NEW;
      expect((await payments.charge(request))._unsafeUnwrap()).to.include({ type: 'Captured' });
      expect((await payments.identify()).isOk()).to.equal(true);
      const sent = gateway.seen.filter(({ path }) => path === '/v1/payment_intents');
      expect(sent.map(({ key }) => key)).to.deep.equal([OLD, NEW]);
      expect((await sandbox.ledger()).length).to.equal(1);
    });

    it('is not used for a charge that it comes too late for (R4)', async () => {
      gateway.keys.set(OLD, 'sk_test_inside');
      const stripe = createStripeClient({ secretKey: open, apiUrl: gateway.url });
      expect((await stripe.identify()).isOk()).to.equal(true);
      gateway.keys.clear();
      gateway.keys.set(NEW, 'sk_test_inside');
      kept = NEW;
      let restoreClock: () => void = () => undefined;
      meanwhile = () => (restoreClock = shiftClock(3_600_000));
      try {
        const failed = await stripe
          .postFrozen({ ...FROZEN, notAfter: Date.now() + 3_000_000 })
          .then(() => expect.fail('it was answered'), String);
        expect(failed).to.match(/no answer of Stripe/);
      } finally {
        restoreClock();
      }
      expect(telemetry.records().map(({ event }) => event)).to.deep.equal(['secret.refreshed']);
      const sent = gateway.seen.filter(({ path }) => path === FROZEN.path);
      expect(sent.map(({ key }) => key)).to.deep.equal([OLD]);
      expect((await sandbox.ledger()).length).to.equal(0);
    });

    it('moves no money on the account of another one, however often it is refused', async () => {
      gateway.keys.set(OLD, 'sk_test_inside');
      const stripe = createStripeClient({ secretKey: open, apiUrl: gateway.url });
      expect((await stripe.identify()).isOk()).to.equal(true);
      gateway.keys.clear();
      gateway.keys.set(FOREIGN, 'sk_test_of_somebody');
      kept = FOREIGN;
      for (let tries = 0; tries < 3; tries += 1) {
        const answer = await ResultAsync.fromPromise(
          stripe.postFrozen({ ...FROZEN, notAfter: Infinity }),
          (error) => (error as { readonly statusCode?: number }).statusCode,
        );
        expect(answer._unsafeUnwrapErr()).to.equal(401);
      }
      const withForeign = gateway.seen.filter(({ key }) => key === FOREIGN);
      expect(withForeign.map(({ path }) => path)).to.deep.equal(['/v1/account']);
    });
  });
});
