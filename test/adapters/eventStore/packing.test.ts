import { hash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import type { PlaceOrder } from '../../../examples/placeOrder.ts';
import { ORDER_DICTIONARY } from '../../../src/adapters/eventStore/dictionary.ts';
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
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { createSystemIds, fingerprint } from '../../../src/adapters/system/ids.ts';
import { createOrderStream } from '../../../src/application/log/eventStreams.ts';
import { createPrivateStore } from '../../../src/application/log/privateStore.ts';
import { decodeCommand } from '../../../src/application/messages/index.ts';
import { STREAM_START } from '../../../src/application/ports/eventStore.ts';
import type * as Order from '../../../src/domain/order/index.ts';
import { commitOf, must } from '../../support/commits.ts';
import { anOrder, orderLife, placeOrder } from '../../support/orderLife.ts';
import { processWith } from '../../support/personalData.ts';
import { shopOrders } from '../../support/shopOrders.ts';

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
const itemsOf = async (order: Order.SentOrder) => {
  const { orderId } = order;
  const clock = createVirtualClock();
  const table = createMemoryCommitTable();
  const { personalData } = processWith({ table: createMemoryKeyTable(), clock });
  const store = createPrivateStore({ store: createEventStore(table, clock), personalData });
  const orders = createOrderStream({ store, ids: createSystemIds() });
  const life = orderLife()
    .commanded(placeOrder(order, fingerprint(order)))
    .captured();
  let held = orders.start;
  for (const events of life.commits) {
    held = await must(
      orders.append(orderId, held, {
        events,
        idempotencyKey: `place#${orderId}`,
        correlationId: ULID,
        causationId: '36355bf4-78e8-4818-ba25-f48bcba3e70b',
      }),
    );
  }
  const page = await must(table.readPage(`order#${orderId}`, 1));
  expect((await must(orders.load(orderId))).state).to.deep.equal(life.state);
  return page.items;
};

const orderOfShop = (message: PlaceOrder): Order.SentOrder => {
  const command = decodeCommand(JSON.stringify(message))._unsafeUnwrap();
  return command.type === 'PlaceOrder' ? command.order : expect.fail();
};

describe('the packing of events', () => {
  for (const lines of [1, 2, 5, 10, 20]) {
    it(`keeps each commit of an order with ${lines} lines within one write unit`, async () => {
      const items = await itemsOf(orderOf(lines));
      expect(items).to.have.length(2);
      for (const item of items) expect(itemBytes(item)).to.be.at.most(WRITE_UNIT_BYTES);
    });
  }

  for (const { name, message } of shopOrders()) {
    if (message.lines.length > 20) continue;
    it(`keeps those of a shop's own order within one, its buyer encrypted: ${name}`, async () => {
      const items = await itemsOf(orderOfShop(message));
      expect(items).to.have.length(2);
      for (const item of items) expect(itemBytes(item)).to.be.at.most(WRITE_UNIT_BYTES);
    });
  }

  it('leaves text what costs no more as text', async () => {
    const [, captured] = await itemsOf(orderOf(1));
    expect(captured?.['events']).to.be.a('string');
    const [longer] = await itemsOf(orderOf(5));
    expect(longer?.['events']).to.be.an.instanceOf(Uint8Array);
  });

  it('reads for ever what releases have packed, without a dictionary and with this one', () => {
    const text =
      '[["OrderCancelled",1,{}],["PaymentDeclined",1,{"attempt":1,"code":"card_declined"}]]';
    for (const packed of [
      'AYuOVvIvSkktck7MS07NyUlNUdIx1KmujdWJVgpIrMxNzStxSU3OycyDSigllpSk5haUKF' +
        'kZ6igl56ekKlkpJScWpcSnwFTVxsYCAA==',
      'AovG0R/RIb8/EgsA',
    ]) {
      expect(unpackText(Buffer.from(packed, 'base64'))._unsafeUnwrap()).to.equal(text);
    }
    expect(hash('sha256', ORDER_DICTIONARY)).to.equal(
      '9939243a8d76e5ccbc95fd4bd823129d25da404efd3fdecac19cba562fbc96bd',
    );
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
    const broken = [1, 2].map((packing) => Buffer.of(packing, 255, 255));
    for (const events of [new Uint8Array(), Buffer.of(3, 1), ...broken, bomb]) {
      const decoded = decodeCommit({ ...item, events });
      expect(decoded.isErr() && decoded.error).to.include({ type: 'CorruptStream' });
    }
  });
});
