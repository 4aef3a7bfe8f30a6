import { expect } from 'chai';
import fc from 'fast-check';
import { createMemoryIds } from '../../../../src/adapters/memory/ids.ts';
import { createMemoryPaymentGateway } from '../../../../src/adapters/memory/paymentGateway.ts';
import { createVirtualClock } from '../../../../src/adapters/memory/clock.ts';
import { generateOrders } from '../../../../src/bootstrap/cli/submit/generateOrders.ts';
import { readPieces, type Piece } from '../../../../src/bootstrap/cli/submit/readOrders.ts';
import { priceLines } from '../../../../src/domain/money/index.ts';
import * as Order from '../../../../src/domain/order/index.ts';

describe('readPieces', () => {
  const anyObjects = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), {
    minLength: 1,
  });
  const anyChunkSize = fc.integer({ min: 1, max: 50 });

  const LAYOUTS: Readonly<Record<string, (objects: readonly unknown[]) => string>> = {
    'an array': (objects) => JSON.stringify(objects),
    'an array over many lines': (objects) => JSON.stringify(objects, undefined, 2),
    'an object on each line': (objects) => objects.map((one) => JSON.stringify(one)).join('\n'),
    'objects after each other, over many lines': (objects) =>
      objects.map((one) => JSON.stringify(one, undefined, 1)).join('\n'),
  };
  for (const [layout, write] of Object.entries(LAYOUTS)) {
    it(`finds every object of ${layout}, however it comes in pieces`, () =>
      fc.assert(
        fc.asyncProperty(anyObjects, anyChunkSize, async (objects, size) => {
          const pieces = await read(write(objects), size);
          expect(pieces.map(({ text }) => JSON.parse(text) as unknown)).to.deep.equal(
            JSON.parse(JSON.stringify(objects)),
          );
        }),
      ));
  }

  it('tells the line on which each begins, and a broken line hides no other', async () => {
    const pieces = await read('{"a":1}\n\n{"b":[\n{"c":3}\nnonsense\n{"d":4}', 7);
    expect(pieces).to.deep.equal([
      { line: 1, text: '{"a":1}' },
      { line: 3, text: '{"b":[' },
      { line: 4, text: '{"c":3}' },
      { line: 5, text: 'nonsense' },
      { line: 6, text: '{"d":4}' },
    ]);
  });

  it('holds no more of one piece than a message may have', async () => {
    const [piece] = await read(`{"a":"${'x'.repeat(3_000_000)}"}`, 65_536);
    expect(piece?.text.length).to.be.below(1_100_000);
  });
});

describe('generateOrders', () => {
  it('makes orders that the domain accepts and the gateway can charge', () => {
    const gateway = createMemoryPaymentGateway({ clock: createVirtualClock() });
    const orders = [...generateOrders(createMemoryIds(7), 300)];

    for (const order of orders) {
      expect(Order.parse(order).isOk()).to.equal(true);
      const { totalMinor: amountMinor } = priceLines(order.lines)._unsafeUnwrap();
      const { orderId, currency, paymentMethod } = order;
      const request = {
        deployment: 'dep1',
        orderId,
        attempt: 1,
        amountMinor,
        currency,
        paymentMethod,
      };
      expect(gateway.prepare(request).isOk()).to.equal(true);
    }
    expect(new Set(orders.map(({ currency }) => currency)).size).to.equal(4);
    expect(new Set(orders.map(({ orderId }) => orderId)).size).to.equal(300);
  });
});

const read = async (text: string, size: number): Promise<readonly Piece[]> => {
  const pieces: Piece[] = [];
  const chunks = async function* () {
    // By code points, as a decoded stream comes.
    const points = Array.from(text);
    for (let at = 0; at < points.length; at += size) yield points.slice(at, at + size).join('');
  };
  for await (const piece of readPieces(chunks())) pieces.push(piece);
  return pieces;
};
