import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Stripe } from 'stripe';
import {
  chargeFailure,
  lookUpFailure,
  refundFailure,
} from '../../../src/adapters/stripe/errors.ts';
import {
  MAPPED_INTENT_STATUSES,
  outcomeOfAnswer,
  outcomeOfFound,
  readIntent,
} from '../../../src/adapters/stripe/intents.ts';
import { DISPUTE_TABLE } from '../../../src/adapters/stripe/disputes.ts';
import { MAPPED_REFUND_STATUSES } from '../../../src/adapters/stripe/refunds.ts';
import { MAPPED_ERRORS, OUTCOME_ROWS } from './outcomeRows.ts';

/** The names in a union that the SDK leaves open for those of tomorrow. */
type Named<Text> = Text extends string ? (string extends Text ? never : Text) : never;

/** Does not compile when the SDK knows a status that is not here, or does not know one that is. */
const SDK_INTENT_STATUSES: Readonly<Record<Named<Stripe.PaymentIntent.Status>, true>> = {
  canceled: true,
  processing: true,
  requires_action: true,
  requires_capture: true,
  requires_confirmation: true,
  requires_payment_method: true,
  succeeded: true,
};

/** https://docs.stripe.com/declines/codes, those of test mode included. */
const DECLINE_CODES = (
  'authentication_required approve_with_id call_issuer card_not_supported ' +
  'card_velocity_exceeded currency_not_supported do_not_honor do_not_try_again ' +
  'duplicate_transaction expired_card fraudulent generic_decline incorrect_address ' +
  'incorrect_cvc incorrect_number incorrect_pin incorrect_zip insufficient_funds ' +
  'invalid_account invalid_amount invalid_cvc invalid_expiry_month invalid_expiry_year ' +
  'invalid_number invalid_pin issuer_not_available lost_card merchant_blacklist ' +
  'mobile_device_authentication_required new_account_information_available no_action_taken ' +
  'not_permitted offline_pin_required online_or_offline_pin_required pickup_card ' +
  'pin_try_exceeded processing_error reenter_transaction restricted_card ' +
  'revocation_of_all_authorizations revocation_of_authorization security_violation ' +
  'service_not_allowed stolen_card stop_payment_order testmode_decline ' +
  'transaction_not_allowed try_again_later withdrawal_count_limit_exceeded'
).split(' ');

const declineOf = (code: string): Error =>
  Stripe.errors.generateV1Error({
    statusCode: 402,
    message: 'for people',
    type: 'card_error',
    code: 'card_declined',
    decline_code: code,
  });

describe("Stripe's tables", () => {
  it('have every error class of the SDK', () => {
    const classes = Object.entries(Stripe.errors)
      .filter(([, value]) => Object.create(value.prototype ?? null) instanceof Error)
      .map(([name]) => name);
    expect(classes).to.include.members(['StripeCardError', 'VerificationNotInitiatedError']);
    expect([...MAPPED_ERRORS].toSorted()).to.deep.equal(classes.toSorted());
  });

  it('make each class Unknown that is no answer to a charge, and one of tomorrow (F25)', () => {
    for (const type of [...MAPPED_ERRORS, 'ErrorOfTomorrow']) {
      const error = new Stripe.errors.StripeError({ statusCode: 500 }, type);
      const { type: outcome } = chargeFailure(error);
      if (/^Stripe(RateLimit|InvalidRequest|Authentication|Permission)Error$/.test(type)) {
        expect(outcome, type).to.equal('NotExecuted');
      } else expect(outcome, type).to.equal('Unknown');
      expect(lookUpFailure(error).type, type).to.equal('Unknown');
    }
  });

  it('have every HTTP status, and NotExecuted for those alone that come before execution', () => {
    for (let statusCode = 200; statusCode < 600; statusCode += 1) {
      const error = Stripe.errors.generateV1Error({ statusCode, message: '', type: 'api_error' });
      const expected = [400, 401, 403, 404, 429].includes(statusCode) ? 'NotExecuted' : 'Unknown';
      expect(chargeFailure(error).type, `${statusCode}`).to.equal(expected);
      expect(refundFailure(error).type, `${statusCode}`).to.equal(expected);
      expect(lookUpFailure(error).type, `${statusCode}`).to.equal('Unknown');
    }
  });

  it('have every status of a PaymentIntent that the SDK knows', () => {
    expect([...MAPPED_INTENT_STATUSES].toSorted()).to.deep.equal(Object.keys(SDK_INTENT_STATUSES));
  });

  it('have every status of a refund that the SDK names; its type is only a text', () => {
    const types = readFileSync(sdkTypes('Refunds'), 'utf8');
    const [sentence = ''] = /Status of the refund\. This can be [^.]*\./.exec(types) ?? [];
    const statuses = [...sentence.matchAll(/`(\w+)`/g)].map(([, status = '']) => status);
    expect(statuses).to.include('requires_action');
    expect([...MAPPED_REFUND_STATUSES]).to.have.members(statuses);
  });

  it('have every status of a dispute that the SDK names', () => {
    const types = readFileSync(sdkTypes('Disputes'), 'utf8');
    const [list = ''] = /^    type Status = [^;]*;/m.exec(types) ?? [];
    const statuses = [...list.matchAll(/'(\w+)'/g)].map(([, status = '']) => status);
    expect(statuses).to.include('prevented');
    expect(DISPUTE_TABLE.map(({ word }) => word)).to.have.members(statuses);
  });

  it('make every decline code Declined with it, even those that say to try again (G7, F24)', () => {
    for (const code of [...DECLINE_CODES, 'code_of_tomorrow']) {
      const declined = { type: 'Declined', code };
      expect(chargeFailure(declineOf(code))).to.deep.equal(declined);
      const found = readIntent({
        id: 'pi_1',
        object: 'payment_intent',
        status: 'requires_payment_method',
        amount_received: 0,
        currency: 'eur',
        last_payment_error: { type: 'card_error', code: 'card_declined', decline_code: code },
      });
      expect(found && outcomeOfFound(found)).to.deep.equal({ ...declined, reference: 'pi_1' });
    }
  });

  it('make no card error a refusal of a refund, or a result of a look-up', () => {
    expect(refundFailure(declineOf('lost_card'))).to.deep.equal({
      type: 'Unknown',
      cause: 'card error for a refund',
    });
    expect(lookUpFailure(declineOf('lost_card')).type).to.equal('Unknown');
  });

  it('are shown row by row: each once, with an outcome and where it comes from', () => {
    const whens = OUTCOME_ROWS.map(({ when }) => when);
    expect(new Set(whens).size).to.equal(whens.length);
    for (const { when, outcome, source } of OUTCOME_ROWS) {
      expect(outcome, when).to.match(
        /^(Captured|Refunded|Voided|Declined|UnderWay|CustomerAwaited|NotExecuted|Unknown)$/,
      );
      expect(source, when).to.match(/^https:\/\/docs\.stripe\.com\/|^ADR \d{4}$|^src\//);
    }
  });

  it('are those that the code reads: what a row says of a status is what comes of it', () => {
    for (const status of MAPPED_INTENT_STATUSES) {
      const answer = {
        id: 'pi_1',
        object: 'payment_intent',
        status,
        amount: 100,
        amount_received: 100,
        currency: 'eur',
      };
      const row = OUTCOME_ROWS.find(({ when }) => when.startsWith(`answered with \`${status}\``));
      expect(outcomeOfAnswer(answer).type, status).to.equal(row?.outcome);
    }
  });
});

const sdkTypes = (name: 'Disputes' | 'Refunds'): URL =>
  new URL(`resources/${name}.d.ts`, import.meta.resolve('stripe'));
