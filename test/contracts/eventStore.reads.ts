import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import type { EventStore, LoadOptions, StreamId } from '../../src/application/ports/eventStore.ts';
import {
  appendAll,
  bigCommit,
  clock,
  commitOf,
  type EventStoreHarness,
  loadIds,
  must,
  STREAM,
} from '../support/commits.ts';

const PARTS: StreamId = 'reconciler#main';

/** Reading the end of a stream, or what is new in it, without the rest. */
export const describePartialReads = (harness: () => EventStoreHarness): void => {
  let store: EventStore;

  beforeEach(() => {
    store = createEventStore(harness().table, clock);
  });

  describe('the end of a stream', () => {
    it('is nothing while nobody wrote', async () => {
      expect(await store.head(STREAM)).to.deep.equal(ok(undefined));
    });

    it('is its last commit, whole, also where others have longer streams', async () => {
      await appendAll(store, STREAM, commitOf('c1'), commitOf('c2', 'A', 'B'));
      await appendAll(store, 'order#o-2', commitOf('d1'), commitOf('d2'), commitOf('d3'));
      const { commits } = await must(store.load(STREAM));
      expect(await store.head(STREAM)).to.deep.equal(ok(commits[1]));
    });

    it('is the newest of more than nine', async () => {
      const ids = Array.from({ length: 12 }, (_, i) => `c${i}`);
      await appendAll(store, 'series#INV', ...ids.map((id) => commitOf(id)));
      expect(await must(store.head('series#INV'))).to.include({ version: 12, commitId: 'c11' });
    });
  });

  describe('a part of a stream', () => {
    const loadPart = async (options: LoadOptions) => {
      const { commits, position } = await must(store.load(PARTS, options));
      return [...commits.map(({ commitId }) => commitId), position.version];
    };

    it('is what stands behind a version, and as many commits as were asked for', async () => {
      const end = await appendAll(
        store,
        PARTS,
        commitOf('c1', 'A', 'B'),
        commitOf('c2'),
        bigCommit('c3', 350_000),
        bigCommit('c4', 350_000),
        bigCommit('c5', 350_000),
        commitOf('c6'),
      );
      expect(await loadPart({ after: 0 })).to.deep.equal(['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 7]);
      expect(await loadPart({ after: 2 })).to.deep.equal(['c2', 'c3', 'c4', 'c5', 'c6', 7]);
      expect(await loadPart({ after: 2, commitsMax: 1 })).to.deep.equal(['c2', 3]);
      expect(await loadPart({ after: 3, commitsMax: 4 })).to.deep.equal([
        'c3',
        'c4',
        'c5',
        'c6',
        7,
      ]);
      expect(await loadPart({ commitsMax: 2 })).to.deep.equal(['c1', 'c2', 3]);
      expect(await loadPart({ after: 3, commitsMax: 9 })).to.deep.equal([
        'c3',
        'c4',
        'c5',
        'c6',
        7,
      ]);
      expect((await must(store.load(PARTS, { after: 6 }))).position).to.deep.equal(end);
    });

    it('can be followed by an append where it was read to its end', async () => {
      await appendAll(store, PARTS, commitOf('c1'), commitOf('c2'));
      const { position } = await must(store.load(PARTS, { after: 1 }));
      await must(store.append(PARTS, position, commitOf('c3')));
      expect(await loadIds(store, PARTS)).to.deep.equal(['c1', 'c2', 'c3']);
    });

    it('is empty beyond the end, and names a position for no append', async () => {
      await appendAll(store, PARTS, commitOf('c1'));
      const { commits, position } = await must(store.load(PARTS, { after: 1 }));
      expect([commits, position]).to.deep.equal([[], { version: 1, hash: '' }]);
      expect(() => store.append(PARTS, position, commitOf('c2'))).to.throw(
        'a position has the hash',
      );
    });

    it('is corrupt where the version is in the midst of a commit', async () => {
      await appendAll(store, PARTS, commitOf('c1', 'A', 'B', 'C'), commitOf('c2'));
      expect(await store.load(PARTS, { after: 1 })).to.deep.equal(
        err({
          type: 'CorruptStream',
          streamId: PARTS,
          version: 4,
          why: 'follows version 1',
          fault: 'gap',
        }),
      );
    });
  });
};
