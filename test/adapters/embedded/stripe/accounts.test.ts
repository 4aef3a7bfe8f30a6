import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedStripe } from '../../../../src/adapters/embedded/stripe.ts';
import { EMBEDDED_STRIPE_KEY } from '../../../../src/adapters/embedded/index.ts';
import { createStripeClient, type StripeClient } from '../../../../src/adapters/stripe/client.ts';
import { createStripePaymentGateway } from '../../../../src/adapters/stripe/paymentGateway.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';

const REQUEST = {
  deployment: 'dep1',
  orderId: 'o-1',
  attempt: 1,
  amountMinor: 100,
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
};

describe('the accounts of the Stripe sandbox', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let server: Awaited<ReturnType<typeof startEmbeddedStripe>>;
  const start = async () => {
    server = await startEmbeddedStripe({ dataDir: folder.path, port: 0 });
  };
  const connect = (secretKey: string): StripeClient =>
    createStripeClient({ secretKey, apiUrl: server.url });
  const charge = async (secretKey: string) => {
    const gateway = createStripePaymentGateway(connect(secretKey));
    const body = gateway.prepare(REQUEST)._unsafeUnwrap();
    const post = { key: 'key-1', body, notAfter: Infinity };
    const charged = (await gateway.charge(post))._unsafeUnwrap();
    return 'reference' in charged ? charged.reference : JSON.stringify(charged);
  };
  const seenBy = async (secretKey: string) => {
    const stripe = connect(secretKey);
    const query = "metadata['order_id']:'o-1'";
    const { data: listed } = await stripe.paymentIntents.list();
    const { data: found } = await stripe.paymentIntents.search({ query });
    return { listed: listed.map(({ id }) => id), found: found.map(({ id }) => id) };
  };

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    await start();
  });

  afterEach(async () => {
    await server.close();
    await folder.remove();
  });

  it('keep keys, payments, searches and refunds apart, also after a restart', async () => {
    const one = await charge('sk_test_one');
    const two = await charge('sk_test_two');
    expect(two).to.not.equal(one);
    expect(await charge('sk_test_one')).to.equal(one);
    await server.close();
    await start();
    expect(await charge('sk_test_two')).to.equal(two);
    expect(await seenBy('sk_test_one')).to.deep.equal({ listed: [one], found: [one] });
    expect(await seenBy('sk_test_two')).to.deep.equal({ listed: [two], found: [two] });
    expect(await seenBy('sk_test_three')).to.deep.equal({ listed: [], found: [] });

    const other = createStripePaymentGateway(connect('sk_test_two'));
    const named = { kind: 'payment', reference: one } as const;
    expect((await other.retrieve(named))._unsafeUnwrap()).to.deep.equal({ type: 'Absent' });
    const of = { ...REQUEST, refundId: 'r-1', paymentReference: one };
    const body = other.prepareRefund(of)._unsafeUnwrap();
    const back = await other.refund({ key: 'key-r', body, notAfter: Infinity });
    expect(back._unsafeUnwrap()).to.include({ type: 'NotExecuted', refused: 'resource_missing' });
  });

  it('are one in what an earlier release wrote: the embedded key’s', async () => {
    const reference = await charge('sk_test_one');
    await server.close();
    const file = join(folder.path, 'ledger.jsonl');
    const records = await readFile(file, 'utf8');
    await writeFile(file, records.replaceAll(/"account":"acct_[0-9a-f]+",?/g, ''));
    await start();
    expect((await seenBy('sk_test_one')).listed).to.deep.equal([]);
    expect((await seenBy(EMBEDDED_STRIPE_KEY)).listed).to.deep.equal([reference]);
  });
});
