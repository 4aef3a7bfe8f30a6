import { expect } from 'chai';
import { errAsync, ok } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import type {
  ReplayFinding,
  ReplayPlace,
} from '../../../src/application/readModel/replayCounts.ts';
import { createReplayInvoices } from '../../../src/application/readModel/replayInvoices.ts';
import { toInvoiceRow } from '../../../src/application/readModel/invoiceRow.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { InvoiceRow, InvoiceView } from '../../../src/application/ports/invoiceView.ts';
import { createOrderStream } from '../../../src/application/log/eventStreams.ts';
import { must } from '../../support/commits.ts';
import { allRows, nthOrder, storeOrder, writeHistory } from '../../support/history.ts';
import { inSmallPages, THROTTLED } from '../../support/smallPages.ts';
import { runsOf } from '../../support/runs.ts';

const OPTIONS = { segments: 2, dryRun: false };

describe('a replay', () => {
  it('gives the live path’s bytes for any number of orders, twice the same (S9, M2)', async () => {
    const { store, rows, clock } = await history(runsOf(300, 3_000));
    for (const segments of [1, 8]) {
      const invoices = createMemoryInvoiceView();
      const replay = createReplayInvoices({ store, invoices, clock });
      const replayed = await replay({ ...OPTIONS, segments });
      expect(replayed.map(({ written }) => written)).to.deep.equal(ok(rows.length));
      // Compared as text: a difference of thousands of rows is nothing to read.
      expect(JSON.stringify(await allRows(invoices)) === JSON.stringify(rows)).to.equal(true);
    }
  });

  it('resumes after a kill, wherever it came, and counts what was done before', async () => {
    const { store, rows, clock } = await history(20);
    const paged = await inSmallPages(store, { perPage: 3 });
    const whole = await must(
      await createReplayInvoices({ store: paged, invoices: createMemoryInvoiceView(), clock })(
        OPTIONS,
      ),
    );
    for (let killAt = 1; killAt < 20; killAt += 1) {
      const invoices = createMemoryInvoiceView();
      let place: ReplayPlace | undefined;
      let puts = 0;
      const dying: InvoiceView = {
        ...invoices,
        putIfNewer: (row) => {
          puts += 1;
          return puts > killAt ? errAsync(KILLED) : invoices.putIfNewer(row);
        },
      };
      const onPlace = (at: ReplayPlace): void => {
        place = at;
      };
      const killed = await createReplayInvoices({ store: paged, invoices: dying, clock })({
        ...OPTIONS,
        onPlace,
      });
      const replay = createReplayInvoices({ store: paged, invoices, clock });
      const again = await must(await replay({ ...OPTIONS, from: place }));

      expect(killed.isErr()).to.equal(puts > killAt);
      expect(await allRows(invoices)).to.deep.equal(rows);
      const { commits, written, alreadyThere, invoices: count } = again;
      expect([commits, count, written + alreadyThere]).to.deep.equal([
        whole.commits,
        whole.invoices,
        rows.length,
      ]);
    }
  });

  it('asks again where a row’s write or read is refused, at most ten times (D6)', async () => {
    const { store, rows, clock } = await history(20);
    const invoices = createMemoryInvoiceView();
    let asked = 0;
    const often: InvoiceView = {
      ...invoices,
      putIfNewer: (row) => (++asked % 3 === 0 ? invoices.putIfNewer(row) : errAsync(SLOW)),
    };
    const replaying = createReplayInvoices({ store, invoices: often, clock })(OPTIONS);
    await clock.advance(3_600_000);
    const replayed = await replaying;
    expect(replayed.map(({ written, throttles }) => [written, throttles > 0])).to.deep.equal(
      ok([rows.length, true]),
    );
    expect(await allRows(invoices)).to.deep.equal(rows);

    let refused = 0;
    const always: InvoiceView = {
      ...invoices,
      getMany: () => {
        refused += 1;
        return errAsync(SLOW);
      },
    };
    const failing = createReplayInvoices({
      store: (await history(1)).store,
      invoices: always,
      clock,
    })({ ...OPTIONS, dryRun: true });
    await clock.advance(3_600_000);
    expect((await failing).isErr()).to.equal(true);
    expect(refused).to.equal(11);
  });

  it('beside live traffic ends as the events say, newer rows left alone (X10, S9)', async () => {
    const { store, clock, ids } = await history(0);
    const invoices = createMemoryInvoiceView();
    const orders = createOrderStream({ store, ids });
    // Half of each life before the scan, the rest between its pages: some before, some behind the
    // scan.
    const lives = Array.from({ length: 30 }, (_, n) => nthOrder(n * 7));
    const held = await Promise.all(
      lives.map(({ commits: [first = []], state }) =>
        must(orders.append(state.placed?.orderId ?? '', orders.start, commitOf(first))),
      ),
    );
    const goOn = async (n: number): Promise<void> => {
      const [life, start] = [lives[n], held[n]];
      if (life === undefined || start === undefined) return;
      let now = start;
      for (const events of life.commits.slice(1)) {
        now = await must(orders.append(life.state.placed?.orderId ?? '', now, commitOf(events)));
        if (now.state.invoice.status !== 'issued') continue;
        await must(invoices.putIfNewer(toInvoiceRow(now.state.invoice)));
      }
    };
    let next = 0;
    const live: EventStore = {
      ...store,
      scan: async function* (options) {
        for await (const page of store.scan(options)) {
          const { commits, ...rest } = await must(page);
          for (let from = 0; from < commits.length; from += 2) {
            await goOn(next++);
            yield ok({ ...rest, commits: commits.slice(from, from + 2) });
            await goOn(next++);
          }
        }
      },
    };
    await createReplayInvoices({ store: live, invoices, clock })({ ...OPTIONS, segments: 1 });
    while (next < lives.length) await goOn(next++);

    const expected = await rowsBy(store, clock);
    expect(expected.length).to.be.at.least(20);
    expect(await allRows(invoices)).to.deep.equal(expected);
  });

  it('as a dry run finds no fault in what live traffic writes meanwhile (X10)', async () => {
    const { store, clock, ids, invoices } = await history(14);
    const orders = createOrderStream({ store, ids });
    let isNew = true;
    const racing: InvoiceView = {
      ...invoices,
      getMany: (orderIds) => {
        // Between the scan and this look the live path has gone on with the order, events and row.
        if (!orderIds.includes('o-1') || !isNew) return invoices.getMany(orderIds);
        isNew = false;
        return orders.load('o-1').andThen((loaded) => {
          const life = nthOrder(7);
          const refund = life.commits.slice(2);
          return orders
            .append('o-1', loaded, commitOf(refund.flat()))
            .andThen((next) =>
              next.state.invoice.status === 'issued'
                ? invoices.putIfNewer(toInvoiceRow(next.state.invoice))
                : ok('Written' as const),
            )
            .andThen(() => invoices.getMany(orderIds));
        }) as ReturnType<InvoiceView['getMany']>;
      },
    };
    const found: ReplayFinding[] = [];
    const checked = await createReplayInvoices({ store, invoices: racing, clock })({
      ...OPTIONS,
      dryRun: true,
      onFinding: (finding) => void found.push(finding),
    });
    expect(isNew).to.equal(false);
    expect(found).to.deep.equal([]);
    expect(checked.map(({ differences }) => differences)).to.deep.equal(ok(0));
  });

  it('as a dry run gives a row that is on its way a second to come (X10)', async () => {
    const { store, clock, ids, invoices } = await history(7);
    const late = createMemoryInvoiceView();
    const row = await storeOrder(
      { orders: createOrderStream({ store, ids }), invoices: late },
      nthOrder(1, 'late'),
    );
    const checking = createReplayInvoices({ store, invoices, clock })({ ...OPTIONS, dryRun: true });
    await clock.advance(500);
    if (row !== undefined) await invoices.putIfNewer(row);
    await clock.advance(500);
    expect((await checking).map(({ differences }) => differences)).to.deep.equal(ok(0));
  });

  it('as a dry run keeps to its budget for the rows, too', async () => {
    const { store, clock, invoices, rows } = await history(50);
    const startedAt = clock.now();
    const loadedAt: number[] = [];
    const load: EventStore['load'] = (...args) => {
      loadedAt.push(clock.now() - startedAt);
      return store.load(...args);
    };
    const checking = createReplayInvoices({ store: { ...store, load }, invoices, clock })({
      ...OPTIONS,
      dryRun: true,
      readUnitsPerSecond: 10,
    });
    await clock.advance(3_600_000);
    expect((await checking).isOk()).to.equal(true);
    expect(loadedAt).to.have.length(rows.length);
    const [first = 0] = loadedAt;
    const last = loadedAt.at(-1) ?? 0;
    expect(last - first).to.be.at.least(((rows.length - 1) / 10) * 1_000 - 1_000);
  });
});

const KILLED = { type: 'Misconfigured', dependency: 'InvoiceView', cause: 'killed' } as const;
const SLOW = { ...THROTTLED, dependency: 'InvoiceView' } as const;

const commitOf = <E>(events: readonly E[]) => ({
  events,
  idempotencyKey: 'k',
  correlationId: 'c',
  causationId: 'm',
});

const rowsBy = async (
  store: EventStore,
  clock: ReturnType<typeof createVirtualClock>,
): Promise<readonly InvoiceRow[]> => {
  const invoices = createMemoryInvoiceView();
  await createReplayInvoices({ store, invoices, clock })(OPTIONS);
  return allRows(invoices);
};

/** Orders, and the rows as the live path wrote them. */
const history = async (orders: number) => {
  const clock = createVirtualClock(1_795_000_000_000);
  const ids = createMemoryIds();
  const store = createEventStore(createMemoryCommitTable(), clock);
  const invoices = createMemoryInvoiceView();
  const rows = await writeHistory({ store, ids, invoices }, { orders });
  return { clock, ids, store, invoices, rows };
};
