import { expect } from 'chai';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { itemBytes, encodeCommit } from '../../src/adapters/eventStore/storedCommit.ts';
import {
  STREAM_START,
  type CommitKey,
  type EventStore,
  type ScanPage,
  type StreamId,
} from '../../src/application/ports/eventStore.ts';
import {
  appendAll,
  bigCommit,
  clock,
  commitOf,
  type EventStoreHarness,
  must,
} from '../support/commits.ts';

const SEGMENTS = 2;
const READ_UNIT_BYTES = 4_096;

/** A scan that is taken up where an earlier one was left. */
export const describeScans = (harness: () => EventStoreHarness): void => {
  describe('a scan', () => {
    let store: EventStore;

    beforeEach(() => {
      store = createEventStore(harness().table, clock);
    });

    it('goes on behind any commit that it has shown, in the same order', async () => {
      for (let n = 0; n < 6; n += 1) {
        await appendAll(store, `order#o-${n}`, commitOf(`c${n}`), commitOf(`d${n}`));
      }
      for (let segment = 0; segment < SEGMENTS; segment += 1) {
        const all = keysOf(await pagesOf(store, segment));
        for (const [index, after] of all.entries()) {
          const rest = keysOf(await pagesOf(store, segment, after));
          expect(rest).to.deep.equal(all.slice(index + 1));
        }
      }
    });

    it('goes on behind a page, and shows what was appended there since (F22)', async () => {
      for (let n = 0; n < 6; n += 1) {
        await appendAll(store, `order#o-${n}`, bigCommit(`c${n}`, 390_000));
      }
      const [first, ...others] = await pagesOf(store, 0, undefined, 1);
      expect(others).to.have.length.greaterThan(0);
      const after = keysOf(first === undefined ? [] : [first]).at(-1);
      if (after === undefined) expect.fail('the first page is empty');
      const streamId = after.streamId as StreamId;
      await appendAll(store, streamId, commitOf('later'));

      const rest = keysOf(await pagesOf(store, 0, after, 1));
      expect(rest).to.deep.equal([{ streamId, version: 2 }, ...keysOf(others)]);
    });

    it('reports what each page has cost, a unit for each 4 KB', async () => {
      const ids: readonly StreamId[] = ['order#a', 'order#b', 'order#c', 'order#d', 'order#e'];
      let bytes = 0;
      for (const id of ids) {
        await appendAll(store, id, bigCommit('c', 300_000));
        bytes += itemBytes(encodeCommit(id, STREAM_START, bigCommit('c', 300_000), clock.now()));
      }
      const pages = await pagesOf(store, 0, undefined, 1);
      expect(pages).to.have.length.greaterThan(1);
      const units = pages.reduce((sum, { readUnits }) => sum + readUnits, 0);
      const expected = bytes / READ_UNIT_BYTES / (harness().halvesReadUnits === true ? 2 : 1);
      expect(units).to.be.within(expected - 1, expected * 1.1 + 5);
    });

    it('shows beside the commits what it cannot read, and goes on behind it (X13)', async () => {
      for (let n = 0; n < 4; n += 1) {
        await appendAll(store, `order#o-${n}`, commitOf(`c${n}`), commitOf(`d${n}`));
      }
      const before = keysOf(await pagesOf(store, 0, undefined, 1));
      const item = encodeCommit('order#o-2', STREAM_START, commitOf('c2'), clock.now());
      await harness().overwrite({ ...item, commitId: 'another' });
      for (const [index, after] of before.entries()) {
        const pages = await pagesOf(store, 0, after, 1);
        const shown = [...keysOf(pages), ...pages.flatMap(({ corrupt }) => corrupt).map(keyOf)];
        expect(shown).to.have.deep.members(before.slice(index + 1));
        const damaged = pages.flatMap(({ corrupt }) => corrupt).map(keyOf);
        const isBehind = before.slice(index + 1).some((key) => isDamaged(key));
        expect(damaged.every(isDamaged) && damaged.length === 1).to.equal(isBehind);
      }
    });
  });
};

const isDamaged = ({ streamId, version }: CommitKey): boolean =>
  streamId === 'order#o-2' && version === 1;

const keyOf = ({ streamId, version }: CommitKey): CommitKey => ({ streamId, version });

const keysOf = (pages: readonly ScanPage[]): readonly CommitKey[] =>
  pages.flatMap(({ commits }) => commits.map(keyOf));

const pagesOf = async (
  store: EventStore,
  segment: number,
  after?: CommitKey,
  segments = SEGMENTS,
): Promise<readonly ScanPage[]> => {
  const pages: ScanPage[] = [];
  for await (const page of store.scan({ segment, segments, ...(after && { after }) })) {
    pages.push(await must(page));
  }
  return pages;
};
