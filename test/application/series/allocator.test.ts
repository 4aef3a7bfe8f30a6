import { UTC_CALENDAR } from '../../../src/domain/calendar.ts';
import { expect } from 'chai';
import { errAsync, ok } from 'neverthrow';
import type { CommitTable } from '../../../src/adapters/eventStore/commitTable.ts';
import { encodeCommit } from '../../../src/adapters/eventStore/storedCommit.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createSeriesLog, SERIES_START } from '../../../src/application/series/seriesLog.ts';
import { DEFAULT_ALLOCATOR_SETTINGS } from '../../../src/application/series/settings.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { clock, must } from '../../support/commits.ts';
import { createFaultyCommitTable, isThrottled } from '../../support/faultyCommitTable.ts';
import { createAllocators, INV, JUNE_2027, numbersOf, order, typesOf } from './allocators.ts';
import { readSeries } from './world.ts';

describe('the allocator', () => {
  let allocators: ReturnType<typeof createAllocators>;

  beforeEach(() => {
    allocators = createAllocators();
  });
  const takeAll = (allocator: ReturnType<typeof allocators.allocator>, count: number, from = 0) =>
    Array.from({ length: count }, (_, at) => allocator.allocate(INV, order(`o${from + at + 1}`)));
  const commits = async (): Promise<readonly number[]> =>
    (await readSeries(allocators.table)).map(({ numbered }) => numbered.seriesVersion);

  it('puts all who ask within a moment into one commit', async () => {
    const table = createFaultyCommitTable(allocators.table, {});
    expect(await numbersOf(takeAll(allocators.allocator({ table }), 5))).to.deep.equal([
      1, 2, 3, 4, 5,
    ]);
    expect([table.inserts.length, await commits()]).to.deep.equal([1, [1, 1, 1, 1, 1]]);
  });

  it('says all that an invoice needs of its number', async () => {
    expect(await allocators.allocator().allocate(INV, order('o1'))).to.deep.equal(
      ok({
        series: INV,
        year: 2027,
        number: 1,
        date: JUNE_2027,
        seriesVersion: 1,
        label: 'INV-2027-000001',
      }),
    );
  });

  it('cuts a batch at its greatest count, and at its greatest size (C9, D12)', async () => {
    const counted = allocators.allocator({ settings: { batchEntriesMax: 2 } });
    expect(await numbersOf(takeAll(counted, 5))).to.deep.equal([1, 2, 3, 4, 5]);
    expect(await commits()).to.deep.equal([1, 1, 2, 2, 3]);

    const sized = allocators.allocator({
      settings: { batchBytesMax: 3 * '["o6","pi_o6"],'.length },
    });
    expect(await numbersOf(takeAll(sized, 4, 5))).to.deep.equal([6, 7, 8, 9]);
    expect((await commits()).slice(5)).to.deep.equal([4, 4, 4, 5]);
  });

  it('refuses a document alone that no commit has room for', async () => {
    const huge = { id: 'huge', reference: 'x'.repeat(500_000), from: 0 };
    const allocator = allocators.allocator();
    const batch = [
      allocator.allocate(INV, order('o1')),
      allocator.allocate(INV, huge),
      allocator.allocate(INV, order('o2')),
    ];
    expect(await typesOf(batch)).to.deep.equal(['number 1', 'CommitTooLarge', 'number 2']);
  });

  it('keeps series apart, and reads the end of each once', async () => {
    const reads: string[] = [];
    const table = {
      ...allocators.table,
      readLast: (streamId: string) => {
        reads.push(streamId);
        return allocators.table.readLast(streamId);
      },
    };
    const allocator = allocators.allocator({ table });
    const refund = { id: 'o1#r1', reference: 're_1', from: 0 };
    const batch = [
      allocator.allocate(INV, order('o1')),
      allocator.allocate('CN', refund),
      allocator.allocate(INV, order('o2')),
    ];
    expect(await numbersOf(batch)).to.deep.equal([1, 1, 2]);
    expect((await must(allocator.open(INV))).head).to.equal(1);
    expect(reads).to.deep.equal(['series#INV', 'series#CN']);
  });

  it('reports the end that it knows, and 0 while it knows none', async () => {
    await must(allocators.allocator().allocate(INV, order('o1')));
    const allocator = allocators.allocator();
    expect(allocator.head(INV)).to.equal(0);
    expect((await must(allocator.open(INV))).head).to.equal(1);
    await must(allocator.allocate(INV, order('o2', 1)));
    expect(allocator.head(INV)).to.equal(2);
  });

  it('reads nothing while it is warm and alone', async () => {
    const allocator = allocators.allocator({
      table: { ...allocators.table, readPage: () => errAsync(away), read: () => errAsync(away) },
    });
    await must(allocator.open(INV));
    for (const at of [0, 1, 2])
      await must(allocator.allocate(INV, order(`o${at}`, allocator.head(INV))));
    expect(await numbersOf([allocator.allocate(INV, order('o0'))])).to.deep.equal([1]);
  });

  describe('when something fails', () => {
    it('notifies everybody of that batch, and goes on with the next (D6)', async () => {
      const table = createFaultyCommitTable(allocators.table, { inserts: [isThrottled] });
      const allocator = allocators.allocator({ table });
      expect(await typesOf(takeAll(allocator, 3))).to.deep.equal(Array(3).fill('Unavailable'));
      expect(await numbersOf(takeAll(allocator, 3))).to.deep.equal([1, 2, 3]);
    });

    it('shows everybody that the series’ end is unreadable, and asks again next time', async () => {
      let isAway = true;
      const readLast: CommitTable['readLast'] = (id) =>
        isAway ? errAsync(away) : allocators.table.readLast(id);
      const allocator = allocators.allocator({ table: { ...allocators.table, readLast } });
      const answers = [...takeAll(allocator, 2), allocator.lookup(INV, { id: 'o1', from: 0 })];
      expect(await typesOf(answers)).to.deep.equal(Array(3).fill('Unavailable'));
      isAway = false;
      expect(await numbersOf(takeAll(allocator, 2))).to.deep.equal([1, 2]);
    });

    it('reports only the order whose old part of the series cannot be read', async () => {
      await numbersOf(takeAll(allocators.allocator(), 1));
      const allocator = allocators.allocator({
        table: { ...allocators.table, readPage: () => errAsync(away) },
      });
      await must(allocator.open(INV));
      const batch = [
        allocator.allocate(INV, order('old', 0)),
        allocator.allocate(INV, order('new', 1)),
      ];
      expect(await typesOf(batch)).to.deep.equal(['Unavailable', 'number 2']);
    });

    it('gives up on a document after so many lost races, and numbers nothing (D1)', async () => {
      const rival = allocators.allocator();
      let races = 0;
      const loses = {
        ...allocators.table,
        insert: (item: Parameters<CommitTable['insert']>[0]) => {
          races += 1;
          return rival
            .allocate(INV, order(`rival-${races}`))
            .andThen(() => allocators.table.insert(item))
            .mapErr(() => away);
        },
      };
      const slept: number[] = [];
      const settings = { conflictsMax: 9, batchDelayMaxMs: 100 };
      const allocator = allocators.allocator({
        table: loses,
        settings,
        slept: (ms) => slept.push(ms),
        ids: { random: () => 0.5 },
      });
      expect(await typesOf([allocator.allocate(INV, order('o1'))])).to.deep.equal(['Conflict']);
      expect((await readSeries(allocators.table)).map(({ id }) => id)).not.to.include('o1');
      expect(slept).to.deep.equal([5, 10, 20, 40, 80, 100, 100, 100, 100]);
    });

    it('waits less and less again once it wins (C9)', async () => {
      const slept: number[] = [];
      const rival = allocators.allocator();
      const allocator = allocators.allocator({
        slept: (ms) => slept.push(ms),
        ids: { random: () => 0.5 },
      });
      await must(allocator.open(INV));
      await must(rival.allocate(INV, order('rival')));
      for (const at of Array(9).keys()) await must(allocator.allocate(INV, order(`o${at}`)));
      expect(slept.slice(0, 4)).to.deep.equal([5, 10, 9, 8.1]);
      expect(slept.at(-1)).to.equal(5);
    });

    it('lets a caller meet a broken invariant, and goes on', async () => {
      const healthy = createMemoryIds();
      let isBroken = true;
      const create = (): string => (isBroken ? '\ud800' : healthy.create());
      const allocator = allocators.allocator({ ids: { create } });
      const met = await Promise.all(
        takeAll(allocator, 2).map((answer) =>
          answer.then(
            () => 'answered',
            (error: unknown) => String(error),
          ),
        ),
      );
      expect(met).to.deep.equal(Array(2).fill('Error: Broken invariant: texts are well-formed'));
      isBroken = false;
      expect(await numbersOf(takeAll(allocator, 2))).to.deep.equal([1, 2]);
      expect(() => allocator.allocate('IN/V', order('o1'))).to.throw('Broken invariant');
      expect(() => allocator.allocate(INV, order('o1', Number.NaN))).to.throw('Broken invariant');
      expect(() => allocator.lookup(INV, { id: 'o1', from: -1 })).to.throw('Broken invariant');
    });

    it('numbers nothing behind a commit that does not continue the series (X13)', async () => {
      const stream = createSeriesLog(INV, {
        store: createEventStore(allocators.table, clock),
        ids: createMemoryIds(9),
      });
      const entries = [{ id: 'o1', reference: 'pi' }];
      const data = { ...UTC_CALENDAR, first: 1, date: 5, year: 1970, entries, format: '' };
      const allocator = allocators.allocator();
      await must(allocator.open(INV));
      const first = await must(stream.append(SERIES_START, { type: 'DocumentsNumbered', data }));
      const head = { ...SERIES_START, position: { version: 1, hash: first.hash } };
      await must(stream.append(head, { type: 'DocumentsNumbered', data: { ...data, first: 3 } }));
      expect(
        await allocator
          .allocate(INV, order('o2'))
          .mapErr(({ type, ...rest }) => ({ type, ...rest })),
      ).to.have.nested.property(
        'error.why',
        'does not continue the numbers, dates and print before it',
      );
    });
  });

  it('looks back over no page that is not chained to the one before (X13)', async () => {
    await numbersOf(takeAll(allocators.allocator({ settings: { batchEntriesMax: 1 } }), 4));
    const allocator = allocators.allocator({ settings: { pageCommitsMax: 1 } });
    await must(allocator.open(INV));
    const {
      commits: [, second],
    } = await must(createEventStore(allocators.table, clock).load('series#INV'));
    if (second !== undefined) {
      const after = { version: 1, hash: 'ab'.repeat(32) };
      allocators.table.overwrite(encodeCommit('series#INV', after, second, 0));
    }
    const lookedFor = await allocator.lookup(INV, { id: 'o3', from: 0 });
    expect(lookedFor).to.have.nested.property(
      'error.why',
      'is not chained to the commit before it',
    );
  });

  describe('looking for a number', () => {
    it('finds it with what it was taken for, wherever it stands, and takes none', async () => {
      const other = allocators.allocator();
      await must(other.allocate(INV, order('o1')));
      const allocator = allocators.allocator();
      const { reference, ...numbered } =
        (await must(allocator.lookup(INV, { id: 'o1', from: 0 }))) ?? {};
      expect([reference, numbered]).to.deep.equal([
        'pi_o1',
        await must(other.allocate(INV, order('o1'))),
      ]);

      await must(other.allocate(INV, order('o2')));
      expect(await numbersOf([allocator.lookup(INV, { id: 'o2', from: 1 })])).to.deep.equal([2]);
      expect(await allocator.lookup(INV, { id: 'o3', from: 0 })).to.deep.equal(ok(undefined));
      expect(await commits()).to.deep.equal([1, 2]);
    });

    for (const rememberedMax of [1, 4, DEFAULT_ALLOCATOR_SETTINGS.rememberedMax]) {
      it(`finds all of 30 where it remembers ${rememberedMax}`, async () => {
        const settings = { rememberedMax, pageCommitsMax: 4, batchEntriesMax: 3 };
        const allocator = allocators.allocator({ settings });
        for (const at of Array(10).keys()) await numbersOf(takeAll(allocator, 3, at * 3));
        const later = allocators.allocator({ settings });
        const numbers = Array.from({ length: 30 }, (_, at) => at + 1);
        for (const asked of [allocator, later]) {
          expect(await numbersOf(takeAll(asked, 30))).to.deep.equal(numbers);
          expect(await asked.lookup(INV, { id: 'o31', from: 0 })).to.deep.equal(ok(undefined));
        }
        expect((await readSeries(allocators.table)).length).to.equal(30);
      });
    }

    it('reads once for many what it has room to remember', async () => {
      await numbersOf(takeAll(allocators.allocator({ settings: { batchEntriesMax: 1 } }), 20));
      let pages = 0;
      const readPage: CommitTable['readPage'] = (...query) => {
        pages += 1;
        return allocators.table.readPage(...query);
      };
      const allocator = allocators.allocator({ table: { ...allocators.table, readPage } });
      expect(await numbersOf(takeAll(allocator, 20))).to.deep.equal(
        Array.from(Array(20).keys(), (at) => at + 1),
      );
      expect(pages).to.equal(1);
    });
  });
});

const away = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: 'away',
  throttled: false,
} as const;
