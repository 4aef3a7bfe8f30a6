import { expect } from 'chai';
import { errAsync, ok } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceTables } from '../../../src/adapters/memory/invoiceView.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { InvoiceTables, InvoiceView } from '../../../src/application/ports/invoiceView.ts';
import { createOrderStream } from '../../../src/application/log/eventStreams.ts';
import {
  createCurrentTable,
  KNOWN_FOR_MS,
} from '../../../src/application/readModel/currentTable.ts';
import {
  createRebuildInto,
  NOTICED_MS,
  type RebuildOptions,
  type RebuildPhase,
} from '../../../src/application/readModel/rebuildInto.ts';
import { appendSwitch, loadSwitch } from '../../../src/application/readModel/switchTable.ts';
import { commitOf, must } from '../../support/commits.ts';
import { allRows, nthOrder, storeOrder, writeHistory } from '../../support/history.ts';
import { passingClock } from '../../support/passingClock.ts';

const [HOME, NEXT] = ['invoices', 'invoices-2'];
const SWITCHING = { by: 'ada', because: 'a test', waitMs: NOTICED_MS };
const OPTIONS: RebuildOptions = { table: NEXT, segments: 2, switching: SWITCHING };

describe('a rebuild in another table', () => {
  it('is compared both ways, and read by nobody until it is switched to', async () => {
    const { rebuild, tables, rows, switched } = await world(8);
    const home = tables.open(HOME);
    const [first] = rows;
    if (first === undefined) expect.fail('no rows');
    await home.putIfNewer({ ...first, version: 99, document: 'tampered' });
    await home.putIfNewer({ orderId: 'made-up', version: 1, document: '{}' });
    const found: string[] = [];
    const rebuilt = await must(
      await rebuild({
        table: NEXT,
        segments: 2,
        onFinding: (finding, table) =>
          found.push(`${table} ${finding.type} ${'orderId' in finding ? finding.orderId : ''}`),
      }),
    );
    expect(rebuilt).to.deep.include({ outcome: 'Rebuilt', made: true, former: HOME });
    expect(rebuilt.compared).to.deep.equal({ rows: rows.length, differences: 2, unfit: 0 });
    expect(found.toSorted()).to.deep.equal([
      `current Differs ${first.orderId}`,
      'current Unfounded made-up',
    ]);
    expect(await allRows(tables.open(NEXT))).to.deep.equal(rows);
    expect(await switched()).to.equal(undefined);
  });

  it('is switched to, a fact in the log with who and why, once it is complete', async () => {
    const { rebuild, switched, clock } = await world(5);
    const at = clock.now();
    const phases: RebuildPhase[] = [];
    const done = await rebuild({ ...OPTIONS, onPhase: (phase) => phases.push(phase) });
    expect(done.map(({ outcome }) => outcome)).to.deep.equal(ok('Switched'));
    expect(phases).to.deep.equal(['rebuild', 'compare', 'wait', 'catch up']);
    const { by, because } = SWITCHING;
    expect(await switched()).to.deep.equal({ table: NEXT, from: HOME, by, because, at });
    expect(clock.now() - at).to.equal(NOTICED_MS);
  });

  it('has what live traffic wrote to the former table until it noticed (X10, S9)', async () => {
    const { rebuild, store, tables, clock, ids, rows } = await world(5);
    const invoices = createCurrentTable({ store, tables, clock }, HOME);
    const orders = createOrderStream({ store, ids });
    await must(invoices.current());
    const lateTo: string[] = [];
    const onPhase = async (phase: RebuildPhase): Promise<void> => {
      if (phase !== 'wait') return;
      // Another process, which has not noticed yet.
      await storeOrder({ orders, invoices }, nthOrder(1, 'late'));
      for (const table of [HOME, NEXT]) {
        if ((await must(tables.open(table).get('late-1'))) !== undefined) lateTo.push(table);
      }
    };
    let under: Promise<void> | undefined;
    const sleep = async (ms: number): Promise<void> => {
      await under;
      return clock.sleep(ms);
    };
    const slow = createRebuildInto({
      store,
      ids,
      invoicesHome: HOME,
      invoiceTables: tables,
      clock: { now: clock.now, sleep },
    });
    const done = await slow({ ...OPTIONS, onPhase: (phase) => void (under = onPhase(phase)) });
    expect(lateTo).to.deep.equal([HOME]);
    expect(done.map(({ caughtUp }) => caughtUp?.written)).to.deep.equal(ok(1));
    expect((await allRows(tables.open(NEXT))).length).to.equal(rows.length + 1);
    clock.pass(KNOWN_FOR_MS);
    expect(await must(invoices.current())).to.include({ table: NEXT });
    expect(rebuild).to.be.a('function');
  });

  it('is finished by the same command wherever it was killed (X1)', async () => {
    for (let killAt = 1; ; killAt += 1) {
      const { store, tables, ids, clock, rows, switched } = await world(20);
      const calls = dying(killAt, store, tables);
      const killed = createRebuildInto({
        store: calls.store,
        invoiceTables: calls.tables,
        invoicesHome: HOME,
        ids,
        clock,
      });
      const isKilled = await killed(OPTIONS).then(
        (result) => result.isErr(),
        () => true,
      );
      const again = createRebuildInto({
        store,
        invoiceTables: tables,
        invoicesHome: HOME,
        ids,
        clock,
      });
      const done = await must(await again(OPTIONS));
      expect(done.outcome).to.be.oneOf(['Switched', 'AlreadyCurrent']);
      expect(await allRows(tables.open(NEXT))).to.deep.equal(rows);
      expect((await switched())?.table).to.equal(NEXT);
      expect((await must(store.load('view#invoices'))).commits).to.have.length(1);
      if (!isKilled) {
        expect(killAt).to.be.greaterThan(20);
        return;
      }
    }
  });

  it('waits for what is left of the time to notice when it goes on after a crash', async () => {
    const { rebuild, clock } = await world(2);
    await rebuild({ ...OPTIONS, switching: { ...SWITCHING, waitMs: 0 } });
    clock.pass(NOTICED_MS - 10_000);
    const waits: number[] = [];
    const onPhase = (phase: RebuildPhase, ms = 0): void => {
      if (phase === 'wait') waits.push(ms);
    };
    await rebuild({ ...OPTIONS, onPhase });
    await rebuild({ ...OPTIONS, onPhase });
    expect(waits).to.deep.equal([10_000]);
  });

  it('is not switched to while it holds a row that is not what the events say', async () => {
    const { rebuild, tables, rows, switched } = await world(5);
    await tables.open(NEXT).putIfNewer({ orderId: 'o-0', version: 99, document: 'tampered' });
    const done = await must(await rebuild(OPTIONS));
    expect(done.outcome).to.equal('NotSwitched');
    expect(done.compared).to.deep.equal({ rows: rows.length, differences: 0, unfit: 1 });
    expect(await switched()).to.equal(undefined);
  });

  it('is not switched to where somebody else has switched meanwhile', async () => {
    const { rebuild, store, ids, switched } = await world(5);
    const bobSwitches = async (): Promise<void> => {
      const to = { table: 'third', from: HOME, by: 'bob', because: 'his', at: 1 };
      await must(appendSwitch({ store, ids }, await must(loadSwitch(store)), to));
    };
    let race: Promise<void> | undefined;
    const onPhase = (phase: RebuildPhase): void => {
      if (phase === 'compare') race = bobSwitches();
    };
    const done = await rebuild({ ...OPTIONS, onPhase });
    await race;
    expect(done.isErr() && done.error).to.deep.equal({
      type: 'SwitchedElsewhere',
      table: 'third',
      by: 'bob',
    });
    expect((await switched())?.table).to.equal('third');
  });

  it('keeps the row of an order that cannot be read (X13)', async () => {
    const { rebuild, table, tables, rows } = await world(5);
    const item = await must(table.readLast('order#o-1'));
    table.overwrite({ ...item, streamId: 'order#o-1', version: 3, events: '[]' });
    const done = await must(await rebuild(OPTIONS));
    expect([done.outcome, done.replayed?.unreadable]).to.deep.equal(['Switched', 1]);
    expect(await allRows(tables.open(NEXT))).to.deep.equal(rows);
  });

  it('starts again where the place is of another part', async () => {
    const { rebuild, tables, rows } = await world(5);
    const ended = { place: { ended: true }, counts: NO_COUNTS };
    const place = { segments: [ended, ended], readUnits: 0, throttles: 0 };
    const other = 'invoices-3';
    const skipped = await must(
      await rebuild({ table: other, segments: 2, from: { part: 'rebuild', place } }),
    );
    expect(skipped.replayed?.commits).to.equal(0);
    // What the comparison finds in the current table alone, as live traffic writes it, it brings
    // over.
    expect(skipped.compared).to.deep.equal({ rows: 0, differences: 0, unfit: 0 });
    expect(await allRows(tables.open(other))).to.deep.equal(rows);
    const anew = await must(
      await rebuild({ table: NEXT, segments: 2, from: { part: 'catch up', place } }),
    );
    expect(anew.replayed?.written).to.equal(rows.length);
    expect(await allRows(tables.open(NEXT))).to.deep.equal(rows);
  });

  it('stops when its signal fires, before it switches', async () => {
    const { rebuild, switched } = await world(5);
    for (const at of ['rebuild', 'compare'] as const) {
      const stop = new AbortController();
      const onPhase = (phase: RebuildPhase): void => {
        if (phase === at) stop.abort();
      };
      const done = await rebuild({ ...OPTIONS, signal: stop.signal, onPhase });
      expect(done.map(({ outcome }) => outcome)).to.deep.equal(ok('Stopped'));
      expect(await switched()).to.equal(undefined);
    }
  });
});

