import { encodeCommit } from '../../../../src/adapters/eventStore/storedCommit.ts';
import {
  STREAM_START,
  type StoredEvent,
  type StreamId,
} from '../../../../src/application/ports/eventStore.ts';
import { NOON } from '../../../support/orderContext.ts';
import {
  ORDER_CASES,
  paid,
  placed as placedOrder,
  sendDeadLetter,
} from '../../../support/orderCases.ts';
import type { Shop } from '../../../support/shop.ts';
import {
  noticeStream,
  orderStream,
  rewrite,
  type Corruption,
  type Expected,
} from './corruption.ts';

const layPaid = (shop: Shop, id: string): void => shop.layOrder(id, paid(shop, id).commits);

/** A paid order: placed and requested 1 and 2, captured and invoiced 3 and 4. */
const ofPaid = (name: string, corrupt: Corruption['corrupt']): Corruption => ({
  name,
  prepare: layPaid,
  corrupt,
});

const overwrite = (
  shop: Shop,
  [streamId, version]: readonly [StreamId, number],
  change: Record<string, string | number | Uint8Array>,
): void => shop.table.overwrite({ ...shop.itemOf(streamId, version), ...change });

const commitOf = (event: StoredEvent) => ({
  commitId: 'forged',
  idempotencyKey: 'forged',
  correlationId: 'c',
  causationId: 'm',
  events: [event] as const,
});
const CANCELLED: StoredEvent = { type: 'OrderCancelled', v: 1, data: {} };

/** An event that this code cannot read, in a commit that is as it should be. */
const unreadable = (name: string, event: StoredEvent): Corruption =>
  ofPaid(name, (shop, id) => {
    rewrite(shop, orderStream(id), (drafts) => [...drafts, { events: [event], at: NOON }]);
    return [['readable', orderStream(id), 5]];
  });

/** What is left to report of an order that the log has lost, or its end. */
const lostDocument = (shop: Shop, id: string): readonly Expected[] => [
  ['numbers', 'series#INV', versionOfNumber(shop, id)],
  ['rows', orderStream(id), 4],
  ['told', noticeStream(id, 'receipt'), 2],
];

const versionOfNumber = (shop: Shop, id: string): number => {
  const drafts = shop.draftsOf('series#INV');
  return 1 + drafts.findIndex(({ events }) => JSON.stringify(events).includes(`"${id}"`));
};

export const OF_THE_LOG: readonly Corruption[] = [
  ofPaid('an edited event', (shop, id) => {
    const events = String(shop.itemOf(orderStream(id), 3)['events']).replace('EUR', 'USD');
    overwrite(shop, [orderStream(id), 3], { events });
    return [['readable', orderStream(id), 3]];
  }),
  ofPaid('an edited hash', (shop, id) => {
    overwrite(shop, [orderStream(id), 3], { hash: new Uint8Array(32) });
    return [['readable', orderStream(id), 3]];
  }),
  ofPaid('an edited time', (shop, id) => {
    overwrite(shop, [orderStream(id), 1], { committedAt: NOON + 1 });
    return [['readable', orderStream(id), 1]];
  }),
  ofPaid('an attribute too many', (shop, id) => {
    overwrite(shop, [orderStream(id), 1], { more: 'x' });
    return [['readable', orderStream(id), 1]];
  }),
  {
    name: 'a commit removed from the midst',
    prepare: (shop, id) => ORDER_CASES['refunded']?.(shop, id),
    corrupt: (shop, id) => {
      shop.table.remove({ streamId: orderStream(id), version: 3 });
      return [['contiguous', orderStream(id), 5]];
    },
  },
  ofPaid('the first commit removed', (shop, id) => {
    shop.table.remove({ streamId: orderStream(id), version: 1 });
    return [['contiguous', orderStream(id), 3]];
  }),
  ofPaid('the last commit removed', (shop, id) => {
    shop.table.remove({ streamId: orderStream(id), version: 3 });
    return [
      ...lostDocument(shop, id),
      ['unknown', orderStream(id), 2],
      ['obligations', orderStream(id)],
    ];
  }),
  ofPaid('a whole order removed', (shop, id) => {
    for (const version of [1, 3]) shop.table.remove({ streamId: orderStream(id), version });
    return lostDocument(shop, id);
  }),
  ofPaid('a commit copied to the next version', (shop, id) => {
    overwrite(shop, [orderStream(id), 3], { version: 5 });
    return [['readable', orderStream(id), 5]];
  }),
  ofPaid('a commit copied to the next version, hash and all', (shop, id) => {
    const after = { ...shop.after(orderStream(id), 1), version: 4 };
    shop.table.overwrite(encodeCommit(orderStream(id), after, commitOf(CANCELLED), NOON));
    return [['contiguous', orderStream(id), 5]];
  }),
  ofPaid('two commits for one version', (shop, id) => {
    const after = { ...shop.after(orderStream(id), 3), version: 3 };
    shop.table.overwrite(encodeCommit(orderStream(id), after, commitOf(CANCELLED), NOON));
    return [['contiguous', orderStream(id), 4]];
  }),
  ofPaid('a first commit written anew, hash and all', (shop, id) => {
    const [first] = shop.draftsOf(orderStream(id));
    const [placed, requested] = first?.events ?? [];
    if (placed === undefined || requested === undefined) throw new Error('it was not placed');
    const commit = { ...commitOf(placed), events: [placed, requested] as const };
    shop.table.overwrite(encodeCommit(orderStream(id), STREAM_START, commit, NOON));
    return [['contiguous', orderStream(id), 3]];
  }),
  unreadable('an event of an unknown name', { type: 'OrderEaten', v: 1, data: {} }),
  unreadable('an event of an unknown version', { ...CANCELLED, v: 99 }),
  unreadable('an event with a part too many', { ...CANCELLED, data: { more: 1 } }),
  {
    name: 'a stream of an unknown kind',
    prepare: layPaid,
    corrupt: (shop, id) => {
      overwrite(shop, [orderStream(id), 1], { streamId: `basket#${id}` });
      return [['readable', `basket#${id}`, 1]];
    },
  },
  {
    name: 'the stream of one order under the id of another',
    prepare: async (shop, id) => {
      shop.layOrder(id, placedOrder('somebody-else').unresolved().commits);
      await sendDeadLetter(shop, id);
    },
    corrupt: (_, id) => [['legal', orderStream(id), 1]],
  },
  ofPaid('a damaged notice', (shop, id) => {
    overwrite(shop, [noticeStream(id, 'receipt'), 1], { hash: new Uint8Array(32) });
    return [['readable', noticeStream(id, 'receipt'), 1]];
  }),
  {
    name: 'a damaged series',
    prepare: (shop, id) => shop.layOrder(id, paid(shop, id, { series: 'TORN' }).commits),
    corrupt: (shop) => {
      overwrite(shop, ['series#TORN', 1], { hash: new Uint8Array(32) });
      return [['readable', 'series#TORN', 1]];
    },
  },
];
