import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryInvoiceTables } from '../../../src/adapters/memory/invoiceView.ts';
import { describeInvoiceTables } from '../../contracts/invoiceTables.contract.ts';
import { clock, must } from '../../support/commits.ts';

describeInvoiceTables('memory', async () => {
  const [tables, home] = [createMemoryInvoiceTables(), 'invoices'];
  await must(tables.ensure(home));
  return { store: createEventStore(createMemoryCommitTable(), clock), tables, home };
});
