import { expect } from 'chai';
import { createStripeClient } from '../../src/adapters/stripe/client.ts';
import { createStripeGatewayLedger } from '../../src/adapters/stripe/ledger.ts';
import type { LedgerPage } from '../../src/application/ports/gatewayLedger.ts';

// stripe-mock checks requests against Stripe's OpenAPI and answers each list with one fixture: it
// knows no money and no time, so that all it can report is that Stripe takes the requests, and what
// its lists look like.
describe('gateway ledger on Stripe, against stripe-mock', () => {
  const list = async (secretKey: string, since?: number): Promise<readonly LedgerPage[]> => {
    const apiUrl = process.env['PEER_STRIPE_URL'];
    if (apiUrl === undefined) throw new Error('PEER_STRIPE_URL is not set');
    const stripe = createStripeClient({ secretKey, apiUrl });
    const ledger = createStripeGatewayLedger(stripe, { now: () => 0, sleep: async () => {} });
    const pages: LedgerPage[] = [];
    for await (const page of ledger.list(since === undefined ? {} : { since })) pages.push(page);
    return pages;
  };

  for (const [what, since] of [
    ['everything', undefined],
    ['what was made since', Date.UTC(2026, 0, 1)],
  ] as const) {
    it(`asks for ${what} as Stripe's OpenAPI has it, and reads the pages`, async () => {
      const entries = (await list('sk_test_123', since)).flatMap((page) => page._unsafeUnwrap());
      expect(entries.map(({ kind }) => kind)).to.deep.equal(['payment', 'refund', 'dispute']);
      const [payment, refund, dispute] = entries;
      expect(payment).to.include({ status: 'open', amountMinor: 0, currency: 'USD' });
      expect(payment).to.have.property('reference').that.matches(/^pi_/);
      expect(payment).to.not.have.property('orderId');
      expect(refund).to.include({ status: 'moved', currency: 'USD' });
      expect(refund).to.have.property('reference').that.matches(/^re_/);
      expect(dispute)
        .to.have.property('reference')
        .that.matches(/^d[up]_/);
    });
  }

  it('says so when the key is not one of Stripe', async () => {
    const [page, ...more] = await list('sk_test_not_one');
    expect(more).to.deep.equal([]);
    expect(page?._unsafeUnwrapErr()).to.deep.equal({
      type: 'Misconfigured',
      dependency: 'PaymentGateway',
      cause: 'authentication failed',
    });
  });
});
