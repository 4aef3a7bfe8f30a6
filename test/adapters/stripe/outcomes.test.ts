import { expect } from 'chai';
import { Stripe } from 'stripe';
import type { ChargeOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { chargeFailure } from '../../../src/adapters/stripe/errors.ts';
import { outcomeOfAnswer } from '../../../src/adapters/stripe/intents.ts';

const intent = (changes: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount: 4_758,
  amount_received: 4_758,
  currency: 'eur',
  ...changes,
});

/** As the SDK makes it of an answer of Stripe's. */
const errorOf = (statusCode: number, facts: object, headers: Record<string, string> = {}): Error =>
  Stripe.errors.generateV1Error({ statusCode, headers, message: 'for people', ...facts });

const misconfigured = (reason: string): ChargeOutcome => ({
  type: 'NotExecuted',
  reason,
  trouble: 'Misconfigured',
});

const refused = (code: string): ChargeOutcome => ({
  type: 'NotExecuted',
  reason: `invalid request: ${code}`,
  refused: code,
});

/** Of https://docs.stripe.com/error-codes, those about the account, its key and its mode. */
const ACCOUNT_WIDE = [
  'testmode_charges_only',
  'account_invalid',
  'api_key_expired',
  'platform_api_key_expired',
  'platform_account_required',
  'secret_key_required',
  'livemode_mismatch',
  'not_allowed_on_standard_account',
];

describe('outcome of a PaymentIntent', () => {
  it('that succeeded is what it received, in ISO 4217 minor units', () => {
    expect(outcomeOfAnswer(intent())).to.deep.equal({
      type: 'Captured',
      reference: 'pi_1',
      amountMinor: 4_758,
      currency: 'EUR',
    });
    expect(outcomeOfAnswer(intent({ currency: 'isk', amount_received: 500 }))).to.include({
      amountMinor: 5,
      currency: 'ISK',
    });
  });

  it('reports another amount than asked as it is (G13)', () => {
    expect(outcomeOfAnswer(intent({ amount_received: 1 }))).to.include({ amountMinor: 1 });
  });

  it('that was canceled can never capture', () => {
    expect(outcomeOfAnswer(intent({ status: 'canceled' }))).to.deep.equal({
      type: 'Declined',
      code: 'canceled',
      reference: 'pi_1',
    });
  });

  it('that is processing is under way for its whole amount (R19, G14)', () => {
    const answer = intent({ status: 'processing', amount_received: 0 });
    expect(outcomeOfAnswer(answer)).to.deep.equal({
      type: 'UnderWay',
      reference: 'pi_1',
      amountMinor: 4_758,
      currency: 'EUR',
    });
    expect(outcomeOfAnswer({ ...answer, amount: null }).type).to.equal('Unknown');
  });

  for (const status of [
    'requires_action',
    'requires_capture',
    'requires_confirmation',
    'requires_payment_method',
    'a_status_of_tomorrow',
    'constructor',
  ]) {
    it(`in status ${status} is Unknown (G11, G14, F24)`, () => {
      expect(outcomeOfAnswer(intent({ status }))).to.deep.equal({
        type: 'Unknown',
        cause: `status ${status}`,
      });
    });
  }

  const unreadable: readonly [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ok'],
    ['an empty object', {}],
    ['another object', { ...intent(), object: 'charge' }],
    ['a PaymentIntent without an id', intent({ id: undefined })],
    ['a PaymentIntent whose amount is a text', intent({ amount_received: '4758' })],
    ['a currency that nobody knows', intent({ currency: 'zzz' })],
    ['half an Icelandic króna', intent({ currency: 'isk', amount_received: 550 })],
  ];
  for (const [what, answer] of unreadable) {
    it(`is Unknown when the answer is ${what} (G11)`, () => {
      expect(outcomeOfAnswer(answer).type).to.equal('Unknown');
    });
  }
});

