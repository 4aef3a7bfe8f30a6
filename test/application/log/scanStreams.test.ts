import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import {
  scanStreams,
  type ScannedStream,
  type ScanStreamsOptions,
  type SegmentPlace,
} from '../../../src/application/log/scanStreams.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import { must } from '../../support/commits.ts';
import { writeHistory } from '../../support/history.ts';
import { inSmallPages, THROTTLED } from '../../support/smallPages.ts';

describe('a scan of whole streams', () => {
  it('shows every stream once, whole, whatever the pages (F18, F22)', async () => {
    const { store, clock, whole } = await history(12);
    for (const perPage of [1, 2, 3, 7, 1_000]) {
      for (const segments of [1, 3]) {
        const seen = collector();
        const paged = await inSmallPages(store, { perPage });
        const scanned = await scanStreams({ store: paged, clock }, { segments, ...seen.options });
        expect(seen.whole()).to.deep.equal(whole);
        expect(scanned.map(({ streams }) => streams)).to.deep.equal(ok(whole.length));
      }
    }
  });

  it('goes on where each segment was left, wherever that was, and misses none', async () => {
    const { store, clock, whole } = await history(8);
    const paged = await inSmallPages(store, { perPage: 2 });
    for (let stopAfter = 0; stopAfter < 12; stopAfter += 1) {
      const seen = collector();
      const places: SegmentPlace[] = [];
      let visits = 0;
      const left = await scanStreams(
        { store: paged, clock },
        {
          segments: 2,
          visit: async (streams) => {
            visits += 1;
            if (visits > stopAfter) return err('killed' as const);
            return seen.options.visit(streams);
          },
          onPage: (segment, place) => (places[segment] = place),
        },
      );
      expect(left).to.deep.equal(err('killed'));
      const again = await scanStreams(
        { store: paged, clock },
        { segments: 2, from: [...places], ...seen.options },
      );
      expect(again.isOk()).to.equal(true);
      expect(seen.whole()).to.deep.equal(whole);
    }
  });

  it('reads nothing of a segment that had ended', async () => {
    const { store, clock } = await history(4);
    const paged = await inSmallPages(store, { perPage: 1 });
    const from = [{ ended: true }, { ended: true }];
    await scanStreams({ store: paged, clock }, { segments: 2, from, visit: async () => ok() });
    expect(paged.asked).to.deep.equal([]);
  });

  it('asks again for a refused page, later each time; loses and doubles none (D6)', async () => {
    const { store, clock, whole } = await history(6);
    const seen = collector();
    const paged = await inSmallPages(store, { perPage: 2, refuses: (n) => n % 3 !== 0 });
    const scanning = scanStreams({ store: paged, clock }, { segments: 2, ...seen.options });
    await clock.advance(3_600_000);
    const scanned = await scanning;
    expect(seen.whole()).to.deep.equal(whole);
    const served = Math.floor(paged.asked.length / 3);
    expect(scanned.map(({ throttles }) => throttles)).to.deep.equal(
      ok(paged.asked.length - served),
    );
  });

  it('gives up after ten refusals in a row (D6)', async () => {
    const { store, clock } = await history(2);
    const paged = await inSmallPages(store, { perPage: 2, refuses: () => true });
    const scanning = scanStreams({ store: paged, clock }, { segments: 1, visit: async () => ok() });
    await clock.advance(3_600_000);
    expect(await scanning).to.deep.equal(err(THROTTLED));
    expect(paged.asked).to.have.length(11);
  });

  it('keeps to its budget', async () => {
    const { store, clock } = await history(20);
    const paged = await inSmallPages(store, { perPage: 2, readUnits: 100 });
    const startedAt = clock.now();
    const readAt: number[] = [];
    const scanning = scanStreams(
      { store: paged, clock },
      {
        segments: 4,
        readUnitsPerSecond: 200,
        visit: async () => ok(),
        onPage: () => readAt.push(clock.now() - startedAt),
      },
    );
    await clock.advance(3_600_000);
    expect((await scanning).isOk()).to.equal(true);
    for (let second = 1; second <= 10; second += 1) {
      const pages = readAt.filter((at) => at < second * 1_000).length;
      // The last page of a segment is reported twice: as a page, and as the end.
      expect(pages * 100).to.be.at.most(200 * second + 256 + 400);
    }
  });

  it('handles a large page in parts, which are paid for once, and waits for none', async () => {
    const { store, table, clock, whole } = await history(200);
    const { items, readUnits } = await must(table.scanPage({ segment: 0, segments: 1 }));
    expect([...items]).to.have.length.within(401, 800);
    const seen = collector();
    const startedAt = clock.now();
    const parts: { readonly at: number; readonly readUnits: number }[] = [];
    const scanning = scanStreams(
      { store, clock },
      {
        segments: 1,
        readUnitsPerSecond: 1,
        ...seen.options,
        onPage: (_segment, { ended }, progress) => {
          if (!ended) parts.push({ at: clock.now() - startedAt, readUnits: progress.readUnits });
        },
      },
    );
    await clock.advance(3_600_000);
    expect((await scanning).isOk()).to.equal(true);
    expect(parts).to.deep.equal([
      { at: 0, readUnits },
      { at: 0, readUnits },
    ]);
    expect(seen.whole()).to.deep.equal(whole);
  });

  it('does not take what stands before a damaged item for the whole stream (X13)', async () => {
    const { store, table, clock, whole } = await history(6);
    const item = await must(table.readLast('order#o-1'));
    table.overwrite({ ...item, streamId: 'order#o-1', version: 3, events: '[]' });
    for (const perPage of [1, 2, 3, 1_000]) {
      const seen = collector();
      const paged = await inSmallPages(store, { perPage });
      await scanStreams({ store: paged, clock }, { segments: 1, ...seen.options });
      expect(seen.whole()).to.deep.equal(whole.filter((id) => !id.startsWith('order#o-1 ')));
      expect(seen.corrupt()).to.deep.equal(['order#o-1']);
    }
  });

  it('loads a stream that is shown in pieces, and says which piece counts', async () => {
    const { store, clock } = await history(1);
    const pieces: EventStore = {
      ...store,
      scan: async function* (options) {
        for await (const page of store.scan(options)) {
          const { commits } = await must(page);
          for (const commit of commits.toReversed()) {
            yield ok({ commits: [commit], corrupt: [], readUnits: 1 });
          }
        }
      },
    };
    const seen = collector();
    await scanStreams({ store: pieces, clock }, { segments: 1, ...seen.options });
    const order = seen.all().filter(({ streamId }) => streamId === 'order#o-0');
    const { commits } = await must(store.load('order#o-0'));
    expect(order.length).to.be.at.least(1);
    for (const stream of order) expect(stream.commits).to.deep.equal(commits);
    expect(order.filter(({ again }) => !again)).to.have.length(1);
  });

  it('ends without a stream that it has seen a part of when the signal fires', async () => {
    const { store, clock, whole } = await history(3);
    const paged = await inSmallPages(store, { perPage: 1 });
    const visit = async () => ok();
    await scanStreams({ store: paged, clock }, { segments: 1, visit });
    const pagesMax = paged.asked.length;
    expect(pagesMax).to.be.greaterThan(6);
    for (let stopAt = 1; stopAt < pagesMax; stopAt += 1) {
      const seen = collector();
      const stop = new AbortController();
      let pages = 0;
      await scanStreams(
        { store: paged, clock },
        {
          segments: 1,
          signal: stop.signal,
          ...seen.options,
          onPage: () => (++pages === stopAt ? stop.abort() : undefined),
        },
      );
      expect(whole).to.include.members(seen.whole());
      expect(seen.whole().length).to.be.lessThan(whole.length);
    }
  });

  it('ends with the first failure of a visit, in all segments', async () => {
    const { store, clock } = await history(20);
    const paged = await inSmallPages(store, { perPage: 1 });
    const visit = async () => err('failed' as const);
    expect(await scanStreams({ store: paged, clock }, { segments: 4, visit })).to.deep.equal(
      err('failed'),
    );
    expect(paged.asked.length).to.be.lessThan(40);
  });
});

