import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import * as Order from '../../../src/domain/order/index.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';
import { anyOrderV2 } from '../../support/arbitraries/orderV2.ts';
import { orderLife, placeOrder } from '../../support/orderLife.ts';

const VAT = { name: 'VAT', rate: '19' };
/** As a shop writes it: no more than there must be. */
const draft = {
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  priceMode: 'gross',
  lines: [{ sku: 'A', description: 'a', quantity: 1, unitPrice: '9.99', taxes: [VAT] }],
  payment: { type: 'method', paymentMethod: 'pm_1' },
};
const reasonsOf = (changed: object): readonly string[] =>
  Order.parse({ ...draft, ...changed }).match(
    () => [],
    ({ reasons }) => reasons,
  );
const line = (changes: object) => ({ lines: [{ ...draft.lines[0], ...changes }] });
const taxes = (...of: readonly object[]) => line({ taxes: of });

describe('an order of version 2', () => {
  it('is read with what it leaves out', () => {
    expect(Order.parse(draft)).to.deep.equal(
      ok({
        ...draft,
        customer: { ...draft.customer, language: '' },
        rounding: 'line',
        lines: [
          {
            sku: 'A',
            description: 'a',
            quantity: '1',
            unit: '',
            unitPrice: '9.99',
            allowances: [],
            charges: [],
            taxes: [{ ...VAT, category: 'standard', reason: '' }],
          },
        ],
        allowances: [],
        charges: [],
        prepaid: [],
        orderReference: '',
        buyerReference: '',
        supplyDate: '',
        paymentTerms: '',
      }),
    );
  });

  it('is read again as it was, whatever it has', () => {
    fc.assert(
      fc.property(anyOrderV2(), (order) => {
        const sent: unknown = JSON.parse(JSON.stringify(order));
        expect(Order.parse(sent)).to.deep.equal(ok(order));
      }),
    );
  });

  for (const [changed, ...reasons] of [
    [{ colour: 'red' }, 'order: has a part that is not known'],
    [{ priceMode: 'both' }, 'priceMode: is not one of net, gross'],
    [{ rounding: 'total' }, 'rounding: is not one of line, order'],
    [{ currency: 'EUX' }, 'currency: is not a currency of ISO 4217'],
    [{ lines: [] }, 'lines: is empty'],
    [line({ quantity: 1.5 }), /^lines\[0\]\.quantity: is not a whole number, or a decimal/u],
    [line({ quantity: '0.0' }), 'lines[0].quantity: is not above 0'],
    [line({ quantity: '1000000.5' }), 'lines[0].quantity: is above 1000000'],
    [line({ quantity: '0.0000001' }), /with up to 6 decimals$/u],
    [line({ unitPrice: 9.99 }), /^lines\[0\]\.unitPrice: is not a decimal/u],
    [line({ unitPrice: '9,99' }), /^lines\[0\]\.unitPrice: is not a decimal/u],
    [line({ unit: 'kilo' }), /^lines\[0\]\.unit: is not a code of UN\/ECE/u],
    [taxes(), 'lines[0].taxes: is empty'],
    [taxes(VAT, VAT), 'lines[0].taxes: has a name twice'],
    [taxes({ ...VAT, rate: '0' }), 'lines[0].taxes[0].rate: is 0, which is the category zero'],
    [taxes({ ...VAT, rate: '100.1' }), 'lines[0].taxes[0].rate: is above 100'],
    [taxes({ ...VAT, category: 'zero' }), /is not 0, as it has to be in the category zero$/u],
    [taxes({ name: 'VAT', category: 'exempt' }), /reason: is missing: the invoice has to say why/u],
    [taxes(VAT, { name: 'B', category: 'zero' }), /are several, and not all of the category/u],
    [
      line({ allowances: [{ reason: 'r' }] }),
      'lines[0].allowances[0]: has not exactly one of percent and amountMinor',
    ],
    [{ allowances: [{ reason: 'r', percent: '101' }] }, 'allowances[0].percent: is above 100'],
    [
      { prepaid: [{ type: 'cash', reference: 'r', amountMinor: 0 }] },
      /^prepaid\[0\]\.type/u,
      /from 1/u,
    ],
    [{ cashRounding: { stepMinor: 0 } }, 'cashRounding.stepMinor: is not from 1 to 100000'],
    [{ supplyDate: '2026-02-30' }, 'supplyDate: is not a date, such as 2026-11-29'],
    [{ buyer: { name: 'A', address: {} } }, 'buyer.address.country: is missing'],
    [
      { customer: { ...draft.customer, language: '?' } },
      /^customer\.language: is not a language tag/u,
    ],
    [{ payment: undefined }, 'payment: is missing'],
    [{ payment: { type: 'cash' } }, /^payment\.type: is not one of method, saved/u],
    [
      { payment: { type: 'paid', payment: 'pi_1', reference: 'r' } },
      'payment: has a part that is not known',
    ],
    [
      { payment: { type: 'authorised', payment: 'pi_1', partial: false } },
      /^payment\.partial: is not true/u,
    ],
    [
      { payment: { type: 'method', paymentMethod: '4242 4242 4242 4242' } },
      /^payment\.paymentMethod/u,
      'order: holds a card number',
    ],
    [{ paymentTerms: '************ at once' }, /^order: holds 12 or more \*/u],
    [
      { expectedTotalMinor: 998 },
      'expectedTotalMinor: the order says EUR 9.98, and its prices come to EUR 9.99 ' +
        '(lines[0] EUR 9.99)',
    ],
    [line({ given: { netMinor: 839, taxMinor: 159, grossMinor: 998 } }), /^lines\[0\]\.given/u],
    [
      { prepaid: [{ type: 'voucher', reference: 'r', amountMinor: 1_000 }] },
      /^prepaid: EUR 10\.00 is more than/u,
    ],
  ] as const) {
    it(`is refused: ${String(reasons[0])}`, () => {
      const found = reasonsOf(changed);
      expect(found).to.have.length(reasons.length);
      for (const [at, reason] of reasons.entries()) {
        if (typeof reason === 'string') expect(found[at]).to.equal(reason);
        else expect(found[at]).to.match(reason);
      }
    });
  }

  it('is refused with every mistake at once, and none repeats a value', () => {
    const secret = 'secret-value';
    const found = reasonsOf({
      priceMode: secret,
      lines: [
        {
          sku: '',
          description: secret.repeat(40),
          quantity: secret,
          unitPrice: secret,
          taxes: [{ name: '', rate: secret, category: secret }],
        },
      ],
      payment: { type: secret },
    });
    expect(found.length).to.be.above(8);
    expect(found.join(' ')).not.to.include(secret);
  });

  it('has as many lines as there are bytes for, and the error says how many it takes', () => {
    const many = (lines: number, description: string) => ({
      lines: Array.from({ length: lines }, () => ({ ...draft.lines[0], description })),
    });
    expect(reasonsOf(many(1_000, 'x'.repeat(80)))).to.deep.equal([]);
    expect(reasonsOf(many(1_001, 'x'))).to.deep.equal(['lines: has 1001 parts; at most 1000']);
    expect(reasonsOf(many(1_000, '語'.repeat(200)))[0]).to.match(
      /^order: takes \d+ bytes, and at most 262144 can be kept/u,
    );
  });
});

