import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import type { ChargeRequest } from '../../src/application/ports/paymentGateway.ts';
import { describeAuthentication } from './paymentGateway.authentication.ts';
import { describeAuthorised } from './paymentGateway.authorised.ts';
import { describeFaults } from './paymentGateway.faults.ts';
import {
  actsOn,
  chargeOf,
  CONNECTION_LOST,
  type MakeHarness,
  type PaymentGatewayHarness,
} from './paymentGateway.harness.ts';
import { describeLookUps } from './paymentGateway.lookUps.ts';
import { describeNamedPayments } from './paymentGateway.named.ts';
import { describeRefunds } from './paymentGateway.refunds.ts';
import { describeSavedMethods } from './paymentGateway.saved.ts';

const DECLINES = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_visa_chargeDeclinedLostCard: 'lost_card',
  pm_card_visa_chargeDeclinedStolenCard: 'stolen_card',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
  pm_card_chargeDeclinedIncorrectCvc: 'incorrect_cvc',
  pm_card_chargeDeclinedProcessingError: 'processing_error',
  pm_card_authenticationRequired: 'authentication_required',
};

/**
 * What every gateway owes: one charge for each key, and no outcome that says more than is known.
 */
export const describePaymentGateway = (name: string, makeHarness: MakeHarness): void => {
  describe(`payment gateway on ${name}`, () => {
    describeCharges(makeHarness);
    describeLookUps(makeHarness);
    describeRefunds(makeHarness);
    describeFaults(makeHarness);
    describeSavedMethods(makeHarness);
    describeAuthorised(makeHarness);
    describeAuthentication(makeHarness);
    describeNamedPayments(makeHarness);
  });
};

