import { errAsync } from 'neverthrow';
import { expect } from 'chai';
import { createCustomerKeys } from '../../../src/adapters/encryption/customerKeys.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { createErasePerson, personStreamId } from '../../../src/application/erasure/erasePerson.ts';
import { KEY_CACHE_MS, type CustomerKeys } from '../../../src/application/ports/personalData.ts';
import { customerOwner } from '../../../src/domain/personal/index.ts';
import { must } from '../../support/commits.ts';
import { processWith } from '../../support/personalData.ts';

const OWNER = customerOwner('c-1');
const SAID = { by: 'ada', reason: 'ticket 815' };

const deployment = async () => {
  const clock = createVirtualClock();
  const table = createMemoryKeyTable();
  const store = createEventStore(createMemoryCommitTable(), clock);
  const customerKeys = createCustomerKeys(table, clock);
  const year = new Date(clock.now()).getUTCFullYear();
  const useCase = (keys: CustomerKeys = customerKeys, retentionYears = 10) =>
    createErasePerson({ store, ids: createMemoryIds(), clock, customerKeys: keys, retentionYears });
  const eraseWith = async ({ preview, erase }: ReturnType<typeof useCase>) => {
    const erased = preview(OWNER).andThen((before) => erase(OWNER, { ...SAID, preview: before }));
    let isDone = false;
    void erased.then(() => (isDone = true));
    for (let waits = 0; !isDone && waits < 5; waits += 1) await clock.advance(KEY_CACHE_MS);
    return erased;
  };
  const { rings } = processWith({ table, clock });
  await must(rings.current(OWNER, 'contact'));
  await must(rings.current(OWNER, 'invoice'));
  const events = async () =>
    (await must(store.load(personStreamId(OWNER)))).commits.flatMap((commit) => commit.events);
  const names = () => table.items.map(({ name }) => name);
  return { clock, rings, year, customerKeys, useCase, eraseWith, events, names };
};

describe('Erasing a person', () => {
  it('records who, why and which keys, and deletes those that no law keeps', async () => {
    const { year, useCase, eraseWith, events, names } = await deployment();
    const { keys } = (await eraseWith(useCase()))._unsafeUnwrap();
    const until = Date.UTC(year + 11, 0, 1);
    expect(keys.map(({ name }) => name)).to.deep.equal(['contact#1', `invoice-${year}#1`]);
    expect(keys[1]?.endsAt).to.equal(until);
    const [event, ...more] = await events();
    expect(more).to.deep.equal([]);
    expect(event).to.deep.include({ type: 'PersonErased', v: 1 });
    expect(event?.data).to.deep.include({ ...SAID });
    expect(names()).to.have.members([
      'end contact#1',
      `end invoice-${year}#1`,
      `invoice-${year}#1`,
    ]);
  });

  it('ends what was to be kept when its time is over', async () => {
    const { clock, rings, year, useCase, eraseWith } = await deployment();
    (await eraseWith(useCase()))._unsafeUnwrap();
    const name = `invoice-${year}#1`;
    expect(await must(rings.named(OWNER, name))).not.to.equal(undefined);
    await clock.advance(Date.UTC(year + 11, 0, 1) - clock.now());
    expect(await must(rings.named(OWNER, name))).to.equal(undefined);
  });

  it('encrypts nothing new with a key that has its end, though it can still be read', async () => {
    const { rings, clock, year, useCase, eraseWith } = await deployment();
    (await eraseWith(useCase()))._unsafeUnwrap();
    await clock.advance(KEY_CACHE_MS);
    const { name } = await must(rings.current(OWNER, 'invoice'));
    expect(name).to.equal(`invoice-${year}#2`);
  });

  it('deletes an invoice’s key at once where no year is to be kept any more', async () => {
    const { clock, year, useCase, eraseWith, names } = await deployment();
    await clock.advance(Date.UTC(year + 1, 0, 2) - clock.now());
    (await eraseWith(useCase(undefined, 0)))._unsafeUnwrap();
    expect(names()).to.have.members(['end contact#1', `end invoice-${year}#1`]);
  });

  it('is done when no process can hold a key any more, and not before', async () => {
    const { clock, useCase } = await deployment();
    let isDone = false;
    const preview = await must(useCase().preview(OWNER));
    const erased = useCase()
      .erase(OWNER, { ...SAID, preview })
      .map(() => (isDone = true));
    await clock.advance(KEY_CACHE_MS - 1);
    expect(isDone).to.equal(false);
    await clock.advance(1);
    await must(erased);
    expect(isDone).to.equal(true);
  });

  it('completes one that was interrupted, and records nothing more once it is done', async () => {
    const { customerKeys, useCase, eraseWith, events, names, year } = await deployment();
    const unavailable = {
      type: 'Unavailable',
      dependency: 'CustomerKeys',
      cause: 'away',
      throttled: false,
    } as const;
    const broken = await eraseWith(useCase({ ...customerKeys, end: () => errAsync(unavailable) }));
    expect(broken.isErr() && broken.error).to.deep.equal(unavailable);
    expect(names()).to.include('contact#1');
    (await eraseWith(useCase()))._unsafeUnwrap();
    expect(names()).not.to.include('contact#1');
    (await eraseWith(useCase()))._unsafeUnwrap();
    expect((await events()).map(({ type }) => type)).to.deep.equal([
      'PersonErased',
      'PersonErased',
    ]);
    expect(names()).to.have.length(3);
    expect(names()).to.include(`end invoice-${year}#1`);
  });

  it('shows beforehand what it would end, and ends nothing', async () => {
    const { useCase, events, names } = await deployment();
    const { keys, before } = await must(useCase().preview(OWNER));
    expect(keys).to.have.length(2);
    expect(before).to.deep.equal([]);
    expect(await events()).to.deep.equal([]);
    expect(names()).to.have.length(2);
  });
});
