import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { describeEventStore } from '../../contracts/eventStore.contract.ts';

describeEventStore('memory', async () => {
  const table = createMemoryCommitTable();
  return { table, overwrite: async (item) => table.overwrite(item) };
});