const describeCharges = (makeHarness: MakeHarness): void => {
  describe('charge', () => {
    let harness: PaymentGatewayHarness;

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    const { bodyFor, charge } = actsOn(() => harness);

    describe('prepare', () => {
      it('writes the same bytes for the same request', () => {
        expect(bodyFor()).to.equal(bodyFor({}));
        expect(bodyFor()).not.to.equal(bodyFor({ attempt: 2 }));
      });

      const refused: readonly [string, Partial<ChargeRequest>][] = [
        ['the code for tests of ISO 4217', { currency: 'XTS' }],
        ['a fund code of four decimals', { currency: 'CLF' }],
        ['zero', { amountMinor: 0 }],
        ['a negative amount', { amountMinor: -1 }],
        ['a fraction of a minor unit', { amountMinor: 10.5 }],
        ['an amount of 13 digits', { amountMinor: 1_000_000_000_000 }],
        ['a third decimal other than 0', { currency: 'KWD', amountMinor: 1_001 }],
        ['no payment method', { paymentMethod: '' }],
        ['half a surrogate pair', { orderId: 'o-\ud800' }],
      ];
      for (const [what, changes] of refused) {
        it(`refuses ${what}`, () => {
          const result = harness.gateway.prepare(chargeOf(changes));
          expect(result.mapErr(({ type }) => type)).to.deep.equal(err('Unchargeable'));
        });
      }
    });

    for (const [currency, amountMinor] of [
      ['EUR', 4_758],
      ['JPY', 5_000],
      ['KWD', 12_340],
    ] as const) {
      it(`captures ${amountMinor} minor units of ${currency} and says so`, async () => {
        const outcome = await charge('key-1', bodyFor({ currency, amountMinor }));
        const [capture, ...more] = await harness.captures();
        const reference = capture?.reference;
        expect(outcome).to.deep.equal({ type: 'Captured', reference, amountMinor, currency });
        expect(capture).to.deep.equal({
          key: 'key-1',
          reference,
          orderId: 'o-1',
          amountMinor,
          currency,
        });
        expect(more).to.deep.equal([]);
      });
    }

    it('gives the first result again for the same key and body, and charges once', async () => {
      const body = bodyFor();
      const first = await charge('key-1', body);
      expect(await charge('key-1', body)).to.deep.equal(first);
      expect(await harness.captures()).to.have.length(1);
    });

    it('charges two keys twice', async () => {
      await charge('key-1', bodyFor());
      await charge('key-2', bodyFor({ orderId: 'o-2' }));
      expect((await harness.captures()).map(({ orderId }) => orderId)).to.deep.equal([
        'o-1',
        'o-2',
      ]);
    });

    it('G4: charges once when ten requests with one key meet, with no decline', async () => {
      const body = bodyFor();
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => charge('key-1', body)));
      const [capture, ...more] = await harness.captures();
      expect(more).to.deep.equal([]);
      for (const outcome of outcomes) {
        if (outcome.type === 'Captured') expect(outcome.reference).to.equal(capture?.reference);
        else expect(outcome).to.deep.equal({ type: 'Unknown', cause: 'request in progress' });
      }
      expect(outcomes.map(({ type }) => type)).to.include('Captured');
    });

    for (const [paymentMethod, code] of Object.entries(DECLINES)) {
      it(`G7: ${paymentMethod} is declined for good as ${code}`, async () => {
        const body = bodyFor({ paymentMethod });
        expect(await charge('key-1', body)).to.include({ type: 'Declined', code });
        expect(await charge('key-1', body)).to.include({ type: 'Declined', code });
        expect(await harness.captures()).to.deep.equal([]);
      });
    }

    it('G9, F26: another body under the key is Unknown, and charges nothing more', async () => {
      await charge('key-1', bodyFor());
      expect(await charge('key-1', bodyFor({ amountMinor: 9_999 }))).to.deep.equal({
        type: 'Unknown',
        cause: 'parameter mismatch',
        keyOfAnother: true,
      });
      expect(await harness.captures()).to.have.length(1);
    });

    it('G2, F23: a lost answer is Unknown, and the key then reports the one capture', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_answer_lost' });
      expect(await charge('key-1', body)).to.deep.equal(CONNECTION_LOST);
      const [capture] = await harness.captures();
      const again = await charge('key-1', body);
      expect(again).to.include({ type: 'Captured', reference: capture?.reference });
      expect(await harness.captures()).to.have.length(1);
    });

    it('G1, F25: a request dropped before execution is Unknown; the key then charges', async () => {
      const body = bodyFor({ paymentMethod: 'pm_sandbox_dropped_before' });
      expect(await charge('key-1', body)).to.deep.equal(CONNECTION_LOST);
      expect(await harness.captures()).to.deep.equal([]);
      expect((await charge('key-1', body)).type).to.equal('Captured');
      expect((await charge('key-1', body)).type).to.equal('Captured');
      expect(await harness.captures()).to.have.length(1);
    });

    it('G6: what fails validation was not executed and leaves the key free', async () => {
      const unknownMethod = bodyFor({ paymentMethod: 'pm_card_nobody_has' });
      expect(await charge('key-1', unknownMethod)).to.include({
        type: 'NotExecuted',
        refused: 'resource_missing',
      });
      expect((await charge('key-1', 'a body of nobody')).type).to.equal('NotExecuted');
      expect(await harness.captures()).to.deep.equal([]);
      expect((await charge('key-1', bodyFor())).type).to.equal('Captured');
    });

    it('G8: a key is forgotten after its window and then charges a second time', async () => {
      await charge('key-1', bodyFor());
      harness.passKeyWindow();
      expect((await charge('key-1', bodyFor())).type).to.equal('Captured');
      expect(await harness.captures()).to.have.length(2);
    });

    it('sends nothing once its signal has fired', async () => {
      const outcome = await charge('key-1', bodyFor(), AbortSignal.abort());
      expect(outcome).to.deep.equal({ type: 'NotExecuted', reason: 'aborted' });
      expect(await harness.captures()).to.deep.equal([]);
    });

    it('sends nothing under a key that no gateway could remember', async () => {
      for (const key of ['', 'k'.repeat(256), 'a\r\nb']) {
        const outcome = await charge(key, bodyFor());
        expect(outcome).to.deep.equal({ type: 'NotExecuted', reason: 'malformed key' });
      }
      expect(await harness.captures()).to.deep.equal([]);
    });

    it('always resolves to an outcome', async () => {
      const result = await harness.gateway.charge({
        key: 'key-1',
        body: bodyFor(),
        notAfter: Infinity,
      });
      expect(result.map(({ type }) => type)).to.deep.equal(ok('Captured'));
    });
  });
};
