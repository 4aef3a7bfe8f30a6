import { expect } from 'chai';
import fc from 'fast-check';
import { INVARIANTS } from '../../../src/application/audit/check.ts';
import {
  anyEndedOrder,
  ORDER_CASES,
  layOrderCases,
  layOrderRun,
} from '../../support/orderCases.ts';
import { takenBack } from './takenBack.ts';
import { runsOf } from '../../support/runs.ts';
import { createShop } from '../../support/shop.ts';
import { describeByShares } from '../../support/auditInShares.ts';
import { auditShop, nameOf } from '../../support/auditing.ts';
import type { Expected } from './corruptions/corruption.ts';
import { CORRUPTIONS } from './corruptions/index.ts';

const ALL = Object.values(CORRUPTIONS).flat();
const ORDERS = runsOf(500, 10_000);
const RANDOM_ORDERS = ORDERS / 10;
/** What else is in the records of each corruption: some kinds of orders, and on CI every one. */
const BESIDE = runsOf(9, Object.keys(ORDER_CASES).length);

const namesOf = (expected: readonly Expected[]): readonly string[] =>
  expected.map((one) => nameOf(...one)).toSorted();

describeByShares('an audit of damaged records', (shares) => {
  for (const [what, corruptions] of Object.entries(CORRUPTIONS)) {
    describe(`finds, where ${what} has`, () => {
      for (const { name, prepare, corrupt } of corruptions) {
        it(`${name}, and nothing else`, async () => {
          const shop = createShop();
          await layOrderCases(shop, BESIDE);
          await prepare(shop, 'victim');
          shop.laySeries();
          const expected = corrupt(shop, 'victim');
          const { named } = await auditShop(shop, { shares });
          expect(named).to.deep.equal(namesOf(expected));
          expect(expected).to.not.have.length(0);
        });
      }
    });
  }

  // (F16, F18, F22, F33, S2, S4, S5, S6, S7, S8, S9, S15, L1, L4, X13)
  it('finds each among many orders, and none that is not there', async () => {
    const shop = createShop();
    await layOrderCases(shop, ORDERS - RANDOM_ORDERS);
    const ends = fc.sample(anyEndedOrder(), { numRuns: RANDOM_ORDERS, seed: 1 });
    const runs = ends.map((end, index) => layOrderRun(shop, `life-${index}`, end));
    for (const [index, { prepare }] of ALL.entries()) await prepare(shop, `victim-${index}`);
    shop.laySeries();
    const expected = ALL.flatMap(({ corrupt }, index) => corrupt(shop, `victim-${index}`));

    const { named, report } = await auditShop(shop, { shares });

    const all = [...namesOf(expected), ...runs.flatMap(takenBack)];
    expect(named).to.deep.equal(all.toSorted());
    expect(report.streams).to.be.above(ORDERS * 2);
    const broken = new Set(expected.map(([invariant]) => invariant));
    expect([...broken].toSorted()).to.deep.equal(
      Object.keys(INVARIANTS)
        .filter((name) => name !== 'gateway' && name !== 'sealed')
        .toSorted(),
    );
  });
});
