import { expect } from 'chai';
import type {
  CommitItem,
  CommitKey,
  CommitTable,
} from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import type { AuditedQueues } from '../../src/application/audit/queues.ts';
import type { InvoiceView } from '../../src/application/ports/invoiceView.ts';
import type { MessageQueue } from '../../src/application/ports/messageQueue.ts';
import { auditShop } from '../support/auditing.ts';
import { must } from '../support/commits.ts';
import { FATES, layFates } from '../support/fates.ts';
import { createShop, NOW } from '../support/shop.ts';

export type AuditingHarness = {
  /** Empty, all of them. */
  readonly table: CommitTable;
  readonly invoices: InvoiceView;
  readonly queues: AuditedQueues & {
    readonly paymentsDlq: MessageQueue;
    readonly notificationsDlq: MessageQueue;
  };
  /** Behind the log's back. */
  overwrite(item: CommitItem): Promise<void>;
  remove(key: CommitKey): Promise<void>;
  close(): Promise<void>;
};

/** What an audit owes on every table and queue. */
export const describeAuditing = (
  name: string,
  makeHarness: () => Promise<AuditingHarness>,
): void => {
  describe(`an audit on ${name}`, () => {
    let harness: AuditingHarness;

    before(async () => {
      harness = await makeHarness();
    });
    after(() => harness?.close());

    it('finds what was done to records, and releases all (S6, S7, S9, L1, X13)', async () => {
      const { table, invoices, queues } = harness;
      const shop = createShop();
      await layFates(shop, Object.keys(FATES).length * 2);
      shop.laySeries();
      for (const item of shop.items()) await must(table.insert(item));
      for (const row of shop.rows.values()) await must(invoices.putIfNewer(row));
      for (const queue of ['paymentsDlq', 'notificationsDlq'] as const) {
        const deadLetters = shop[queue].dump().map(({ body }) => ({ body }));
        await must(queues[queue].send(deadLetters));
      }
      const clock = { ...shop.clock, now: () => NOW };
      const store = createEventStore(table, clock);
      const books = { store, invoices, clock, ids: createSystemIds(), ...queues };

      const sound = await auditShop(books);
      expect(sound.findings).to.deep.equal([]);
      expect(sound.report.commits).to.equal(shop.items().length);

      await harness.overwrite({ ...shop.itemOf('order#paid-0', 3), committedAt: 1 });
      await harness.remove({ streamId: 'order#refunded-2', version: 3 });
      const damaged = await auditShop(books);
      expect(damaged.named).to.deep.equal([
        'contiguous order#refunded-2 @5',
        'readable order#paid-0 @3',
      ]);
    });
  });
};
