import { expect } from 'chai';
import { createFaultyCommitTable, isLost } from '../../support/faultyCommitTable.ts';
import { must } from '../../support/commits.ts';
import { createAllocators, INV, numbersOf, order, typesOf } from './allocators.ts';
import { readSeries } from './world.ts';

describe('documents that are closed in their series (R25)', () => {
  let allocators: ReturnType<typeof createAllocators>;

  beforeEach(() => {
    allocators = createAllocators();
  });
  const placed = async () =>
    (await readSeries(allocators.table)).map(({ id, numbered }) => [id, numbered.number]);

  it('get no number any more, whoever asks, and leave no gap', async () => {
    const [one, other] = [allocators.allocator(), allocators.allocator()];
    await must(one.allocate(INV, order('o1')));
    expect(await must(one.close(INV, order('o2')))).to.equal(undefined);
    for (const allocator of [one, other, allocators.allocator()]) {
      expect(await typesOf([allocator.allocate(INV, order('o2'))])).to.deep.equal([
        'DocumentClosed',
      ]);
      expect(await must(allocator.lookup(INV, order('o2')))).to.equal(undefined);
    }
    expect(await numbersOf([other.allocate(INV, order('o3'))])).to.deep.equal([2]);
    expect(await placed()).to.deep.equal([
      ['o1', 1],
      ['o3', 2],
    ]);
  });

  it('are closed once, and not where there is a number already (hole 29)', async () => {
    const table = createFaultyCommitTable(allocators.table, {});
    const allocator = allocators.allocator({ table });
    const taken = await must(allocator.allocate(INV, order('o1')));
    expect(await must(allocator.close(INV, order('o1')))).to.deep.equal({
      ...taken,
      reference: 'pi_o1',
    });
    for (let times = 0; times < 3; times += 1) await must(allocator.close(INV, order('o2')));
    expect(table.inserts.length, 'a number and a closing').to.equal(2);
  });

  it('meet the number that another allocator appends at the same moment (hole 42)', async () => {
    for (const first of ['number', 'close'] as const) {
      allocators = createAllocators();
      const [numbering, closing] = [allocators.allocator(), allocators.allocator()];
      // Both know the series as it is now, so that one of their appends is lost.
      for (const allocator of [numbering, closing]) await must(allocator.open(INV));
      const number = () => numbering.allocate(INV, order('o1'));
      const close = () => closing.close(INV, order('o1'));
      if (first === 'number') {
        await must(number());
        expect(await numbersOf([close()])).to.deep.equal([1]);
      } else {
        await must(close());
        expect(await typesOf([number()])).to.deep.equal(['DocumentClosed']);
      }
      expect((await placed()).length).to.equal(first === 'number' ? 1 : 0);
    }
  });

  it('are asked for once, however many callers of one process want what (C2)', async () => {
    const allocator = allocators.allocator();
    const asked = [
      allocator.close(INV, order('o1')),
      allocator.allocate(INV, order('o1')),
      allocator.allocate(INV, order('o2')),
      allocator.close(INV, order('o2')),
      allocator.close(INV, order('o3')),
    ];
    expect(await typesOf(asked)).to.deep.equal([
      'number undefined',
      'DocumentClosed',
      'number 1',
      'number 1',
      'number undefined',
    ]);
    expect(await placed()).to.deep.equal([['o2', 1]]);
  });

  it('are found where they are older than what is remembered (hole 10)', async () => {
    const earlier = allocators.allocator();
    await must(earlier.close(INV, order('o1')));
    for (const id of ['o2', 'o3', 'o4']) await must(earlier.allocate(INV, order(id)));
    const allocator = allocators.allocator({ settings: { rememberedMax: 1, pageCommitsMax: 1 } });
    await must(allocator.open(INV));
    expect(await typesOf([allocator.allocate(INV, order('o1'))])).to.deep.equal(['DocumentClosed']);
    expect(await must(allocator.close(INV, order('o1')))).to.equal(undefined);
  });

  it('are not closed where the answer to the append is lost, until it is asked again', async () => {
    const table = createFaultyCommitTable(allocators.table, { inserts: [isLost, isLost, isLost] });
    const allocator = allocators.allocator({ table });
    expect(await typesOf([allocator.close(INV, order('o1'))])).to.deep.equal(['Uncertain']);
    expect(await typesOf([allocator.allocate(INV, order('o2'))])).to.deep.equal(['number 1']);
    expect(await must(allocator.close(INV, order('o1')))).to.equal(undefined);
  });
});
