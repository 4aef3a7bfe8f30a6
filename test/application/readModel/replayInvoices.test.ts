import { expect } from 'chai';
import fc from 'fast-check';
import { errAsync, ok } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import {
  createReplayInvoices,
  type ReplayOptions,
  type ReplayProgress,
} from '../../../src/application/readModel/replayInvoices.ts';
import {
  NO_COUNTS,
  sumCounts,
  countUpcasts,
  type ReplayFinding,
} from '../../../src/application/readModel/replayCounts.ts';
import { createCodec } from '../../../src/domain/codec.ts';
import * as Order from '../../../src/domain/order/index.ts';
import type { EventStore, ScanPage } from '../../../src/application/ports/eventStore.ts';
import { commitOf, must } from '../../support/commits.ts';
import { allRows, writeHistory } from '../../support/history.ts';
import * as Invoice from '../../../src/domain/invoice/index.ts';
import { runsOf } from '../../support/runs.ts';

/** As the first releases wrote it: the lines of credit notes with what they are called. */
const inFormerShape = (text: string): string => {
  const document = Invoice.readText(text)._unsafeUnwrap();
  const numberOf = (of: Invoice.DocumentNumber) => ({
    label: of.label,
    series: of.series,
    year: of.year,
    number: of.number,
    seriesVersion: of.seriesVersion,
    issuedAt: of.issuedAt,
  });
  const amounts = ({ netMinor, taxMinor }: { netMinor: number; taxMinor: number }) => ({
    netMinor,
    taxMinor,
  });
  const bps = ({ taxes: [tax] }: Pick<Invoice.CreditNoteLine, 'taxes'>) =>
    Math.round(Number(tax?.rate) * 100);
  return JSON.stringify({
    orderId: document.orderId,
    ...numberOf(document),
    customerId: document.customerId,
    currency: document.currency,
    lines: document.lines.map((line) => ({
      sku: line.sku,
      description: line.description,
      quantity: Number(line.quantity),
      unitPriceMinor: Number(line.unitPrice.replace('.', '')),
      taxRateBps: bps(line),
      ...amounts(line),
    })),
    ...amounts(document),
    totalMinor: document.totalMinor,
    paymentReference: document.paymentReference,
    creditNotes: document.creditNotes.map((note) => ({
      refundId: note.refundId,
      ...numberOf(note),
      lines: note.lines.map((line) => ({
        line: line.line,
        sku: line.sku,
        description: line.description,
        quantity: Number(line.quantity),
        taxRateBps: bps(line),
        ...amounts(line),
      })),
      ...amounts(note),
      totalMinor: note.totalMinor,
      refundReference: note.refundReference,
    })),
  });
};

const OPTIONS: ReplayOptions = { segments: 3, dryRun: false };

