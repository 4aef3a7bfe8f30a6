import { expect } from 'chai';
import { err } from 'neverthrow';
import {
  actsOn,
  chargeOf,
  type MakeHarness,
  type PaymentGatewayHarness,
} from './paymentGateway.harness.ts';

const LAG_MS = 3_600_000;
const YEAR_2100_MS = 4_102_444_800_000;

/** What every gateway owes to orders that are paid by a method that a customer has saved. */
export const describeSavedMethods = (makeHarness: MakeHarness): void => {
  describe('a saved method', () => {
    let harness: PaymentGatewayHarness;
    const { bodyFor, charge, capture, find } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness({ searchLagMs: LAG_MS });
    });

    afterEach(() => harness.close());

    it('is charged with its customer, and with its mandate', async () => {
      const { mandate, ...saved } = await harness.saveMethod('pm_card_visa');
      const outcome = await charge('key-1', bodyFor(saved));
      expect(outcome).to.include({ type: 'Captured', amountMinor: 4_758 });
      const again = await charge('key-2', bodyFor({ ...saved, mandate, orderId: 'o-2' }));
      expect(again.type).to.equal('Captured');
      expect(await harness.captures()).to.have.length(2);
    });

    it('is refused for its content without its customer, or with another', async () => {
      const { customer, paymentMethod } = await harness.saveMethod('pm_card_visa');
      const other = await harness.saveMethod('pm_card_visa');
      for (const [changes, refused] of [
        [{ paymentMethod }, 'customer_missing'],
        [{ paymentMethod, customer: other.customer }, 'invalid payment_method'],
        [{ paymentMethod, customer: 'cus_of_nobody' }, 'resource_missing'],
        [{ customer: 'cus_of_nobody' }, 'resource_missing'],
        [{ paymentMethod, customer, mandate: other.mandate }, 'payment_intent_mandate_invalid'],
      ] as const) {
        const outcome = await charge('key-1', bodyFor(changes));
        // No trouble: every other order would be taken.
        expect(outcome, JSON.stringify(changes)).to.deep.equal({
          type: 'NotExecuted',
          reason: `invalid request: ${refused}`,
          refused,
        });
      }
      expect(await harness.captures()).to.deep.equal([]);
      expect((await charge('key-1', bodyFor({ paymentMethod, customer }))).type).to.equal(
        'Captured',
      );
    });

    it('whose bank wants the customer to be there is declined, by a code of its own', async () => {
      const { mandate: _, ...saved } = await harness.saveMethod('pm_card_authenticationRequired');
      const declined = { type: 'Declined', code: 'authentication_required' };
      expect(await charge('key-1', bodyFor(saved))).to.include(declined);
      expect(await find('o-1', 1, { customer: saved.customer })).to.include(declined);
    });

    it('is found by its customer at once, where a search still lags (S is 0)', async () => {
      const { mandate: _, ...saved } = await harness.saveMethod('pm_card_visa');
      const reference = await capture(saved);
      expect(await find('o-1', 1)).to.deep.equal({ type: 'Absent' });
      const found = await find('o-1', 1, { customer: saved.customer });
      expect(found).to.include({ type: 'Captured', reference });
    });

    it('is absent from the list at once, which is said', async () => {
      const { customer } = await harness.saveMethod('pm_card_visa');
      const absent = { type: 'Absent', listed: true };
      await capture();
      expect(await find('o-1', 1, { customer })).to.deep.equal(absent);
      expect(await find('o-1', 2, { customer })).to.deep.equal(absent);
    });

    it('shows of a customer who does not exist that it is not known', async () => {
      expect(await find('o-1', 1, { customer: 'cus_of_nobody' })).to.deep.equal({
        type: 'Unknown',
        cause: 'invalid request: resource_missing',
      });
    });

    it('is searched in all that the customer has paid since, page by page', async function () {
      this.timeout(60_000);
      const { mandate: _, ...saved } = await harness.saveMethod('pm_card_visa');
      const reference = await capture(saved);
      for (let n = 0; n < 101; n += 1) await capture({ ...saved, orderId: `other-${n}` });
      const found = await find('o-1', 1, { customer: saved.customer });
      expect(found).to.include({ type: 'Captured', reference });
      const later = { customer: saved.customer, since: YEAR_2100_MS };
      expect(await find('o-1', 1, later)).to.deep.equal({ type: 'Absent', listed: true });
    });

    it('has bytes of its own, which are known again; those without stay as they are', () => {
      const saved = { customer: 'cus_1', mandate: 'mandate_1' };
      const body = bodyFor(saved);
      const { gateway } = harness;
      expect(gateway.isPrepared(body, chargeOf(saved))).to.equal(true);
      for (const changes of [
        {},
        { customer: 'cus_1' },
        { mandate: 'mandate_1' },
        { ...saved, customer: 'cus_2' },
        { ...saved, mandate: 'mandate_2' },
      ]) {
        const isPrepared = gateway.isPrepared(body, chargeOf(changes));
        expect(isPrepared, JSON.stringify(changes)).to.equal(false);
      }
      expect(bodyFor()).not.to.match(/customer|mandate/);
    });

    for (const changes of [{ customer: '' }, { mandate: '' }, { customer: '\ud800' }]) {
      it(`is not prepared with ${JSON.stringify(changes)}`, () => {
        const result = harness.gateway.prepare(chargeOf(changes));
        expect(result.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
      });
    }
  });
};
