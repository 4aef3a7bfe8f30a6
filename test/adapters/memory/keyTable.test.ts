import { createMemoryKeyTable } from '../../../src/adapters/memory/keyTable.ts';
import { describeKeyTable } from '../../contracts/keyTable.contract.ts';

describeKeyTable('in memory', async () => createMemoryKeyTable());
