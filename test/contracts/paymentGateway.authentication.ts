import { expect } from 'chai';
import { err } from 'neverthrow';
import type { ConfirmOutcome } from '../../src/application/ports/paymentGateway.ts';
import { actsOn, type MakeHarness, type PaymentGatewayHarness } from './paymentGateway.harness.ts';

const RETURN_URL = 'https://shop.example/orders/o-1?step=paid';

/** What every gateway owes to a payment that its bank wants authenticated by its customer. */
export const describeAuthentication = (makeHarness: MakeHarness): void => {
  describe('a payment that has to be authenticated', () => {
    let harness: PaymentGatewayHarness;
    let paymentMethod: string;
    let payment: string;
    const { bodyFor, charge, inspect, release } = actsOn(() => harness);

    const confirm = async (key: string, returnUrl = RETURN_URL): Promise<ConfirmOutcome> => {
      const { gateway } = harness;
      const body = gateway.prepareConfirm({ payment, paymentMethod, returnUrl })._unsafeUnwrap();
      return (await gateway.confirm({ key, body, payment, notAfter: Infinity }))._unsafeUnwrap();
    };

    beforeEach(async () => {
      harness = await makeHarness();
      const { mandate: _, ...saved } = await harness.saveMethod('pm_card_authenticationRequired');
      ({ paymentMethod } = saved);
      const declined = await charge('key-1', bodyFor(saved));
      expect(declined).to.include({ type: 'Declined', code: 'authentication_required' });
      payment = declined.type === 'Declined' ? (declined.reference ?? '') : '';
    });

    afterEach(() => harness.close());

    it('is declined by its name, and stands open there', async () => {
      expect(harness.gateway.kindOf(payment)).to.equal('payment');
      expect(await inspect(payment)).to.include({
        status: 'open',
        failed: 'authentication_required',
        amountMinor: 4_758,
        capturedMinor: 0,
      });
    });

    it('has an https link once it is confirmed, the same for its key for ever', async () => {
      const confirmed = await confirm('key-2');
      expect(confirmed).to.include({ type: 'CustomerAwaited', reference: payment });
      expect(confirmed.type === 'CustomerAwaited' && confirmed.link).to.match(/^https:/);
      await harness.settle(payment);
      expect(await confirm('key-2')).to.deep.equal(confirmed);
    });

    it('is captured once, when its customer completes it, and shows that by its name', async () => {
      await confirm('key-2');
      expect(await inspect(payment)).to.include({ status: 'open', capturedMinor: 0 });
      expect(await inspect(payment)).to.not.have.property('failed');
      await harness.settle(payment);
      await harness.settle(payment);
      expect(await inspect(payment)).to.include({ status: 'captured', capturedMinor: 4_758 });
      expect(await harness.captures()).to.have.length(1);
      expect(await release('key-3', payment)).to.include({ type: 'Captured', reference: payment });
      expect((await confirm('key-4')).type).to.equal('NotExecuted');
      expect(await harness.captures()).to.have.length(1);
    });

    it('is open, and says why, where its customer fails', async () => {
      await confirm('key-2');
      await harness.settle(payment, true);
      expect(await inspect(payment)).to.include({
        status: 'open',
        failed: 'payment_intent_authentication_failure',
      });
      expect(await release('key-3', payment)).to.include({ type: 'Voided' });
    });

    for (const isConfirmed of [false, true]) {
      const when = isConfirmed ? 'also after it was confirmed' : 'also by a confirmation';
      it(`can never be captured once it is cancelled, ${when}`, async () => {
        if (isConfirmed) await confirm('key-2');
        const voided = { type: 'Voided', reference: payment };
        expect(await release('key-3', payment)).to.deep.equal(voided);
        expect(await release('key-4', payment)).to.deep.equal(voided);
        expect(await inspect(payment)).to.include({ status: 'cancelled', capturedMinor: 0 });
        expect(await confirm('key-5')).to.include({
          type: 'NotExecuted',
          refused: 'payment_intent_unexpected_state',
        });
        expect((await inspect(payment)).type).to.equal('Inspected');
        expect(await harness.captures()).to.deep.equal([]);
      });
    }

    it('has bytes of its own, which are known again, and no plain address to return to', () => {
      const { gateway } = harness;
      const request = { payment, paymentMethod, returnUrl: RETURN_URL };
      const body = gateway.prepareConfirm(request)._unsafeUnwrap();
      expect(gateway.isPreparedConfirm(body, request)).to.equal(true);
      for (const changes of [{ paymentMethod: 'pm_2' }, { returnUrl: `${RETURN_URL}x` }]) {
        expect(gateway.isPreparedConfirm(body, { ...request, ...changes })).to.equal(false);
      }
      for (const changes of [{ payment: 'cus_1' }, { returnUrl: 'http://shop.example' }]) {
        const refused = gateway.prepareConfirm({ ...request, ...changes });
        expect(refused.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
      }
    });
  });
};
