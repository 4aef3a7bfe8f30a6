import { expect } from 'chai';
import { actsOn, type MakeHarness, type PaymentGatewayHarness } from './paymentGateway.harness.ts';

const LAG_MS = 3_600_000;

/** What every gateway owes to who asks it for a payment by our own reference. */
export const describeLookUps = (makeHarness: MakeHarness): void => {
  describe('find', () => {
    let harness: PaymentGatewayHarness;
    const { bodyFor, charge, capture, find } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    it('tells of a payment what its answer told, as often as it is asked', async () => {
      const outcome = await charge('key-1', bodyFor());
      expect(outcome.type).to.equal('Captured');
      expect(await find('o-1', 1)).to.deep.equal(outcome);
      expect(await find('o-1', 1)).to.deep.equal(outcome);
      expect(await harness.captures()).to.have.length(1);
    });

    it('G2: tells of a payment whose answer was lost', async () => {
      await charge('key-1', bodyFor({ paymentMethod: 'pm_sandbox_answer_lost' }));
      const [captured] = await harness.captures();
      expect(await find('o-1', 1)).to.deep.equal({
        type: 'Captured',
        reference: captured?.reference,
        amountMinor: 4_758,
        currency: 'EUR',
      });
    });

    it('G7: tells of a declined payment its code', async () => {
      const paymentMethod = 'pm_card_visa_chargeDeclinedInsufficientFunds';
      await charge('key-1', bodyFor({ paymentMethod }));
      expect(await find('o-1', 1)).to.deep.equal({ type: 'Declined', code: 'insufficient_funds' });
    });

    for (const paymentMethod of [
      'pm_card_nobody_has',
      'pm_sandbox_dropped_before',
      'pm_sandbox_server_error',
      'pm_sandbox_conflict',
      'pm_sandbox_refused',
      'pm_sandbox_rate_limited',
    ]) {
      it(`G1: finds nothing of a charge with ${paymentMethod}, which was not executed`, async () => {
        await charge('key-1', bodyFor({ paymentMethod }));
        expect(await harness.captures()).to.deep.equal([]);
        expect(await find('o-1', 1)).to.deep.equal({ type: 'Absent' });
      });
    }

    it('tells one order, and one attempt, from another, however alike they look', async () => {
      await capture({ orderId: 'Order-1', attempt: 1 });
      for (const [orderId, attempt] of [
        ['order-1', 1],
        ['ORDER-1', 1],
        ['Order-1', 2],
        ['Order-1', 11],
        ['Order-', 1],
        ['Order-11', 1],
      ] as const) {
        expect(await find(orderId, attempt), orderId).to.deep.equal({ type: 'Absent' });
      }
    });

    it('finds an order whose id looks like a query, and nothing else by it', async () => {
      const orderId = `o' OR metadata['order_id']:'o-2" \\' \\`;
      const reference = await capture({ orderId });
      await capture({ orderId: 'o-2' });
      expect(await find(orderId, 1)).to.include({ type: 'Captured', reference });
      expect(await find(`x' OR metadata['order_id']:'o-2`, 1)).to.deep.equal({ type: 'Absent' });
    });

    it('tells all there is when more than one payment stands under one reference (G8)', async () => {
      for (const key of ['key-1', 'key-2']) await charge(key, bodyFor());
      const found = await find('o-1', 1);
      const captures = await harness.captures();
      expect(captures).to.have.length(2);
      expect(found.type).to.equal('Several');
      expect(found)
        .to.have.property('found')
        .with.deep.members(
          captures.map(({ reference, amountMinor, currency }) => ({
            reference,
            amountMinor,
            currency,
          })),
        );
    });

    it('G13: tells another amount than was asked for as it is', async () => {
      const asked = bodyFor({ paymentMethod: 'pm_sandbox_wrong_amount' });
      const outcome = await charge('key-1', asked);
      expect(await find('o-1', 1)).to.deep.equal(outcome);
    });

    it('tells nothing once its signal has fired', async () => {
      await capture();
      expect(await find('o-1', 1, AbortSignal.abort())).to.deep.equal({
        type: 'Unknown',
        cause: 'aborted',
      });
    });
  });

  describe('find, where look-ups lag', () => {
    let harness: PaymentGatewayHarness;
    const { capture, find, refund, refundBody, findRefund } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness({ searchLagMs: LAG_MS });
    });

    afterEach(() => harness.close());

    it('G10: does not see a payment before the lag is over, so that its absence proves nothing', async () => {
      const reference = await capture();
      expect(await find('o-1', 1)).to.deep.equal({ type: 'Absent' });
      harness.passSearchLag();
      expect(await find('o-1', 1)).to.include({ type: 'Captured', reference });
    });

    it('sees refunds at once, which are listed and not searched', async () => {
      const paymentReference = await capture();
      const outcome = await refund('refund-1', refundBody({ paymentReference }));
      expect(await findRefund('r-1', paymentReference)).to.deep.equal(outcome);
    });
  });
};