const collector = () => {
  const streams: ScannedStream[] = [];
  const options = {
    visit: async (shown) => {
      streams.push(...shown);
      return ok();
    },
  } satisfies Pick<ScanStreamsOptions<never>, 'visit'>;
  return {
    options,
    all: (): readonly ScannedStream[] => streams,
    whole: (): readonly string[] =>
      streams
        .filter(({ corrupt }) => corrupt === undefined)
        .map(textOf)
        .toSorted(),
    corrupt: (): readonly string[] =>
      streams.flatMap(({ corrupt }) => (corrupt === undefined ? [] : [corrupt.streamId])),
  };
};

const textOf = ({ streamId, commits }: Pick<ScannedStream, 'streamId' | 'commits'>): string =>
  `${streamId} ${commits.map(({ version }) => version).join(',')}`;

const history = async (orders: number) => {
  const clock = createVirtualClock(1_795_000_000_000);
  const table = createMemoryCommitTable();
  const store = createEventStore(table, clock);
  const invoices = createMemoryInvoiceView();
  await writeHistory({ store, invoices, ids: createMemoryIds() }, { orders });
  const streams = new Map<string, ScannedStream>();
  for await (const page of store.scan({ segment: 0, segments: 1 })) {
    for (const commit of (await must(page)).commits) {
      const { streamId } = commit;
      const commits = [...(streams.get(streamId)?.commits ?? []), commit];
      streams.set(streamId, { streamId, commits, again: false });
    }
  }
  return { clock, table, store, whole: [...streams.values()].map(textOf).toSorted() };
};
