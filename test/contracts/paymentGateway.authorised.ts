import { expect } from 'chai';
import { err } from 'neverthrow';
import type { CaptureRequest } from '../../src/application/ports/paymentGateway.ts';
import {
  actsOn,
  captureOf,
  CONNECTION_LOST,
  type MakeHarness,
  type PaymentGatewayHarness,
} from './paymentGateway.harness.ts';

const MISMATCH = { type: 'Unknown', cause: 'parameter mismatch', keyOfAnother: true };
const EXPIRED = { type: 'Declined', code: 'charge_expired_for_capture' };
const STATE = 'payment_intent_unexpected_state';

/** What every gateway owes to orders that are paid by a payment which the shop had authorised. */
export const describeAuthorised = (makeHarness: MakeHarness): void => {
  describe('an authorised payment', () => {
    let harness: PaymentGatewayHarness;
    const { capture, captureAuthorised, captureBody, release, inspect, refund, refundBody } =
      actsOn(() => harness);

    const referenceOf = (outcome: object): unknown =>
      'reference' in outcome ? outcome.reference : outcome;

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    describe('capture', () => {
      for (const [currency, amountMinor] of [
        ['EUR', 4_758],
        ['JPY', 5_000],
        ['KWD', 12_340],
        ['ISK', 500],
      ] as const) {
        it(`captures ${amountMinor} minor units of ${currency}, as the ledger has it`, async () => {
          const payment = await harness.authorise({ currency, amountMinor });
          const outcome = await captureAuthorised('key-1', payment, { currency, amountMinor });
          const money = { reference: payment, amountMinor, currency };
          expect(outcome).to.deep.equal({ type: 'Captured', ...money });
          expect(await harness.captures()).to.deep.equal([
            { key: 'key-1', orderId: 'o-1', ...money },
          ]);
        });
      }

      it('captures a part, and nothing of the rest is left to capture', async () => {
        const payment = await harness.authorise();
        const part = await captureAuthorised('key-1', payment, { amountMinor: 3_000 });
        expect(part).to.include({ type: 'Captured', amountMinor: 3_000 });
        const rest = await captureAuthorised('key-2', payment, { amountMinor: 1_758 });
        expect(rest).to.deep.include({ type: 'NotExecuted', refused: STATE });
        // The ledger names the request that captured, and not the one that was refused.
        expect((await harness.captures()).map(({ key }) => key)).to.deep.equal(['key-1']);
        expect(await inspect(payment)).to.deep.include({
          status: 'captured',
          amountMinor: 4_758,
          capturableMinor: 0,
          capturedMinor: 3_000,
        });
      });

      it('gives the first result again for the same key and body, and captures once', async () => {
        const payment = await harness.authorise();
        const first = await captureAuthorised('key-1', payment);
        expect(await captureAuthorised('key-1', payment)).to.deep.equal(first);
        expect(await harness.captures()).to.have.length(1);
      });

      it('G4: captures once when ten requests with one key meet', async () => {
        const payment = await harness.authorise();
        const outcomes = await Promise.all(
          Array.from({ length: 10 }, () => captureAuthorised('key-1', payment)),
        );
        expect(await harness.captures()).to.have.length(1);
        expect(outcomes.map(({ type }) => type)).to.include('Captured');
        for (const outcome of outcomes) {
          if (outcome.type === 'Captured') continue;
          expect(outcome).to.deep.equal({ type: 'Unknown', cause: 'request in progress' });
        }
      });

      it('captures once when ten keys meet, and refuses the others for its state', async () => {
        const payment = await harness.authorise();
        const outcomes = await Promise.all(
          Array.from({ length: 10 }, (_, n) => captureAuthorised(`key-${n}`, payment)),
        );
        expect(outcomes.filter(({ type }) => type === 'Captured')).to.have.length(1);
        expect(outcomes.filter((it) => 'refused' in it && it.refused === STATE)).to.have.length(9);
        expect(await harness.captures()).to.have.length(1);
      });

      it('G9, F26: another body under the key is Unknown, and captures nothing more', async () => {
        const payment = await harness.authorise();
        await captureAuthorised('key-1', payment, { amountMinor: 1_000 });
        const other = await captureAuthorised('key-1', payment, { amountMinor: 2_000 });
        expect(other).to.deep.equal(MISMATCH);
      });

      it('G9: the key of another payment, charge or release is Unknown', async () => {
        const [one, other] = [await harness.authorise(), await harness.authorise()];
        await captureAuthorised('key-1', one);
        expect(await captureAuthorised('key-1', other)).to.deep.equal(MISMATCH);
        expect(await release('key-1', one)).to.deep.equal(MISMATCH);
        await release('key-2', other);
        expect(await captureAuthorised('key-2', other)).to.deep.equal(MISMATCH);
      });

      it('refuses more than was authorised, and leaves it authorised', async () => {
        const payment = await harness.authorise();
        const outcome = await captureAuthorised('key-1', payment, { amountMinor: 4_759 });
        expect(outcome).to.deep.equal({
          type: 'NotExecuted',
          reason: 'invalid request: amount_too_large',
          refused: 'amount_too_large',
        });
        expect(await inspect(payment)).to.include({ status: 'authorised', capturableMinor: 4_758 });
      });

      it('of an authorisation that has expired is declined: nothing was captured', async () => {
        const payment = await harness.authorise();
        harness.passAuthorisations();
        expect(await captureAuthorised('key-1', payment)).to.deep.equal(EXPIRED);
        expect(await harness.captures()).to.deep.equal([]);
      });

      it('of one that was released is declined, and says that it was', async () => {
        const payment = await harness.authorise();
        await release('key-1', payment);
        const declined = { type: 'Declined', code: 'canceled' };
        expect(await captureAuthorised('key-2', payment)).to.deep.equal(declined);
      });

      it('of a payment of nobody is refused, and leaves the key free (G6)', async () => {
        const outcome = await captureAuthorised('key-1', 'pi_of_nobody');
        expect(outcome).to.deep.include({ type: 'NotExecuted', refused: 'resource_missing' });
        const payment = await harness.authorise();
        expect((await captureAuthorised('key-1', payment)).type).to.equal('Captured');
      });

      it('G2: whose answer was lost is Unknown; the key and a look at it report it', async () => {
        const payment = await harness.authorise({ paymentMethod: 'pm_sandbox_answer_lost' });
        expect(await captureAuthorised('key-1', payment)).to.deep.equal(CONNECTION_LOST);
        expect(await inspect(payment)).to.include({ status: 'captured', capturedMinor: 4_758 });
        const captured = { type: 'Captured', reference: payment };
        expect(await captureAuthorised('key-1', payment)).to.include(captured);
        expect(await harness.captures()).to.have.length(1);
      });

      it('G1: that was dropped before is Unknown, and still authorised', async () => {
        const payment = await harness.authorise({ paymentMethod: 'pm_sandbox_dropped_before' });
        expect(await captureAuthorised('key-1', payment)).to.deep.equal(CONNECTION_LOST);
        expect(await inspect(payment)).to.include({ status: 'authorised', capturedMinor: 0 });
        expect((await captureAuthorised('key-1', payment)).type).to.equal('Captured');
      });

      it('G8: whose key was forgotten is not captured again, as nothing is left', async () => {
        const payment = await harness.authorise({ paymentMethod: 'pm_sandbox_key_forgotten' });
        expect(await captureAuthorised('key-1', payment)).to.deep.equal(CONNECTION_LOST);
        const again = await captureAuthorised('key-1', payment);
        expect(again).to.deep.include({ type: 'NotExecuted', refused: STATE });
        expect(await harness.captures()).to.have.length(1);
      });

      it('G13: of another amount than asked is reported as it is', async () => {
        const payment = await harness.authorise({ paymentMethod: 'pm_sandbox_wrong_amount' });
        const outcome = await captureAuthorised('key-1', payment, { amountMinor: 1_000 });
        expect(outcome).to.include({ type: 'Captured', amountMinor: 1_001 });
      });

      it('of a card that wanted its customer there goes through: the customer was', async () => {
        const payment = await harness.authorise({
          paymentMethod: 'pm_card_authenticationRequired',
        });
        expect((await captureAuthorised('key-1', payment)).type).to.equal('Captured');
      });

      it('is refunded like any payment, up to what was captured', async () => {
        const payment = await harness.authorise();
        await captureAuthorised('key-1', payment, { amountMinor: 3_000 });
        const body = (amountMinor: number) =>
          refundBody({ paymentReference: payment, amountMinor });
        expect((await refund('refund-1', body(3_001))).type).to.equal('NotExecuted');
        expect((await refund('refund-2', body(3_000))).type).to.equal('Refunded');
        expect(await inspect(payment)).to.include({ capturedMinor: 3_000, refundedMinor: 3_000 });
      });

      it('sends nothing after its signal, to what is no payment, or under no key', async () => {
        const payment = await harness.authorise();
        const aborted = await captureAuthorised('key-1', payment, {}, AbortSignal.abort());
        expect(aborted).to.deep.equal({ type: 'NotExecuted', reason: 'aborted' });
        const body = captureBody({ payment });
        const { gateway } = harness;
        const late = { key: 'key-1', body, payment, notAfter: 0 };
        expect((await gateway.capture(late))._unsafeUnwrap()).to.deep.include({
          type: 'NotExecuted',
          reason: 'too late to be sent',
        });
        for (const [key, to] of [
          ['', payment],
          ['k'.repeat(256), payment],
          ['key-1', 're_1234567'],
          ['key-1', 'pi_1/../../refunds'],
        ] as const) {
          const post = { key, body, payment: to, notAfter: Infinity };
          const outcome = (await gateway.capture(post))._unsafeUnwrap();
          expect(outcome.type, `${key} ${to}`).to.equal('NotExecuted');
        }
        expect(await harness.captures()).to.deep.equal([]);
      });
    });

    describe('void', () => {
      it('releases what was authorised, for good, and holds no money', async () => {
        const payment = await harness.authorise();
        const voided = { type: 'Voided', reference: payment };
        expect(await release('key-1', payment)).to.deep.equal(voided);
        expect(await release('key-1', payment)).to.deep.equal(voided);
        expect(await inspect(payment)).to.include({ status: 'cancelled', capturableMinor: 0 });
        expect(await harness.captures()).to.deep.equal([]);
      });

      it('is Voided as well where it was released or has expired before', async () => {
        const [released, expired] = [await harness.authorise(), await harness.authorise()];
        await release('key-1', released);
        expect(referenceOf(await release('key-2', released))).to.equal(released);
        harness.passAuthorisations();
        expect(await release('key-3', expired)).to.deep.equal({
          type: 'Voided',
          reference: expired,
        });
      });

      it('of what was captured before is Captured, and releases nothing', async () => {
        const payment = await harness.authorise();
        const captured = await captureAuthorised('key-1', payment, { amountMinor: 3_000 });
        expect(await release('key-2', payment)).to.deep.equal(captured);
        expect(await harness.captures()).to.have.length(1);
      });

      it('and a capture that meet have one winner, which both report', async () => {
        const payment = await harness.authorise();
        const [captured, voided] = await Promise.all([
          captureAuthorised('key-1', payment),
          release('key-2', payment),
        ]);
        const won = (await harness.captures()).length === 1 ? 'Captured' : 'Voided';
        expect(voided.type).to.equal(won);
        expect(captured.type).to.equal(won === 'Captured' ? 'Captured' : 'Declined');
      });

      it('G2: whose answer was lost is Unknown, and its key then says that it is', async () => {
        const payment = await harness.authorise({ paymentMethod: 'pm_sandbox_answer_lost' });
        expect(await release('key-1', payment)).to.deep.equal(CONNECTION_LOST);
        expect(referenceOf(await release('key-1', payment))).to.equal(payment);
      });

      it('of a payment of nobody is refused', async () => {
        const outcome = await release('key-1', 'pi_of_nobody');
        expect(outcome).to.deep.include({ type: 'NotExecuted', refused: 'resource_missing' });
      });

      it('sends nothing once its signal has fired', async () => {
        const payment = await harness.authorise();
        const aborted = { type: 'NotExecuted', reason: 'aborted' };
        expect(await release('key-1', payment, AbortSignal.abort())).to.deep.equal(aborted);
        expect(await inspect(payment)).to.include({ status: 'authorised' });
      });
    });

    describe('inspect', () => {
      it('reports how an authorised payment stands, whose it is, and until when', async () => {
        const { customer } = await harness.saveMethod('pm_card_visa');
        const payment = await harness.authorise({ customer, orderId: 'shop-7' });
        const seen = await inspect(payment);
        const createdAt = 'createdAt' in seen ? seen.createdAt : Number.NaN;
        expect(seen).to.deep.equal({
          type: 'Inspected',
          reference: payment,
          status: 'authorised',
          currency: 'EUR',
          amountMinor: 4_758,
          capturableMinor: 4_758,
          capturedMinor: 0,
          refundedMinor: 0,
          createdAt,
          captureBefore: createdAt + 7 * 86_400_000,
          customer,
          orderId: 'shop-7',
        });
      });

      it('reports our reference once it is captured, and the shop’s no more', async () => {
        const payment = await harness.authorise({ orderId: 'shop-7' });
        await captureAuthorised('key-1', payment, { attempt: 2 });
        expect(await inspect(payment)).to.include({
          status: 'captured',
          deployment: 'dep1',
          orderId: 'o-1',
          attempt: 2,
        });
      });

      it('reports a payment that the shop has taken at once', async () => {
        const payment = await harness.authorise({ isCaptured: true });
        expect(await inspect(payment)).to.include({ status: 'captured', capturedMinor: 4_758 });
        expect(await inspect(payment)).not.to.have.any.keys('orderId', 'deployment', 'attempt');
      });

      it('reports an authorisation that has expired as cancelled', async () => {
        const payment = await harness.authorise();
        harness.passAuthorisations();
        expect(await inspect(payment)).to.include({ status: 'cancelled', capturableMinor: 0 });
      });

      it('reports a charge of ours too', async () => {
        expect(await inspect(await capture())).to.include({ status: 'captured', orderId: 'o-1' });
      });

      it('finds nothing under what is no payment, and nothing once its signal fired', async () => {
        for (const id of ['pi_of_nobody', 're_1234567', 'ch_1234567', 'o-1']) {
          expect(await inspect(id), id).to.deep.equal({ type: 'Absent' });
        }
        const payment = await harness.authorise();
        const aborted = { type: 'Unknown', cause: 'aborted' };
        expect(await inspect(payment, AbortSignal.abort())).to.deep.equal(aborted);
      });
    });

    describe('a prepared capture', () => {
      it('is known again, and nothing is taken for it that has another body', () => {
        const payment = 'pi_1234567';
        const body = captureBody({ payment });
        const { gateway } = harness;
        expect(gateway.isPreparedCapture(body, captureOf({ payment }))).to.equal(true);
        for (const changes of [
          { deployment: 'dep2' },
          { deployment: '' },
          { orderId: 'o-2' },
          { attempt: 2 },
          { amountMinor: 4_759 },
        ]) {
          const isPrepared = gateway.isPreparedCapture(body, captureOf({ payment, ...changes }));
          expect(isPrepared, JSON.stringify(changes)).to.equal(false);
        }
        expect(gateway.isPreparedCapture(`${body}&x=1`, captureOf({ payment }))).to.equal(false);
      });

      it('of a release too', () => {
        const request = { deployment: 'dep1', orderId: 'o-1', attempt: 1, payment: 'pi_1234567' };
        const { gateway } = harness;
        const body = gateway.prepareVoid(request)._unsafeUnwrap();
        expect(gateway.isPreparedVoid(body, request)).to.equal(true);
        expect(gateway.isPreparedVoid(`${body}&x=1`, request)).to.equal(false);
        const other = gateway.prepareVoid({ ...request, payment: 'cus_1234567' });
        expect(other.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
      });

      const refused: readonly [string, Partial<CaptureRequest>][] = [
        ['the code for tests of ISO 4217', { currency: 'XTS' }],
        ['zero', { amountMinor: 0 }],
        ['a third decimal other than 0', { currency: 'KWD', amountMinor: 1_001 }],
        ['no order', { orderId: '' }],
        ['what is no payment', { payment: 're_1234567' }],
      ];
      for (const [what, changes] of refused) {
        it(`is refused ${what}`, () => {
          const request = captureOf({ payment: 'pi_1234567', ...changes });
          const result = harness.gateway.prepareCapture(request);
          expect(result.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
        });
      }
    });
  });
};
