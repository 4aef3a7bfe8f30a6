import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { KeyItem } from '../../../src/adapters/encryption/keyTable.ts';
import type { CommitItem } from '../../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createCustomerKeys } from '../../../src/adapters/encryption/customerKeys.ts';
import { createPlainPersonalData } from '../../../src/adapters/encryption/personalData.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { createPrivateStore } from '../../../src/application/log/privateStore.ts';
import { STREAM_START, type Commit } from '../../../src/application/ports/eventStore.ts';
import { KEY_CACHE_MS } from '../../../src/application/ports/personalData.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { customerOwner } from '../../../src/domain/personal/index.ts';
import { commitOf, must, STREAM } from '../../support/commits.ts';
import { counting, placedBy, processWith } from '../../support/personalData.ts';

const EMAIL = 'ada@example.com';
const OWNER = customerOwner('c-1');

const placed = (commitId = 'one', email = EMAIL): Commit => ({
  ...commitOf(commitId),
  events: [placedBy('c-1', email)],
  owner: OWNER,
});

const deployment = () => {
  const clock = createVirtualClock();
  const items = createMemoryCommitTable();
  const keys = createMemoryKeyTable();
  const store = createEventStore(items, clock);
  const open = (table = keys as Parameters<typeof processWith>[0]['table'], kek?: Uint8Array) => {
    const { personalData } = processWith({ table, clock, ...(kek && { kek }) });
    return createPrivateStore({ store, personalData });
  };
  const erase = async () => {
    const customerKeys = createCustomerKeys(keys, clock);
    for (const { name } of await must(customerKeys.list(OWNER))) {
      await must(customerKeys.end(OWNER, name, clock.now()));
    }
  };
  return { clock, items, keys, store, open, erase };
};

const emailIn = async (store: ReturnType<typeof createPrivateStore>) => {
  const { commits } = await must(store.load(STREAM));
  return commits.map(({ events }) => Object(events[0].data)['customer'][1]);
};

