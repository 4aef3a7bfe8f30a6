import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { encodeCommit } from '../../src/adapters/eventStore/storedCommit.ts';
import { STREAM_START } from '../../src/application/ports/eventStore.ts';
import {
  appendAll,
  clock,
  commitOf,
  type EventStoreHarness,
  loadIds,
  must,
  STREAM,
} from '../support/commits.ts';
import {
  appliesAndIsLost,
  appliesAndRepeats,
  createFaultyCommitTable,
  type InsertFault,
  isLost,
  isThrottled,
  readFails,
  type ReadFault,
} from '../support/faultyCommitTable.ts';

const LATER_MS = 60_000;

/** What an append does when nobody can say at once whether it took effect. */
export const describeAmbiguousAppends = (harness: () => EventStoreHarness): void => {
  const meeting = (inserts: readonly InsertFault[], reads: readonly ReadFault[] = []) => {
    const table = createFaultyCommitTable(harness().table, { inserts, reads });
    return { table, store: createEventStore(table, clock) };
  };
  /** Another process, which meets no fault. */
  const other = () => createEventStore(harness().table, clock);

  describe('an append of which it is unknown whether it took effect', () => {
    for (const [how, fault] of [
      ['its answer was lost', appliesAndIsLost],
      ['the SDK repeated it and was refused', appliesAndRepeats],
    ] as const) {
      it(`is a success by reading back when ${how} (D2, F19)`, async () => {
        const { table, store } = meeting([fault]);
        const { committedAt, ...position } = await must(
          store.append(STREAM, STREAM_START, commitOf('mine')),
        );
        expect(table.inserts).to.have.length(1);
        const loaded = await must(other().load(STREAM));
        expect(loaded.position).to.deep.equal(position);
        expect(loaded.commits[0]?.committedAt).to.equal(committedAt);
        await must(store.append(STREAM, position, commitOf('next')));
        expect(await loadIds(other(), STREAM)).to.deep.equal(['mine', 'next']);
      });
    }

    it('is a success also when others have appended after it (D3)', async () => {
      const overtaken: InsertFault = (insert) =>
        appliesAndIsLost(
          () =>
            insert().map(async (outcome) => {
              await appendAll(other(), STREAM, commitOf('theirs'));
              return outcome;
            }),
          encodeCommit(STREAM, STREAM_START, commitOf('mine'), 0),
        );
      const { store } = meeting([overtaken]);
      const position = await must(store.append(STREAM, STREAM_START, commitOf('mine')));
      expect(position.version).to.equal(1);
      expect(await loadIds(other(), STREAM)).to.deep.equal(['mine', 'theirs']);
    });

    it('is a conflict when another commit stands there (D1, D4)', async () => {
      await appendAll(other(), STREAM, commitOf('theirs'));
      const { store } = meeting([isLost]);
      expect(await store.append(STREAM, STREAM_START, commitOf('mine'))).to.deep.equal(
        err({ type: 'Conflict', streamId: STREAM, version: 1 }),
      );
    });

    it('is repeated with the same bytes when nothing stands there (D4)', async () => {
      const { table, store } = meeting([isLost, isLost]);
      await must(store.append(STREAM, STREAM_START, commitOf('mine')));
      expect(table.inserts).to.deep.equal(Array.from({ length: 3 }, () => table.inserts[0]));
      expect(await loadIds(other(), STREAM)).to.deep.equal(['mine']);
    });

    it('stays uncertain after a bounded number of tries (D4)', async () => {
      const { table, store } = meeting(Array.from({ length: 100 }, () => isLost));
      const cause = 'TimeoutError; TimeoutError; TimeoutError; nothing there after 3 tries';
      expect(await store.append(STREAM, STREAM_START, commitOf('mine'))).to.deep.equal(
        err({ type: 'Uncertain', streamId: STREAM, cause }),
      );
      expect(table.inserts).to.have.length(3);
    });

    it('stays uncertain when a second try is throttled: the first may land (D5, D6)', async () => {
      const { store } = meeting([isLost, isThrottled]);
      expect(await store.append(STREAM, STREAM_START, commitOf('mine'))).to.deep.equal(
        err({ type: 'Uncertain', streamId: STREAM, cause: 'TimeoutError; slow' }),
      );
    });

    it('is written once when the lost try lands before the next one (D5)', async () => {
      const landsLate: ReadFault = (read) =>
        read().map(async (absent) => {
          await must(harness().table.insert(mine()));
          return absent;
        });
      const mine = () => encodeCommit(STREAM, STREAM_START, commitOf('mine'), clock.now());
      const { table, store } = meeting([isLost], [landsLate]);
      await must(store.append(STREAM, STREAM_START, commitOf('mine')));
      expect(table.inserts).to.have.length(2);
      expect(await loadIds(other(), STREAM)).to.deep.equal(['mine']);
    });

    it('is found again by who repeats it later, with the first hash and time (D5)', async () => {
      const { table, store } = meeting([isLost, isLost, isLost]);
      const uncertain = await store.append(STREAM, STREAM_START, commitOf('mine'));
      expect(uncertain.isErr()).to.equal(true);
      const ghost = table.inserts[0];
      if (ghost !== undefined) await must(harness().table.insert(ghost));

      const later = createEventStore(harness().table, { now: () => clock.now() + LATER_MS });
      const position = await must(later.append(STREAM, STREAM_START, commitOf('mine')));
      expect(position.committedAt).to.equal(ghost?.committedAt);
      await must(later.append(STREAM, position, commitOf('next')));
      expect(await loadIds(other(), STREAM)).to.deep.equal(['mine', 'next']);
    });

    it('is not taken for mine when the same id stands for other content (D4)', async () => {
      await appendAll(other(), STREAM, commitOf('mine', 'PaymentCaptured'));
      const { store } = meeting([isLost]);
      expect(await store.append(STREAM, STREAM_START, commitOf('mine'))).to.deep.equal(
        err({ type: 'Conflict', streamId: STREAM, version: 1 }),
      );
    });

    for (const [how, fault] of [
      ['refused', appliesAndRepeats],
      ['lost', appliesAndIsLost],
    ] as const) {
      it(`is uncertain when it was ${how} and reading back fails (D4)`, async () => {
        const { store } = meeting([fault], [readFails]);
        const answer = await store.append(STREAM, STREAM_START, commitOf('mine'));
        expect(answer.isErr() && answer.error.type).to.equal('Uncertain');
      });
    }

    it('is corrupt when what stands there cannot be read (X13)', async () => {
      const item = encodeCommit(STREAM, STREAM_START, commitOf('theirs'), clock.now());
      await harness().overwrite({ ...item, commitId: 'mine' });
      const { store } = meeting([]);
      const answer = await store.append(STREAM, STREAM_START, commitOf('mine'));
      expect(answer.isErr() && answer.error.type).to.equal('CorruptStream');
    });
  });

  it('says that it was throttled, and asks no further (D6)', async () => {
    const { table, store } = meeting([isThrottled]);
    expect(await store.append(STREAM, STREAM_START, commitOf('mine'))).to.deep.equal(
      err({ type: 'Unavailable', dependency: 'EventStore', cause: 'slow', throttled: true }),
    );
    expect([table.inserts.length, table.reads.length]).to.deep.equal([1, 0]);
    expect(await other().load(STREAM)).to.deep.equal(ok({ commits: [], position: STREAM_START }));
  });
};
