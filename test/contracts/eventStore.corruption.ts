import { expect } from 'chai';
import { err } from 'neverthrow';
import type { CommitItem } from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { encodeCommit } from '../../src/adapters/eventStore/storedCommit.ts';
import {
  type CorruptStream,
  type EventStore,
  type ScanPage,
  STREAM_START,
  type StreamPosition,
} from '../../src/application/ports/eventStore.ts';
import {
  appendAll,
  clock,
  commitOf,
  type EventStoreHarness,
  must,
  STREAM,
} from '../support/commits.ts';

const OTHER_HASH = 'ab'.repeat(32);

/** Each attribute with a value that is well-formed and not what was written. */
const EDITS: Readonly<Record<string, string | number | Uint8Array>> = {
  events: '[["OrderPlaced",1,{"at":2}]]',
  commitId: 'another',
  idempotencyKey: 'place#another',
  committedAt: clock.now() + 1,
  correlationId: 'another',
  causationId: 'another',
  hash: Buffer.from(OTHER_HASH, 'hex'),
  previousHash: Buffer.from(OTHER_HASH, 'hex'),
};

const SHAPES: readonly (readonly [
  string,
  Readonly<Record<string, string | number | Uint8Array>>,
  RegExp,
])[] = [
  ['an attribute nobody writes', { remark: 'checked' }, /item\.remark is not known/],
  ['a number where a text belongs', { commitId: 7 }, /item\.commitId is not a string/],
  ['events that are not JSON', { events: '[[' }, /not JSON/],
  ['events that are no list', { events: '{}' }, /item\.events is not a list/],
  ['no event', { events: '[]' }, /holds no event/],
  ['an event without data', { events: '[["OrderPlaced",1]]' }, /is not an event/],
  ['an event of version 0', { events: '[["OrderPlaced",0,{}]]' }, /item\.events\[0\] is zero/],
  ['an event without a name', { events: '[[7,1,{}]]' }, /item\.events\[0\] is not a string/],
  ['an event whose data is a list', { events: '[["OrderPlaced",1,[]]]' }, /has no data/],
  ['a hash of another length', { hash: Buffer.from('ab', 'hex') }, /item\.hash is not 32 bytes/],
];

/** Nothing is decided from a stream that this system cannot have written. */
export const describeCorruption = (harness: () => EventStoreHarness): void => {
  const store = () => createEventStore(harness().table, clock);
  const write = (after: StreamPosition, id: string): CommitItem =>
    encodeCommit(STREAM, after, commitOf(id), clock.now());
  const corruptAt = (version: number, why: string, more: Pick<CorruptStream, 'fault'> = {}) =>
    err({ type: 'CorruptStream', streamId: STREAM, version, why, ...more });

  describe('a stream that was tampered with (X13)', () => {
    let first: StreamPosition;

    beforeEach(async () => {
      first = await appendAll(store(), STREAM, commitOf('c1'));
      await appendAll(store(), STREAM, commitOf('c2'), commitOf('c3'));
    });

    for (const [attribute, value] of Object.entries(EDITS)) {
      it(`is not loaded with ${attribute} of one item edited, and the item is named`, async () => {
        await harness().overwrite({ ...write(first, 'c2'), [attribute]: value });
        expect(await store().load(STREAM)).to.deep.equal(
          corruptAt(2, 'the content does not match its hash'),
        );
      });
    }

    it('is not loaded when a whole commit was replaced, hash and all', async () => {
      await harness().overwrite(write(first, 'forged'));
      expect(await store().load(STREAM)).to.deep.equal(
        corruptAt(3, 'is not chained to the commit before it', { fault: 'chain' }),
      );
    });

    for (const [shape, edit, why] of SHAPES) {
      it(`is not loaded when an item holds ${shape}`, async () => {
        await harness().overwrite({ ...write(first, 'c2'), ...edit });
        const loaded = await store().load(STREAM);
        const { error } = loaded.isErr() ? loaded : { error: undefined };
        expect(error).to.deep.include({ type: 'CorruptStream', streamId: STREAM, version: 2 });
        expect(error).to.have.property('why').that.matches(why);
      });
    }

    it('is not loaded when it has a gap', async () => {
      await must(store().append(STREAM, { version: 7, hash: OTHER_HASH }, commitOf('c8')));
      expect(await store().load(STREAM)).to.deep.equal(
        corruptAt(8, 'follows version 3', { fault: 'gap' }),
      );
    });

    it('is not loaded when two commits claim one version', async () => {
      const STREAM_2 = 'order#o-2';
      await appendAll(store(), STREAM_2, commitOf('c1', 'A', 'B'));
      await must(store().append(STREAM_2, { version: 1, hash: OTHER_HASH }, commitOf('c2')));
      expect(await store().load(STREAM_2)).to.deep.equal(
        err({
          type: 'CorruptStream',
          streamId: STREAM_2,
          version: 2,
          why: 'follows version 2',
          fault: 'overlap',
        }),
      );
    });

    it('is not loaded in part when a commit in that part was replaced', async () => {
      await harness().overwrite(write(first, 'forged'));
      expect(await store().load(STREAM, { after: 1 })).to.deep.equal(
        corruptAt(3, 'is not chained to the commit before it', { fault: 'chain' }),
      );
    });

    it('does not show an end that was edited', async () => {
      const second = await must(store().load(STREAM, { commitsMax: 2 }));
      await harness().overwrite({ ...write(second.position, 'c3'), commitId: 'another' });
      expect(await store().head(STREAM)).to.deep.equal(
        corruptAt(3, 'the content does not match its hash'),
      );
    });

    it('is named on the page of a scan, and the others are shown', async () => {
      await harness().overwrite({ ...write(first, 'c2'), commitId: 'another' });
      const { corrupt, commits } = await scanned(store());
      expect(corrupt.map(err)).to.deep.equal([corruptAt(2, 'the content does not match its hash')]);
      expect(commits.map(({ version }) => version)).to.deep.equal([1, 3]);
    });
  });

  it('is named by a scan where an item belongs to no stream of this system', async () => {
    const item = write(STREAM_START, 'c1');
    await harness().overwrite({ ...item, streamId: 'elsewhere#1' });
    const why = 'item.streamId names no known kind of stream';
    expect((await scanned(store())).corrupt).to.deep.equal([
      { type: 'CorruptStream', streamId: 'elsewhere#1', version: 1, why },
    ]);
  });
};

const scanned = async (store: EventStore): Promise<Pick<ScanPage, 'commits' | 'corrupt'>> => {
  const pages: ScanPage[] = [];
  for await (const page of store.scan({ segment: 0, segments: 1 })) pages.push(await must(page));
  return {
    commits: pages.flatMap(({ commits }) => commits),
    corrupt: pages.flatMap(({ corrupt }) => corrupt),
  };
};
