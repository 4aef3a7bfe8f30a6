import { expect } from 'chai';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { scanStreams, type ScanShare } from '../../../src/application/log/scanStreams.ts';
import { NO_COUNTS, sumCounts } from '../../../src/application/readModel/replayCounts.ts';
import { createReplayInvoices } from '../../../src/application/readModel/replayInvoices.ts';
import { ok } from 'neverthrow';
import { must } from '../../support/commits.ts';
import { allRows, writeHistory } from '../../support/history.ts';

const ORDERS = 60;
const SEGMENTS = 7;

const history = async () => {
  const clock = createVirtualClock(1_795_000_000_000);
  const store = createEventStore(createMemoryCommitTable(), clock);
  const live = createMemoryInvoiceView();
  const rows = await writeHistory(
    { store, ids: createMemoryIds(), invoices: live },
    { orders: ORDERS },
  );
  return { clock, store, live, rows };
};

const sharesOf = (of: number): readonly ScanShare[] =>
  Array.from({ length: of }, (_, at) => ({ share: at + 1, of }));

describe('shares of a replay', () => {
  for (const processes of [2, 4, SEGMENTS]) {
    it(`${processes} shares together write and count exactly what one run does`, async () => {
      const { store, clock, rows } = await history();
      const replayTo = async (
        invoices: ReturnType<typeof createMemoryInvoiceView>,
        share?: ScanShare,
      ) =>
        must(
          await createReplayInvoices({ store, invoices, clock })({
            segments: SEGMENTS,
            dryRun: false,
            share,
          }),
        );
      const [alone, together] = [createMemoryInvoiceView(), createMemoryInvoiceView()];
      const whole = await replayTo(alone);
      const parts = await Promise.all(
        sharesOf(processes).map((share) => replayTo(together, share)),
      );

      expect(await allRows(together)).to.deep.equal(rows);
      expect(await allRows(together)).to.deep.equal(await allRows(alone));
      expect(sumCounts(parts)).to.deep.equal(sumCounts([whole]));
      expect(parts.map(({ commits }) => commits > 0)).to.not.include(false);
    });
  }

  it('see every stream once', async () => {
    const { store, clock } = await history();
    const seen = async (share?: ScanShare): Promise<readonly string[]> => {
      const ids: string[] = [];
      const visit = async (streams: readonly { readonly streamId: string }[]) => {
        ids.push(...streams.map(({ streamId }) => streamId));
        return ok();
      };
      await must(await scanStreams({ store, clock }, { segments: SEGMENTS, share, visit }));
      return ids;
    };
    const parts = (await Promise.all(sharesOf(4).map(seen))).flat();
    const whole = await seen();

    expect(new Set(whole).size).to.equal(whole.length);
    expect(whole.length).to.be.at.least(2 * ORDERS);
    expect(parts.toSorted()).to.deep.equal(whole.toSorted());
  });

  it('go on from places of their own', async () => {
    const { store, clock, rows } = await history();
    const invoices = createMemoryInvoiceView();
    const replay = createReplayInvoices({ store, invoices, clock });
    const totals = [];
    for (const share of sharesOf(3)) {
      const options = { segments: SEGMENTS, dryRun: false, share };
      let place: Parameters<typeof replay>[0]['from'];
      const first = await must(await replay({ ...options, onPlace: (now) => (place = now) }));
      const again = await must(await replay({ ...options, from: place }));
      expect(again.commits).to.equal(first.commits);
      totals.push(again);
    }
    expect(sumCounts(totals).invoices).to.equal(rows.length);
    expect(sumCounts([])).to.deep.equal(NO_COUNTS);
  });

  it('of a dry run: the rows without an event are looked for once', async () => {
    const { store, clock, live } = await history();
    await live.putIfNewer({ orderId: 'o-404', version: 4, document: '{}' });
    const replay = createReplayInvoices({ store, invoices: live, clock });
    const found = await Promise.all(
      sharesOf(4).map(async (share) =>
        must(await replay({ segments: SEGMENTS, dryRun: true, share })),
      ),
    );
    expect(found.map(({ differences }) => differences)).to.deep.equal([1, 0, 0, 0]);
  });
});
