import { expect } from 'chai';
import { err, ok, type Result } from 'neverthrow';
import { stripeChargeLimits } from '../../../src/adapters/stripe/limits.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { contextAt, NOON } from '../../support/orderContext.ts';
import { anOrder, orderLife, placeOrder, refundPayment } from '../../support/orderLife.ts';

/** TND 12.500 and 19 %: 14.875, between 14.870 and 14.880. */
const tunisian = (changes: Partial<Order.Content> = {}): Order.Content => ({
  ...Order.contentOf(
    anOrder({
      currency: 'TND',
      lines: [
        {
          sku: 'A',
          description: 'A thing',
          quantity: 1,
          unitPriceMinor: 12_500,
          taxRateBps: 1_900,
        },
      ],
    }),
  ),
  ...changes,
});

const context = (roundsToSteps = false): Order.DecisionContext =>
  contextAt(NOON, { limitsOf: stripeChargeLimits, roundsToSteps });

type Placed = { readonly roundingMinor: number; readonly payableMinor: number };

const place = (order: Order.Content, roundsToSteps = false): Result<Placed, string> =>
  Order.decide(placeOrder(order), Order.initialState, context(roundsToSteps))
    .mapErr((rejection) => ('reason' in rejection ? rejection.reason : rejection.type))
    .andThen(([placed]) =>
      placed?.type === 'OrderPlaced'
        ? ok({
            roundingMinor: placed.data.roundingMinor,
            payableMinor: placed.data.payableMinor,
          })
        : err('not placed'),
    );

describe('the gateway’s steps', () => {
  it('case 27: refuse a total between them, with the amounts next to it and what helps', () => {
    expect(place(tunisian())).to.deep.equal(
      err(
        'TND 14.875 is to be paid, and the gateway takes multiples of TND 0.010, ' +
          'such as TND 14.870 or TND 14.880, to which cashRounding rounds',
      ),
    );
  });

  it('case 27: are rounded to, half up, where the deployment rounds, in version 1 too', () => {
    expect(place(tunisian(), true)).to.deep.equal(ok({ roundingMinor: 5, payableMinor: 14_880 }));
    // What can be paid as it is stays as it is, and so do currencies without coarser steps.
    expect(place(Order.contentOf(anOrder()), true)).to.deep.equal(
      ok({ roundingMinor: 0, payableMinor: 4_758 }),
    );
  });

  it('are no reason to charge another total than the shop expects', () => {
    expect(place(tunisian({ expectedTotalMinor: 14_875 }), true)._unsafeUnwrapErr()).to.match(
      /^expectedTotalMinor: the order says TND 14\.875, and its prices come to TND 14\.880/u,
    );
    expect(place(tunisian({ expectedTotalMinor: 14_880 }), true).isOk()).to.equal(true);
  });

  it('are rounded to where the order declares it, whatever the deployment does', () => {
    const declared = tunisian({ cashRounding: { stepMinor: 10 } });
    for (const rounds of [false, true]) {
      expect(place(declared, rounds)).to.deep.equal(ok({ roundingMinor: 5, payableMinor: 14_880 }));
    }
    expect(place(tunisian({ cashRounding: { stepMinor: 100 } }))).to.deep.equal(
      ok({ roundingMinor: 25, payableMinor: 14_900 }),
    );
  });

  it('refuse a declared rounding between them, even where the total is none', () => {
    for (const stepMinor of [1, 5, 15]) {
      expect(place(tunisian({ cashRounding: { stepMinor } }))).to.deep.equal(
        err(
          `cashRounding.stepMinor: steps of TND 0.0${String(stepMinor).padStart(2, '0')} are no ` +
            'multiple of TND 0.010, in which the gateway takes amounts',
        ),
      );
    }
  });

  it('do not bind what does not go through the gateway', () => {
    const payment = { type: 'transferred', reference: 'transfer of 3 November' } as const;
    for (const rounds of [false, true]) {
      expect(place(tunisian({ payment }), rounds)).to.deep.equal(
        ok({ roundingMinor: 0, payableMinor: 14_875 }),
      );
      const cashRounding = { stepMinor: 5 };
      expect(place(tunisian({ payment, cashRounding }), rounds).isOk()).to.equal(true);
    }
  });

  it('are frozen into the order, whatever the setting says later', () => {
    const life = orderLife(context(true)).placed(tunisian());
    expect(life.state.placed).to.deep.include({ cashRounding: { stepMinor: 10 } });
    const again = Order.decide(placeOrder(tunisian()), life.state, context(false));
    expect(again).to.deep.equal(ok([]));
  });

  describe('of a refund', () => {
    const ten = (unitPriceMinor: number) =>
      anOrder({
        currency: 'KWD',
        lines: [
          { sku: 'A', description: 'A', quantity: 1, unitPriceMinor, taxRateBps: 0 },
          { sku: 'B', description: 'B', quantity: 1, unitPriceMinor: 995, taxRateBps: 0 },
        ],
      });
    const refunded = (order: Order.SentOrder, wanted: Parameters<typeof refundPayment>[1]) => {
      const { state } = orderLife(context()).placed(order).captured();
      const [event] = Order.decide(refundPayment('r-1', wanted), state, context())._unsafeUnwrap();
      if (event?.type === 'RefundRejected') return event.data.reason;
      return event?.type === 'RefundRequested' ? event.data.amountMinor : undefined;
    };

    it('say which amounts next to it can be refunded', () => {
      const line = { type: 'Lines', lines: [{ line: 2, quantity: '1' }] } as const;
      expect(refunded(ten(1_005), line)).to.equal(
        'KWD 0.995 is to be refunded, and the gateway takes multiples of KWD 0.010, ' +
          'such as KWD 0.990 or KWD 1.000',
      );
      expect(refunded(ten(1_005), { type: 'Amount', amountMinor: 1_990 })).to.equal(1_990);
    });

    it('name none that is more than is left, or nothing', () => {
      expect(refunded(ten(1_005), { type: 'Amount', amountMinor: 1_998 })).to.match(
        /such as KWD 1\.990 or KWD 2\.000$/u,
      );
      const life = orderLife(context()).placed(ten(1_005)).captured();
      const less = life.asked('r-0', { type: 'Amount', amountMinor: 1_000 }).refunded('r-0');
      const wanted = { type: 'Amount', amountMinor: 998 } as const;
      const [event] = Order.decide(
        refundPayment('r-1', wanted),
        less.state,
        context(),
      )._unsafeUnwrap();
      expect(event)
        .to.have.nested.property('data.reason')
        .that.matches(/such as KWD 0\.990 or KWD 1\.000$/u);
      expect(refunded(ten(1_005), { type: 'Amount', amountMinor: 5 })).to.match(
        /KWD 0\.005 is to be refunded, and the gateway takes KWD 0\.010 at least$/u,
      );
    });

    it('round what lines come to where the order is rounded', () => {
      const order = Order.contentOf(ten(1_006));
      const rounded = { ...order, cashRounding: { stepMinor: 10 } };
      const line = { type: 'Lines', lines: [{ line: 2, quantity: '1' }] } as const;
      expect(refunded(rounded, line)).to.equal(1_000);
    });
  });
});
