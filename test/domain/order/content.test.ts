import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import { containsCardNumber, holdsCardNumber } from '../../../src/domain/cardNumber/index.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';

describe('an order that comes in', () => {
  it('is taken as it is when it keeps the rules', () =>
    fc.assert(
      fc.property(anyOrder(), (order) => {
        expect(Order.parseV1(order)).to.deep.equal(ok(order));
      }),
    ));

  it('is refused with every reason at once', () =>
    refused(
      {
        orderId: 'o 1',
        customer: { id: 'c-1' },
        currency: 'EUX',
        lines: [
          { ...line, quantity: 0, unitPriceMinor: 19.99 },
          { ...line, quantity: -1, sku: '', taxRateBps: 10_001 },
          { ...line, description: 'a\u0000b', unitPriceMinor: '5', note: 'x' },
        ],
      },
      'orderId: is not 1 to 64 letters, digits, _ or -',
      'customer.email: is missing',
      'lines[0].quantity: is not from 1 to 1000000',
      'lines[0].unitPriceMinor: has a fraction; amounts and counts are whole (amounts in minor units)',
      'lines[1].sku: is not 1 to 64 characters, no control characters',
      'lines[1].quantity: is not from 1 to 1000000',
      'lines[1].taxRateBps: is not from 0 to 10000',
      'lines[2]: has a part that is not known',
      'lines[2].description: is not 1 to 200 characters, no control characters',
      'lines[2].unitPriceMinor: is not a number',
      'paymentMethod: is missing',
      'currency: is not a currency of ISO 4217',
    ));

  it('is refused when parts are missing or of another kind', () => {
    refused(undefined, 'order: is missing', ...missing);
    refused('order', 'order: is not an object', ...missing);
    refused([], 'order: is not an object', ...missing);
    refused({ ...order, lines: {} }, 'lines: is not a list');
    refused({ ...order, lines: [] }, 'lines: is empty');
    refused({ ...order, coupon: 'x' }, 'order: has a part that is not known');
  });

  it('is refused when it has more than 100 lines', () => {
    const lines = (count: number) => Array.from({ length: count }, () => line);
    expect(Order.parseV1({ ...order, lines: lines(100) }).isOk()).to.equal(true);
    refused({ ...order, lines: lines(101) }, 'lines: has 101 lines; at most 100');
  });

  it('is refused when its total overflows, also where no single line does', () => {
    const unitPriceMinor = Number.MAX_SAFE_INTEGER - 1;
    const dear = { ...line, quantity: 1, unitPriceMinor, taxRateBps: 0 };
    const overflow = 'lines: come to an amount that is too great to be exact (overflow)';
    expect(Order.parseV1({ ...order, lines: [dear] }).isOk()).to.equal(true);
    refused({ ...order, lines: [dear, dear] }, overflow);
    refused({ ...order, lines: [{ ...dear, quantity: 2 }] }, overflow);
    refused({ ...order, lines: [{ ...dear, taxRateBps: 1 }] }, overflow);
  });

  it('is refused when there is nothing to charge', () =>
    refused(
      { ...order, lines: [{ ...line, unitPriceMinor: 0 }] },
      'lines: come to nothing; there is nothing to charge',
    ));

  it('is refused for a card number anywhere in it, which is not repeated (S13)', () => {
    for (const number of ['4242424242424242', '4242 4242 4242 4242', '3782-822463-10005']) {
      refused(
        { ...order, orderId: 'o-2', note: number },
        ...withCard('order: has a part that is not known'),
      );
      const described = { ...line, description: `pay with ${number} please` };
      refused({ ...order, lines: [described] }, ...withCard());
      expect(JSON.stringify(Order.parseV1({ ...order, [number]: 1 }))).to.not.contain(number);
    }
  });

  it('takes numbers that are no card numbers: ids, EANs, long runs, other check digits', () => {
    for (const text of [
      '4006381333931',
      '4242424242424241',
      '94242424242424242429',
      '9780306406157',
    ]) {
      expect(Order.parseV1({ ...order, lines: [{ ...line, sku: text }] }).isOk(), text).to.equal(
        true,
      );
    }
  });

  it('takes every UUID and ULID for what it is, not for a card number', () =>
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), anyHexId()), fc.ulid(), (hexId, ulid) => {
        expect(containsCardNumber(JSON.stringify({ orderId: hexId }))).to.equal(false);
        // A ULID can hold the digits of a card, so that only its field says what it is.
        expect(holdsCardNumber({ orderId: ulid })).to.equal(false);
      }),
      {
        numRuns: 2_000,
        // Found among random ones: digits of several groups make a number that passes Luhn.
        examples: [
          ['44356100-efd3-4165-8587-265946d043ad', '4JWXXQBTY4000000010000000A'],
          ['24100589-4858-4907-be7c-701855371bd9', '7ZZZZZZZZ3000000020000000A'],
          ['53619939-0015-1000-8000-000000000000', '00000000000000000000000000'],
        ],
      },
    ));

  it('is refused when a text would steer whoever shows it: turned directions, begun lines', () => {
    for (const steering of [
      '\u202e',
      '\u2066',
      '\u2069',
      '\u200f',
      '\u061c',
      '\u2028',
      '\u2029',
      '\u0085',
      '\u001b',
    ]) {
      const lines = [{ ...line, sku: `a${steering}b`, description: `${steering}b` }];
      refused(
        { ...order, lines },
        'lines[0].sku: is not 1 to 64 characters, no control characters',
        'lines[0].description: is not 1 to 200 characters, no control characters',
      );
    }
    const kept = [{ ...line, description: 'שלום, zero\u200djoined 👩‍👩‍👧' }];
    expect(Order.parseV1({ ...order, lines: kept }).isOk()).to.equal(true);
  });

  it('is refused when something in it was masked, and is not what was sent', () =>
    refused(
      { ...order, lines: [{ ...line, description: `a ${'*'.repeat(12)}` }] },
      'order: holds 12 or more * in a row, as what was masked does',
    ));

  it('is refused when its text could not be stored as it is', () =>
    refused(
      { ...order, lines: [{ ...line, sku: '\uD800' }] },
      'lines[0].sku: is not 1 to 64 characters, no control characters',
    ));
});

const line = { sku: 'B', description: 'Book', quantity: 2, unitPriceMinor: 1_999, taxRateBps: 700 };
const order = {
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [line],
  paymentMethod: 'pm_card_visa',
};
const missing = [
  'customer: is missing',
  'customer.id: is missing',
  'customer.email: is missing',
  'orderId: is missing',
  'currency: is missing',
  'lines: is missing',
  'paymentMethod: is missing',
];
const withCard = (...others: readonly string[]) => [...others, 'order: holds a card number'];

const refused = (draft: unknown, ...reasons: readonly string[]) => {
  const parsed = Order.parseV1(draft).mapErr(({ reasons: found, ...rest }) => ({
    ...rest,
    reasons: found.toSorted(),
  }));
  expect(parsed).to.deep.equal(err({ type: 'InvalidOrder', reasons: reasons.toSorted() }));
};

const anyHexId = (): fc.Arbitrary<string> => fc.stringMatching(/^[0-9a-f]{32}$/);
