import { expect } from 'chai';
import type { NamedPayment } from '../../src/application/ports/paymentGateway.ts';
import { actsOn, type MakeHarness, type PaymentGatewayHarness } from './paymentGateway.harness.ts';

const LAG_MS = 3_600_000;
const OURS = { deployment: 'dep1', orderId: 'o-1', attempt: 1, since: 0 };

/** What every gateway owes to who knows its own name of a payment. */
export const describeNamedPayments = (makeHarness: MakeHarness): void => {
  describe('retrievePayment', () => {
    let harness: PaymentGatewayHarness;
    const { bodyFor, charge, capture, find } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness({ searchLagMs: LAG_MS });
    });

    afterEach(() => harness.close());

    const retrieve = async (
      payment: string,
      changes: Partial<typeof OURS> & { readonly signal?: AbortSignal } = {},
    ): Promise<NamedPayment> =>
      (await harness.gateway.retrievePayment({ ...OURS, ...changes, payment }))._unsafeUnwrap();

    it('says at once what a search sees only later (G2, G10)', async () => {
      await charge('key-1', bodyFor({ paymentMethod: 'pm_sandbox_answer_lost' }));
      const [captured] = await harness.captures();
      expect(await find('o-1', 1)).to.deep.equal({ type: 'Absent' });
      expect(await retrieve(captured?.reference ?? '')).to.deep.equal({
        type: 'Captured',
        reference: captured?.reference,
        amountMinor: 4_758,
        currency: 'EUR',
      });
    });

    for (const [what, changes] of [
      ['order', { orderId: 'o-2' }],
      ['deployment', { deployment: 'dep2' }],
    ] as const) {
      it(`says of a payment of another ${what} whose it is`, async () => {
        const reference = await capture(changes);
        const owner = { deployment: 'dep1', orderId: 'o-1', ...changes };
        expect(await retrieve(reference)).to.deep.equal({ type: 'NotOurs', ...owner });
      });
    }

    it('says of another attempt of the order what came of it', async () => {
      const reference = await capture({ attempt: 2 });
      const money = { reference, amountMinor: 4_758, currency: 'EUR' };
      expect(await retrieve(reference)).to.deep.equal({
        type: 'OtherAttempt',
        attempt: 2,
        outcome: { type: 'Captured', ...money },
      });
    });

    it('takes a payment that was there before the order asked for none of its own', async () => {
      const reference = await capture();
      const inAnHour = Date.now() + 3_600_000;
      expect((await retrieve(reference, { since: inAnHour })).type).to.equal('NotOurs');
    });

    it('takes a payment that bears no reference for nobody’s', async () => {
      const reference = await harness.authorise();
      expect(await retrieve(reference)).to.deep.equal({ type: 'NotOurs' });
    });

    it('says nothing of a name that no payment has', async () => {
      expect(await retrieve('pi_nobody_has_it')).to.deep.equal({ type: 'Absent' });
      expect(await retrieve('re_1/../pi_1')).to.deep.equal({ type: 'Absent' });
    });

    it('says nothing once its signal has fired', async () => {
      const signal = AbortSignal.abort();
      expect(await retrieve(await capture(), { signal })).to.deep.equal({
        type: 'Unknown',
        cause: 'aborted',
      });
    });
  });

  describe('what takes time', () => {
    let harness: PaymentGatewayHarness;
    const { bodyFor, charge, capture, find, inspect, refundBody, refund, findRefund } = actsOn(
      () => harness,
    );

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    const payment = { amountMinor: 4_758, currency: 'EUR' };
    const SLOW = 'pm_sandbox_processing_never_ends';

    it('is under way in its answer, in each look-up and by name, then paid (R19)', async () => {
      const begun = await charge('key-1', bodyFor({ paymentMethod: SLOW }));
      expect(begun).to.deep.include({ type: 'UnderWay', ...payment });
      const { reference } = begun as { readonly reference: string };
      const ask = () => harness.gateway.retrievePayment({ ...OURS, payment: reference });
      expect(await charge('key-1', bodyFor({ paymentMethod: SLOW }))).to.deep.equal(begun);
      expect(await find('o-1', 1)).to.deep.equal(begun);
      expect((await ask())._unsafeUnwrap()).to.deep.equal(begun);
      expect(await harness.captures()).to.deep.equal([]);
      await harness.settle(reference);
      const paid = { type: 'Captured', reference, ...payment };
      expect((await ask())._unsafeUnwrap()).to.deep.equal(paid);
      expect(await find('o-1', 1)).to.deep.equal(paid);
    });

    it('may fail, and is declined then', async () => {
      const paymentMethod = 'pm_sandbox_processing_fails';
      const begun = await charge('key-1', bodyFor({ paymentMethod }));
      const { reference } = begun as { readonly reference: string };
      await harness.settle(reference, true);
      const ended = await harness.gateway.retrievePayment({ ...OURS, payment: reference });
      expect(ended._unsafeUnwrap()).to.include({ type: 'Declined', code: 'insufficient_funds' });
    });

    it('shows so of a payment that the shop has made', async () => {
      const reference = await harness.authorise({ paymentMethod: SLOW, isCaptured: true });
      expect(await inspect(reference)).to.include({ status: 'pending', amountMinor: 4_758 });
      await harness.settle(reference);
      expect(await inspect(reference)).to.include({ status: 'captured', capturedMinor: 4_758 });
    });

    it('may be a refund, which is under way and then made', async () => {
      const paymentMethod = 'pm_sandbox_refund_pending_never_ends';
      const paymentReference = await capture({ paymentMethod });
      const begun = await refund('refund-1', refundBody({ paymentReference }));
      expect(begun).to.deep.include({ type: 'UnderWay', amountMinor: 1_000, currency: 'EUR' });
      expect(await findRefund('r-1', paymentReference)).to.deep.equal(begun);
      expect(await harness.refunds()).to.deep.equal([]);
      await harness.settle((begun as { readonly reference: string }).reference);
      expect(await findRefund('r-1', paymentReference)).to.deep.equal({
        ...begun,
        type: 'Refunded',
      });
    });
  });

  describe('standing', () => {
    let harness: PaymentGatewayHarness;
    const { capture, refundBody, refund } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    const standing = async (paymentReference: string, signal?: AbortSignal) =>
      (
        await harness.gateway.standing({ paymentReference, ...(signal && { signal }) })
      )._unsafeUnwrap();

    it('is empty for a payment to which nothing has happened', async () => {
      await harness.dispute(await capture({ orderId: 'o-2' }));
      const expected = { type: 'Standing', refunds: [], disputes: [] };
      expect(await standing(await capture())).to.deep.equal(expected);
    });

    it('shows refunds, whoever made them, and one that came back', async () => {
      const paymentReference = await capture();
      const made = await refund('refund-1', refundBody({ paymentReference }));
      await harness.refundByHand(paymentReference, 58);
      await harness.settle((made as { readonly reference: string }).reference, true);
      const found = await standing(paymentReference);
      expect(found).to.have.property('refunds').with.length(2);
      expect(found).to.deep.nested.include({
        'refunds[0].status': 'failed',
        'refunds[0].refundId': 'r-1',
        'refunds[0].code': 'expired_or_canceled_card',
        'refunds[1].status': 'moved',
        'refunds[1].amountMinor': 58,
      });
      expect(found).not.to.have.nested.property('refunds[1].refundId');
    });

    for (const [isWon, status, reinstatedMinor] of [
      [true, 'won', 4_758],
      [false, 'lost', 0],
    ] as const) {
      it(`shows a chargeback, its money, and that it is ${status}`, async () => {
        const paymentReference = await capture();
        const dispute = await harness.dispute(paymentReference);
        const opened = {
          dispute,
          stage: 'chargeback',
          status: 'open',
          amountMinor: 4_758,
          currency: 'EUR',
          withdrawnMinor: 4_758,
          reinstatedMinor: 0,
        };
        const first = await standing(paymentReference);
        expect(first).to.have.property('disputes').with.length(1);
        expect(first).to.have.nested.property('disputes[0]').that.includes(opened);
        expect(first).to.have.nested.property('disputes[0].dueBy').that.is.above(0);
        await harness.closeDispute(dispute, isWon);
        expect(await standing(paymentReference))
          .to.have.nested.property('disputes[0]')
          .that.includes({ ...opened, status, reinstatedMinor });
      });
    }

    it('shows an inquiry, which withdraws nothing, and its end', async () => {
      const paymentReference = await capture();
      const dispute = await harness.dispute(paymentReference, true);
      const inquiry = { stage: 'inquiry', withdrawnMinor: 0 };
      expect(await standing(paymentReference))
        .to.have.nested.property('disputes[0]')
        .that.includes({ ...inquiry, status: 'open' });
      await harness.closeDispute(dispute, true);
      expect(await standing(paymentReference))
        .to.have.nested.property('disputes[0]')
        .that.includes({ ...inquiry, status: 'warning closed' });
    });

    it('lets nothing be refunded while money is withdrawn', async () => {
      const paymentReference = await capture();
      await harness.dispute(paymentReference);
      expect(await refund('refund-1', refundBody({ paymentReference }))).to.include({
        type: 'NotExecuted',
        refused: 'charge_disputed',
      });
    });

    it('reports nothing once its signal has fired', async () => {
      expect(await standing(await capture(), AbortSignal.abort())).to.deep.equal({
        type: 'Unknown',
        cause: 'aborted',
      });
    });
  });
};
