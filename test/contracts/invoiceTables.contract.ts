import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import type { EventStore } from '../../src/application/ports/eventStore.ts';
import type { InvoiceTables } from '../../src/application/ports/invoiceView.ts';
import { createCurrentTable, KNOWN_FOR_MS } from '../../src/application/readModel/currentTable.ts';
import { createRebuildInto, NOTICED_MS } from '../../src/application/readModel/rebuildInto.ts';
import { switchTable, loadSwitch } from '../../src/application/readModel/switchTable.ts';
import { must } from '../support/commits.ts';
import { allRows, writeHistory } from '../support/history.ts';
import { passingClock } from '../support/passingClock.ts';

export type InvoiceTablesHarness = {
  readonly store: EventStore;
  readonly tables: InvoiceTables;
  /** A table that is there. */
  readonly home: string;
};

const ROW = { orderId: 'o-1', version: 1, document: '{}' };

/**
 * What tables of invoices owe their callers, and how the invoices are followed from one to another.
 */
export const describeInvoiceTables = (
  name: string,
  makeHarness: () => Promise<InvoiceTablesHarness>,
): void => {
  describe(`invoice tables on ${name}`, () => {
    let harness: InvoiceTablesHarness;
    let other: string;

    beforeEach(async () => {
      harness = await makeHarness();
      other = `invoices-${randomUUID()}`;
    });

    const follow = () => {
      const clock = passingClock();
      let heads = 0;
      const store: Pick<EventStore, 'head'> = {
        head: (id) => {
          heads += 1;
          return harness.store.head(id);
        },
      };
      const { tables, home } = harness;
      const view = createCurrentTable({ store, tables, clock }, home);
      return {
        clock,
        view,
        heads: () => heads,
        table: async () => (await must(view.current())).table,
      };
    };

    const switchTo = async (table: string): Promise<void> => {
      const { store } = harness;
      const held = await must(loadSwitch(store));
      const from = held.switched?.table ?? harness.home;
      const to = { table, from, by: 'ada', because: 'a test', at: 1 };
      const ids = createMemoryIds(Math.floor(Math.random() * 1e9));
      await must(switchTable({ store, ids }, held, to));
    };

    it('are made once, and hold rows of their own', async () => {
      const { tables, home } = harness;
      expect(await tables.ensure(other)).to.deep.equal(ok('Created'));
      expect(await tables.ensure(other)).to.deep.equal(ok('AlreadyThere'));
      await must(tables.open(other).putIfNewer(ROW));
      expect(await tables.open(home).get('o-1')).to.deep.equal(ok(undefined));
      expect(await tables.open(other).get('o-1')).to.deep.equal(ok(ROW));
    });

    it('are followed: at home until somebody switches, and back again', async () => {
      const { clock, view, table } = follow();
      await must(harness.tables.ensure(other));
      await must(view.putIfNewer(ROW));
      for (const to of [other, harness.home, other]) {
        await switchTo(to);
        clock.pass(KNOWN_FOR_MS);
        expect(await table()).to.equal(to);
      }
      expect(await view.get('o-1')).to.deep.equal(ok(undefined));
      expect(await allRows(view)).to.deep.equal([]);
      await must(view.putIfNewer({ ...ROW, document: 'new' }));
      expect(await harness.tables.open(harness.home).get('o-1')).to.deep.equal(ok(ROW));
    });

    it('are followed at one read in half a minute, however many ask', async () => {
      const { clock, view, heads, table } = follow();
      await Promise.all(Array.from({ length: 20 }, () => view.get('o-1')));
      expect(heads()).to.equal(1);
      await switchTo(other);
      clock.pass(KNOWN_FOR_MS - 1);
      expect([await table(), heads()]).to.deep.equal([harness.home, 1]);
      clock.pass(1);
      expect([await table(), heads()]).to.deep.equal([other, 2]);
      // A clock that was set back must not keep a process where it is.
      clock.pass(-3_600_000);
      await table();
      expect(heads()).to.equal(3);
    });

    it('are rebuilt beside, compared, switched to, and back again (S9, X10)', async () => {
      const { store, tables, home } = harness;
      const ids = createMemoryIds(Math.floor(Math.random() * 1e9));
      const invoices = tables.open(home);
      const rows = await writeHistory({ store, ids, invoices }, { orders: 8 });
      const clock = passingClock(Date.now());
      const rebuildInto = createRebuildInto({
        store,
        invoiceTables: tables,
        invoicesHome: home,
        clock,
        ids,
      });
      const switching = { by: 'ada', because: 'a test', waitMs: NOTICED_MS };
      const there = await rebuildInto({ table: other, segments: 2, switching });
      expect(there.map(({ outcome, made }) => [outcome, made])).to.deep.equal(
        ok(['Switched', true]),
      );
      expect(await allRows(tables.open(other))).to.deep.equal(rows);
      expect(clock.slept()).to.be.at.most(NOTICED_MS);
      const back = await rebuildInto({ table: home, segments: 2, switching });
      expect(back.map(({ outcome, made }) => [outcome, made])).to.deep.equal(
        ok(['Switched', false]),
      );
      expect((await must(loadSwitch(store))).switched).to.include({ table: home, from: other });
    });

    it('are followed by nobody who cannot know where they are', async () => {
      const down = {
        type: 'Unavailable',
        dependency: 'EventStore',
        cause: 'x',
        throttled: false,
      } as const;
      const { tables, home } = harness;
      let isDown = false;
      const store: Pick<EventStore, 'head'> = {
        head: (id) => harness.store.head(id).andThen((head) => (isDown ? err(down) : ok(head))),
      };
      const clock = passingClock();
      const view = createCurrentTable({ store, tables, clock }, home);
      await must(view.putIfNewer(ROW));
      isDown = true;
      await must(view.get('o-1'));
      clock.pass(KNOWN_FOR_MS);
      expect(await view.putIfNewer({ ...ROW, version: 2 })).to.deep.equal(err(down));
      expect((await view.list().next()).value).to.deep.equal(err(down));
      isDown = false;
      expect(await view.get('o-1')).to.deep.equal(ok(ROW));
    });
  });
};
