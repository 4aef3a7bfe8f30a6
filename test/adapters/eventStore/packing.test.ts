import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import {
  packText,
  PACKED_TEXT_BYTES_MAX,
  unpackText,
} from '../../../src/adapters/eventStore/packing.ts';
import {
  decodeCommit,
  encodeCommit,
  isSameCommit,
  itemBytes,
} from '../../../src/adapters/eventStore/storedCommit.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createOrderStream } from '../../../src/application/log/eventStreams.ts';
import { STREAM_START } from '../../../src/application/ports/eventStore.ts';
import { commitOf, must } from '../../support/commits.ts';
import { anOrder, orderLife } from '../../support/orderLife.ts';

const WRITE_UNIT_BYTES = 1_024;
const ULID = '01J9ZBENCH0000000000000001';

const orderOf = (lines: number) =>
  anOrder({
    orderId: ULID,
    lines: Array.from({ length: lines }, (_, at) => ({
      sku: `BOOK-${at}`,
      description: `A book about the number ${at * 7_919}`,
      quantity: at + 1,
      unitPriceMinor: 1_999 + at * 131,
      taxRateBps: 1_900,
    })),
  });

/** The items of a paid order, as a worker writes them. */
const itemsOf = async (lines: number) => {
  const table = createMemoryCommitTable();
  const store = createEventStore(table, { now: () => Date.UTC(2026, 10, 29) });
  const orders = createOrderStream({ store, ids: createMemoryIds() });
  const life = orderLife().placed(orderOf(lines)).captured();
  let held = orders.start;
  for (const events of life.commits) {
    const trace = { idempotencyKey: `place#${ULID}`, correlationId: ULID, causationId: ULID };
    held = await must(orders.append(ULID, held, { events, ...trace }));
  }
  const page = await must(table.readPage(`order#${ULID}`, 1));
  expect((await must(orders.load(ULID))).state).to.deep.equal(life.state);
  return page.items;
};

describe('the packing of events', () => {
  for (const lines of [1, 2, 5, 10, 13]) {
    it(`keeps each commit of an order with ${lines} lines within one write unit`, async () => {
      const items = await itemsOf(lines);
      expect(items).to.have.length(2);
      for (const item of items) expect(itemBytes(item)).to.be.at.most(WRITE_UNIT_BYTES);
    });
  }

  it('leaves text what costs no more as text', async () => {
    const [, captured] = await itemsOf(1);
    expect(captured?.['events']).to.be.a('string');
    const [longer] = await itemsOf(5);
    expect(longer?.['events']).to.be.an.instanceOf(Uint8Array);
  });

  it('unpacks every text as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3_000 }), (text) => {
        const wellFormed = text.toWellFormed();
        expect(unpackText(packText(wellFormed))._unsafeUnwrap()).to.equal(wellFormed);
      }),
    );
  });

  it('is covered by the hash of the text, so that both forms of a commit are the same', () => {
    const item = encodeCommit(`order#${ULID}`, STREAM_START, commitOf(ULID), 0);
    const packed = { ...item, events: packText(String(item['events'])) };
    expect(decodeCommit(packed)._unsafeUnwrap()).to.deep.equal(decodeCommit(item)._unsafeUnwrap());
    const otherwise = Buffer.concat([
      Buffer.of(1),
      deflateRawSync(String(item['events']), { level: 0 }),
    ]);
    expect(isSameCommit({ ...packed, events: otherwise }, packed)).to.equal(true);
    expect(isSameCommit(item, packed)).to.equal(true);
    expect(isSameCommit(packed, item)).to.equal(true);
    const another = { ...packed, events: packText('[]') };
    expect(isSameCommit(another, packed)).to.equal(false);
    expect(isSameCommit(another, item)).to.equal(false);
    expect(isSameCommit({ ...packed, events: Buffer.of(2) }, item)).to.equal(false);
    expect(decodeCommit(another).isErr()).to.equal(true);
  });

  it('refuses bytes that are none of it, and those that would fill the memory', () => {
    const bomb = packText(' '.repeat(PACKED_TEXT_BYTES_MAX + 1));
    expect(bomb.length).to.be.below(1_000);
    const item = encodeCommit(`order#${ULID}`, STREAM_START, commitOf(ULID), 0);
    for (const events of [new Uint8Array(), Buffer.of(2, 1), Buffer.of(1, 255, 255), bomb]) {
      const decoded = decodeCommit({ ...item, events });
      expect(decoded.isErr() && decoded.error).to.include({ type: 'CorruptStream' });
    }
  });
});
