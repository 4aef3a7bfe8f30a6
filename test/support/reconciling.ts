import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import { createAllocator } from '../../src/application/series/allocator.ts';
import { createOrderStream } from '../../src/application/log/eventStreams.ts';
import type * as Order from '../../src/domain/order/index.ts';
import { must } from './commits.ts';
import { anyRegistry, contextAt } from './orderContext.ts';
import { anOrder, orderLife, type OrderLife } from './orderLife.ts';

const HOUR_MS = 3_600_000;

/**
 * As releases before 0.2 asked for it, so that any deployment and any account may go on with it.
 */
const OF_NO_DEPLOYMENT = {
  deployment: { id: '', account: '', sealedSince: 0 },
  seal: () => '',
};

/**
 * Writes into a log what workers did an hour ago, so that nothing of it is too young to be looked
 * at.
 */
export const anHourAgo = (table: CommitTable) => {
  const system = createSystemClock();
  const clock = { ...system, now: () => system.now() - HOUR_MS };
  const ids = createSystemIds();
  const store = createEventStore(table, clock);
  const orders = createOrderStream({ store, ids });
  const allocator = createAllocator({ store, ids, registry: anyRegistry(), clock });

  const append = async (orderId: string, events: readonly Order.StreamEvent[]): Promise<void> => {
    const about = { correlationId: `chain-${orderId}`, causationId: 'test' };
    const held = await must(orders.load(orderId));
    const commit = { events, idempotencyKey: `place#${orderId}`, ...about };
    await must(orders.append(orderId, held, commit));
  };
  const lifeOf = (orderId: string): OrderLife =>
    orderLife(contextAt(clock.now(), OF_NO_DEPLOYMENT)).placed(anOrder({ orderId }));

  return {
    /** The intent is durable, and nothing more is known. */
    open: (orderId: string) => append(orderId, lifeOf(orderId).events),
    inReview: (orderId: string) => append(orderId, lifeOf(orderId).inReview().events),
    /** Numbered and not documented: the worker died in between. */
    number: (orderId: string) =>
      must(allocator.allocate('INV', { id: orderId, reference: `pi_${orderId}`, from: 0 })),
    paid: async (orderId: string) => {
      const reference = `pi_${orderId}`;
      const number = await must(allocator.allocate('INV', { id: orderId, reference, from: 0 }));
      const { amountMinor, currency } = { amountMinor: 4_758, currency: 'EUR' };
      const answer = {
        type: 'MoneyMoved',
        source: 'answer',
        reference,
        amountMinor,
        currency,
      } as const;
      await append(orderId, lifeOf(orderId).learned('payment#1', { answer, number }).events);
    },
  };
};
