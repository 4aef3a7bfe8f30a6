import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import {
  decodeNotificationMessage,
  decodePaymentMessage,
} from '../../../src/application/messages/index.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';

const valid = {
  type: 'PlaceOrder',
  v: 1,
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 1, unitPriceMinor: 1, taxRateBps: 0 }],
  paymentMethod: 'pm_card_visa',
};

describe('a message to the payment service', () => {
  it('is read when it is a valid order', () =>
    fc.assert(
      fc.property(anyOrder(), (order) => {
        const body = JSON.stringify({ type: 'PlaceOrder', v: 1, ...order });
        expect(decodePaymentMessage(body)).to.deep.equal(ok({ type: 'PlaceOrder', order }));
      }),
    ));

  it('is malformed when it is not JSON, no object, or of a type or version nobody knows (Q11)', () => {
    for (const [body, reason] of [
      ['{"type":', 'message: is not JSON'],
      ['', 'message: is not JSON'],
      ['null', 'message: is not an object'],
      ['[1]', 'message: is not an object'],
      ['{"type":"PlaceOrder","v":2}', 'message: is not a PlaceOrder of version 1'],
      ['{"type":"Refund","v":1}', 'message: is not a PlaceOrder of version 1'],
    ] as const) {
      expect(decodePaymentMessage(body)).to.deep.equal(
        err({ type: 'MalformedMessage', reasons: [reason] }),
      );
    }
  });

  it('is an invalid order, with every reason, when its id can be told', () => {
    const body = JSON.stringify({ ...valid, currency: 'EUX', lines: [] });
    expect(decodePaymentMessage(body)).to.deep.equal(
      err({
        type: 'InvalidOrder',
        orderId: 'o-1',
        reasons: ['lines: is empty', 'currency: EUX is not a currency of ISO 4217'],
      }),
    );
  });

  it('is malformed, with every reason, when not even its id can be told', () => {
    const body = JSON.stringify({ ...valid, orderId: 7, lines: [] });
    expect(decodePaymentMessage(body)).to.deep.equal(
      err({
        type: 'MalformedMessage',
        reasons: ['orderId: is not 1 to 64 letters, digits, _ or -', 'lines: is empty'],
      }),
    );
  });

  it('is refused for a card number anywhere, also outside JSON, and does not repeat it (S13)', () => {
    for (const body of [
      JSON.stringify({ ...valid, paymentMethod: '4242424242424242' }),
      JSON.stringify({
        ...valid,
        customer: { ...valid.customer, id: 'c', card: 4242424242424242 },
      }),
      'card 4242 4242 4242 4242',
    ]) {
      const decoded = decodePaymentMessage(body);
      expect(decoded).to.deep.equal(
        err({ type: 'MalformedMessage', reasons: ['message: holds a card number'] }),
      );
    }
  });

  it('never throws and never takes what is no order, whatever arrives', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(decodePaymentMessage(body).isErr()).to.equal(true);
        expect(decodeNotificationMessage(body).isErr()).to.equal(true);
      }),
    ));
});

describe('a message to the notification service', () => {
  const received = { type: 'OrderReceived', v: 1, orderId: 'o-1', customer: valid.customer };
  const settled = { type: 'OrderSettled', v: 1, orderId: 'o-1', outcome: 'paid' };

  it('is read when it is OrderReceived or OrderSettled', () => {
    for (const message of [received, settled]) {
      expect(decodeNotificationMessage(JSON.stringify(message))).to.deep.equal(ok(message));
    }
  });

  it('is malformed when a part is missing, unknown or wrong', () => {
    for (const message of [
      { ...received, customer: {} },
      { ...received, orderId: 'o 1' },
      { ...settled, outcome: 'lost' },
      { ...settled, extra: 1 },
      { ...settled, v: 2 },
      valid,
    ]) {
      const decoded = decodeNotificationMessage(JSON.stringify(message));
      expect(decoded.isErr(), JSON.stringify(message)).to.equal(true);
    }
  });
});
