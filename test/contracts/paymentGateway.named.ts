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
};
