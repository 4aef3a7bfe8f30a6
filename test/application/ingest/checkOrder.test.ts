import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import fc from 'fast-check';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { stripeRequests as requests } from '../../../src/adapters/stripe/requests.ts';
import { createCheckOrder } from '../../../src/application/ingest/checkOrder.ts';
import { ordersOfShape } from '../../../src/bootstrap/cli/load/shapes.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';
import { anOrder } from '../../support/orderLife.ts';
import { runsOf } from '../../support/runs.ts';

const check = createCheckOrder({ requests, roundsToSteps: false });
const priced = (unitPriceMinor: number, changes = {}) =>
  anOrder({
    lines: [{ sku: 'A', description: 'A', quantity: 1, unitPriceMinor, taxRateBps: 0 }],
    ...changes,
  });

describe('the check of an order before it is sent', () => {
  it('finds nothing against what the payment service takes', () => {
    expect(check(anOrder())).to.deep.equal(ok({}));
    for (const total of [50, 99_999_999]) expect(check(priced(total)).isOk()).to.equal(true);
  });

  for (const [what, order, why] of [
    [
      'an amount below the least',
      priced(49),
      /^EUR 0\.49 is to be paid, and the gateway takes EUR 0\.50 at least$/,
    ],
    [
      'an amount above the most',
      priced(100_000_000),
      /EUR 1000000\.00 is to be paid, .* takes EUR 999999\.99 at most$/,
    ],
    ['a currency that is not offered', priced(1_000, { currency: 'UYW' }), /charge in UYW/],
    [
      'a third decimal',
      priced(1_001, { currency: 'KWD' }),
      /multiples of KWD 0\.010, such as KWD 1\.000 or KWD 1\.010, to which cashRounding rounds$/,
    ],
    ['what breaks a rule', anOrder({ lines: [] }), /lines: is empty/],
  ] as const) {
    it(`says why ${what} would be refused`, () => {
      const reasons = check(order)._unsafeUnwrapErr();
      expect(reasons).to.have.length(1);
      expect(reasons[0]).to.match(why);
    });
  }

  it('case 27: says what an order is rounded to, where the deployment rounds', () => {
    const rounds = createCheckOrder({ requests, roundsToSteps: true });
    const tunisian = priced(12_500, { currency: 'TND' });
    const [line] = tunisian.lines;
    const order = { ...tunisian, lines: [{ ...line, sku: 'A', taxRateBps: 1_900 }] };
    expect(rounds(order as typeof tunisian)).to.deep.equal(
      ok({ rounding: { roundingMinor: 5, payableMinor: 14_880 } }),
    );
    expect(rounds(tunisian)).to.deep.equal(ok({}));
    expect(rounds(priced(1_001))).to.deep.equal(ok({}));
  });

  it('finds nothing against any generated order', () => {
    for (const order of ordersOfShape('mixed', createMemoryIds(), runsOf(1_000, 4_000))) {
      expect(check(order), JSON.stringify(order)).to.deep.equal(ok({}));
    }
  });

  it('refuses just what cannot be prepared, of whatever is an order', () =>
    fc.assert(
      fc.property(anyOrder(), (order) => {
        const no = createCheckOrder({
          roundsToSteps: false,
          requests: { ...requests, prepare: () => err({ type: 'Unchargeable', reason: 'no' }) },
        });
        const yes = createCheckOrder({
          roundsToSteps: false,
          requests: { ...requests, limitsOf: () => undefined, prepare: () => ok('') },
        });
        expect([yes(order).isOk(), no(order).isErr()]).to.deep.equal([true, true]);
      }),
      { numRuns: runsOf(50, 200) },
    ));
});
