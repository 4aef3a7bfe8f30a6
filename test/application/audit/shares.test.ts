import { expect } from 'chai';
import fc from 'fast-check';
import type { Finding } from '../../../src/application/audit/check.ts';
import type { WaitingReport } from '../../../src/application/audit/logChecks.ts';
import { createObligationsCheck } from '../../../src/application/audit/checks/obligationsCheck.ts';
import { createPrintsCheck } from '../../../src/application/audit/checks/printsCheck.ts';
import { createTotals, type AuditTotals } from '../../../src/application/audit/totals.ts';
import { createOldestN } from '../../../src/application/audit/waiting.ts';
import { joinWaiting, waitingItems } from '../../../src/application/audit/waitingItems.ts';
import { auditShop, type Audited } from '../../support/auditing.ts';
import {
  anyEndedOrder,
  captured,
  layOrderCases,
  layTwoFaults,
  layOrderRun,
  ORDER_CASES,
  paid,
  placed,
} from '../../support/orderCases.ts';
import { NOON } from '../../support/orderContext.ts';
import { runsOf } from '../../support/runs.ts';
import { createShop, NOW, type Shop } from '../../support/shop.ts';
import { CORRUPTIONS } from './corruptions/index.ts';

const ALL = Object.values(CORRUPTIONS).flat();
const CASES = Object.keys(ORDER_CASES).length;
const SHARES_MAX = 6;

/** With what people read of each, in the order in which they read it. */
const sorted = (findings: readonly Finding[]): readonly string[] =>
  findings
    .map(({ invariant, streamId, version, why, evidence }) =>
      JSON.stringify([invariant, streamId, version, why, Object.entries(evidence)]),
    )
    .toSorted();

/** All that an audit prints, whatever the order in which it came upon it. */
const printed = ({ findings, report, waiting }: Audited) => ({
  findings: sorted(findings),
  report,
  waiting,
});

const anyAudit = fc.record({
  cases: fc.nat({ max: 2 * CASES }),
  ends: fc.array(anyEndedOrder(), { maxLength: 4 }),
  corrupted: fc.uniqueArray(fc.nat({ max: ALL.length - 1 }), { maxLength: 6 }),
  shares: fc.integer({ min: 1, max: SHARES_MAX }),
  more: fc.nat({ max: 5 }),
  keys: fc.array(fc.nat(), { minLength: SHARES_MAX, maxLength: SHARES_MAX }),
  queues: fc.boolean(),
  isSealed: fc.boolean(),
});

type Laid = {
  readonly cases: number;
  readonly ends: readonly Parameters<typeof layOrderRun>[2][];
  readonly corrupted: readonly number[];
};

const layShop = async ({ cases, ends, corrupted }: Laid): Promise<Shop> => {
  const shop = createShop();
  await layOrderCases(shop, cases);
  for (const [index, end] of ends.entries()) layOrderRun(shop, `life-${index}`, end);
  const chosen = corrupted.map((at) => ALL[at]);
  for (const [at, one] of chosen.entries()) await one?.prepare(shop, `victim-${at}`);
  shop.laySeries();
  for (const [at, one] of chosen.entries()) one?.corrupt(shop, `victim-${at}`);
  return shop;
};

