import { expect } from 'chai';
import { createCustomerKeys } from '../../../src/adapters/encryption/customerKeys.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { CLOSE_WAIT_MS, createErasePerson } from '../../../src/application/erasure/erasePerson.ts';
import { createFindOpenOrders } from '../../../src/application/erasure/openOrders.ts';
import { createOrderStream, orderStreamId } from '../../../src/application/log/eventStreams.ts';
import { createPrivateStore } from '../../../src/application/log/privateStore.ts';
import { KEY_CACHE_MS } from '../../../src/application/ports/personalData.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { customerOwner } from '../../../src/domain/personal/index.ts';
import { must } from '../../support/commits.ts';
import { buyer } from '../../support/documents/samples.ts';
import { anOrder, orderLife, type OrderLife } from '../../support/orderLife.ts';
import { processWith } from '../../support/personalData.ts';

const OWNER = customerOwner('c-1');
const SAID = { by: 'ada', reason: 'ticket 815' };
const IDS = { correlationId: 'm-1', causationId: 'm-1', idempotencyKey: 'place' };

const bought = (orderId: string, id = 'c-1'): Order.Content => ({
  ...Order.contentOf(anOrder({ orderId, customer: { id, email: 'ada@example.com' } })),
  buyer: buyer({ name: 'Ada Lovelace' }),
});

const deployment = () => {
  const clock = createVirtualClock();
  const keys = createMemoryKeyTable();
  const items = createMemoryCommitTable();
  const ids = createMemoryIds();
  const store = createEventStore(items, clock);
  /** A process, which holds keys of its own. */
  const worker = () => {
    const { personalData } = processWith({ table: keys, clock });
    return createOrderStream({ store: createPrivateStore({ store, personalData }), ids });
  };
  const append = async (
    orderId: string,
    { commits }: Pick<OrderLife, 'commits'>,
    by = worker(),
  ) => {
    let loaded = await must(by.load(orderId));
    for (const events of commits) {
      loaded = await must(by.append(orderId, loaded, { ...IDS, events }));
    }
  };
  const { preview, close, erase } = createErasePerson({
    store,
    ids,
    clock,
    retentionYears: 10,
    customerKeys: createCustomerKeys(keys, clock),
  });
  const waited = async <T>(work: PromiseLike<T>): Promise<T> => {
    let isDone = false;
    const done = Promise.resolve(work).finally(() => (isDone = true));
    for (let waits = 0; !isDone && waits < 10; waits += 1) await clock.advance(KEY_CACHE_MS);
    return done;
  };
  const find = async () => {
    const keysToEnd = (await must(preview(OWNER))).keys.map(({ name }) => name);
    const found = await waited(
      createFindOpenOrders({ store, clock })(OWNER, {
        keys: keysToEnd,
        segments: 1,
        onUnreadable: () => expect.fail('all can be read'),
      }),
    );
    return found._unsafeUnwrap();
  };
  const closeKeys = async () => waited(must(close(OWNER, await must(preview(OWNER)))));
  const buyerOf = async (orderId: string) =>
    (await must(worker().load(orderId))).state.placed?.buyer?.name;
  const invoiceOf = async (orderId: string) => {
    const { invoice } = (await must(worker().load(orderId))).state;
    return invoice.status === 'issued' ? invoice.document : undefined;
  };
  return {
    clock,
    keys,
    store,
    worker,
    append,
    preview,
    close,
    erase,
    waited,
    find,
    closeKeys,
    buyerOf,
    invoiceOf,
  };
};

describe('Open orders of a person to be erased', () => {
  it('are those with a buyer that are to be invoiced yet, and of this customer', async () => {
    const { append, find } = deployment();
    await append('o-open', orderLife().placed(bought('o-open')));
    await append('o-review', orderLife().placed(bought('o-review')).inReview());
    await append('o-cancelled', orderLife().placed(bought('o-cancelled')).declined());
    await append('o-paid', orderLife().placed(bought('o-paid')).captured());
    await append('o-plain', orderLife().placed(anOrder({ orderId: 'o-plain' })));
    await append('o-other', orderLife().placed(bought('o-other', 'c-2')));

    const { orders, count, unreadable } = await find();

    expect({ count, unreadable }).to.deep.equal({ count: 2, unreadable: 0 });
    expect(
      [...orders].toSorted((one, other) => (one.orderId < other.orderId ? -1 : 1)),
    ).to.deep.equal([
      { orderId: 'o-open', status: 'payment open' },
      { orderId: 'o-review', status: 'in review' },
    ]);
  });

  it('are not those that were erased before', async () => {
    const { append, find, preview, erase, waited } = deployment();
    await append('o-1', orderLife().placed(bought('o-1')));
    await waited(must(erase(OWNER, { ...SAID, preview: await must(preview(OWNER)) })));
    expect((await find()).count).to.equal(0);
  });

  it('are not known where a stream cannot be read, and it is reported', async () => {
    const { append, clock, preview, store } = deployment();
    await append('o-1', orderLife().placed(bought('o-1')));
    const { keys } = await must(preview(OWNER));
    const event = { type: 'OrderPlaced', v: 1, data: { text: 'not an order' } };
    const sealed = { owner: OWNER, key: 'contact#1', paths: [], text: '' };
    const start = (await must(store.load(orderStreamId('o-2')))).position;
    await must(
      store.append(orderStreamId('o-2'), start, {
        ...IDS,
        commitId: 'one',
        events: [{ ...event, sealed }],
      }),
    );
    const reported: string[] = [];
    const found = await createFindOpenOrders({ store, clock })(OWNER, {
      keys: keys.map(({ name }) => name),
      segments: 1,
      onUnreadable: ({ streamId }) => reported.push(streamId),
    });
    expect(found._unsafeUnwrap()).to.include({ count: 1, unreadable: 1 });
    expect(reported).to.deep.equal([orderStreamId('o-2')]);
  });
});

