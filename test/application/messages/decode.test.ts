import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import {
  decodeNotificationMessage,
  decodePaymentMessage,
  removedBody,
} from '../../../src/application/messages/index.ts';
import { PlaceOrderV1 } from '../../../src/application/messages/schemas.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';

const line = { sku: 'B', description: 'Book', quantity: 1, unitPriceMinor: 1, taxRateBps: 0 };
const valid = {
  type: 'PlaceOrder',
  v: 1,
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [line],
  paymentMethod: 'pm_card_visa',
};

const PARTS = ['v', 'orderId', 'refundId', 'reason', 'amountMinor', 'lines', 'by', 'email', 'x'];

describe('a message to the payment service', () => {
  it('is read when it is a valid order', () =>
    fc.assert(
      fc.property(anyOrder(), (order) => {
        const body = JSON.stringify({ type: 'PlaceOrder', v: 1, ...order });
        const { orderId } = order;
        expect(decodePaymentMessage(body)).to.deep.equal(
          ok({ type: 'PlaceOrder', orderId, order }),
        );
        // The domain alone has checked it, and the published schema says the same.
        expect(PlaceOrderV1.parse(JSON.parse(body))).to.deep.include({ orderId });
      }),
    ));

  it('is malformed if it is not JSON, no object, or of an unknown type or version (Q11)', () => {
    for (const [body, reason] of [
      ['{"type":', 'message: is not JSON'],
      ['', 'message: is not JSON'],
      ['null', 'message: is not an object'],
      ['[1]', 'message: is not an object'],
      ['{"type":"PlaceOrder","v":3}', 'message: is not a PlaceOrder of version 1 or 2'],
      ['{"type":"Refund","v":1}', 'type: is of no message that this queue takes'],
      ['{"v":1}', 'type: is of no message that this queue takes'],
      ['{"type":"ResumeOrder","v":2,"orderId":"o-1"}', 'v: is not 1'],
    ] as const) {
      expect(decodePaymentMessage(body)).to.deep.equal(
        err({ type: 'MalformedMessage', reasons: [reason] }),
      );
    }
  });

  it('is refused in our own words, whatever is wrong with it', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(
          'CancelOrder',
          'RefundPayment',
          'CorrectEmail',
          'ResumeOrder',
          'PlaceOrder',
        ),
        fc.dictionary(
          fc.constantFrom(...PARTS),
          fc.oneof(
            fc.jsonValue(),
            fc.constantFrom(1, 0, -1, 1.5, 1e20, '', 'o-1', 'x'.repeat(300)),
            fc.array(fc.dictionary(fc.constantFrom('line', 'quantity', 'y'), fc.jsonValue())),
          ),
        ),
        (type, parts) => {
          const decoded = decodePaymentMessage(JSON.stringify({ ...parts, type }));
          const reasons = decoded.isErr() ? decoded.error.reasons : [];
          for (const reason of reasons) {
            expect(reason).to.match(/^[\w.[\]]+: (is|has|does|breaks|holds) /);
            expect(reason).not.to.match(
              /Invalid|expected|received|Too (small|big)|Unrecogni[sz]ed/,
            );
          }
        },
      ),
    ));

  it('is an invalid order, with every reason, when its id can be read', () => {
    const body = JSON.stringify({ ...valid, currency: 'EUX', lines: [] });
    expect(decodePaymentMessage(body)).to.deep.equal(
      err({
        type: 'InvalidOrder',
        orderId: 'o-1',
        reasons: ['lines: is empty', 'currency: is not a currency of ISO 4217'],
      }),
    );
  });

  it('is malformed, with every reason, when not even its id can be read', () => {
    const body = JSON.stringify({ ...valid, orderId: 7, lines: [] });
    expect(decodePaymentMessage(body)).to.deep.equal(
      err({
        type: 'MalformedMessage',
        reasons: ['orderId: is not 1 to 64 letters, digits, _ or -', 'lines: is empty'],
      }),
    );
  });

  it('is refused for a card number in any text, and does not repeat it (S13)', () => {
    const inOrder = ['order: holds a card number'];
    for (const [draft, reasons] of [
      [{ ...valid, paymentMethod: '4242424242424242' }, inOrder],
      [{ ...valid, lines: [{ ...line, description: '４２４２-4242 4242.4242' }] }, inOrder],
      [{ ...valid, card: 4242424242424242 }, ['order: has a part that is not known', ...inOrder]],
    ] as const) {
      const decoded = decodePaymentMessage(JSON.stringify(draft));
      expect(decoded).to.deep.equal(err({ type: 'InvalidOrder', orderId: 'o-1', reasons }));
    }
    expect(decodePaymentMessage('card 4242 4242 4242 4242')).to.deep.equal(
      err({ type: 'MalformedMessage', reasons: ['message: holds a card number'] }),
    );
  });

  it('is taken whatever the digits of its ids are', () => {
    for (const id of ['576461413038785008', '30012345600075', '4242424242424242']) {
      const draft = { ...valid, orderId: id, customer: { ...valid.customer, id } };
      const body = JSON.stringify({ ...draft, lines: [{ ...line, sku: id }] });
      const { orderId } = decodePaymentMessage(body)._unsafeUnwrap();
      expect(orderId).to.equal(id);
    }
  });

  it('is refused when its body was removed or masked: it is not what was sent', () => {
    const removed = removedBody({ fingerprint: 'f', bytes: 1, orderId: 'o-1' });
    for (const decode of [decodePaymentMessage, decodeNotificationMessage]) {
      expect(decode(removed)).to.deep.equal(
        err({
          type: 'MalformedMessage',
          reasons: ['message: held a card number, and what was sent is not kept; ask the sender'],
        }),
      );
    }
    const masked = { ...valid, lines: [{ ...line, sku: '*'.repeat(14) }] };
    expect(decodePaymentMessage(JSON.stringify(masked))).to.deep.equal(
      err({
        type: 'InvalidOrder',
        orderId: 'o-1',
        reasons: ['order: holds 12 or more * in a row, as what was masked does'],
      }),
    );
  });

  it('never throws and never takes what is no order, whatever arrives', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(decodePaymentMessage(body).isErr()).to.equal(true);
        expect(decodeNotificationMessage(body).isErr()).to.equal(true);
      }),
    ));
});

