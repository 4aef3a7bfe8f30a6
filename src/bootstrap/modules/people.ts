import { createErasePerson } from '../../application/erasure/erasePerson.ts';
import { createFindOpenOrders } from '../../application/erasure/openOrders.ts';
import { createReapplyErasures } from '../../application/erasure/reapplyErasures.ts';
import { createOrderStream } from '../../application/log/eventStreams.ts';
import { createPrivateStore } from '../../application/log/privateStore.ts';
import { from, type Module } from '../tokens.ts';

/** The log with what is personal in it. Nothing but what needs it is made from these. */
export const people = {
  privateStore: from(['store', 'personalData'], createPrivateStore),
  customerOrders: from(['privateStore', 'ids'], ({ privateStore: store, ids }) =>
    createOrderStream({ store, ids }),
  ),
  erasePerson: from(
    ['store', 'ids', 'clock', 'customerKeys', 'invoiceRetentionYears'],
    ({ invoiceRetentionYears: retentionYears, ...services }) =>
      createErasePerson({ ...services, retentionYears }),
  ),
  findOpenOrders: from(['store', 'clock'], createFindOpenOrders),
  reapplyErasures: from(['store', 'ids', 'clock', 'customerKeys'], createReapplyErasures),
} satisfies Module;
