import { expect } from 'chai';
import fc from 'fast-check';
import { errAsync, ok, type Result } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createEventStore } from '../../../src/adapters/eventlog/eventStore.ts';
import {
  createReplayInvoices,
  type Difference,
  type ReplayOptions,
  type ReplayProgress,
} from '../../../src/application/books/replayInvoices.ts';
import { toInvoiceRow } from '../../../src/application/invoiceRow.ts';
import type { EventStore, ScanPage } from '../../../src/application/ports/eventStore.ts';
import type { InvoiceRow } from '../../../src/application/ports/invoiceView.ts';
import { createNotificationStream, createOrderStream } from '../../../src/application/streams.ts';
import { anOrder, orderLife } from '../../support/orderLife.ts';

const OPTIONS: ReplayOptions = { segments: 3, dryRun: false };

describe('replaying the invoices', () => {
  it('writes every row as the live path did, from the events alone (S9, M2)', async () => {
    const { store, rows, invoices, clock } = await history(25);
    const replayed = await createReplayInvoices({ store, invoices, clock })(OPTIONS);
    expect(replayed.map(({ invoices: n, written }) => [n, written])).to.deep.equal(ok([20, 20]));
    expect(await allRows(invoices)).to.deep.equal(rows);
  });

  it('writes nothing the second time', async () => {
    const { store, invoices, clock } = await history(10);
    const replay = createReplayInvoices({ store, invoices, clock });
    await replay(OPTIONS);
    const again = await replay(OPTIONS);
    expect(again.map(({ written, alreadyThere }) => [written, alreadyThere])).to.deep.equal(
      ok([0, 8]),
    );
  });

  it('leaves a newer row alone: live traffic may be ahead of it (X10)', async () => {
    const { store, rows, invoices, clock } = await history(1);
    const newer = { orderId: 'o-0', version: 99, document: 'newer' };
    await invoices.putIfNewer(newer);
    await createReplayInvoices({ store, invoices, clock })(OPTIONS);
    expect(rows).to.have.length(1);
    expect(await allRows(invoices)).to.deep.equal([newer]);
  });

  it('does not depend on the order or the cuts in which a scan shows the commits (F22)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 5 }),
        async (nats, cut) => {
          const { store, rows, invoices, clock } = await history(6);
          const shuffled = (await commitsOf(store))
            .map((commit) => ({ commit, key: nats.next().value ?? 0 }))
            .toSorted((one, other) => one.key - other.key)
            .map(({ commit }) => commit);
          const scattered: EventStore = {
            ...store,
            scan: async function* ({ segment, segments }) {
              const mixed = shuffled.filter((_, index) => index % segments === segment);
              for (let from = 0; from < mixed.length; from += cut) {
                yield ok({ commits: mixed.slice(from, from + cut), corrupt: [], readUnits: 1 });
              }
            },
          };
          await createReplayInvoices({ store: scattered, invoices, clock })(OPTIONS);
          expect(await allRows(invoices)).to.deep.equal(rows);
        },
      ),
      { numRuns: 30 },
    ));

  it('in a dry run writes nothing and tells missing, different and unfounded rows apart', async () => {
    const { store, rows, invoices, clock } = await history(3);
    const [first, second] = rows;
    if (first === undefined || second === undefined) expect.fail('no rows');
    await invoices.putIfNewer({ ...first, document: 'tampered' });
    await invoices.putIfNewer(second);
    await invoices.putIfNewer({ orderId: 'o-404', version: 4, document: '{}' });
    const found: Difference[] = [];
    const onDifference = (difference: Difference) => void found.push(difference);
    const replay = createReplayInvoices({ store, invoices, clock });
    const report = await replay({ ...OPTIONS, dryRun: true, onDifference });
    expect(report.map(({ written, differences }) => [written, differences])).to.deep.equal(
      ok([0, 3]),
    );
    expect(found.map(({ type, orderId }) => `${type} ${orderId}`).toSorted()).to.deep.equal([
      `Differs ${first.orderId}`,
      `Missing ${rows[2]?.orderId}`,
      'Unfounded o-404',
    ]);
    expect(await allRows(invoices)).to.have.length(3);
  });

  it('stops at a commit that it cannot read, and names it (X13)', async () => {
    const { store, table, invoices, clock } = await history(2);
    const item = (await table.read({ streamId: 'order#o-1', version: 3 })).unwrapOr(undefined);
    table.overwrite({
      ...item,
      streamId: 'order#o-1',
      version: 3,
      events: '[{"type":"Nonsense"}]',
    });
    const replayed = await createReplayInvoices({ store, invoices, clock })(OPTIONS);
    const where = replayed.match(
      () => 'nothing was wrong',
      (error) => ('streamId' in error ? `${error.type} ${error.streamId}` : error.type),
    );
    expect(where).to.equal('CorruptStream order#o-1');
  });

  it('tells how far it has come', async () => {
    const { store, invoices, clock } = await history(5);
    const commits: number[] = [];
    const totals: (number | undefined)[] = [];
    const onProgress = (progress: ReplayProgress) => {
      commits.push(progress.commits);
      totals.push(progress.commitsTotal);
    };
    await createReplayInvoices({ store, invoices, clock })({ ...OPTIONS, onProgress });
    expect(commits.at(-1)).to.equal((await commitsOf(store)).length);
    expect(totals.at(-1)).to.equal(commits.at(-1));
  });

  it('goes on where it may not count the commits', async () => {
    const { store, rows, invoices, clock } = await history(5);
    const size = () =>
      errAsync({ type: 'Misconfigured', dependency: 'EventStore', cause: 'denied' } as const);
    await createReplayInvoices({ store: { ...store, size }, invoices, clock })(OPTIONS);
    expect(await allRows(invoices)).to.deep.equal(rows);
  });
});