describe('a command to the payment service', () => {
  const cancel = { type: 'CancelOrder', v: 1, orderId: 'o-1', reason: 'changed my mind' };
  const refund = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' };
  const resume = { type: 'ResumeOrder', v: 1, orderId: 'o-1' };
  const decode = (message: unknown) => decodePaymentMessage(JSON.stringify(message));
  const reasonsOf = (message: unknown): readonly string[] =>
    decode(message).match(
      () => [],
      ({ reasons }) => reasons,
    );

  it('is a cancellation with a reason, or that an order is to be driven on', () => {
    const { v: _v, ...cancelled } = cancel;
    const { v: _w, ...resumed } = resume;
    expect(decode(cancel)).to.deep.equal(ok(cancelled));
    expect(decode(resume)).to.deep.equal(ok(resumed));
  });

  it('is a refund of an amount, of pieces of lines, or of all that is left', () => {
    const lines = [{ line: 2, quantity: 3 }];
    for (const [parts, wanted] of [
      [{ amountMinor: 100 }, { type: 'Amount', amountMinor: 100 }],
      [{ lines }, { type: 'Lines', lines }],
      [{}, { type: 'Rest' }],
    ] as const) {
      const { type, orderId, refundId } = refund;
      expect(decode({ ...refund, ...parts })).to.deep.equal(
        ok({ type, orderId, refundId, wanted }),
      );
    }
  });

  it('is malformed where it asks for an amount and for lines: which of them?', () =>
    expect(
      reasonsOf({ ...refund, amountMinor: 1, lines: [{ line: 1, quantity: 1 }] }),
    ).to.deep.equal([
      'message: has both amountMinor and lines; one of them, or neither for all that is left',
    ]));

  it('is malformed where it asks for nothing, for fractions, or for more than can be exact', () => {
    for (const [parts, path] of [
      [{ amountMinor: 0 }, 'amountMinor'],
      [{ amountMinor: -1 }, 'amountMinor'],
      [{ amountMinor: 1.5 }, 'amountMinor'],
      [{ amountMinor: 2 ** 53 }, 'amountMinor'],
      [{ amountMinor: '100' }, 'amountMinor'],
      [{ amountMinor: null }, 'amountMinor'],
      [{ lines: [] }, 'lines'],
      [{ lines: [{ line: 0, quantity: 1 }] }, 'lines[0].line'],
      [{ lines: [{ line: 101, quantity: 1 }] }, 'lines[0].line'],
      [{ lines: [{ line: 1, quantity: 0 }] }, 'lines[0].quantity'],
      [{ lines: [{ line: 1, quantity: 0.5 }] }, 'lines[0].quantity'],
      [{ lines: [{ line: 1, quantity: 1_000_001 }] }, 'lines[0].quantity'],
      [{ lines: [{ line: 1 }] }, 'lines[0].quantity'],
      [{ lines: [{ line: 1, quantity: 1, sku: 'B' }] }, 'lines[0]'],
      [{ lines: Array.from({ length: 101 }, () => ({ line: 1, quantity: 1 })) }, 'lines'],
    ] as const) {
      const reasons = reasonsOf({ ...refund, ...parts });
      expect(
        reasons.map((reason) => reason.split(':')[0]),
        JSON.stringify(parts),
      ).to.deep.equal([path]);
    }
  });

  it('is malformed where a part is missing, unknown, or of another kind', () => {
    for (const [message, path] of [
      [{ ...cancel, reason: undefined }, 'reason'],
      [{ ...cancel, by: 'ada' }, 'message'],
      [{ ...cancel, v: 2 }, 'v'],
      [{ ...cancel, amountMinor: 1 }, 'message'],
      [{ ...refund, refundId: undefined }, 'refundId'],
      [{ ...refund, currency: 'EUR' }, 'message'],
      [{ ...resume, reason: 'x' }, 'message'],
      [{ ...resume, orderId: undefined }, 'orderId'],
    ] as const) {
      expect(
        reasonsOf(message).map((reason) => reason.split(':')[0]),
        JSON.stringify(message),
      ).to.deep.equal([path]);
    }
  });

  it('is malformed where an id is none, or is one of a cancellation’s refunds', () => {
    for (const id of ['', 'o 1', 'o#1', 'ö', 'x'.repeat(65), 7]) {
      for (const message of [cancel, refund, resume]) {
        expect(reasonsOf({ ...message, orderId: id })).to.have.length(1);
      }
      expect(reasonsOf({ ...refund, refundId: id })).to.have.length(1);
    }
    expect(reasonsOf({ ...refund, refundId: 'cancel#1' })).to.deep.equal([
      'refundId: is not a refund id',
    ]);
  });

  it('says who corrects an address, and why, in a text that cannot steer whoever shows it', () => {
    const correct = { type: 'CorrectEmail', v: 1, orderId: 'o-1', email: 'ada@example.com' };
    const said = { by: 'kim', reason: 'mistyped' };
    expect(reasonsOf({ ...correct, ...said })).to.deep.equal([]);
    for (const text of ['', ' ', 'kim\u202E', 'a\u2028b', '\u2066x', 'bell \u0007', '\uD800']) {
      for (const part of ['by', 'reason']) {
        const reasons = reasonsOf({ ...correct, ...said, [part]: text });
        expect(
          reasons.map((reason) => reason.split(':')[0]),
          JSON.stringify(text),
        ).to.deep.equal([part]);
      }
    }
  });

  it('gives a reason that the log can keep: one short line of whole characters', () => {
    for (const reason of [
      '',
      'x'.repeat(201),
      'two\nlines',
      'bell \u0007',
      'half \ud83d',
      'turned \u202e',
      'isolated \u2066',
      'two\u2028lines',
    ]) {
      expect(reasonsOf({ ...cancel, reason })).to.deep.equal([
        'reason: is not 1 to 200 characters without control characters',
      ]);
    }
    for (const reason of ['x'.repeat(200), '😀', 'Größe falsch']) {
      expect(reasonsOf({ ...cancel, reason })).to.deep.equal([]);
    }
  });

  it('says in a correction who and why by such texts, and not by blanks alone', () => {
    const correct = {
      type: 'CorrectEmail',
      v: 1,
      orderId: cancel.orderId,
      email: 'ada@example.com',
      by: 'kim',
      reason: 'mistyped',
    };
    expect(reasonsOf(correct)).to.deep.equal([]);
    for (const text of ['', ' ', 'bell \u0007', 'half \ud83d', 'turned \u202e', 'two\u2028lines']) {
      expect(reasonsOf({ ...correct, by: text, reason: text })).to.deep.equal([
        'by: is not 1 to 64 characters without control characters',
        'reason: is not 1 to 200 characters without control characters',
      ]);
    }
  });

  it('is refused for a card number anywhere, however its digits are spelt (S13)', () => {
    const reasons = ['message: holds a card number'];
    expect(reasonsOf({ ...cancel, reason: 'card 4242 4242 4242 4242' })).to.deep.equal(reasons);
    expect(reasonsOf({ ...refund, refundId: '4242424242424242' })).to.deep.equal([]);
    const spelt = JSON.stringify(cancel).replace('changed my mind', '\\u0034242424242424242');
    expect(decodePaymentMessage(spelt)).to.deep.equal(err({ type: 'MalformedMessage', reasons }));
  });

  it('is never repeated in a reason: reasons are logged', () => {
    const secret = 'hunter2 hunter2';
    for (const message of [
      { ...cancel, reason: `${secret}\n` },
      { ...cancel, [secret]: 1 },
      { ...refund, refundId: secret },
      { ...refund, amountMinor: secret },
      { ...resume, orderId: secret },
      { ...resume, type: secret },
      { ...resume, v: secret },
    ]) {
      expect(reasonsOf(message).join()).to.not.be.empty.and.not.contain('hunter2');
    }
  });
});

