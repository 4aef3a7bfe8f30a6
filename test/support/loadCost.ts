import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import {
  READ_UNIT_BYTES,
  type CommitTable,
  type StreamPage,
} from '../../src/adapters/eventStore/commitTable.ts';
import { decodeCommit, itemBytes } from '../../src/adapters/eventStore/storedCommit.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import { createOrderStream, type OrderStream } from '../../src/application/log/eventStreams.ts';
import type * as Order from '../../src/domain/order/index.ts';
import { must } from './commits.ts';
import { NOON } from './orderContext.ts';

/** As long as what SQS gives a message. */
const MESSAGE_ID = 'm'.repeat(36);

/** Appends a life to a table, commit by commit, as the service does it. */
export const writeLife = async (
  table: CommitTable,
  orderId: string,
  commits: readonly (readonly Order.StreamEvent[])[],
): Promise<OrderStream> => {
  const store = createEventStore(table, { now: () => NOON });
  const orders = createOrderStream({ store, ids: createMemoryIds() });
  // The longest there is: that of a refund.
  const idempotencyKey = `refund#${orderId}#${'r'.repeat(64)}`;
  const trace = { idempotencyKey, correlationId: MESSAGE_ID, causationId: MESSAGE_ID };
  let held = orders.start;
  for (const events of commits)
    held = await must(orders.append(orderId, held, { events, ...trace }));
  return orders;
};

export type LoadCost = {
  readonly commits: number;
  readonly events: number;
  readonly bytes: number;
  readonly pages: number;
  readonly readUnits: number;
};

/** What one load of a stream reads: a page costs a unit for each 4 KB of all that is on it. */
export const loadCostOf = async (table: CommitTable, streamId: string): Promise<LoadCost> => {
  const cost = { commits: 0, events: 0, bytes: 0, pages: 0, readUnits: 0 };
  let from: number | undefined = 1;
  while (from !== undefined) {
    const { items, nextFrom }: StreamPage = await must(table.readPage(streamId, from));
    const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
    cost.pages += 1;
    cost.bytes += bytes;
    cost.readUnits += Math.ceil(bytes / READ_UNIT_BYTES);
    cost.commits += items.length;
    for (const item of items) cost.events += decodeCommit(item)._unsafeUnwrap().events.length;
    from = nextFrom;
  }
  return cost;
};