describe('outcome of an error', () => {
  const rows: readonly [string, Error, ChargeOutcome][] = [
    [
      'a decline with its reason (G7)',
      errorOf(402, { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' }),
      { type: 'Declined', code: 'lost_card' },
    ],
    [
      'a decline without a reason (G7)',
      errorOf(402, { type: 'card_error', code: 'expired_card' }),
      { type: 'Declined', code: 'expired_card' },
    ],
    [
      'a decline with the name of its PaymentIntent',
      errorOf(402, {
        type: 'card_error',
        code: 'authentication_required',
        payment_intent: intent({ status: 'requires_payment_method' }),
      }),
      { type: 'Declined', code: 'authentication_required', reference: 'pi_1' },
    ],
    [
      'a decline whose PaymentIntent says that it succeeded',
      errorOf(402, { type: 'card_error', code: 'card_declined', payment_intent: intent() }),
      { type: 'Unknown', cause: 'contradictory card error' },
    ],
    [
      'a 402 that is no card error',
      errorOf(402, { type: 'api_error', code: 'card_declined' }),
      { type: 'Unknown', cause: 'contradictory card error' },
    ],
    [
      'a 429 (G5)',
      errorOf(429, { type: 'invalid_request_error', code: 'rate_limit' }, { 'retry-after': '7' }),
      { type: 'NotExecuted', reason: 'rate limited', trouble: 'Throttled', retryAfterMs: 7_000 },
    ],
    [
      'a 429 that says when by a date',
      errorOf(429, {}, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
      { type: 'NotExecuted', reason: 'rate limited', trouble: 'Throttled' },
    ],
    [
      'a 429 of a lock, which may come after execution began',
      errorOf(429, { type: 'invalid_request_error', code: 'lock_timeout' }),
      { type: 'Unknown', cause: 'lock timeout' },
    ],
    [
      'a 409 (G4)',
      errorOf(409, { type: 'invalid_request_error', code: 'idempotency_key_in_use' }),
      { type: 'Unknown', cause: 'request in progress' },
    ],
    [
      'other parameters under the key (G9, F26)',
      errorOf(400, { type: 'idempotency_error' }),
      { type: 'Unknown', cause: 'parameter mismatch', keyOfAnother: true },
    ],
    [
      'a request that fails validation (G6)',
      errorOf(400, { type: 'invalid_request_error', code: 'amount_too_small' }),
      refused('amount_too_small'),
    ],
    [
      'a 404',
      errorOf(404, { type: 'invalid_request_error', param: 'intent' }),
      refused('invalid intent'),
    ],
    ...['payment_method', 'amount', 'currency', 'metadata[order_id]', 'payment_intent'].map(
      (param): [string, Error, ChargeOutcome] => [
        `a 400 about ${param}, which each order has its own of`,
        errorOf(400, { type: 'invalid_request_error', code: 'code_of_tomorrow', param }),
        refused('code_of_tomorrow'),
      ],
    ),
    ...['charge_already_refunded', 'payment_method_unexpected_state', 'resource_missing'].map(
      (code): [string, Error, ChargeOutcome] => [
        `a 400 ${code}`,
        errorOf(400, { type: 'invalid_request_error', code }),
        refused(code),
      ],
    ),
    [
      'a 400 whose code is no code',
      errorOf(400, {
        type: 'invalid_request_error',
        code: `a\nb${'c'.repeat(99)}`,
        param: 'amount',
      }),
      refused(`a?b${'c'.repeat(61)}`),
    ],
    [
      'a 400 about a saved method without its customer, in Stripe’s own words',
      errorOf(400, {
        type: 'invalid_request_error',
        code: 'parameter_missing',
        param: 'source',
      }),
      refused('customer_missing'),
    ],
    ...['customer', 'mandate', 'payment_method', 'metadata[order_id]'].map(
      (param): [string, Error, ChargeOutcome] => [
        `a 400 without a code about the ${param}`,
        errorOf(400, { type: 'invalid_request_error', param }),
        refused(`invalid ${param}`),
      ],
    ),
    [
      'a 400 that names neither code nor parameter (case 08)',
      errorOf(400, { type: 'invalid_request_error' }),
      misconfigured('refused to every order: unspecified'),
    ],
    [
      'a 400 about a parameter that all orders share',
      errorOf(400, { type: 'invalid_request_error', code: 'parameter_unknown', param: 'confirm' }),
      misconfigured('refused to every order: parameter_unknown'),
    ],
    ...ACCOUNT_WIDE.map((code): [string, Error, ChargeOutcome] => [
      `a 400 ${code} (case 08)`,
      errorOf(400, { type: 'invalid_request_error', code, param: 'payment_method' }),
      misconfigured(`refused to every order: ${code}`),
    ]),
    [
      'a 500 that is given again',
      errorOf(500, { type: 'api_error' }, { 'idempotent-replayed': 'true' }),
      { type: 'Unknown', cause: 'stored failure', stored: true },
    ],
    ['a 401', errorOf(401, {}), misconfigured('authentication failed')],
    ['a 403', errorOf(403, {}), misconfigured('permission denied')],
    ...[500, 502, 503, 504, 418, 200].map((status): [string, Error, ChargeOutcome] => [
      `a ${status} (G3)`,
      errorOf(status, { type: 'api_error' }),
      {
        type: 'Unknown',
        cause: `status code ${status}`,
        ...(status >= 500 ? { trouble: 'Unavailable' as const } : {}),
      },
    ]),
    [
      'something else that was thrown',
      new TypeError('bug'),
      { type: 'Unknown', cause: 'unreadable answer' },
    ],
  ];
  for (const [what, error, outcome] of rows) {
    it(`that is ${what} is ${outcome.type}`, () => {
      expect(chargeFailure(error)).to.deep.equal(outcome);
    });
  }
});