describe('A key that is closed', () => {
  it('encrypts nothing new once the wait is over, and decrypts as before', async () => {
    const { append, closeKeys, buyerOf, keys } = deployment();
    await append('o-1', orderLife().placed(bought('o-1')));
    await closeKeys();
    await append('o-2', orderLife().placed(bought('o-2')));
    expect(keys.items.map(({ name }) => name)).to.have.members([
      'contact#1',
      'close contact#1',
      'contact#2',
    ]);
    expect(await buyerOf('o-1')).to.equal('Ada Lovelace');
    await closeKeys();
    expect(await buyerOf('o-2')).to.equal('Ada Lovelace');
  });

  it('is waited for until whoever holds it has used it for the last time', async () => {
    const { append, worker, clock, close, preview, find, keys } = deployment();
    const busy = worker();
    await append('o-1', orderLife().placed(bought('o-1')), busy);
    await must(busy.load('o-1'));
    let isDone = false;
    const closed = close(OWNER, await must(preview(OWNER))).map(() => (isDone = true));
    await clock.advance(KEY_CACHE_MS - 1);
    await append('o-2', orderLife().placed(bought('o-2')), busy);
    await clock.advance(CLOSE_WAIT_MS - KEY_CACHE_MS);
    expect(isDone).to.equal(false);
    await clock.advance(1);
    await must(closed);
    expect(isDone).to.equal(true);
    expect(keys.items.map(({ name }) => name)).to.deep.equal(['contact#1', 'close contact#1']);
    expect((await find()).orders.map(({ orderId }) => orderId)).to.have.members(['o-1', 'o-2']);
  });

  it('is ended without the key of an order that came meanwhile', async () => {
    const { append, preview, close, erase, waited, buyerOf, keys } = deployment();
    await append('o-1', orderLife().placed(bought('o-1')).captured());
    const before = await must(preview(OWNER));
    await waited(must(close(OWNER, before)));
    await append('o-2', orderLife().placed(bought('o-2')));
    await waited(must(erase(OWNER, { ...SAID, preview: before })));
    expect(await buyerOf('o-1')).to.equal('erased');
    expect(await buyerOf('o-2')).to.equal('Ada Lovelace');
    expect(keys.items.map(({ name }) => name)).to.include('end contact#1');
  });

  it('stays as it is where no erasure follows, and is ended by the next one', async () => {
    const { append, closeKeys, preview, erase, waited, buyerOf, find } = deployment();
    await append('o-1', orderLife().placed(bought('o-1')));
    await closeKeys();
    await append('o-2', orderLife().placed(bought('o-2')));
    await closeKeys();
    expect((await find()).count).to.equal(2);
    const later = await must(preview(OWNER));
    expect(later.keys.map(({ name }) => name)).to.deep.equal(['contact#1', 'contact#2']);
    await waited(must(erase(OWNER, { ...SAID, preview: later })));
    expect([await buyerOf('o-1'), await buyerOf('o-2')]).to.deep.equal(['erased', 'erased']);
  });
});

describe('An invoice of a person who was erased', () => {
  it('names its buyer, also after a later refund, which is credited on it', async () => {
    const { append, closeKeys, preview, erase, waited, invoiceOf, buyerOf } = deployment();
    const paid = orderLife().placed(bought('o-1')).captured();
    await append('o-1', paid);
    await closeKeys();
    await waited(must(erase(OWNER, { ...SAID, preview: await must(preview(OWNER)) })));
    expect(await buyerOf('o-1')).to.equal('erased');
    const refunded = paid.asked('r-1').refunded('r-1');
    await append('o-1', { commits: refunded.commits.slice(paid.commits.length) });

    const document = await invoiceOf('o-1');
    expect(document?.buyer?.name).to.equal('Ada Lovelace');
    expect(document?.creditNotes.map(({ refundId }) => refundId)).to.deep.equal(['r-1']);
  });

  it('names nobody where the order was open when its person was erased', async () => {
    const { append, worker, preview, erase, waited, invoiceOf } = deployment();
    await append('o-1', orderLife().placed(bought('o-1')));
    await waited(must(erase(OWNER, { ...SAID, preview: await must(preview(OWNER)) })));
    const { state } = await must(worker().load('o-1'));
    expect(Order.awaitsInvoice(state)).to.equal(true);
    const loaded = {
      ...bought('o-1'),
      buyer: state.placed?.buyer ?? expect.fail('it has a buyer'),
    };
    const [placing = [], ...later] = orderLife().placed(loaded).captured().commits;
    expect(placing.map(({ type }) => type)).to.include('OrderPlaced');
    await append('o-1', { commits: later });
    expect((await invoiceOf('o-1'))?.buyer?.name).to.equal('erased');
  });
});
