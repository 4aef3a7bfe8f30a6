import { expect } from 'chai';
import { checksOf, verdictOf } from '../../../src/bootstrap/demo/outcomes.ts';
import { INVARIANTS } from '../../../src/application/audit/check.ts';

const EUR = { amountMinor: 1, currency: 'EUR' };
const nothingFound = Object.fromEntries(Object.keys(INVARIANTS).map((name) => [name, 0]));

/** As the stores are where nobody has placed an order yet. */
const checks = (changes: Partial<Parameters<typeof checksOf>[0]>) =>
  checksOf({
    orders: [],
    queues: [],
    deadLetters: [],
    openWhenKilled: ['o-1'],
    exitCodes: [0, 0],
    audited: nothingFound,
    heard: { events: 4, repeats: 1, sums: { EUR: 3 } },
    sums: { EUR: { captured: 4, refunded: 1 } },
    ...changes,
  });

const broken = (changes: Parameters<typeof checks>[0]): readonly string[] =>
  checks(changes).flatMap(({ promise, holds, found }) => (holds ? [] : [`${promise} (${found})`]));

describe('the verdict of the demo', () => {
  it('counts promises, orders and charges, and says who was charged twice', () => {
    const held = { promise: '', holds: true, found: '' };
    const orders = [{ charges: [EUR] }, { charges: [] }, { charges: [EUR] }];

    expect(verdictOf([held, held], orders)).to.equal(
      '2 of 2 promises hold: 3 orders, 2 charges, none twice',
    );
    expect(
      verdictOf([held, { ...held, holds: false }], [...orders, { charges: [EUR, EUR] }]),
    ).to.equal('1 of 2 promises hold: 4 orders, 4 charges, 1 twice');
  });

  it('has a promise for each invariant of the audit, kept by no finding at all', () => {
    const before = broken({});

    expect(checks({})).to.have.length(7 + Object.keys(INVARIANTS).length);
    const found = broken({ audited: { ...nothingFound, money: 2, sealed: 'not checked' } });
    expect(found.filter((promise) => !before.includes(promise))).to.deep.equal([
      'audit: the payment service wrote every request to move money that is younger than the ' +
        'deployment’s id (sealed: not checked)',
      'audit: captured − refunded = invoiced − credited, and refunded ≤ captured (money: 2)',
    ]);
  });

  it('is not kept by workers that were never killed, did not drain, or left messages', () => {
    const more = (changes: Parameters<typeof checks>[0]): number =>
      broken(changes).length - broken({}).length;

    expect(more({ openWhenKilled: [] })).to.equal(1);
    expect(more({ exitCodes: [0, null] })).to.equal(1);
    expect(more({ heard: { events: 4, repeats: 1, sums: { EUR: 4 } } })).to.equal(1);
    expect(more({ heard: { events: 4, repeats: 1, sums: {} } })).to.equal(1);
    expect(more({ heard: { events: 0, repeats: 0, sums: {} }, sums: {} })).to.equal(1);
    expect(more({ queues: [{ visible: 0, inFlight: 1, delayed: 0 }] })).to.equal(1);
  });
});
