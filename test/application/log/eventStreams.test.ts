import { expect } from 'chai';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import {
  createOrderStream,
  foldOrder,
  locateEvents,
} from '../../../src/application/log/eventStreams.ts';
import { createCodec } from '../../../src/domain/codec.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { must } from '../../support/commits.ts';
import { NOON } from '../../support/orderContext.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';

/** The life in an event log of its own. */
const stored = async ({ commits }: OrderLife) => {
  const store = createEventStore(createMemoryCommitTable(), { now: () => NOON });
  const orders = createOrderStream({ store, ids: createMemoryIds() });
  let held = orders.start;
  for (const events of commits) {
    const trace = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
    held = await must(orders.append('o-1', held, { events, ...trace }));
  }
  return { held, store };
};

describe('the stream of an order', () => {
  it('counts stored events, where one is read as several or as none (S9, X11)', async () => {
    const { held, store } = await stored(orderLife().placed().captured().asked('r-1'));
    expect([held.state.version, held.position.version]).to.deep.equal([5, 5]);
    const invoiced = { version: 4, status: 'issued' };
    expect(held.state.invoice).to.deep.include(invoiced);

    const { OrderPlaced, PaymentRequested, ...others } = Order.codecs;
    const deadLetter = { letterId: 'l', command: '', reason: '', by: '', because: '', at: 0 };
    // As a release reads it that has split the one and dropped the other.
    const codec = createCodec<Order.StreamEvent>(
      {
        ...others,
        OrderPlaced: { ...OrderPlaced, v: 3 },
        PaymentRequested: { ...PaymentRequested, v: 4 },
      },
      {
        OrderPlaced: {
          2: (data) => [
            { type: 'OrderPlaced', v: 3, data },
            { type: 'LetterDiscarded', v: 1, data: { ...deadLetter, queue: 'payments' } },
            { type: 'LetterDiscarded', v: 1, data: { ...deadLetter, queue: 'payments' } },
          ],
        },
        PaymentRequested: { 3: () => [] },
      },
    );
    const { commits } = await must(store.load('order#o-1'));
    const located = await must(locateEvents(commits, codec));
    expect(located.map(({ version }) => version)).to.deep.equal([1, 1, 1, 3, 4, 5]);
    const state = foldOrder(located);
    expect(state.version).to.equal(5);
    expect(state.invoice).to.deep.include(invoiced);
  });

  it('shows an event of a former release what stands before it in its commit (X11)', async () => {
    const { store } = await stored(orderLife().placed().captured());
    const { InvoiceIssued, ...others } = Order.codecs;
    const seen: (readonly string[])[] = [];
    const codec = createCodec<Order.StreamEvent>(
      { ...others, InvoiceIssued: { ...InvoiceIssued, v: 3 } },
      {
        InvoiceIssued: {
          2: (_, before) => {
            seen.push(before.map(({ type }) => type));
            return [];
          },
        },
      },
    );
    const { commits } = await must(store.load('order#o-1'));
    await must(locateEvents(commits, codec));
    expect(seen).to.deep.equal([['PaymentCaptured']]);
  });
});
