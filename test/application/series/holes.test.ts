import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { ok } from 'neverthrow';
import type { InsertFault } from '../../support/faultyCommitTable.ts';
import { createFaultyCommitTable, isLost } from '../../support/faultyCommitTable.ts';
import { must } from '../../support/commits.ts';
import { createAllocators, INV, JUNE_2027, numbersOf, order, typesOf } from './allocators.ts';
import { expectSound, readSeries } from './world.ts';

const NEW_YEAR = Date.UTC(2027, 0, 1);

/** The shortest traces of the protocol's model, each by its number there. */
describe('the allocator and the holes of the protocol', () => {
  let allocators: ReturnType<typeof createAllocators>;

  beforeEach(() => {
    allocators = createAllocators();
  });
  const placed = async () =>
    (await readSeries(allocators.table)).map(({ id, numbered }) => [id, numbered.number]);

  it('takes no commit for its own that holds less than it asked for (hole 7)', async () => {
    const table = createFaultyCommitTable(allocators.table, { inserts: [isLost, isLost, isLost] });
    const allocator = allocators.allocator({ table });
    expect(await typesOf([allocator.allocate(INV, order('o1'))])).to.deep.equal(['Uncertain']);
    const [ghost] = table.inserts;
    if (ghost !== undefined) await must(allocators.table.insert(ghost));

    const batch = [allocator.allocate(INV, order('o1')), allocator.allocate(INV, order('o2'))];
    expect(await numbersOf(batch)).to.deep.equal([1, 2]);
    expect(await placed()).to.deep.equal([
      ['o1', 1],
      ['o2', 2],
    ]);
    const [first, , , second] = table.inserts.map((item) => item['commitId']);
    expect(first).not.to.equal(second);
  });

  it('hands out nothing that may not be there, and builds nothing on it (hole 8)', async () => {
    const table = createFaultyCommitTable(allocators.table, { inserts: [isLost, isLost, isLost] });
    const allocator = allocators.allocator({ table });
    const batch = [allocator.allocate(INV, order('o1')), allocator.allocate(INV, order('o2'))];
    expect(await typesOf(batch)).to.deep.equal(['Uncertain', 'Uncertain']);
    expect(allocator.head(INV)).to.equal(0);

    expect(await numbersOf([allocator.allocate(INV, order('o3'))])).to.deep.equal([1]);
    expect(await placed()).to.deep.equal([['o3', 1]]);
  });

  it('numbers a document once that two slots ask for at once (hole 9)', async () => {
    const allocator = allocators.allocator();
    const twice = [allocator.allocate(INV, order('o1')), allocator.allocate(INV, order('o1'))];
    expect(await numbersOf(twice)).to.deep.equal([1, 1]);
    expect(await placed()).to.deep.equal([['o1', 1]]);
  });

  it('numbers a document once, though it is asked for twice at once (hole 9)', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const held: InsertFault = (insert) => {
      reach();
      return ok(undefined)
        .asyncMap(() => released)
        .andThen(insert);
    };
    const table = createFaultyCommitTable(allocators.table, { inserts: [held] });
    const allocator = allocators.allocator({ table });
    const first = allocator.allocate(INV, order('o1'));
    await reached;
    const rest = [allocator.allocate(INV, order('o1')), allocator.allocate(INV, order('o2'))];
    for (let turns = 0; turns < 10; turns += 1) await setImmediate();
    expect(table.inserts.length, 'one append in flight').to.equal(1);
    release();
    expect(await numbersOf([first, ...rest])).to.deep.equal([1, 1, 2]);
    expect((await placed()).length).to.equal(2);
  });

  it('finds what was numbered before it began to remember (hole 10)', async () => {
    const earlier = allocators.allocator();
    for (const id of ['o1', 'o2', 'o3']) await must(earlier.allocate(INV, order(id)));
    const allocator = allocators.allocator();
    expect((await must(allocator.open(INV))).head).to.equal(3);

    expect(await numbersOf([allocator.allocate(INV, order('o1'))])).to.deep.equal([1]);
    expect((await placed()).length).to.equal(3);
  });

  it('finds what was numbered and forgotten while it read what is older (hole 10)', async () => {
    const other = allocators.allocator();
    await must(other.allocate(INV, order('o1')));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let isHeld = true;
    const allocator = allocators.allocator({
      settings: { rememberedMax: 2, pageCommitsMax: 1 },
      table: {
        ...allocators.table,
        readPage: (...query) =>
          ok(undefined)
            .asyncMap(() => (isHeld ? released : Promise.resolve()))
            .andThen(() => allocators.table.readPage(...query)),
      },
    });
    await must(allocator.open(INV));
    const late = allocator.allocate(INV, order('late'));
    await setImmediate();
    isHeld = false;
    await must(other.allocate(INV, order('late')));
    for (const id of ['o2', 'o3', 'o4', 'o5'])
      await must(allocator.allocate(INV, order(id, allocator.head(INV))));
    release();
    expect(await numbersOf([late])).to.deep.equal([2]);
    expect((await placed()).length).to.equal(6);
  });

  it('finds what stands right behind the version that the order froze (hole 10)', async () => {
    const earlier = allocators.allocator();
    for (const id of ['o1', 'o2', 'o3', 'o4']) await must(earlier.allocate(INV, order(id)));
    const allocator = allocators.allocator();
    await must(allocator.open(INV));

    expect(await numbersOf([allocator.allocate(INV, order('o3', 2))])).to.deep.equal([3]);
    expect((await placed()).length).to.equal(4);
  });

  it('reads on where the order froze an end that it does not know yet (hole 10)', async () => {
    const [one, other] = [allocators.allocator(), allocators.allocator()];
    await must(other.open(INV));
    for (const id of ['o1', 'o2']) await must(one.allocate(INV, order(id)));

    expect(await numbersOf([other.allocate(INV, order('o3', one.head(INV)))])).to.deep.equal([3]);
    expect(await numbersOf([other.allocate(INV, order('o1'))])).to.deep.equal([1]);
  });

  it('gives no number where the series lost some, in that order only (hole 10)', async () => {
    const allocator = allocators.allocator();
    await must(allocator.allocate(INV, order('o1')));
    const batch = [allocator.allocate(INV, order('o2', 7)), allocator.allocate(INV, order('o3'))];
    expect(await typesOf(batch)).to.deep.equal(['CorruptStream', 'number 2']);
    expect(await typesOf([allocator.lookup(INV, { id: 'o2', from: 7 })])).to.deep.equal([
      'CorruptStream',
    ]);
  });

  it('drops from its batch what another allocator has numbered meanwhile (C5)', async () => {
    const [one, other] = [allocators.allocator(), allocators.allocator()];
    await must(one.open(INV));
    await must(other.open(INV));
    await must(other.allocate(INV, order('o1')));

    const batch = [one.allocate(INV, order('o1')), one.allocate(INV, order('o2'))];
    expect(await numbersOf(batch)).to.deep.equal([1, 2]);
    expect(await placed()).to.deep.equal([
      ['o1', 1],
      ['o2', 2],
    ]);
  });

  it('keeps a number in its year, and restarts once at midnight (hole 17)', async () => {
    const [before, after] = [
      allocators.allocator({ now: () => NEW_YEAR - 1 }),
      allocators.allocator({ now: () => NEW_YEAR }),
    ];
    const take = async (allocator: typeof before, id: string) => {
      const { year, number, date } = await must(allocator.allocate(INV, order(id)));
      return [id, year, number, date - NEW_YEAR];
    };
    expect(await take(before, 'o1')).to.deep.equal(['o1', 2026, 1, -1]);
    expect(await take(after, 'o1')).to.deep.equal(['o1', 2026, 1, -1]);
    expect(await take(after, 'o2')).to.deep.equal(['o2', 2027, 1, 0]);
    // Its clock still shows the old year, and its memory the old end.
    expect(await take(before, 'o3')).to.deep.equal(['o3', 2027, 2, 0]);
    expect(await take(before, 'o2')).to.deep.equal(['o2', 2027, 1, 0]);
    expectSound(await readSeries(allocators.table), ['o1', 'o2', 'o3']);
  });

  it('lets no clock that is behind turn the dates back', async () => {
    const [fast, slow] = [
      allocators.allocator(),
      allocators.allocator({ now: () => JUNE_2027 - 5_000 }),
    ];
    await must(fast.allocate(INV, order('o1')));
    const { date } = await must(slow.allocate(INV, order('o2')));
    expect(date).to.equal(JUNE_2027);
  });
});
