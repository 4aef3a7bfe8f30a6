import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { ITEM_BYTES_MAX } from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { itemBytes, encodeCommit } from '../../src/adapters/eventStore/storedCommit.ts';
import {
  type EventStore,
  STREAM_START,
  type StreamId,
} from '../../src/application/ports/eventStore.ts';
import {
  appendAll,
  bigCommit,
  clock,
  commitOf,
  type EventStoreHarness,
  loadIds,
  must,
  scanAll,
  STREAM,
} from '../support/commits.ts';
import { createFaultyCommitTable } from '../support/faultyCommitTable.ts';
import { describeAmbiguousAppends } from './eventStore.ambiguity.ts';
import { describeCorruption } from './eventStore.corruption.ts';
import { describePartialReads } from './eventStore.reads.ts';
import { describeScans } from './eventStore.scan.ts';

const RACERS = 100;
const ROUNDS = 2;

/** What every event store owes its callers. */
export const describeEventStore = (
  name: string,
  makeHarness: () => Promise<EventStoreHarness>,
): void => {
  describe(`event store on ${name}`, () => {
    let harness: EventStoreHarness;
    let store: EventStore;

    beforeEach(async () => {
      harness = await makeHarness();
      store = createEventStore(harness.table, clock);
    });

    it('loads a stream that nobody wrote as empty', async () => {
      expect(await store.load(STREAM)).to.deep.equal(ok({ commits: [], position: STREAM_START }));
    });

    it('returns every part of what was appended, versions counting events', async () => {
      const [first, second] = [commitOf('c1', 'OrderPlaced', 'PaymentRequested'), commitOf('c2')];
      const afterFirst = await must(store.append(STREAM, STREAM_START, first));
      const afterSecond = await must(store.append(STREAM, afterFirst, second));

      const { commits, position } = await must(store.load(STREAM));
      const written = { streamId: STREAM, committedAt: clock.now() };
      expect(commits).to.deep.equal([
        { ...first, ...written, version: 1, hash: afterFirst.hash, previousHash: '' },
        {
          ...second,
          ...written,
          version: 3,
          hash: afterSecond.hash,
          previousHash: afterFirst.hash,
        },
      ]);
      const { committedAt, ...end } = afterSecond;
      expect([afterFirst.version, position]).to.deep.equal([2, { ...end, version: 3 }]);
      expect(committedAt).to.equal(written.committedAt);
    });

    it('refuses a second commit at a version, and says where (D1)', async () => {
      await appendAll(store, STREAM, commitOf('winner'));
      expect(await store.append(STREAM, STREAM_START, commitOf('loser'))).to.deep.equal(
        err({ type: 'Conflict', streamId: STREAM, version: 1 }),
      );
      expect(await loadIds(store, STREAM)).to.deep.equal(['winner']);
    });

    it('leaves no gap and loses no commit under 100 racing writers (F16)', async () => {
      const race = async (racer: number): Promise<string[]> => {
        const won: string[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          // A hundred at once may wait longer for a busy machine than a request lives: nothing is
          // read or written then, which the end must show as well.
          const loaded = await store.load(STREAM);
          if (loaded.isErr()) {
            expect(loaded.error.type).to.equal('Unavailable');
            continue;
          }
          const commit = commitOf(`${racer}-${round}`, ...['A', 'B', 'C'].slice(racer % 3));
          const answer = await store.append(STREAM, loaded.value.position, commit);
          if (answer.isOk()) won.push(commit.commitId);
          else expect(answer.error.type).to.be.oneOf(['Conflict', 'Unavailable']);
        }
        return won;
      };
      const won = await Promise.all(Array.from({ length: RACERS }, (_, racer) => race(racer)));

      const { commits, position } = await must(store.load(STREAM));
      const events = commits.flatMap((commit) => commit.events);
      expect(commits.map(({ commitId }) => commitId)).to.have.members(won.flat());
      expect(commits.length).to.be.at.least(ROUNDS);
      expect(position.version).to.equal(events.length);
    });

    it('reads a stream of more than 1 MB whole (D11, F18)', async () => {
      const ids = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'];
      await appendAll(store, STREAM, ...ids.map((id) => bigCommit(id, 350_000)));
      expect(await loadIds(store, STREAM)).to.deep.equal(ids);
    });

    it('keeps streams apart', async () => {
      await appendAll(store, STREAM, commitOf('c1'));
      await appendAll(store, 'notification#o-1#receipt', commitOf('c2'));
      expect(await loadIds(store, STREAM)).to.deep.equal(['c1']);
    });

    it('sends nothing that is larger than an item may be, in bytes of UTF-8 (D12)', async () => {
      const table = createFaultyCommitTable(harness.table, {});
      const commit = commitOf('c1');
      const events = [{ type: 'OrderPlaced', v: 1, data: { text: '€'.repeat(140_000) } }] as const;
      const answer = await createEventStore(table, clock).append(STREAM, STREAM_START, {
        ...commit,
        events,
      });
      const bytes = answer.isErr() && 'bytes' in answer.error ? answer.error.bytes : 0;
      expect(bytes).to.be.within(420_000, 421_000);
      expect(table.inserts).to.deep.equal([]);
    });

    it('takes a commit that is exactly as large as an item may be (D12)', async () => {
      const sizeOf = (text: number): number =>
        itemBytes(encodeCommit(STREAM, STREAM_START, bigCommit('c1', text), clock.now()));
      const commit = bigCommit('c1', ITEM_BYTES_MAX - sizeOf(0));
      expect(itemBytes(encodeCommit(STREAM, STREAM_START, commit, 1))).to.be.at.most(
        ITEM_BYTES_MAX,
      );
      await must(store.append(STREAM, STREAM_START, commit));
      expect(await loadIds(store, STREAM)).to.deep.equal(['c1']);
    });

    it('shows each commit exactly once to segments that scan together', async () => {
      const ids = Array.from({ length: 12 }, (_, i) => [`c${i}`, `d${i}`] as const);
      await Promise.all(
        ids.map(([first, second], i) => {
          const streamId: StreamId = `order#o-${i}`;
          return appendAll(store, streamId, bigCommit(first, 200_000), commitOf(second));
        }),
      );
      const found = await Promise.all(
        [0, 1, 2].map((segment) => scanAll(store, { segment, segments: 3 })),
      );
      const commitIds = found.flat().map(({ commitId }) => commitId);
      expect(commitIds.toSorted()).to.deep.equal(ids.flat().toSorted());
    });

    it('ends a scan quietly when its signal fires', async () => {
      await appendAll(store, STREAM, commitOf('c1'));
      const scan = store.scan({ segment: 0, segments: 1, signal: AbortSignal.abort() });
      expect(await scan.next()).to.deep.equal({ done: true, value: undefined });
    });

    it('counts its commits, or says 0 where it never knows their number', async () => {
      await appendAll(store, STREAM, commitOf('c1'), commitOf('c2'));
      expect(await must(store.size())).to.equal(harness.countsNothing === true ? 0 : 2);
    });

    describePartialReads(() => harness);
    describeScans(() => harness);
    describeAmbiguousAppends(() => harness);
    describeCorruption(() => harness);
  });
};
