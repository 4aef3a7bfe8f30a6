import { expect } from 'chai';
import type { GatewayLedger, LedgerEntry } from '../../src/application/ports/gatewayLedger.ts';
import type { ChargeRequest, PaymentGateway } from '../../src/application/ports/paymentGateway.ts';
import { chargeOf } from './paymentGateway.harness.ts';

export type GatewayLedgerHarness = {
  readonly gateway: PaymentGateway;
  readonly ledger: GatewayLedger;
  now(): number;
  /** Lets the gateway's clock run. */
  pass(ms: number): void;
  close(): Promise<void>;
};

/**
 * What every list of a gateway's owes: all that moved or was tried, each once, in our own minor
 * units.
 */
export const describeGatewayLedger = (
  name: string,
  makeHarness: () => Promise<GatewayLedgerHarness>,
): void => {
  describe(`gateway ledger on ${name}`, () => {
    let harness: GatewayLedgerHarness;

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    const charge = async (changes: Partial<ChargeRequest> = {}): Promise<string> => {
      const request = chargeOf(changes);
      const key = `${request.orderId}#${request.attempt}`;
      const body = harness.gateway.prepare(request)._unsafeUnwrap();
      const outcome = (
        await harness.gateway.charge({ key, body, notAfter: Infinity })
      )._unsafeUnwrap();
      return outcome.type === 'Captured' ? outcome.reference : outcome.type;
    };

    const refund = async (refundId: string, paymentReference: string, amountMinor: number) => {
      const of = { deployment: 'dep1', orderId: 'o-1', refundId, paymentReference };
      const about = { ...of, amountMinor, currency: 'EUR' };
      const body = harness.gateway.prepareRefund(about)._unsafeUnwrap();
      const outcome = (
        await harness.gateway.refund({ key: refundId, body, notAfter: Infinity })
      )._unsafeUnwrap();
      return outcome.type === 'Refunded' ? outcome.reference : outcome.type;
    };

    const list = (options?: Parameters<GatewayLedger['list']>[0]) =>
      listed(harness.ledger, options);

    it('lists nothing where nothing was tried', async () => {
      expect(await list()).to.deep.equal([]);
    });

    for (const [currency, amountMinor] of [
      ['EUR', 4_758],
      ['JPY', 5_000],
      ['KWD', 12_340],
    ] as const) {
      it(`F31: lists a payment of ${amountMinor} ${currency} with our reference`, async () => {
        const before = harness.now();
        const reference = await charge({ orderId: 'o-7', attempt: 2, currency, amountMinor });
        const [payment, ...more] = await list();
        expect(more).to.deep.equal([]);
        expect(payment).to.deep.include({
          kind: 'payment',
          reference,
          status: 'moved',
          amountMinor,
          currency,
          orderId: 'o-7',
          attempt: 2,
        });
        // Stripe counts whole seconds.
        expect(payment)
          .to.have.property('at')
          .that.is.within(before - 1_000, harness.now());
      });
    }

    it('lists a payment that was declined, with no money', async () => {
      await charge({ paymentMethod: 'pm_card_visa_chargeDeclined' });
      const [payment, ...more] = await list();
      expect(more).to.deep.equal([]);
      expect(payment).to.include({ kind: 'payment', status: 'declined', orderId: 'o-1' });
      expect(payment).to.include({ attempt: 1, amountMinor: 0, currency: 'EUR' });
    });

    it('lists refunds with the payment that they refund', async () => {
      const paymentReference = await charge();
      const reference = await refund('r-1', paymentReference, 1_000);
      const [, given, ...more] = await list();
      expect(more).to.deep.equal([]);
      expect(given).to.deep.include({
        kind: 'refund',
        reference,
        status: 'moved',
        amountMinor: 1_000,
        currency: 'EUR',
        orderId: 'o-1',
        refundId: 'r-1',
        paymentReference,
      });
    });

    it('lists a refund that failed, with no money', async () => {
      const paymentReference = await charge({ paymentMethod: 'pm_sandbox_refund_fails' });
      expect(await refund('r-1', paymentReference, 1_000)).to.equal('Declined');
      const [, given] = await list();
      expect(given).to.include({ kind: 'refund', status: 'failed', refundId: 'r-1' });
      expect(given).to.include({ amountMinor: 0, paymentReference });
    });

    it('S1: lists both payments where one attempt was charged twice', async () => {
      const body = harness.gateway.prepare(chargeOf())._unsafeUnwrap();
      await harness.gateway.charge({ key: 'one', body, notAfter: Infinity });
      await harness.gateway.charge({ key: 'other', body, notAfter: Infinity });
      const references = new Set((await list()).map(({ reference }) => reference));
      expect(references.size).to.equal(2);
    });

    it('S18: lists each of many once over all pages, payments before refunds', async () => {
      const orderIds = Array.from({ length: 230 }, (_, index) => `o-${index + 1}`);
      const [first = ''] = await Promise.all(orderIds.map((orderId) => charge({ orderId })));
      for (let index = 0; index < 120; index += 1) await refund(`r-${index}`, first, 1);
      const entries = await list();
      const kinds = entries.map(({ kind }) => kind);
      expect(kinds.lastIndexOf('payment')).to.equal(229);
      expect(kinds.indexOf('refund')).to.equal(230);
      expect(entries).to.have.length(350);
      expect(new Set(entries.map(({ reference }) => reference)).size).to.equal(350);
    });

    it('lists from a time on, that time’s own second included', async () => {
      const paymentReference = await charge();
      await refund('r-1', paymentReference, 1);
      harness.pass(60_000);
      const since = harness.now();
      const reference = await charge({ orderId: 'o-2' });
      await refund('r-2', paymentReference, 1);
      const kept = await list({ since });
      expect(kept.map(({ kind }) => kind)).to.deep.equal(['payment', 'refund']);
      expect(kept[0]).to.include({ reference });
      expect(kept[1]).to.include({ refundId: 'r-2' });
      expect(await list({ since: since + 60_000 })).to.deep.equal([]);
    });

    it('lists nothing once its signal has fired', async () => {
      await charge();
      expect(await list({ signal: AbortSignal.abort() })).to.deep.equal([]);
    });
  });
};

export const listed = async (
  ledger: GatewayLedger,
  options?: Parameters<GatewayLedger['list']>[0],
): Promise<readonly LedgerEntry[]> => {
  const entries: LedgerEntry[] = [];
  for await (const page of ledger.list(options)) entries.push(...page._unsafeUnwrap());
  return entries;
};
