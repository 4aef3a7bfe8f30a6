import { expect } from 'chai';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import { auditShop } from '../support/auditing.ts';
import { must } from '../support/commits.ts';
import { ORDER_CASES, layOrderCases } from '../support/orderCases.ts';
import type { LogAndQueues } from '../support/logAndQueues.ts';
import { createShop, NOW } from '../support/shop.ts';

/** What an audit owes on every table and queue. */
export const describeAuditing = (name: string, makeHarness: () => Promise<LogAndQueues>): void => {
  describe(`an audit on ${name}`, () => {
    let harness: LogAndQueues;

    before(async () => {
      harness = await makeHarness();
    });
    after(() => harness?.close());

    it('finds what was done to records, and releases all (S6, S7, S9, L1, X13)', async () => {
      const { table, invoices } = harness;
      const shop = createShop();
      await layOrderCases(shop, Object.keys(ORDER_CASES).length * 2);
      shop.laySeries();
      for (const item of shop.items()) await must(table.insert(item));
      for (const row of shop.rows.values()) await must(invoices.putIfNewer(row));
      for (const queue of ['paymentsDlq', 'notificationsDlq'] as const) {
        const deadLetters = shop[queue].dump().map(({ body }) => ({ body }));
        await must(harness[queue].send(deadLetters));
      }
      const clock = { ...shop.clock, now: () => NOW };
      const store = createEventStore(table, clock);
      const records = { ...harness, store, clock, ids: createSystemIds() };

      const sound = await auditShop(records);
      expect(sound.findings).to.deep.equal([]);
      expect(sound.report.commits).to.equal(shop.items().length);

      await harness.overwrite({ ...shop.itemOf('order#paid-0', 3), committedAt: 1 });
      await harness.remove({ streamId: 'order#refunded-2', version: 3 });
      const damaged = await auditShop(records);
      expect(damaged.named).to.deep.equal([
        'contiguous order#refunded-2 @5',
        'readable order#paid-0 @3',
      ]);
    });
  });
};