describe('Personal data in the log', () => {
  it('is there for whoever has the key, and a marker for everybody else', async () => {
    const { store, open, items } = deployment();
    await must(open().append(STREAM, STREAM_START, placed()));

    const { commits } = await must(open().load(STREAM));
    expect(commits[0]?.events[0].data).to.deep.equal(placedBy('c-1', EMAIL).data);
    expect((await must(open().head(STREAM)))?.events[0].data).to.deep.equal(
      commits[0]?.events[0].data,
    );
    expect(await emailIn(store)).to.deep.equal(['encrypted']);
    const item = await must(items.read({ streamId: STREAM, version: 1 }));
    expect(JSON.stringify(item)).to.include('OrderPlaced').and.not.include(EMAIL);
    expect(JSON.stringify(item)).not.to.include('a-fingerprint-of-all-of-it');
  });

  it('is decoded by the order’s own codec, with a key, without one, and erased', async () => {
    const { store, open, erase } = deployment();
    await must(open().append(STREAM, STREAM_START, placed()));
    const decoded = async (reader: Parameters<typeof emailIn>[0]) => {
      const { commits } = await must(reader.load(STREAM));
      const [event] = Order.codec.decode(commits[0]?.events[0] ?? expect.fail())._unsafeUnwrap();
      return event?.type === 'OrderPlaced' ? event.data.customer.email : undefined;
    };
    expect(await decoded(open())).to.equal(EMAIL);
    expect(await decoded(store)).to.equal('encrypted');
    await erase();
    expect(await decoded(open())).to.equal('erased');
  });

  it('keeps the chain whole when it is erased', async () => {
    const { open, erase } = deployment();
    const first = await must(open().append(STREAM, STREAM_START, placed()));
    await must(open().append(STREAM, first, commitOf('two', 'OrderCancelled')));
    const before = (await must(open().load(STREAM))).position;
    await erase();
    expect((await must(open().load(STREAM))).position).to.deep.equal(before);
  });

  it('gives the same bytes for the same commit, which is recognised by them', async () => {
    const { open, clock } = deployment();
    const position = await must(open().append(STREAM, STREAM_START, placed()));
    await clock.advance(1_000);
    // By another process, too.
    expect(await must(open().append(STREAM, STREAM_START, placed()))).to.deep.equal(position);
    const other = await open().append(STREAM, STREAM_START, placed('one', 'eve@example.com'));
    expect(other.isErr() && other.error.type).to.equal('Conflict');
  });

  it('differs for the same address in another event, stream and version', async () => {
    const { open, store } = deployment();
    const writer = open();
    const position = await must(writer.append(STREAM, STREAM_START, placed()));
    await must(writer.append(STREAM, position, placed('two')));
    await must(writer.append('order#o-2', STREAM_START, placed('three')));
    const texts = await Promise.all(
      (['order#o-1', 'order#o-2'] as const).map(async (id) =>
        (await must(store.load(id))).commits.map(({ events }) => events[0].sealed?.text),
      ),
    );
    expect(new Set(texts.flat()).size).to.equal(3);
  });

  it('cannot be moved to another place of the log', async () => {
    const { open, store } = deployment();
    const writer = open();
    await must(writer.append(STREAM, STREAM_START, placed()));
    const [commit] = (await must(store.load(STREAM))).commits;
    const moved = commit?.events ?? expect.fail();
    await must(store.append('order#o-2', STREAM_START, { ...commitOf('moved'), events: moved }));
    const loaded = await writer.load('order#o-2');
    expect(loaded.isErr() && loaded.error).to.include({ type: 'CorruptStream', version: 1 });
  });

  it('leaves what is empty as it is: it names nobody', async () => {
    const { open, store, keys } = deployment();
    const refused = {
      type: 'OrderRefused',
      v: 1,
      data: { customerId: '', email: '', reasons: [], fingerprint: '', at: 1 },
    };
    await must(
      open().append(STREAM, STREAM_START, { ...commitOf('one'), events: [refused], owner: OWNER }),
    );
    expect((await must(store.load(STREAM))).commits[0]?.events[0]).to.deep.equal(refused);
    expect(keys.items).to.deep.equal([]);
  });

  it('reads streams from before there were keys as they are', async () => {
    const { open, store } = deployment();
    const { owner: _, ...plain } = placed();
    await must(store.append(STREAM, STREAM_START, plain));
    expect(await emailIn(open())).to.deep.equal([EMAIL]);
  });

  it('is left alone by a release that cannot decrypt: it knows no such version', async () => {
    const { open, items } = deployment();
    await must(open().append(STREAM, STREAM_START, placed()));
    const item = await must(items.read({ streamId: STREAM, version: 1 }));
    const [[type, v, data]] = JSON.parse(String(item?.['events'])) as [[string, number, object]];
    expect([type, v]).to.deep.equal(['OrderPlaced', 1_001]);
    expect(Order.codec.decode({ type, v, data })._unsafeUnwrapErr()).to.include({
      isUnknown: true,
    });
  });

  it('is left alone where a newer release has encrypted more of it', async () => {
    const { store, items, clock } = deployment();
    const data = {
      orderId: 'o-1',
      more: null,
      sealed: ['customer#c-1', 'contact#1', ['more'], ''],
    };
    const events = [{ type: 'OrderPlaced', v: 1_001, data }] as const;
    await must(store.append(STREAM, STREAM_START, { ...commitOf('newer'), events }));
    const reader = createEventStore(items, clock);
    const { commits } = await must(reader.load(STREAM));
    expect(commits[0]?.events[0]).to.deep.equal(events[0]);
  });

  it('is read for ever as a release has stored it', async () => {
    const { key, commit } = readFirstRelease();
    const keys = createMemoryKeyTable();
    await must(keys.insert(key));
    const items = createMemoryCommitTable();
    await must(items.insert(commit));
    const clock = { now: () => key.at };
    const store = createEventStore(items, clock);
    const { personalData } = processWith({ table: keys, clock });
    const { commits } = await must(createPrivateStore({ store, personalData }).load(STREAM));
    expect(commits[0]?.events[0].data).to.deep.equal(placedBy('c-1', EMAIL).data);
  });

  it('is never written without an owner', async () => {
    const { owner: _, ...unowned } = placed();
    const { open } = deployment();
    expect(() => open().append(STREAM, STREAM_START, unowned)).to.throw('has an owner');
  });

  describe('of a known customer', () => {
    it('takes no request, and of a new one a read and the key', async () => {
      const { open, keys, clock } = deployment();
      const { table, asked } = counting(keys);
      const writer = open(table);
      await must(writer.append('order#o-1', STREAM_START, placed()));
      expect(asked).to.deep.equal({ list: 1, insert: 1 });
      await must(writer.append('order#o-2', STREAM_START, placed('two')));
      await must(writer.load('order#o-2'));
      expect(asked).to.deep.equal({ list: 1, insert: 1 });
      await clock.advance(KEY_CACHE_MS);
      await must(writer.load('order#o-2'));
      expect(asked).to.deep.equal({ list: 2, insert: 1 });
    });

    it('has one key, though two processes make it at the same moment', async () => {
      const { open, keys } = deployment();
      await Promise.all(
        ['order#o-1', 'order#o-2', 'order#o-3'].map((id) =>
          must(open().append(id as 'order#', STREAM_START, placed(id))),
        ),
      );
      expect(keys.items.map(({ name }) => name)).to.deep.equal(['contact#1']);
      for (const id of ['order#o-1', 'order#o-2', 'order#o-3'] as const) {
        const { commits } = await must(open().load(id));
        expect(commits[0]?.events[0].data).to.deep.equal(placedBy('c-1', EMAIL).data);
      }
    });
  });

  describe('that is erased', () => {
    it('is a marker for every process once its keys are no longer held', async () => {
      const { open, erase, clock } = deployment();
      const holder = open();
      await must(holder.append(STREAM, STREAM_START, placed()));
      await erase();
      expect(await emailIn(open())).to.deep.equal(['erased']);
      await clock.advance(KEY_CACHE_MS);
      expect(await emailIn(holder)).to.deep.equal(['erased']);
    });

    it('is erased also for a process whose clock is behind', async () => {
      const { open, erase, keys, store } = deployment();
      await must(open().append(STREAM, STREAM_START, placed()));
      await erase();
      const clock = { now: () => 0 };
      const { personalData } = processWith({ table: keys, clock });
      expect(await emailIn(createPrivateStore({ store, personalData }))).to.deep.equal(['erased']);
    });

    it('begins with another key, under another name', async () => {
      const { open, erase, clock, keys } = deployment();
      const holder = open();
      await must(holder.append('order#o-1', STREAM_START, placed()));
      await erase();
      await clock.advance(KEY_CACHE_MS);
      await must(holder.append('order#o-2', STREAM_START, placed('two')));
      expect(keys.items.map(({ name }) => name)).to.deep.equal(['end contact#1', 'contact#2']);
      const { commits } = await must(open().load('order#o-2'));
      expect(commits[0]?.events[0].data).to.deep.equal(placedBy('c-1', EMAIL).data);
    });
  });

  describe('without its key', () => {
    it('is an error, and not erased, where nobody has erased it', async () => {
      const { open } = deployment();
      await must(open().append(STREAM, STREAM_START, placed()));
      const loaded = await open(createMemoryKeyTable()).load(STREAM);
      expect(loaded.isErr() && loaded.error).to.include({
        type: 'Misconfigured',
        dependency: 'CustomerKeys',
      });
    });

    it('is an error where the key-encryption key is missing, and nothing is written', async () => {
      const { open, keys } = deployment();
      await must(open().append(STREAM, STREAM_START, placed()));
      const other = open(keys, new Uint8Array(32).fill(7));
      const loaded = await other.load(STREAM);
      expect(loaded.isErr() && loaded.error).to.include({ type: 'Misconfigured' });
      const appended = await other.append('order#o-2', STREAM_START, placed('two'));
      expect(appended.isErr() && appended.error.type).to.equal('Misconfigured');
      expect((await must(open().load('order#o-2'))).commits).to.deep.equal([]);
    });

    it('is an error for a process whose setting is to encrypt nothing', async () => {
      const { open, store } = deployment();
      await must(open().append(STREAM, STREAM_START, placed()));
      const plain = createPrivateStore({ store, personalData: createPlainPersonalData() });
      const loaded = await plain.load(STREAM);
      expect(loaded.isErr() && loaded.error).to.include({ type: 'Misconfigured' });
      await must(plain.append('order#o-2', STREAM_START, placed('two')));
      expect(await emailIn({ ...store, load: () => store.load('order#o-2') })).to.deep.equal([
        EMAIL,
      ]);
    });
  });
});

/** As the first release that encrypts has stored a key and a commit. The file is never changed. */
const readFirstRelease = (): { readonly key: KeyItem; readonly commit: CommitItem } => {
  const file = new URL('../../fixtures/encrypted/0.2.0.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) => {
    const { base64 }: { readonly base64?: unknown } = Object(value);
    return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : value;
  });
};
