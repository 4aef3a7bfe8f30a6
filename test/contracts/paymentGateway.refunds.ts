import { expect } from 'chai';
import { err } from 'neverthrow';
import type { RefundRequest } from '../../src/application/ports/paymentGateway.ts';
import {
  actsOn,
  CONNECTION_LOST,
  type MakeHarness,
  type PaymentGatewayHarness,
} from './paymentGateway.harness.ts';

/**
 * What every gateway owes to who refunds money: one refund for each key, and never more than was
 * captured.
 */
export const describeRefunds = (makeHarness: MakeHarness): void => {
  describe('refund', () => {
    let harness: PaymentGatewayHarness;
    const { bodyFor, charge, capture, refundBody, refund, findRefund } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    const sumRefunded = async (): Promise<number> =>
      (await harness.refunds()).reduce((sum, { amountMinor }) => sum + amountMinor, 0);

    it('is prepared as the same bytes for the same request', async () => {
      const paymentReference = await capture();
      const body = refundBody({ paymentReference });
      expect(refundBody({ paymentReference })).to.equal(body);
      expect(refundBody({ paymentReference, refundId: 'r-2' })).not.to.equal(body);
    });

    const refused: readonly [string, Partial<RefundRequest>][] = [
      ['the code for tests of ISO 4217', { currency: 'XTS' }],
      ['zero', { amountMinor: 0 }],
      ['a negative amount', { amountMinor: -1 }],
      ['a fraction of a minor unit', { amountMinor: 10.5 }],
      ['a third decimal other than 0', { currency: 'KWD', amountMinor: 1_001 }],
      ['no refund id', { refundId: '' }],
      ['half a surrogate pair', { paymentReference: 'pi_\ud800' }],
    ];
    for (const [what, changes] of refused) {
      it(`is not prepared for ${what}`, () => {
        const result = harness.gateway.prepareRefund({
          deployment: 'dep1',
          orderId: 'o-1',
          refundId: 'r-1',
          paymentReference: 'pi_1',
          amountMinor: 1_000,
          currency: 'EUR',
          ...changes,
        });
        expect(result.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
      });
    }

    for (const [currency, captured, amountMinor] of [
      ['EUR', 4_758, 4_758],
      ['EUR', 4_758, 1],
      ['JPY', 5_000, 4_999],
      ['KWD', 12_340, 10],
    ] as const) {
      it(`refunds ${amountMinor} of ${captured} ${currency} and says so`, async () => {
        const paymentReference = await capture({ currency, amountMinor: captured });
        const body = refundBody({ paymentReference, currency, amountMinor });
        const outcome = await refund('refund-1', body);
        const [entry, ...more] = await harness.refunds();
        const reference = entry?.reference;
        expect(outcome).to.deep.equal({ type: 'Refunded', reference, amountMinor, currency });
        expect(entry).to.deep.equal({
          key: 'refund-1',
          reference,
          orderId: 'o-1',
          refundId: 'r-1',
          paymentReference,
          amountMinor,
          currency,
        });
        expect(more).to.deep.equal([]);
      });
    }

    it('gives the first result again for the same key and body, and refunds once', async () => {
      const body = refundBody({ paymentReference: await capture() });
      const first = await refund('refund-1', body);
      expect(await refund('refund-1', body)).to.deep.equal(first);
      expect(await harness.refunds()).to.have.length(1);
    });

    it('G4: refunds once when ten requests with one key meet', async () => {
      const body = refundBody({ paymentReference: await capture() });
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, () => refund('refund-1', body)),
      );
      const [entry, ...more] = await harness.refunds();
      expect(more).to.deep.equal([]);
      for (const outcome of outcomes) {
        if (outcome.type === 'Refunded') expect(outcome.reference).to.equal(entry?.reference);
        else expect(outcome).to.deep.equal({ type: 'Unknown', cause: 'request in progress' });
      }
      expect(outcomes.map(({ type }) => type)).to.include('Refunded');
    });

    it('never refunds more than was captured, of refunds that meet', async () => {
      const paymentReference = await capture();
      const outcomes = await Promise.all(
        [1, 2, 3, 4, 5].map((n) =>
          refund(
            `refund-${n}`,
            refundBody({ paymentReference, refundId: `r-${n}`, amountMinor: 1_500 }),
          ),
        ),
      );
      expect(outcomes.filter(({ type }) => type === 'Refunded')).to.have.length(3);
      expect(outcomes.filter(({ type }) => type === 'NotExecuted')).to.have.length(2);
      expect(await sumRefunded()).to.equal(4_500);
    });

    it('refunds the rest to the last minor unit, and then nothing more', async () => {
      const paymentReference = await capture();
      for (const [refundId, amountMinor, type] of [
        ['r-1', 4_000, 'Refunded'],
        ['r-2', 759, 'NotExecuted'],
        ['r-3', 758, 'Refunded'],
        ['r-4', 1, 'NotExecuted'],
      ] as const) {
        const body = refundBody({ paymentReference, refundId, amountMinor });
        expect((await refund(refundId, body)).type, refundId).to.equal(type);
      }
      expect(await sumRefunded()).to.equal(4_758);
    });

    it('G9, F26: another body under the key is Unknown, and gives nothing more back', async () => {
      const paymentReference = await capture();
      await refund('refund-1', refundBody({ paymentReference }));
      const other = refundBody({ paymentReference, amountMinor: 2_000 });
      const mismatch = { type: 'Unknown', cause: 'parameter mismatch', keyOfAnother: true };
      expect(await refund('refund-1', other)).to.deep.equal(mismatch);
      expect(await sumRefunded()).to.equal(1_000);
    });

    it('does not take the key of a charge, nor a charge that of a refund', async () => {
      await charge('key-1', bodyFor());
      const [paid] = await harness.captures();
      const body = refundBody({ paymentReference: paid?.reference ?? '' });
      const mismatch = { type: 'Unknown', cause: 'parameter mismatch', keyOfAnother: true };
      expect(await refund('key-1', body)).to.deep.equal(mismatch);
      await refund('key-2', body);
      expect(await charge('key-2', bodyFor({ orderId: 'o-2' }))).to.deep.equal(mismatch);
      expect(await harness.captures()).to.have.length(1);
      expect(await harness.refunds()).to.have.length(1);
    });

    it('G6: is not executed for a payment of nobody, and leaves the key free', async () => {
      const paymentReference = await capture();
      const ofNobody = refundBody({ paymentReference: 'pi_of_nobody' });
      expect(await refund('refund-1', ofNobody)).to.include({
        type: 'NotExecuted',
        refused: 'resource_missing',
      });
      expect((await refund('refund-1', 'a body of nobody')).type).to.equal('NotExecuted');
      expect(await harness.refunds()).to.deep.equal([]);
      expect((await refund('refund-1', refundBody({ paymentReference }))).type).to.equal(
        'Refunded',
      );
    });

    it('that fails for good is declined with its reason, as often as it is asked for', async () => {
      const paymentReference = await capture({ paymentMethod: 'pm_sandbox_refund_fails' });
      const body = refundBody({ paymentReference });
      const declined = await refund('refund-1', body);
      expect(declined).to.include({ type: 'Declined', code: 'expired_or_canceled_card' });
      const list = (await harness.gateway.listRefunds({ paymentReference }))._unsafeUnwrap();
      const [failed] = list.type === 'Listed' ? list.refunds : [];
      expect(declined).to.have.property('reference', failed?.reference);
      expect(await refund('refund-1', body)).to.deep.equal(declined);
      expect(await findRefund('r-1', paymentReference)).to.deep.equal(declined);
      expect(await harness.refunds()).to.deep.equal([]);
    });

    it('G2: whose answer was lost is Unknown; look-up and key report the one refund', async () => {
      const paymentReference = await capture({ paymentMethod: 'pm_sandbox_refund_answer_lost' });
      const body = refundBody({ paymentReference });
      expect(await refund('refund-1', body)).to.deep.equal(CONNECTION_LOST);
      const [entry] = await harness.refunds();
      const refunded = {
        type: 'Refunded',
        reference: entry?.reference,
        amountMinor: 1_000,
        currency: 'EUR',
      };
      expect(await findRefund('r-1', paymentReference)).to.deep.equal(refunded);
      expect(await refund('refund-1', body)).to.deep.equal(refunded);
      expect(await harness.refunds()).to.have.length(1);
    });

    it('G8: is given a second time once its key is forgotten', async () => {
      const body = refundBody({ paymentReference: await capture() });
      await refund('refund-1', body);
      harness.passKeyWindow();
      expect((await refund('refund-1', body)).type).to.equal('Refunded');
      expect(await harness.refunds()).to.have.length(2);
    });

    it('sends nothing after its signal, or under a key that no gateway remembers', async () => {
      const body = refundBody({ paymentReference: await capture() });
      expect(await refund('refund-1', body, AbortSignal.abort())).to.deep.equal({
        type: 'NotExecuted',
        reason: 'aborted',
      });
      for (const key of ['', 'k'.repeat(256), 'a\r\nb']) {
        expect(await refund(key, body)).to.deep.equal({
          type: 'NotExecuted',
          reason: 'malformed key',
        });
      }
      expect(await harness.refunds()).to.deep.equal([]);
    });
  });

  describe('findRefund', () => {
    let harness: PaymentGatewayHarness;
    const { capture, refundBody, refund, findRefund } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    it('reports of each refund of a payment what its answer reported', async () => {
      const paymentReference = await capture();
      for (const refundId of ['r-1', 'r-2']) {
        const outcome = await refund(refundId, refundBody({ paymentReference, refundId }));
        expect(outcome.type).to.equal('Refunded');
        expect(await findRefund(refundId, paymentReference)).to.deep.equal(outcome);
      }
    });

    it('finds nothing under another id, or of another payment', async () => {
      const paymentReference = await capture();
      const other = await capture({ orderId: 'o-2' });
      await refund('refund-1', refundBody({ paymentReference }));
      for (const [refundId, payment] of [
        ['R-1', paymentReference],
        ['r-11', paymentReference],
        ['r-1', other],
      ] as const) {
        expect(await findRefund(refundId, payment), refundId).to.deep.equal({ type: 'Absent' });
      }
    });

    it('reports all there is when more than one refund stands under one id (G8)', async () => {
      const paymentReference = await capture();
      for (const key of ['refund-1', 'refund-2'])
        await refund(key, refundBody({ paymentReference }));
      const found = await findRefund('r-1', paymentReference);
      expect(found.type).to.equal('Several');
      expect(found)
        .to.have.property('found')
        .with.deep.members(
          (await harness.refunds()).map(({ reference, amountMinor, currency }) => ({
            reference,
            amountMinor,
            currency,
          })),
        );
    });

    it('reports nothing once its signal has fired', async () => {
      const paymentReference = await capture();
      expect(await findRefund('r-1', paymentReference, AbortSignal.abort())).to.deep.equal({
        type: 'Unknown',
        cause: 'aborted',
      });
    });
  });

  describe('listRefunds', () => {
    let harness: PaymentGatewayHarness;
    const { capture, refundBody, refund } = actsOn(() => harness);

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    it('reports every refund of one payment only, oldest first, and whose it is', async () => {
      const paymentReference = await capture();
      const other = await capture({ orderId: 'o-2' });
      const references: string[] = [];
      for (const [refundId, amountMinor] of [
        ['r-1', 1_000],
        ['r-2', 58],
      ] as const) {
        const body = refundBody({ paymentReference, refundId, amountMinor });
        const outcome = await refund(refundId, body);
        references.push(outcome.type === 'Refunded' ? outcome.reference : outcome.type);
      }
      await refund('r-3', refundBody({ paymentReference: other, refundId: 'r-3' }));
      const of = { status: 'moved', currency: 'EUR', deployment: 'dep1' };
      const list = (await harness.gateway.listRefunds({ paymentReference }))._unsafeUnwrap();
      expect(list).to.deep.equal({
        type: 'Listed',
        refunds: [
          { ...of, reference: references[0], amountMinor: 1_000, refundId: 'r-1' },
          { ...of, reference: references[1], amountMinor: 58, refundId: 'r-2' },
        ],
      });
    });

    it('reports an empty list for a payment of which nothing was refunded', async () => {
      const paymentReference = await capture();
      const list = (await harness.gateway.listRefunds({ paymentReference }))._unsafeUnwrap();
      expect(list).to.deep.equal({ type: 'Listed', refunds: [] });
    });

    it('reports nothing once its signal has fired', async () => {
      const of = { paymentReference: await capture(), signal: AbortSignal.abort() };
      expect((await harness.gateway.listRefunds(of))._unsafeUnwrap()).to.deep.equal({
        type: 'Unknown',
        cause: 'aborted',
      });
    });
  });
};
