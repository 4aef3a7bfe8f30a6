import { expect } from 'chai';
import {
  actsOn,
  CONNECTION_LOST,
  type MakeHarness,
  type PaymentGatewayHarness,
} from './paymentGateway.harness.ts';

/** The key's own trouble: it reports nothing of the gateway, which answers. */
const STORED_FAILURE = { type: 'Unknown', cause: 'stored failure', stored: true };

/** What a gateway's test payment methods show, and what a client must make of it. */
export const describeFaults = (makeHarness: MakeHarness): void => {
  describe('test payment method', () => {
    let harness: PaymentGatewayHarness;
    const { bodyFor, charge, find } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    it('pm_sandbox_wrong_amount captures another amount, reported as it is (G13)', async () => {
      const outcome = await charge('key-1', bodyFor({ paymentMethod: 'pm_sandbox_wrong_amount' }));
      const [capture] = await harness.captures();
      expect(capture?.amountMinor).not.to.equal(4_758);
      expect(outcome).to.deep.equal({
        type: 'Captured',
        reference: capture?.reference,
        amountMinor: capture?.amountMinor,
        currency: 'EUR',
      });
    });

    it('pm_sandbox_server_error answers 500 for its key for ever: Unknown (G3)', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_server_error' });
      expect(await charge('key-1', body)).to.deep.equal({
        type: 'Unknown',
        cause: 'status code 500',
        trouble: 'Unavailable',
      });
      for (let times = 0; times < 2; times += 1) {
        expect(await charge('key-1', body)).to.deep.equal(STORED_FAILURE);
      }
      expect(await harness.captures()).to.deep.equal([]);
    });

    it('pm_sandbox_conflict is under way once, Unknown, and then captures (G4)', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_conflict' });
      expect(await charge('key-1', body)).to.deep.equal({
        type: 'Unknown',
        cause: 'request in progress',
      });
      expect((await charge('key-1', body)).type).to.equal('Captured');
      expect(await harness.captures()).to.have.length(1);
    });

    it('pm_sandbox_refused is refused for its content once, and then captures (R12)', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_refused' });
      const first = await charge('key-1', body);
      expect(first).to.deep.include({ type: 'NotExecuted', refused: 'resource_missing' });
      expect(await harness.captures()).to.deep.equal([]);
      expect((await charge('key-1', body)).type).to.equal('Captured');
      expect(await harness.captures()).to.have.length(1);
    });

    it('pm_sandbox_rate_limited is not executed once, says when, and captures (G5)', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_rate_limited' });
      const first = await charge('key-1', body);
      expect(first).to.include({
        type: 'NotExecuted',
        reason: 'rate limited',
        trouble: 'Throttled',
      });
      expect(first).to.have.property('retryAfterMs').that.is.above(0);
      expect(await harness.captures()).to.deep.equal([]);
      expect((await charge('key-1', body)).type).to.equal('Captured');
      expect(await harness.captures()).to.have.length(1);
    });

    it('pm_sandbox_garbage_body is always Unknown; only a look-up shows it (G11)', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_garbage_body' });
      expect(await charge('key-1', body)).to.include({ type: 'Unknown', trouble: 'Unavailable' });
      expect(await charge('key-1', body)).to.deep.equal(STORED_FAILURE);
      const [capture, ...more] = await harness.captures();
      expect(more).to.deep.equal([]);
      expect(await find('o-1', 1)).to.include({
        type: 'Captured',
        reference: capture?.reference,
      });
    });

    it('pm_sandbox_key_forgotten is captured, unreported, and charges again (G8)', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_key_forgotten' });
      expect(await charge('key-1', body)).to.deep.equal(CONNECTION_LOST);
      expect(await harness.captures()).to.have.length(1);
      harness.passKeyWindow();
      expect((await charge('key-1', body)).type).to.equal('Captured');
      expect(await harness.captures()).to.have.length(2);
      expect((await find('o-1', 1)).type).to.equal('Several');
    });
  });
};