describe('an audit by several processes', () => {
  it('prints what one process prints, of whatever was damaged, joined in any order', () =>
    fc.assert(
      fc.asyncProperty(anyAudit, async (drawn) => {
        const { queues, shares, more, keys } = drawn;
        const segments = shares + more;
        const seals = drawn.isSealed ? { seals: { isSeal: () => false } } : {};
        // To look at dead letters takes time, and hides them.
        const whole = await auditShop(await layShop(drawn), { queues, segments, ...seals });
        const keyOf = (share: number) => keys[share - 1] ?? 0;
        const inShares = { queues, segments, shares, keyOf, ...seals };
        expect(printed(await auditShop(await layShop(drawn), inShares))).to.deep.equal(
          printed(whole),
        );
      }),
      { numRuns: runsOf(40, 300) },
    ));

  it('finds the same with room for next to nothing', async () => {
    const { shop, named } = await layTwoFaults();
    const narrow = await auditShop(shop, { heldMax: 3, shares: 4 });
    expect(narrow.named).to.deep.equal(named);
  });

  it('counts what is in progress wherever it was judged', async () => {
    const shop = createShop();
    await layOrderCases(shop, 25);
    shop.laySeries();
    const whole = await auditShop(shop, { heldMax: 0, queues: false });
    const joined = await auditShop(shop, { heldMax: 0, queues: false, shares: 3 });
    expect(joined.report.inProgress).to.equal(whole.report.inProgress);
    expect(whole.report.inProgress).to.be.greaterThan(2);
  });

  it('has the totals of all shares', () => {
    const counted = (n: number): AuditTotals => ({
      streams: n,
      orders: { captured: n, [`only ${n}`]: n },
      sums: {
        EUR: {
          captured: n,
          refunded: 2 * n,
          returned: 3 * n,
          withdrawn: 4 * n,
          reinstated: 5 * n,
          invoiced: 6 * n,
          credited: 7 * n,
        },
      },
      disputes: { open: n },
      numbers: { INV: n },
    });
    const totals = createTotals();
    for (const n of [1, 10]) totals.join(counted(n));
    const orders = { captured: 11, 'only 1': 1, 'only 10': 10 };
    expect(totals.totals()).to.deep.equal({ ...counted(11), orders });
  });

  it('makes no finding of live traffic between two shares, or before they are joined', async () => {
    const shop = createShop();
    await layOrderCases(shop, 25);
    shop.laySeries();
    const before = shop.draftsOf('series#INV');
    shop.layOrder('late', paid(shop, 'late').commits);
    shop.laySeries();
    const whole = DRIVEN_ON.map((streamId) => [streamId, shop.draftsOf(streamId)] as const);
    const row = shop.rows.get('late');
    const takeAway = (): void => {
      for (const streamId of DRIVEN_ON) shop.lay(streamId, []);
      shop.lay('series#INV', before);
      shop.rows.delete('late');
    };
    const driveOn = (): void => {
      for (const [streamId, drafts] of whole) shop.lay(streamId, drafts);
      if (row !== undefined) shop.rows.set('late', row);
    };
    for (const drivenAfter of [1, 2, 3, 4, 5]) {
      for (const heldMax of [0, 1_000]) {
        takeAway();
        const onShare = (share: number): void => void (share === drivenAfter && driveOn());
        const { named, report } = await auditShop(shop, { shares: 5, onShare, heldMax });
        expect(named, `after share ${drivenAfter}`).to.deep.equal([]);
        expect(report.unreadable).to.equal(0);
      }
    }
  });

  it('still finds at the end what was lost between two shares', async () => {
    const shop = createShop();
    await layOrderCases(shop, 25);
    shop.laySeries();
    const onShare = (share: number): void => {
      if (share === 3) shop.rows.delete('paid-0');
    };
    const { named } = await auditShop(shop, { shares: 3, onShare });
    expect(named).to.deep.equal(['rows order#paid-0 @4']);
  });

  it('says the same of printed numbers, whatever format each share has found', async () => {
    // The first document shows whether smaller numbers have zeros before them; one is there twice.
    const numbers = [1, 2, 999_999, 1_000_000, 999_999];
    const streams = await Promise.all(numbers.map((number) => orderNumbered(number)));
    for (let split = 0; split < 1 << numbers.length; split += 1) {
      const checks = [createPrintsCheck(), createPrintsCheck()];
      for (const [at, stream] of streams.entries()) await checks[(split >> at) & 1]?.visit(stream);
      const joined = createPrintsCheck();
      for (const item of checks.flatMap((check) => [...(check.part?.() ?? [])])) {
        expect(joined.join?.(item)).to.deep.equal([]);
      }
      for await (const found of joined.conclude?.() ?? []) {
        expect(found._unsafeUnwrap()).to.deep.equal([]);
      }
      const kept = [...(joined.part?.() ?? [])].flatMap((item) =>
        item.of === 'print' ? [...item.bits].map(bitsIn) : [],
      );
      expect(kept.reduce((sum, bits) => sum + bits, 0)).to.equal(new Set(numbers).size);
    }
  });

  it('says where the shares together know more formats than can be compared', async () => {
    const [one, other] = [createPrintsCheck(1), createPrintsCheck(1)];
    await one.visit(await orderNumbered(1, 'A'));
    await other.visit(await orderNumbered(1, 'B'));
    const found = [...(other.part?.() ?? [])].map((item) => one.join?.(item));
    expect(found).to.deep.equal([
      [
        {
          invariant: 'numbers',
          streamId: 'series#B',
          why: 'printed in one way more than can be compared',
          evidence: { series: 'B', year: 2026 },
        },
      ],
    ]);
  });

  it('keeps the same ones of those that wait as long, and counts the others', () => {
    const lists = [0, 1, 2].map((share) => {
      const list = createOldestN(2);
      for (const at of [0, 1, 2]) {
        list.add({ orderId: `o-${3 * share + at}`, since: (share + at) % 2, why: 'open' });
      }
      return list;
    });
    for (const order of [lists, lists.toReversed()]) {
      const open = createOldestN(2);
      for (const list of order) {
        for (const item of waitingItems({ open: list })) joinWaiting({ open }, item);
      }
      const { count, oldest } = open.list();
      expect(count).to.equal(9);
      expect(oldest.map(({ orderId }) => orderId)).to.deep.equal(['o-0', 'o-2']);
    }
  });

  it('says when the next dispute of any share is due', () => {
    const check = createObligationsCheck(createShop(), { graceMs: 0, listedMax: 1 });
    for (const at of [5, 3, 9]) {
      expect(check.join({ of: 'dueBy', at })).to.deep.equal([]);
    }
    expect(check.disputesDueBy()).to.equal(3);
    expect([...check.part()]).to.deep.equal([{ of: 'dueBy', at: 3 }]);
  });

  it('lists what waits in all shares', async () => {
    const shop = createShop();
    for (const index of Array.from({ length: 12 }).keys()) {
      const at = NOW - 60_000 * (index % 5);
      shop.layOrder(`o-${index}`, placed(`o-${index}`, { at }).commits, { at });
    }
    const whole: WaitingReport = (await auditShop(shop, { segments: 4 })).waiting;
    expect((await auditShop(shop, { segments: 4, shares: 4 })).waiting).to.deep.equal(whole);
    expect(whole.open.count).to.equal(12);
  });
});

/** An order, and what comes a moment after its events. */
const DRIVEN_ON = ['order#late', 'notification#late#receipt', 'series#INV'] as const;

const bitsIn = (byte: number): number => byte.toString(2).replaceAll('0', '').length;

/** A stream of an order whose invoice has this number. */
const orderNumbered = async (number: number, series = 'INV') => {
  const shop: Shop = createShop();
  const id = `o-${number}`;
  const place = { series, year: 2026, number, date: NOON, seriesVersion: 1 };
  shop.layOrder(id, captured(shop, id, placed(id, { series }), place).commits);
  const { commits } = (await shop.store.load(`order#${id}`))._unsafeUnwrap();
  return { streamId: `order#${id}`, commits, again: false };
};