/** The arithmetic of version 1 (ADR 0006), apart from that of version 2. */
const pricesOf = (of: Order.ContentV1['lines']) => {
  const lines = of.map(({ quantity, unitPriceMinor, taxRateBps }) => {
    const net = BigInt(quantity) * BigInt(unitPriceMinor);
    const tax = (net * BigInt(taxRateBps) + 5_000n) / 10_000n;
    return { netMinor: Number(net), taxMinor: Number(tax) };
  });
  const netMinor = lines.reduce((sum, one) => sum + one.netMinor, 0);
  const taxMinor = lines.reduce((sum, one) => sum + one.taxMinor, 0);
  return { lines, netMinor, taxMinor, totalMinor: netMinor + taxMinor };
};

describe('an order of version 1', () => {
  it('is the same in terms of version 2, and comes to the same', () => {
    fc.assert(
      fc.property(anyOrder(), (order) => {
        const priced = pricesOf(order.lines);
        const { netMinor, taxMinor, totalMinor } = priced;
        const of2 = Order.priceOf(Order.contentOf(order))._unsafeUnwrap();
        const plain = { roundingMinor: 0, prepaidMinor: 0, payableMinor: totalMinor };
        expect(of2).to.deep.include({ netMinor, taxMinor, totalMinor, ...plain });
        expect(of2.lines.map((one) => [one.netMinor, one.taxMinor])).to.deep.equal(
          priced.lines.map((one) => [one.netMinor, one.taxMinor]),
        );
      }),
    );
  });

  it('is read from the log of a former release as it is decided on now', () => {
    fc.assert(
      fc.property(anyOrder(), (order) => {
        const { customer, lines, ...rest } = order;
        const { totalMinor } = pricesOf(lines);
        const data = {
          ...rest,
          customer: [customer.id, customer.email],
          lines: lines.map((one) => [
            one.sku,
            one.description,
            one.quantity,
            one.unitPriceMinor,
            one.taxRateBps,
          ]),
          totalMinor,
          fingerprint: 'f',
        };
        const [placed] = orderLife().commanded(placeOrder(order)).events;
        expect(Order.codec.decode({ type: 'OrderPlaced', v: 1, data })).to.deep.equal(ok([placed]));
      }),
    );
  });

  it('cannot be read where a line of it is no line', () => {
    const data = {
      orderId: 'o',
      customer: ['c', 'e'],
      currency: 'EUR',
      lines: [['A', 'a', 1, 1]],
      paymentMethod: 'p',
      totalMinor: 1,
      fingerprint: 'f',
    };
    expect(Order.codec.decode({ type: 'OrderPlaced', v: 1, data })).to.deep.equal(
      err({
        type: 'CorruptEvent',
        why: 'OrderPlaced of version 1 cannot be upcast',
        isUnknown: false,
      }),
    );
  });
});

describe('the stored events of an order of version 2', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(anyOrderV2(fc.constant({ type: 'method', paymentMethod: 'pm_1' })), (order) => {
        // Lines that come to nothing leave nothing to credit.
        fc.pre(Order.priceOf(order)._unsafeUnwrap().totalMinor > 0);
        const life = orderLife().placed(order).captured().asked('r-1').refunded('r-1');
        for (const event of life.events) {
          const stored = JSON.parse(JSON.stringify(Order.codec.encode(event)));
          expect(Order.codec.decode(stored)).to.deep.equal(ok([event]));
        }
      }),
    );
  });
});
