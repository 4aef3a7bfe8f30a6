import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { okAsync } from 'neverthrow';
import type { CommitTable } from '../../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import type { Allocator, AllocationError } from '../../../src/application/series/allocator.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import { probeOfSeries } from '../../../src/application/series/allocator.ts';
import { seriesStreamId } from '../../../src/application/series/seriesLog.ts';
import { DEFAULT_ALLOCATOR_SETTINGS } from '../../../src/application/series/settings.ts';
import { createSeriesRegistry } from '../../../src/application/registry/seriesRegistry.ts';
import type { DocumentKind } from '../../../src/domain/registry/index.ts';
import * as Series from '../../../src/domain/series/index.ts';
import { must } from '../../support/commits.ts';
import { formatOf, NOON } from '../../support/orderContext.ts';
import {
  appliesAndIsLost,
  createFaultyCommitTable,
  isThrottled,
} from '../../support/faultyCommitTable.ts';
import { order } from './allocators.ts';
import { runsOf } from '../../support/runs.ts';

type Configured = readonly (readonly [series: string, format: string, documents?: DocumentKind])[];

const DAY_MS = 86_400_000;
const NAMED = '{series}-{year}-{number:6}';
const BARE = '{year}/{number}';

describe('how numbers are printed', () => {
  let table: CommitTable;
  let workers = 0;

  beforeEach(() => {
    table = createMemoryCommitTable();
  });

  /** A worker that is configured with these series. */
  const worker = (
    configured: Configured,
    { now = NOON, on = table }: { readonly now?: number; readonly on?: CommitTable } = {},
  ): Allocator => {
    workers += 1;
    const clock = { now: () => now, sleep: () => setImmediate() };
    const ids = createMemoryIds(workers);
    const store = createEventStore(on, clock);
    const declared = configured.map(([series, format, documents = 'invoices']) => ({
      series,
      format: formatOf(format),
      documents,
    }));
    const registry = createSeriesRegistry({ store, ids, clock }, declared);
    return createAllocator({ store, ids, clock, registry, settings: DEFAULT_ALLOCATOR_SETTINGS });
  };
  const take = (allocator: Allocator, series: string, id: string, from = 0) =>
    allocator.allocate(series, order(id, from));
  const labelOf = async (
    allocator: Allocator,
    series: string,
    id: string,
  ): Promise<string | undefined> => (await must(take(allocator, series, id))).label;
  const store = createEventStore;
  const storedIn = async (streamId: `series#${string}` | 'registry#series') =>
    (await must(store(table, { now: () => 0 }).load(streamId))).commits.map(({ events }) =>
      events.map(({ type, v, data }) => ({ type, v, data })),
    );

  it('is a fact of the series: a worker with another format prints nothing (B9)', async () => {
    const first = worker([['INV', NAMED]]);
    expect(await labelOf(first, 'INV', 'o1')).to.equal('INV-2026-000001');

    const other = worker([['INV', BARE]]);
    const why = causeOf(await other.open('INV'));
    expect(why).to.include(`printed as ${NAMED} for ever`).and.include('a new name');
    expect(await typeOf(take(other, 'INV', 'o2'))).to.equal('Misconfigured');

    expect(await labelOf(worker([['INV', NAMED]]), 'INV', 'o2')).to.equal('INV-2026-000002');
    expect(await storedIn('series#INV')).to.have.length(2);
  });

  it('refuses a renamed series whose format does not show its name (B9)', async () => {
    expect(await labelOf(worker([['INV', BARE]]), 'INV', 'o1')).to.equal('2026/1');

    const renamed = worker([['INV2', BARE]]);
    expect(causeOf(await renamed.open('INV2')))
      .to.include('2026/1')
      .and.include('INV ');
    expect(await typeOf(take(renamed, 'INV2', 'o2'))).to.equal('Misconfigured');
    expect(await storedIn('series#INV2')).to.deep.equal([]);

    expect(await labelOf(worker([['INV2', NAMED]]), 'INV2', 'o2')).to.equal('INV2-2026-000001');
  });

  it('refuses invoices in the series of the credit notes', async () => {
    await must(worker([['CN', NAMED, 'credit notes']]).open('CN'));
    expect(causeOf(await worker([['CN', NAMED]]).open('CN'))).to.include(
      'that of the credit notes',
    );
  });

  it('goes on in an old series in its format, though this worker numbers in another', async () => {
    expect(await labelOf(worker([['INV', BARE]]), 'INV', 'o1')).to.equal('2026/1');
    const renamed = worker([['RE', '{series} {year}.{number}']]);
    expect(await labelOf(renamed, 'RE', 'o2')).to.equal('RE 2026.1');
    // An order that froze the old series when that was the one.
    expect(await labelOf(renamed, 'INV', 'o3')).to.equal('2026/2');
    expect((await must(renamed.lookup('INV', { id: 'o1', from: 0 })))?.label).to.equal('2026/1');
  });

  it('is read again where another worker has registered a series since', async () => {
    const early = worker([['INV', NAMED]]);
    await must(early.open('INV'));
    await must(worker([['RE', '{series} {year}.{number}']]).open('RE'));
    expect(await labelOf(early, 'RE', 'o1')).to.equal('RE 2026.1');
  });

  it('makes one order wait, and not the others, whose series nobody has registered', async () => {
    const allocator = worker([['INV', NAMED]]);
    expect(await typeOf(take(allocator, 'OLD', 'o1'))).to.equal('CorruptStream');
    expect(await labelOf(allocator, 'INV', 'o2')).to.equal('INV-2026-000001');
    await must(worker([['OLD', '{series}/{year}/{number}']]).open('OLD'));
    expect(await labelOf(allocator, 'OLD', 'o1')).to.equal('OLD/2026/1');
  });

  it('takes over the last release’s series without a gap, its numbers printed as now', async () => {
    const before = createEventStore(table, { now: () => NOON });
    const old = {
      type: 'DocumentsNumbered',
      v: 1,
      data: {
        first: 1,
        date: NOON - 5,
        year: 2026,
        entries: [
          ['o1', 'pi_o1'],
          ['o2', 'pi_o2'],
        ],
      },
    };
    await must(
      before.append(
        seriesStreamId('INV'),
        { version: 0, hash: '' },
        {
          commitId: 'old',
          idempotencyKey: 'number#1',
          correlationId: 'clerk',
          causationId: 'clerk',
          events: [old],
        },
      ),
    );
    const allocator = worker([['INV', NAMED]]);
    expect(await labelOf(allocator, 'INV', 'o3')).to.equal('INV-2026-000003');
    expect(await labelOf(allocator, 'INV', 'o2')).to.equal('INV-2026-000002');
    expect((await storedIn('series#INV'))[0]).to.deep.equal([old]);
    expect(await storedIn('series#INV')).to.have.length(2);
  });

  it('prints a number that is there as it was printed, whatever is registered', async () => {
    await must(take(worker([['INV', BARE]]), 'INV', 'o1'));
    const lost = createMemoryCommitTable();
    const copy = { ...table, readPage: hiding(table, lost, 'registry#series') };
    const allocator = worker([['INV', NAMED]], { on: { ...copy, insert: writing(table, lost) } });
    expect((await must(allocator.lookup('INV', { id: 'o1', from: 0 })))?.label).to.equal('2026/1');
    expect(await labelOf(allocator, 'INV', 'o1')).to.equal('2026/1');
    // And nothing is numbered behind it in another print.
    expect(await typeOf(take(allocator, 'INV', 'o2'))).to.equal('CorruptStream');
    expect(await storedIn('series#INV')).to.have.length(1);
  });

  it('keeps a worker paused that may not use its series, though the table answers', async () => {
    await must(worker([['INV', NAMED]]).open('INV'));
    const probe = (configured: Configured) =>
      probeOfSeries(worker(configured), ['INV'], () => okAsync(undefined))();
    expect((await probe([['INV', NAMED]])).isOk()).to.equal(true);
    const drifted = await probe([['INV', BARE]]);
    expect(drifted.isErr() && drifted.error.type).to.equal('Misconfigured');
  });

  describe('when several workers register at once', () => {
    it('is what the first of them says, and the others get it', async () => {
      const [one, other] = [worker([['INV', NAMED]]), worker([['INV', BARE]])];
      const answers = await Promise.all([one.open('INV'), other.open('INV')]);
      expect(answers.filter((answer) => answer.isOk())).to.have.length(1);
      expect(await storedIn('registry#series')).to.have.length(1);
    });

    it('is registered once by workers that agree, whatever becomes of their appends', async () => {
      for (const insert of [isThrottled, appliesAndIsLost]) {
        table = createMemoryCommitTable();
        const faulty = createFaultyCommitTable(table, { inserts: [insert, insert, insert] });
        const both: Configured = [
          ['INV', NAMED],
          ['CN', NAMED, 'credit notes'],
        ];
        await worker(both, { on: faulty }).open('INV');
        const [one, other] = [worker(both), worker(both)];
        const labels = [await labelOf(one, 'INV', 'o1'), await labelOf(other, 'CN', 'c1')];
        expect(labels).to.deep.equal(['INV-2026-000001', 'CN-2026-000001']);
        expect((await storedIn('registry#series')).flat()).to.have.length(2);
      }
    });

    it('never prints two documents alike, whichever of them come first (B9)', () =>
      fc.assert(
        fc.asyncProperty(fc.array(anyConfigured(), { minLength: 2, maxLength: 5 }), async (all) => {
          table = createMemoryCommitTable();
          const taken = await Promise.all(
            all.map(([series, format], at) =>
              take(worker([[series, format]]), series, `o${at}`).match(
                ({ label }) => [label],
                ({ type }) => {
                  expect(type).to.equal('Misconfigured');
                  return [];
                },
              ),
            ),
          );
          const labels = taken.flat();
          expect(labels.length).to.be.greaterThan(0);
          expect(new Set(labels).size).to.equal(labels.length);
        }),
        { numRuns: runsOf(15, 60) },
      ));
  });

  describe('behind a commit that is dated ahead', () => {
    const ahead = 400 * DAY_MS;

    it('numbers nothing, before anything is charged, and says what to do (B8)', async () => {
      await must(take(worker([['INV', NAMED]], { now: NOON + ahead }), 'INV', 'o1'));
      const allocator = worker([['INV', NAMED]]);
      const cause = causeOf(await allocator.open('INV'));
      expect(cause).to.include('2027-07-20T12:00:00.000Z').and.include('a series with a new name');
      expect(await typeOf(take(allocator, 'INV', 'o2'))).to.equal('Misconfigured');
      expect(await storedIn('series#INV')).to.have.length(1);
      // What has its number keeps it.
      expect(await labelOf(allocator, 'INV', 'o1')).to.equal('INV-2027-000001');
    });

    it('lets a new series begin, and only the orders of the old one wait', async () => {
      await must(take(worker([['INV', NAMED]], { now: NOON + ahead }), 'INV', 'o1'));
      const allocator = worker([['INV2', NAMED]]);
      expect(await labelOf(allocator, 'INV2', 'o2')).to.equal('INV2-2026-000001');
      expect(await typeOf(take(allocator, 'INV', 'o3'))).to.equal('CorruptStream');
    });

    it('finds that it is, where it was written while this allocator was warm', async () => {
      const allocator = worker([['INV', NAMED]]);
      await must(allocator.open('INV'));
      await must(take(worker([['INV', NAMED]], { now: NOON + ahead }), 'INV', 'o1'));
      expect(await typeOf(take(allocator, 'INV', 'o2'))).to.equal('Misconfigured');
      expect((await allocator.open('INV')).isErr()).to.equal(true);
      expect(await storedIn('series#INV')).to.have.length(1);
    });

    it('numbers on where it is ahead by no more than clocks may differ', async () => {
      const { skewMaxMs } = DEFAULT_ALLOCATOR_SETTINGS;
      await must(take(worker([['INV', NAMED]], { now: NOON + skewMaxMs }), 'INV', 'o1'));
      const { date } = await must(take(worker([['INV', NAMED]]), 'INV', 'o2'));
      expect(date).to.equal(NOON + skewMaxMs);
    });
  });

  it('is read by no worker of the release before, which would print otherwise', async () => {
    await must(take(worker([['INV', NAMED]]), 'INV', 'o1'));
    const [[stored] = []] = await storedIn('series#INV');
    expect(stored).to.deep.include({ type: 'DocumentsNumbered', v: 3 });
    expect(Series.codec.isOutdated({ type: 'DocumentsNumbered', v: 2 })).to.equal(true);
  });
});

const causeOf = (answer: Awaited<ReturnType<Allocator['open']>>): string =>
  answer.match(
    () => 'it may number',
    (error: AllocationError) => ('cause' in error ? error.cause : error.type),
  );

const typeOf = (answer: ReturnType<Allocator['allocate']>): Promise<string> =>
  answer.match(
    ({ label = '' }) => label,
    ({ type }) => type,
  );

/** A table that has lost one stream, and finds what is written of it since in another table. */
const hiding =
  (table: CommitTable, lost: CommitTable, hidden: string): CommitTable['readPage'] =>
  (streamId, ...query) =>
    (streamId === hidden ? lost : table).readPage(streamId, ...query);

const writing =
  (table: CommitTable, lost: CommitTable): CommitTable['insert'] =>
  (item) =>
    (item.streamId === 'registry#series' ? lost : table).insert(item);

const anyConfigured = () =>
  fc.constantFrom<readonly [string, string]>(
    ['A', BARE],
    ['B', BARE],
    ['A', NAMED],
    ['B', NAMED],
    ['B', '{number}/{year}'],
    ['C', '{year}/{number:6}'],
  );
