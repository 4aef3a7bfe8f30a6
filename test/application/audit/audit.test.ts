import { expect } from 'chai';
import fc from 'fast-check';
import { err, errAsync, ok, okAsync } from 'neverthrow';
import { createOldestN } from '../../../src/application/audit/waiting.ts';
import type { ScanOptions } from '../../../src/application/ports/eventStore.ts';
import { progressOf } from '../../../src/domain/order/index.ts';
import {
  anyEndedOrder,
  ORDER_CASES,
  layOrderCases,
  layTwoFaults,
  layOrderRun,
  placed,
} from '../../support/orderCases.ts';
import { NOON } from '../../support/orderContext.ts';
import { scanAll } from '../../support/commits.ts';
import { createShop, NOW } from '../../support/shop.ts';
import { auditShop } from '../../support/auditing.ts';
import { takenBack } from './takenBack.ts';
import { runsOf } from '../../support/runs.ts';

describe('an audit', () => {
  it('finds nothing in what the live path writes, whatever becomes of the orders', async () => {
    const shop = createShop();
    await layOrderCases(shop, Object.keys(ORDER_CASES).length * 3);
    shop.laySeries();
    const { findings, report } = await auditShop(shop);
    expect(findings).to.deep.equal([]);
    expect(report).to.deep.include({
      unreadable: 0,
      // Of those that were just paid the row and the notice; of the others that they are open.
      inProgress: 3 * (2 + 1),
      numbers: { INV: 36, CN: 9 },
      orders: {
        captured: 30,
        cancelled: 12,
        'cancelled before it came': 3,
        declined: 6,
        failed: 6,
        'in review': 6,
        open: 6,
        refused: 6,
      },
    });
    const { captured, refunded, invoiced, credited } = report.sums['EUR'] ?? {};
    expect([captured, refunded]).to.deep.equal([invoiced, credited]);
  });

  it('finds in finished orders only what a gateway took back (S2, S4, S5, S8, S9, S15)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyEndedOrder(), { minLength: 1, maxLength: 5 }), async (ends) => {
        const shop = createShop();
        const runs = ends.map((end, index) => layOrderRun(shop, `o-${index}`, end));
        shop.laySeries();
        const { named } = await auditShop(shop, { queues: false });
        expect(named).to.deep.equal(runs.flatMap(takenBack).toSorted());
        expect(runs.map(({ state }) => progressOf(state))).to.not.include('review');
      }),
      { numRuns: runsOf(20, 60) },
    ));

  it('finds the same with room for next to nothing, and looks into the log instead', async () => {
    const { shop, named } = await layTwoFaults();
    const wide = await auditShop(shop);
    const narrow = await auditShop(shop, { heldMax: 3 });
    expect(narrow.named).to.deep.equal(wide.named);
    expect(wide.named).to.deep.equal(named);
  });

  it('does not depend on the order or the pieces in which a scan shows the commits (F22)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 5 }),
        async (nats, cut) => {
          const shop = createShop();
          await layOrderCases(shop, 25);
          shop.laySeries();
          shop.rows.delete('paid-0');
          const { store } = shop;
          const keyed = (await scanAll(store, { segment: 0, segments: 1 }))
            .map((commit) => ({ commit, key: nats.next().value ?? 0 }))
            .toSorted((one, other) => one.key - other.key);
          const scattered = {
            ...store,
            scan: async function* ({ segment, segments }: ScanOptions) {
              const mixed = keyed.filter((_, index) => index % segments === segment);
              for (let from = 0; from < mixed.length; from += cut) {
                const commits = mixed.slice(from, from + cut).map(({ commit }) => commit);
                yield ok({ commits, corrupt: [], readUnits: 1 });
              }
            },
          };
          const { named } = await auditShop(shop, { store: scattered });
          expect(named).to.deep.equal(['rows order#paid-0 @4']);
        },
      ),
      { numRuns: runsOf(7, 20) },
    ));

  it('calls nothing proven that it did not read, or that is based on unreadable', async () => {
    const shop = createShop();
    await layOrderCases(shop, 25);
    shop.laySeries();
    shop.table.overwrite({ ...shop.itemOf('order#paid-0', 3), committedAt: 1 });
    const { report } = await auditShop(shop, { queues: false, rows: false });
    expect(Object.keys(report.findings).toSorted()).to.deep.equal([
      'contiguous',
      'legal',
      'money',
      'numbers',
      'readable',
      'told',
      'unknown',
    ]);
    expect(report.unreadable).to.equal(1);
    // Without the queues no dead letter explains why one customer was not notified.
    expect(report.findings).to.deep.include({ readable: 1, numbers: 0, told: 1 });
  });

  it('names no order while messages wait, and says how many at least have none (L1)', async () => {
    const shop = createShop();
    const at = NOW - 3_600_000;
    for (const id of ['a', 'b', 'c']) shop.layOrder(id, placed(id, { at }).commits, { at });
    await shop.payments.send([{ body: 'of one of them' }]);
    const { findings } = await auditShop(shop);
    expect(findings.map(({ why }) => why)).to.deep.equal([
      'at least 2 of 3 open orders, of which this is the oldest, have no message',
    ]);
    await shop.payments.send([{ body: 'of another' }, { body: 'of a third' }]);
    expect((await auditShop(shop)).findings).to.deep.equal([]);
  });

  it('lists what waits, the oldest first, and keeps no more than it shows (L4)', async () => {
    const shop = createShop();
    for (const [index, id] of ['young', 'middle', 'old'].entries()) {
      const at = NOW - index * 60_000;
      shop.layOrder(id, placed(id, { at }).commits, { at });
    }
    shop.layOrder('doubtful', placed('doubtful').unresolved().commits);
    const { waiting } = await auditShop(shop, { queues: false });
    expect(waiting.unknown.oldest.map(({ orderId }) => orderId)).to.deep.equal([
      'old',
      'middle',
      'young',
    ]);
    expect(waiting.open.count).to.equal(3);
    expect(waiting.inReview.oldest).to.deep.equal([
      { orderId: 'doubtful', subject: 'payment', since: NOON, why: 'unresolved' },
    ]);
    const few = createOldestN(2);
    for (const since of [5, 3, 4, 1, 2]) few.add({ orderId: String(since), since, why: '' });
    expect(few.list().oldest.map(({ since }) => since)).to.deep.equal([1, 2]);
    expect(few.list().count).to.equal(5);
  });

  it('names a row that this system does not write, and goes on behind it', async () => {
    const shop = createShop();
    await layOrderCases(shop, 25);
    shop.laySeries();
    const corrupt = { type: 'CorruptRow', orderId: 'paid-0', why: 'shape' } as const;
    const invoices: typeof shop.invoices = {
      get: (orderId) => {
        if (orderId === 'ghost') return okAsync({ orderId, version: 2, document: '{}' });
        return orderId === 'paid-0' ? errAsync(corrupt) : shop.invoices.get(orderId);
      },
      list: async function* () {
        yield err(corrupt);
        yield ok([...shop.rows.values()].filter(({ orderId }) => orderId !== 'paid-0'));
        yield ok([{ orderId: 'ghost', version: 2, document: '{}' }]);
      },
    };
    const { named } = await auditShop({ ...shop, invoices });
    expect(named).to.deep.equal(['rows order#ghost @2', 'rows order#paid-0']);
  });

  it('ends with the error where a table cannot be read', async () => {
    const shop = createShop();
    const unavailable = {
      type: 'Unavailable',
      dependency: 'InvoiceView',
      cause: 'away',
      throttled: false,
    } as const;
    const invoices: typeof shop.invoices = {
      ...shop.invoices,
      list: async function* () {
        yield err(unavailable);
      },
    };
    const audited = auditShop({ ...shop, invoices });
    expect(await audited.catch(String)).to.include('"away"');
  });
});
