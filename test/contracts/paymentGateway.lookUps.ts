import { expect } from 'chai';
import type { MovementKind } from '../../src/application/ports/paymentGateway.ts';
import {
  actsOn,
  chargeOf,
  type MakeHarness,
  type PaymentGatewayHarness,
} from './paymentGateway.harness.ts';

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

    it('reports of a payment what its answer reported, as often as it is asked', async () => {
      const outcome = await charge('key-1', bodyFor());
      expect(outcome.type).to.equal('Captured');
      expect(await find('o-1', 1)).to.deep.equal(outcome);
      expect(await find('o-1', 1)).to.deep.equal(outcome);
      expect(await harness.captures()).to.have.length(1);
    });

    it('G2: reports a payment whose answer was lost', async () => {
      await charge('key-1', bodyFor({ paymentMethod: 'pm_sandbox_answer_lost' }));
      const [captured] = await harness.captures();
      expect(await find('o-1', 1)).to.deep.equal({
        type: 'Captured',
        reference: captured?.reference,
        amountMinor: 4_758,
        currency: 'EUR',
      });
    });

    it('G7: reports the code of a declined payment', async () => {
      const paymentMethod = 'pm_card_visa_chargeDeclinedInsufficientFunds';
      await charge('key-1', bodyFor({ paymentMethod }));
      expect(await find('o-1', 1)).to.include({ type: 'Declined', code: 'insufficient_funds' });
    });

    for (const paymentMethod of [
      'pm_card_nobody_has',
      'pm_sandbox_dropped_before',
      'pm_sandbox_server_error',
      'pm_sandbox_conflict',
      'pm_sandbox_refused',
      'pm_sandbox_rate_limited',
    ]) {
      it(`G1: finds nothing of an unexecuted charge with ${paymentMethod}`, async () => {
        await charge('key-1', bodyFor({ paymentMethod }));
        expect(await harness.captures()).to.deep.equal([]);
        expect(await find('o-1', 1)).to.deep.equal({ type: 'Absent' });
      });
    }

    it('distinguishes orders, and attempts, however alike they look', async () => {
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

    it('reports all there is when several payments have one reference (G8)', async () => {
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

    it('G13: reports another amount than was asked for as it is', async () => {
      const asked = bodyFor({ paymentMethod: 'pm_sandbox_wrong_amount' });
      const outcome = await charge('key-1', asked);
      expect(await find('o-1', 1)).to.deep.equal(outcome);
    });

    it('reports nothing once its signal has fired', async () => {
      await capture();
      expect(await find('o-1', 1, { signal: AbortSignal.abort() })).to.deep.equal({
        type: 'Unknown',
        cause: 'aborted',
      });
    });
  });

  describe('retrieve', () => {
    let harness: PaymentGatewayHarness;
    const { capture, refund, refundBody } = actsOn(() => harness);
    const named = async (kind: MovementKind, reference: string, signal?: AbortSignal) =>
      (
        await harness.gateway.retrieve({ kind, reference, ...(signal && { signal }) })
      )._unsafeUnwrap();

    beforeEach(async () => {
      harness = await makeHarness({ searchLagMs: LAG_MS });
    });

    afterEach(() => harness.close());

    it('reports whose a payment is, what moved and what was refunded, without a lag', async () => {
      const reference = await capture();
      const payment = {
        type: 'Retrieved',
        reference,
        isMoved: true,
        amountMinor: 4_758,
        currency: 'EUR',
        refundedMinor: 0,
        deployment: 'dep1',
        orderId: 'o-1',
        attempt: 1,
      };
      expect(await named('payment', reference)).to.deep.equal(payment);
      await refund('key-r', refundBody({ paymentReference: reference }));
      expect(await named('payment', reference)).to.deep.equal({
        ...payment,
        refundedMinor: 1_000,
      });
    });

    it('reports whose a refund is, and of which payment', async () => {
      const paymentReference = await capture();
      const back = await refund('key-r', refundBody({ paymentReference }));
      const reference = 'reference' in back ? back.reference : '';
      expect(await named('refund', reference)).to.deep.equal({
        type: 'Retrieved',
        reference,
        isMoved: true,
        amountMinor: 1_000,
        currency: 'EUR',
        refundedMinor: 0,
        deployment: 'dep1',
        orderId: 'o-1',
        refundId: 'r-1',
        paymentReference,
      });
      expect(await named('payment', reference)).to.deep.equal({ type: 'Absent' });
      expect(await named('refund', paymentReference)).to.deep.equal({ type: 'Absent' });
    });

    it('reports the payment of a charge, and knows each id by its form', async () => {
      const reference = await capture();
      const charge = await harness.chargeIdOf(reference);
      const { gateway } = harness;
      expect(await named('charge', charge)).to.deep.equal(await named('payment', reference));
      expect(await named('charge', `${charge}9`)).to.deep.equal({ type: 'Absent' });
      expect([reference, charge].map((id) => gateway.kindOf(id))).to.deep.equal([
        'payment',
        'charge',
      ]);
      const back = await refund('key-r', refundBody({ paymentReference: reference }));
      expect(gateway.kindOf('reference' in back ? back.reference : '')).to.equal('refund');
      for (const id of ['o-1', 'INV-2026-000001', '01JD3M8A5W1P3X9T6K2V7Q4R0S', 'pi_', 'ada@b.c']) {
        expect(gateway.kindOf(id), id).to.equal(undefined);
      }
    });

    it('reports nothing once its signal has fired', async () => {
      const aborted = { type: 'Unknown', cause: 'aborted' };
      expect(await named('payment', 'pi_1', AbortSignal.abort())).to.deep.equal(aborted);
    });
  });

  describe('what was prepared', () => {
    let harness: PaymentGatewayHarness;
    const { bodyFor } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    it('is known again, and nothing else is taken for it', () => {
      const body = bodyFor();
      for (const [changes, isKnown] of [
        [{}, true],
        [{ deployment: '' }, false],
        [{ deployment: 'dep2' }, false],
        [{ orderId: 'o-2' }, false],
        [{ attempt: 2 }, false],
        [{ amountMinor: 4_759 }, false],
        [{ currency: 'USD' }, false],
        [{ paymentMethod: 'pm_card_mastercard' }, false],
        [{ orderId: '\ud800' }, false],
      ] as const) {
        const isPrepared = harness.gateway.isPrepared(body, chargeOf(changes));
        expect(isPrepared, JSON.stringify(changes)).to.equal(isKnown);
      }
      expect(harness.gateway.isPrepared(`${body}&x=1`, chargeOf())).to.equal(false);
      const early = chargeOf({ deployment: '' });
      expect(harness.gateway.isPrepared(bodyFor({ deployment: '' }), early)).to.equal(true);
    });

    it('is known again of a refund too', () => {
      const request = {
        deployment: 'dep1',
        orderId: 'o-1',
        refundId: 'r-1',
        paymentReference: 'pi_1',
        amountMinor: 1_000,
        currency: 'EUR',
      };
      const body = harness.gateway.prepareRefund(request)._unsafeUnwrap();
      expect(harness.gateway.isPreparedRefund(body, request)).to.equal(true);
      for (const changes of [
        { deployment: 'dep2' },
        { orderId: 'o-2' },
        { refundId: 'r-2' },
        { paymentReference: 'pi_2' },
        { amountMinor: 1_001 },
      ]) {
        const other = { ...request, ...changes };
        expect(harness.gateway.isPreparedRefund(body, other), JSON.stringify(changes)).to.equal(
          false,
        );
      }
    });
  });

  describe('find, where look-ups lag', () => {
    let harness: PaymentGatewayHarness;
    const { capture, find, refund, refundBody, findRefund } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness({ searchLagMs: LAG_MS });
    });

    afterEach(() => harness.close());

    it('G10: does not see a payment within the lag, so that absence proves nothing', async () => {
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
