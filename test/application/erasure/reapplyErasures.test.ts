import { expect } from 'chai';
import { createCustomerKeys } from '../../../src/adapters/encryption/customerKeys.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { createErasePerson, personStreamId } from '../../../src/application/erasure/erasePerson.ts';
import {
  createReapplyErasures,
  type UndoneErasure,
} from '../../../src/application/erasure/reapplyErasures.ts';
import { KEY_CACHE_MS } from '../../../src/application/ports/personalData.ts';
import { customerOwner } from '../../../src/domain/personal/index.ts';
import { must } from '../../support/commits.ts';
import { processWith } from '../../support/personalData.ts';

const ERASED = customerOwner('c-1');
const OTHER = customerOwner('c-2');
const SAID = { by: 'ada', reason: 'ticket 815' };
const AGAIN = { by: 'kim', reason: 'keys restored, INC-42' };

/** Two customers with keys, of whom the first is erased; and the table as it was before that. */
const deployment = async () => {
  const clock = createVirtualClock();
  const log = { store: createEventStore(createMemoryCommitTable(), clock), ids: createMemoryIds() };
  let table = createMemoryKeyTable();
  const { rings } = processWith({ table, clock });
  for (const owner of [ERASED, OTHER]) {
    await must(rings.current(owner, 'contact'));
    await must(rings.current(owner, 'invoice'));
  }
  const backup = [...table.items];
  const waited = async <T>(work: PromiseLike<T>): Promise<T> => {
    let isDone = false;
    const done = Promise.resolve(work).finally(() => (isDone = true));
    for (let waits = 0; !isDone && waits < 10; waits += 1) await clock.advance(KEY_CACHE_MS);
    return done;
  };
  const customerKeys = () => createCustomerKeys(table, clock);
  const { preview, erase } = createErasePerson({
    ...log,
    clock,
    customerKeys: customerKeys(),
    retentionYears: 10,
  });
  await waited(must(erase(ERASED, { ...SAID, preview: await must(preview(ERASED)) })));

  const reapply = async ({ dryRun = false } = {}) => {
    const found: UndoneErasure[] = [];
    const run = createReapplyErasures({ ...log, clock, customerKeys: customerKeys() });
    const done = await waited(
      run({
        dryRun,
        said: AGAIN,
        segments: 1,
        onUndone: (one) => found.push(one),
        onUnreadable: () => expect.fail('all can be read'),
      }),
    );
    return { found, done: done._unsafeUnwrap() };
  };
  return {
    clock,
    reapply,
    names: () => table.items.filter(({ owner }) => owner === ERASED).map(({ name }) => name),
    items: () => table.items,
    events: async () =>
      (await must(log.store.load(personStreamId(ERASED)))).commits.flatMap(({ events }) => events),
    /** The table as another backup has it. */
    restore: async (items = backup) => {
      table = createMemoryKeyTable();
      for (const item of items) await must(table.insert(item));
      return processWith({ table, clock }).rings;
    },
  };
};

describe('Erasures after a restore of the table of keys', () => {
  it('are made again, to the same ends, and say who had it done', async () => {
    const { reapply, restore, names, items, events } = await deployment();
    const before = items();
    await restore();
    expect(names()).to.include('contact#1');

    const { found, done } = await reapply();

    expect(found.map(({ owner, keys }) => [owner, keys.length])).to.deep.equal([[ERASED, 2]]);
    expect(done).to.include({ persons: 1, undone: 1, unreadable: 0 });
    const marks = ({ name }: { readonly name: string }) => name.startsWith('end ');
    expect(items().filter(marks)).to.deep.equal(before.filter(marks));
    expect(names()).not.to.include('contact#1');
    expect(items().filter(({ owner }) => owner === OTHER)).to.have.length(2);
    expect((await events()).map(({ data }) => data['by'])).to.deep.equal(['ada', 'kim']);
  });

  it('are left as they are where the table says so, however often it is run', async () => {
    const { reapply, restore, events } = await deployment();
    expect((await reapply()).done).to.include({ persons: 1, undone: 0 });
    await restore();
    await reapply();
    expect((await reapply()).found).to.deep.equal([]);
    expect(await events()).to.have.length(2);
  });

  it('are found without being made by a dry run', async () => {
    const { reapply, restore, names, events } = await deployment();
    await restore();
    expect((await reapply({ dryRun: true })).found).to.have.length(1);
    expect(names()).to.include('contact#1');
    expect(await events()).to.have.length(1);
  });

  it('have their marks again where the backup is older than the keys', async () => {
    const { reapply, restore, names } = await deployment();
    const rings = await restore([]);
    expect((await rings.named(ERASED, 'contact#1')).isErr()).to.equal(true);
    await reapply();
    expect(names()).to.have.length(2);
    expect(names()).to.include('end contact#1');
  });

  it('spare a younger key that got the name of an ended one, and report it', async () => {
    const { clock, reapply, restore, names } = await deployment();
    await clock.advance(1);
    const rings = await restore([]);
    await must(rings.current(ERASED, 'contact'));
    const { found } = await reapply();
    expect(found[0]?.younger).to.deep.equal(['contact#1']);
    expect(found[0]?.keys).to.have.length(1);
    expect(names()).to.include('contact#1').and.not.include('end contact#1');
  });

  it('are completed where one was interrupted between the end and the deletion', async () => {
    const { reapply, restore, items, names } = await deployment();
    const now = [...items()];
    const rings = await restore();
    expect(await must(rings.named(ERASED, 'contact#1'))).not.to.equal(undefined);
    const key = items().find(({ owner, name }) => owner === ERASED && name === 'contact#1');
    await restore([...now, key ?? expect.fail()]);
    expect((await reapply()).done).to.include({ undone: 1 });
    expect(names()).not.to.include('contact#1');
  });
});