describe('replaying the invoices', () => {
  it('writes every row as the live path did, from the events alone (S9, M2)', async () => {
    const { store, rows, invoices, clock } = await history(25);
    const replayed = await createReplayInvoices({ store, invoices, clock })(OPTIONS);
    expect(replayed.map(({ invoices: n, written }) => [n, written])).to.deep.equal(ok([20, 20]));
    expect(rows.some(({ document }) => document.includes('"refundId"'))).to.equal(true);
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

  it('A2: finds no difference in rows of the former shape that say the same', async () => {
    const { store, rows, invoices, clock } = await history(25);
    const former = rows.map((row) => ({ ...row, document: inFormerShape(row.document) }));
    expect(former.some(({ document }, at) => document !== rows[at]?.document)).to.equal(true);
    for (const row of former) await invoices.putIfNewer(row);
    const replay = createReplayInvoices({ store, invoices, clock });
    const same = await replay({ ...OPTIONS, dryRun: true });
    expect(same.map(({ differences }) => differences)).to.deep.equal(ok(0));

    const other = createMemoryInvoiceView();
    for (const row of former) {
      const document = row.document.replace(/("lines":\[\{"line":\d+,"sku":")/u, '$1x');
      await other.putIfNewer({ ...row, document });
    }
    const altered = await createReplayInvoices({ store, invoices: other, clock })({
      ...OPTIONS,
      dryRun: true,
    });
    const credited = rows.filter(({ document }) => document.includes('"refundId"')).length;
    expect(altered.map(({ differences }) => differences)).to.deep.equal(ok(credited));
  });

  it('A2: reports an invoice that no row can hold, and writes the others', async () => {
    const { store, rows, invoices, clock } = await history(10);
    const [large] = rows;
    const found: ReplayFinding[] = [];
    const replayed = await createReplayInvoices({
      store,
      clock,
      invoices: {
        ...invoices,
        putIfNewer: (row) =>
          row.orderId === large?.orderId
            ? errAsync({ type: 'RowTooLarge', orderId: row.orderId, bytes: 500_000 })
            : invoices.putIfNewer(row),
      },
    })({ ...OPTIONS, onFinding: (finding) => found.push(finding) });
    expect(replayed.map(({ written, differences }) => [written, differences])).to.deep.equal(
      ok([rows.length - 1, 1]),
    );
    expect(found).to.deep.equal([{ type: 'RowTooLarge', orderId: large?.orderId, bytes: 500_000 }]);
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
      { numRuns: runsOf(7, 30) },
    ));

  it('in a dry run writes nothing; separates missing, different, unfounded rows', async () => {
    const { store, rows, invoices, clock } = await history(3);
    const [first, second] = rows;
    if (first === undefined || second === undefined) expect.fail('no rows');
    await invoices.putIfNewer({ ...first, document: 'tampered' });
    await invoices.putIfNewer(second);
    await invoices.putIfNewer({ orderId: 'o-404', version: 4, document: '{}' });
    const found: ReplayFinding[] = [];
    const replaying = createReplayInvoices({ store, invoices, clock })({
      ...OPTIONS,
      dryRun: true,
      onFinding: (finding) => void found.push(finding),
    });
    await clock.advance(60_000);
    const report = await replaying;
    expect(report.map(({ written, differences }) => [written, differences])).to.deep.equal(
      ok([0, 3]),
    );
    expect(found.map(textOf).toSorted()).to.deep.equal([
      `Differs ${first.orderId}`,
      `Missing ${rows[2]?.orderId}`,
      'Unfounded o-404',
    ]);
    expect(await allRows(invoices)).to.have.length(3);
  });

  it('reports an unreadable stream, leaves its row, and rebuilds the others (X13)', async () => {
    const { store, table, rows, invoices, clock } = await history(8);
    const damaged = await must(table.readLast('order#o-1'));
    table.overwrite({ ...damaged, ...KEY, events: '[["Nonsense",1,{}]]' });
    const before = { orderId: 'o-1', version: 1, document: 'as it was' };
    await invoices.putIfNewer(before);
    const found: ReplayFinding[] = [];
    const replay = createReplayInvoices({ store, invoices, clock });
    const onFinding = (finding: ReplayFinding) => void found.push(finding);
    const replayed = await replay({ ...OPTIONS, onFinding });

    expect(replayed.map(({ unreadable, written }) => [unreadable, written])).to.deep.equal(
      ok([1, rows.length - 1]),
    );
    expect(found.map(textOf)).to.deep.equal(['Unreadable order#o-1']);
    expect(await allRows(invoices)).to.deep.equal(
      rows.map((row) => (row.orderId === 'o-1' ? before : row)),
    );
  });

  it('reports an event of a newer release as a stream that it cannot read (X5, X11)', async () => {
    const { store, rows, invoices, clock } = await history(2);
    const { position } = await must(store.load('order#o-1'));
    await must(
      store.append('order#o-1', position, {
        ...commitOf('newer'),
        events: [{ type: 'OrderPlaced', v: 99, data: {} }],
      }),
    );
    const replayed = await createReplayInvoices({ store, invoices, clock })(OPTIONS);
    expect(replayed.map(({ unreadable }) => unreadable)).to.deep.equal(ok(1));
    expect(await allRows(invoices)).to.deep.equal(rows.slice(0, 1));
  });

  it('counts the events of an older shape by type and version (X11)', async () => {
    const { store } = await history(3);
    const codec = createCodec<Order.StreamEvent>(Order.codecs, {
      OrderPlaced: { 2: (data) => [{ type: 'OrderPlaced', v: 3, data }] },
    });
    const { commits } = await must(store.load('order#o-1'));
    const upcast = { 'PaymentRequested@1': 2 };
    countUpcasts(upcast, commits, codec);
    expect(upcast).to.deep.equal({ 'PaymentRequested@1': 2, 'OrderPlaced@2': 1 });
    expect(
      sumCounts([
        { ...NO_COUNTS, upcast: { a: 1, b: 2 } },
        { ...NO_COUNTS, upcast: { b: 3 } },
      ]).upcast,
    ).to.deep.equal({ a: 1, b: 5 });
  });

  it('reports how far it has come', async () => {
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

const KEY = { streamId: 'order#o-1', version: 3 } as const;

const textOf = (finding: ReplayFinding): string =>
  `${finding.type} ${finding.type === 'Unreadable' ? finding.streamId : finding.orderId}`;

const history = async (orders: number) => {
  const clock = createVirtualClock(1_795_000_000_000);
  const table = createMemoryCommitTable();
  const store = createEventStore(table, clock);
  const written = { store, ids: createMemoryIds(), invoices: createMemoryInvoiceView() };
  const rows = await writeHistory(written, { orders });
  return { clock, store, table, rows, invoices: createMemoryInvoiceView() };
};

const commitsOf = async (store: EventStore) => {
  const commits: ScanPage['commits'][number][] = [];
  for await (const page of store.scan({ segment: 0, segments: 1 })) {
    commits.push(...(await must(page)).commits);
  }
  return commits;
};