/** Orders as the payment service writes them: four of five paid, one declined, and a notice beside each. */
const history = async (orders: number) => {
  const clock = createVirtualClock(1_795_000_000_000);
  const ids = createMemoryIds();
  const table = createMemoryCommitTable();
  const store = createEventStore(table, clock);
  const stream = createOrderStream({ store, ids });
  const notices = createNotificationStream({ store, ids });
  const rows: InvoiceRow[] = [];
  const trace = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
  for (let n = 0; n < orders; n += 1) {
    const orderId = `o-${n}`;
    const placed = orderLife().placed(anOrder({ orderId }));
    const life = n % 5 === 4 ? placed.declined() : placed.captured(n + 1, `pi_${n}`);
    let held = stream.start;
    for (const events of life.commits) {
      held = value(await stream.append(orderId, held, { events, ...trace }));
    }
    if (held.state.invoice.status === 'issued') rows.push(toInvoiceRow(held.state.invoice));
    const claim = { type: 'NotificationClaimed', data: { claimId: 'x', at: n } } as const;
    await notices.append(`${orderId}#receipt`, notices.start, { events: [claim], ...trace });
  }
  return { clock, store, table, rows: byId(rows), invoices: createMemoryInvoiceView() };
};

const value = <T, E>(result: Result<T, E>): T =>
  result.match(
    (found) => found,
    (error) => expect.fail(JSON.stringify(error)),
  );

const byId = (rows: readonly InvoiceRow[]): readonly InvoiceRow[] =>
  rows.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));

const allRows = async (invoices: ReturnType<typeof createMemoryInvoiceView>) => {
  const rows: InvoiceRow[] = [];
  for await (const page of invoices.list()) rows.push(...value(page));
  return byId(rows);
};

const commitsOf = async (store: EventStore) => {
  const commits: ScanPage['commits'][number][] = [];
  for await (const page of store.scan({ segment: 0, segments: 1 })) {
    commits.push(...value(page).commits);
  }
  return commits;
};