describe('a message to the notification service', () => {
  const received = { type: 'OrderReceived', v: 1, orderId: 'o-1', customer: valid.customer };
  const settled = { type: 'OrderSettled', v: 1, orderId: 'o-1', outcome: 'paid' };
  const credited = { type: 'RefundCredited', v: 1, orderId: 'o-1', refundId: 'r-1' };

  it('is read when it is OrderReceived, OrderSettled or RefundCredited', () => {
    const outcomes = ['paid', 'declined', 'failed', 'cancelled'];
    const messages = [
      received,
      { ...received, v: 2, customer: { ...valid.customer, language: 'de-AT' } },
      ...outcomes.map((outcome) => ({ ...settled, outcome })),
      credited,
      { ...credited, refundId: 'cancel#1' },
    ];
    for (const message of messages) {
      expect(decodeNotificationMessage(JSON.stringify(message))).to.deep.equal(ok(message));
    }
  });

  it('is malformed when a part is missing, unknown or wrong', () => {
    for (const message of [
      { ...received, customer: {} },
      { ...received, customer: { ...valid.customer, language: 'de' } },
      { ...received, v: 2 },
      { ...received, v: 3 },
      { ...received, orderId: 'o 1' },
      { ...settled, outcome: 'lost' },
      { ...settled, extra: 1 },
      { ...settled, v: 2 },
      { ...credited, refundId: undefined },
      { ...credited, refundId: '' },
      { ...credited, refundId: 'r 1' },
      { ...credited, refundId: 'x'.repeat(65) },
      { ...credited, amountMinor: 1 },
      { ...credited, orderId: 'o#1' },
      valid,
    ]) {
      const decoded = decodeNotificationMessage(JSON.stringify(message));
      expect(decoded.isErr(), JSON.stringify(message)).to.equal(true);
    }
  });
});
