import { expect } from 'chai';
import { ok } from 'neverthrow';
import type { CommitTable } from '../../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createListSeries } from '../../../src/application/series/listSeries.ts';
import { createSetFloor, type FloorRequest } from '../../../src/application/series/setFloor.ts';
import { createSeriesRegistry } from '../../../src/application/registry/seriesRegistry.ts';
import { UTC_CALENDAR } from '../../../src/domain/calendar.ts';
import * as Series from '../../../src/domain/series/index.ts';
import { must } from '../../support/commits.ts';
import { formatOf } from '../../support/orderContext.ts';
import { createAllocators, INV, JUNE_2027, order } from './allocators.ts';

const NEW_YEAR = Date.UTC(2028, 0, 1);
const WISH: FloorRequest = {
  series: INV,
  above: 57,
  by: 'ada',
  reason: 'restored from the backup of June 1; the last mail showed 57',
  dryRun: false,
};

describe('the floor of a series', () => {
  let allocators: ReturnType<typeof createAllocators>;

  beforeEach(() => {
    allocators = createAllocators();
  });

  const depsAt = (now = JUNE_2027, on: CommitTable = allocators.table) => {
    const clock = { now: () => now };
    return {
      store: createEventStore(on, clock),
      ids: createMemoryIds(99),
      clock,
      clockSkewMaxMs: 60_000,
      calendar: UTC_CALENDAR,
    };
  };
  const setFloor = (wish: Partial<FloorRequest> = {}, now?: number) =>
    createSetFloor(depsAt(now))({ ...WISH, ...wish });
  const numberOf = async (id: string, now = JUNE_2027): Promise<number> =>
    (await must(allocators.allocator({ now: () => now }).allocate(INV, order(id)))).number;
  const eventsIn = async (streamId: 'series#INV' | 'registry#series') =>
    (await must(depsAt().store.load(streamId))).commits.flatMap(({ events }) => events);

  it('keeps numbers that customers hold from reuse, and says who set it, why (C11)', async () => {
    await numberOf('o1');
    expect(await setFloor()).to.deep.equal(
      ok({ type: 'Set', series: INV, year: 2027, before: 2, next: 58 }),
    );
    expect(await numberOf('o2')).to.equal(58);
    expect(await numberOf('o3')).to.equal(59);
    const [, floor] = await eventsIn('series#INV');
    const { by, reason } = WISH;
    expect(floor).to.deep.equal({
      type: 'FloorSet',
      v: 2,
      data: { ...UTC_CALENDAR, next: 58, date: JUNE_2027, year: 2027, by, reason },
    });
  });

  it('is set once, never lowered, and changes nothing where it holds anyway', async () => {
    await numberOf('o1');
    await must(await setFloor());
    const kept = ok({ type: 'Kept', series: INV, year: 2027, before: 58, next: 58 });
    expect(await setFloor()).to.deep.equal(kept);
    expect(await setFloor({ above: 3 })).to.deep.equal(kept);
    expect(await eventsIn('series#INV')).to.have.length(2);
    expect(await must(await setFloor({ above: 58 }))).to.deep.include({ type: 'Set', next: 59 });
  });

  it('does nothing in a dry run, and says what it would', async () => {
    await numberOf('o1');
    expect(await must(await setFloor({ dryRun: true }))).to.deep.include({
      type: 'Foreseen',
      before: 2,
      next: 58,
    });
    expect(await numberOf('o2')).to.equal(2);
  });

  it('is of one year: numbers begin again with the next', async () => {
    await numberOf('o1');
    await must(await setFloor());
    expect(await numberOf('o2', NEW_YEAR)).to.equal(1);
  });

  it('refuses a year that the next number is not of', async () => {
    await numberOf('o1');
    const refused = await setFloor({ year: 2026 });
    expect(refused.isErr() && refused.error).to.deep.equal({
      type: 'FloorRefused',
      why: ['the next number of INV is one of 2027, not of 2026'],
    });
    expect(await must(await setFloor({ year: 2028 }, NEW_YEAR))).to.deep.include({ before: 1 });
  });

  it('is set for a series that lost every number, and refused for an unknown one', async () => {
    const typo = await setFloor({ series: 'IVN' });
    expect(typo.isErr() && typo.error).to.have.property('type', 'FloorRefused');
    const { store, ids, clock } = depsAt();
    const declared = { series: INV, format: formatOf('{year}/{number}'), documents: 'invoices' };
    await must(createSeriesRegistry({ store, ids, clock }, [declared as never]).formatOf(INV));
    expect(await must(await setFloor())).to.deep.include({ type: 'Set', before: 1, next: 58 });
    expect(await numberOf('o1')).to.equal(58);
  });

  it('is refused behind a commit dated ahead, and for words that no record may hold', async () => {
    await numberOf('o1', NEW_YEAR);
    for (const wish of [{}, { by: '' }, { reason: 'card 4242 4242 4242 4242' }, { by: 'a\nb' }]) {
      const refused = await setFloor(wish);
      expect(refused.isErr() && refused.error).to.have.property('type', 'FloorRefused');
    }
    expect(await eventsIn('series#INV')).to.have.length(1);
  });

  it('is refused for what is no number, or none that a format can print', async () => {
    for (const above of [0, -1, 1.5, NaN, Infinity, 10 ** 12]) {
      const refused = await setFloor({ above });
      expect(refused.isErr() && refused.error, String(above)).to.deep.equal({
        type: 'FloorRefused',
        why: ['the number is not a whole one from 1 to 999999999999'],
      });
    }
    expect(await eventsIn('series#INV')).to.deep.equal([]);
  });

  it('goes behind what allocators number at that moment, and they behind it', async () => {
    const warm = allocators.allocator();
    await must(warm.allocate(INV, order('o1')));
    // The head as it was: another allocator is one commit ahead when the floor is appended.
    const { store, ...rest } = depsAt();
    let heads = 0;
    const racing = {
      ...store,
      head: (streamId: `series#${string}`) =>
        store.head(streamId).andThrough(() => {
          heads += 1;
          return heads === 1 ? allocators.allocator().allocate(INV, order('o2')) : ok();
        }),
    };
    const set = await createSetFloor({ store: { ...store, ...racing } as never, ...rest })(WISH);
    expect(await must(set)).to.deep.include({ type: 'Set', before: 3, next: 58 });
    expect((await must(warm.allocate(INV, order('o3', warm.head(INV))))).number).to.equal(58);
  });

  it('is the only gap that a series may have', () => {
    const state = { date: 5, year: 1970, next: 3, format: '' };
    const floor = (data: object) =>
      Series.continues(state, {
        type: 'FloorSet',
        data: { ...UTC_CALENDAR, next: 9, date: 5, year: 1970, by: 'ada', reason: 'r', ...data },
      });
    expect(floor({})).to.equal(true);
    expect(floor({ next: 3 }), 'no floor at all').to.equal(false);
    expect(floor({ next: 2 }), 'lower').to.equal(false);
    expect(floor({ date: 4 }), 'back').to.equal(false);
    expect(floor({ year: 1971 }), 'another year').to.equal(false);
  });

  it('is shown by a list of the series', async () => {
    await numberOf('o1');
    await must(await setFloor());
    const [listed] = await must(createListSeries(depsAt())([INV]));
    expect(listed).to.deep.equal({
      series: INV,
      registered: undefined,
      version: 2,
      date: JUNE_2027,
      next: { year: 2027, number: 58 },
      isAhead: false,
    });
  });
});
