import { expect } from 'chai';
import { Stripe } from 'stripe';
import {
  captureFailure,
  outcomeOfVoidAnswer,
  voidFailure,
} from '../../../src/adapters/stripe/captures.ts';

const payment = (changes: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_capture',
  amount: 4_758,
  amount_received: 0,
  currency: 'eur',
  ...changes,
});

/** As the SDK makes it of an answer of Stripe's. */
const errorOf = (statusCode: number, facts: object = {}): Error =>
  Stripe.errors.generateV1Error({
    statusCode,
    message: 'for people',
    type: 'invalid_request_error',
    ...facts,
  });

const STATE = 'payment_intent_unexpected_state';

describe('what Stripe says to a capture', () => {
  for (const [cancellation_reason, code] of [
    ['expired', 'charge_expired_for_capture'],
    ['automatic', 'charge_expired_for_capture'],
    ['requested_by_customer', 'canceled'],
    ['abandoned', 'canceled'],
    [null, 'canceled'],
  ] as const) {
    it(`of a payment that is canceled as ${cancellation_reason} is Declined: ${code}`, () => {
      const payment_intent = payment({ status: 'canceled', cancellation_reason });
      for (const facts of [{ code: STATE }, {}, { code: 'code_of_tomorrow' }]) {
        const failure = captureFailure(errorOf(400, { ...facts, payment_intent }));
        expect(failure).to.deep.equal({ type: 'Declined', code });
      }
    });
  }

  for (const code of ['charge_expired_for_capture', 'capture_charge_authorization_expired']) {
    it(`is Declined for ${code}, though the payment may not show it yet`, () => {
      const declined = { type: 'Declined', code: 'charge_expired_for_capture' };
      expect(captureFailure(errorOf(400, { code }))).to.deep.equal(declined);
      const payment_intent = payment();
      expect(captureFailure(errorOf(400, { code, payment_intent }))).to.deep.equal(declined);
    });
  }

  it('is no decline of a payment that was canceled after a part of it was captured', () => {
    const payment_intent = payment({ status: 'canceled', amount_received: 1 });
    expect(captureFailure(errorOf(400, { code: STATE, payment_intent }))).to.deep.equal({
      type: 'NotExecuted',
      reason: `invalid request: ${STATE}`,
      refused: STATE,
    });
  });

  for (const status of ['succeeded', 'processing', 'requires_action', 'a_status_of_tomorrow']) {
    it(`is refused for the state of a payment that is ${status}, with or without a code`, () => {
      const payment_intent = payment({ status, amount_received: 4_758 });
      for (const facts of [{ code: STATE }, {}]) {
        const failure = captureFailure(errorOf(400, { ...facts, payment_intent }));
        expect(failure).to.include({ type: 'NotExecuted', refused: STATE });
        expect(failure).not.to.have.property('trouble');
      }
    });
  }

  for (const [facts, refused] of [
    [{ code: 'amount_too_large' }, 'amount_too_large'],
    [{ param: 'amount_to_capture' }, 'invalid amount_to_capture'],
    [{ code: 'resource_missing', param: 'intent' }, 'resource_missing'],
  ] as const) {
    it(`is refused for its content: ${refused}`, () => {
      const failure = captureFailure(errorOf(400, { ...facts, payment_intent: payment() }));
      expect(failure).to.deep.equal({
        type: 'NotExecuted',
        reason: `invalid request: ${refused}`,
        refused,
      });
    });
  }

  it('is Unknown for a card error while the payment can still be captured (F24)', () => {
    const card = { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' };
    const failure = captureFailure(errorOf(402, { ...card, payment_intent: payment() }));
    expect(failure).to.deep.equal({ type: 'Unknown', cause: 'contradictory card error' });
  });

  it('is what it is to a charge in all other respects', () => {
    expect(captureFailure(errorOf(500, { type: 'api_error' })).type).to.equal('Unknown');
    expect(captureFailure(errorOf(429)).type).to.equal('NotExecuted');
    expect(captureFailure(errorOf(401))).to.include({ trouble: 'Misconfigured' });
    expect(captureFailure(new TypeError())).to.include({ type: 'Unknown' });
    const facts = { code: 'testmode_charges_only' };
    expect(captureFailure(errorOf(400, facts))).to.include({ trouble: 'Misconfigured' });
  });
});

describe('what Stripe says to a release', () => {
  const VOIDED = { type: 'Voided', reference: 'pi_1' };

  it('is Voided once it is canceled and received nothing', () => {
    expect(outcomeOfVoidAnswer(payment({ status: 'canceled' }))).to.deep.equal(VOIDED);
    const captured = payment({ status: 'canceled', amount_received: 1 });
    expect(outcomeOfVoidAnswer(captured)).to.deep.equal({
      type: 'Unknown',
      cause: 'status canceled',
    });
  });

  for (const status of ['requires_capture', 'succeeded', 'processing', 'tomorrow']) {
    it(`is Unknown while it is ${status} (F24)`, () => {
      const unknown = { type: 'Unknown', cause: `status ${status}` };
      expect(outcomeOfVoidAnswer(payment({ status }))).to.deep.equal(unknown);
    });
  }

  it('is Unknown when it is no payment (G11)', () => {
    for (const answer of [undefined, null, {}, payment({ object: 'refund' })]) {
      const unknown = { type: 'Unknown', cause: 'unreadable answer' };
      expect(outcomeOfVoidAnswer(answer)).to.deep.equal(unknown);
    }
  });

  it('is Voided where it was canceled before', () => {
    const payment_intent = payment({ status: 'canceled' });
    expect(voidFailure(errorOf(400, { code: STATE, payment_intent }))).to.deep.equal(VOIDED);
  });

  it('is Captured where it was captured before, with what was', () => {
    const payment_intent = payment({ status: 'succeeded', amount_received: 3_000 });
    expect(voidFailure(errorOf(400, { code: STATE, payment_intent }))).to.deep.equal({
      type: 'Captured',
      reference: 'pi_1',
      amountMinor: 3_000,
      currency: 'EUR',
    });
    const strange = { ...payment_intent, currency: 'zzz' };
    expect(voidFailure(errorOf(400, { code: STATE, payment_intent: strange }))).to.deep.equal({
      type: 'Unknown',
      cause: 'unreadable amount',
    });
  });

  it('says nothing by a card error, and otherwise what a charge would be answered', () => {
    const card = { type: 'card_error', code: 'card_declined' };
    expect(voidFailure(errorOf(402, card))).to.deep.equal({
      type: 'Unknown',
      cause: 'card error for a release',
    });
    expect(voidFailure(errorOf(404, { code: 'resource_missing' }))).to.include({
      type: 'NotExecuted',
      refused: 'resource_missing',
    });
    const processing = { code: STATE, payment_intent: payment({ status: 'processing' }) };
    expect(voidFailure(errorOf(400, processing))).to.include({ refused: STATE });
  });
});
