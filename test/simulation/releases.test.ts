import { expect } from 'chai';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { dispositionOf } from '../../src/application/delivery/disposition.ts';
import { toInvoiceRow } from '../../src/application/readModel/invoiceRow.ts';
import { createOrderStream } from '../../src/application/log/eventStreams.ts';
import { must } from '../support/commits.ts';
import { runsOf } from '../support/runs.ts';
import { createNewOrders, createPreparingOrders, OTHER_NAMES } from '../support/evolution.ts';
import { playStories } from './stories.ts';
import { anyStory } from './story.ts';
import type { OrdersOf, World } from './world.ts';

const RUNS = Number(process.env['RELEASES_RUNS'] ?? runsOf(25, 100));

/** One release on the streams of another. */
type Release = (
  ...dependencies: Parameters<typeof createOrderStream>
) => ReturnType<typeof createOrderStream>;

/**
 * Random interleavings of workers of both releases over orders that are placed, cancelled and
 * refunded by workers that crash. Whoever comes when all is calm is of the newer release. Gives
 * what was met.
 */
const sideBySide = async (older: Release, newer: Release): Promise<ReadonlySet<string>> => {
  const seen = new Set<string>();
  const stories = anyStory().map((story) => ({ ...story, shares: false }));
  await playStories(stories, {
    numRuns: RUNS,
    ordersOf: watched(seen, (process, streams) => (isOlder(process) ? older : newer)(streams)),
    otherNames: OTHER_NAMES,
    look: (world) => expectRows(world, newer),
  });
  return seen;
};

/** Every second of the workers that play the story. */
const isOlder = (process: string): boolean => /^W[02]\./u.test(process);

/**
 * Notes who met what. What an older worker cannot read is released, and never moved to the dead
 * letters.
 */
const watched =
  (seen: Set<string>, ordersOf: OrdersOf): OrdersOf =>
  (process, streams) => {
    const orders = ordersOf(process, streams);
    const who = isOlder(process) ? 'older' : 'newer';
    return {
      ...orders,
      load: (id) =>
        orders.load(id).orTee((error) => {
          if (error.type !== 'CorruptStream') return;
          expect(error.fault).to.equal('unknown');
          expect(dispositionOf(error)).to.deep.equal({ type: 'Retry', delayClass: 'slow' });
          seen.add(`${who} handed back`);
        }),
      append: (id, held, commit) =>
        orders.append(id, held, commit).andTee(() => {
          if (held.position.version > 0 && commit.events.length > 0) seen.add(`${who} went on`);
        }),
    };
  };

/** What the live workers of both releases wrote is what the newer makes of the log alone (S9). */
const expectRows = async ({ table, time, ids, log, invoices }: World, newer: Release) => {
  const orders = newer({ store: createEventStore(table, time), ids });
  for (const orderId of log.orderIds()) {
    const { state, position } = await must(orders.load(orderId));
    expect(state.version).to.equal(position.version);
    const row = state.invoice.status === 'issued' ? toInvoiceRow(state.invoice) : undefined;
    expect(await must(invoices.get(orderId))).to.deep.equal(row);
  }
};

describe('workers of two releases on the same streams', () => {
  it('in one step: returns what it cannot read, ends right (X5, X11, S9, F22)', async function () {
    this.timeout(300_000 + RUNS * 100);
    const seen = await sideBySide(createOrderStream, createNewOrders);
    expect([...seen].toSorted()).to.deep.equal([
      'newer went on',
      'older handed back',
      'older went on',
    ]);
  });

  it('first of two steps: beside one that reads the new, returns nothing (X5)', async function () {
    this.timeout(300_000 + RUNS * 100);
    const seen = await sideBySide(createOrderStream, createPreparingOrders);
    expect([...seen].toSorted()).to.deep.equal(['newer went on', 'older went on']);
  });

  it('last of two steps: beside one that writes the new, returns nothing (X5)', async function () {
    this.timeout(300_000 + RUNS * 100);
    const seen = await sideBySide(createPreparingOrders, createNewOrders);
    expect([...seen].toSorted()).to.deep.equal(['newer went on', 'older went on']);
  });
});