const NO_COUNTS = {
  commits: 0,
  invoices: 0,
  written: 0,
  alreadyThere: 0,
  differences: 0,
  unreadable: 0,
  upcast: {},
};

const KILLED = { type: 'Misconfigured', dependency: 'EventStore', cause: 'killed' } as const;

/** The nth call of a port is never answered, and takes effect if n is even. */
const dying = (killAt: number, store: EventStore, tables: InvoiceTables) => {
  let calls = 0;
  const meet = <R>(call: () => R, dead: () => R): R => {
    calls += 1;
    if (calls < killAt) return call();
    if (calls === killAt && killAt % 2 === 0) call();
    return dead();
  };
  const open = (table: string): InvoiceView => {
    const view = tables.open(table);
    return {
      ...view,
      putIfNewer: (row) =>
        meet(
          () => view.putIfNewer(row),
          () => errAsync(KILLED),
        ),
      get: (orderId) =>
        meet(
          () => view.get(orderId),
          () => errAsync(KILLED),
        ),
      getMany: (orderIds) =>
        meet(
          () => view.getMany(orderIds),
          () => errAsync(KILLED),
        ),
      versionsOf: (orderIds) =>
        meet(
          () => view.versionsOf(orderIds),
          () => errAsync(KILLED),
        ),
    };
  };
  return {
    store: {
      ...store,
      append: (...args: Parameters<EventStore['append']>) =>
        meet(
          () => store.append(...args),
          () => errAsync(KILLED),
        ),
      load: (...args: Parameters<EventStore['load']>) =>
        meet(
          () => store.load(...args),
          () => errAsync(KILLED),
        ),
      head: (...args: Parameters<EventStore['head']>) =>
        meet(
          () => store.head(...args),
          () => errAsync(KILLED),
        ),
    } satisfies EventStore,
    tables: {
      ensure: (table) =>
        meet(
          () => tables.ensure(table),
          () => errAsync(KILLED),
        ),
      open,
    } satisfies InvoiceTables,
  };
};

/** Orders, their rows as the live path wrote them, and another kind of stream beside them. */
const world = async (orders: number) => {
  const clock = passingClock();
  const ids = createMemoryIds();
  const table = createMemoryCommitTable();
  const store = createEventStore(table, clock);
  const tables = createMemoryInvoiceTables();
  await must(tables.ensure(HOME));
  const rows = await writeHistory({ store, ids, invoices: tables.open(HOME) }, { orders });
  await must(store.append('series#INV', { version: 0, hash: '' }, commitOf('numbers')));
  return {
    clock,
    ids,
    table,
    store,
    tables,
    rows,
    rebuild: createRebuildInto({ store, invoiceTables: tables, invoicesHome: HOME, clock, ids }),
    switched: async () => (await must(loadSwitch(store))).switched,
  };
};
