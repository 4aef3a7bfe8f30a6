import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { ResultAsync } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { InvoiceView } from '../../../src/application/ports/invoiceView.ts';
import { createReplayInvoices } from '../../../src/application/readModel/replayInvoices.ts';
import { must } from '../../support/commits.ts';
import { writeHistory } from '../../support/history.ts';

const ORDERS = 40;

describe('the memory of a replay', () => {
  it('holds no commit of the page for whose rows it waits', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const clock = createVirtualClock(0);
    const store = createEventStore(createMemoryCommitTable(), clock);
    const invoices = createMemoryInvoiceView();
    await writeHistory({ store, ids: createMemoryIds(), invoices }, { orders: ORDERS });
    const read: WeakRef<object>[] = [];
    const alive: number[] = [];
    const watched: Pick<EventStore, 'scan' | 'load' | 'size'> = {
      ...store,
      scan: async function* (options) {
        for await (const page of store.scan(options)) {
          for (const commit of (await must(page)).commits) read.push(new WeakRef(commit));
          yield page;
        }
      },
    };
    const waiting: InvoiceView = {
      ...invoices,
      versionsOf: (orderIds) =>
        ResultAsync.fromSafePromise(nextTurn()).andThen(() => {
          collect();
          alive.push(read.filter((commit) => commit.deref() !== undefined).length);
          return invoices.versionsOf(orderIds);
        }),
    };
    const replay = createReplayInvoices({ store: watched, invoices: waiting, clock });
    expect((await replay({ segments: 1, dryRun: false })).isOk()).to.equal(true);
    expect(read).to.have.length.above(ORDERS);
    // Of the last stream, which the next page may continue.
    for (const count of alive) expect(count).to.be.at.most(4);
    expect(alive).to.have.length.above(0);
  });
});
