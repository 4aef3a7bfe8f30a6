import { createBindAccount, createRecordRestore } from '../../application/deployment/deployment.ts';
import { createAdopt } from '../../application/review/adoptMovements.ts';
import { createOrderStream } from '../../application/log/eventStreams.ts';
import { from, type Module } from '../tokens.ts';
import { commands } from './application.ts';
import { finder } from './numbers.ts';

/** Where a person has an order compared with the gateway. It holds no gateway: a worker compares. */
export const adoptionDesk = {
  orders: from(['store', 'ids'], createOrderStream),
  allocator: finder,
  ...commands,
  adopt: from(['orders', 'allocator', 'rules', 'sendCommand', 'clock', 'ids'], createAdopt),
} satisfies Module;

/** Whose money is moved from now on. */
export const binding = {
  bindAccount: from(['store', 'ids', 'clock', 'gateway'], createBindAccount),
} satisfies Module;

/** What is said of the whole log once it was restored. */
export const restoring = {
  recordRestore: from(['store', 'ids', 'clock'], createRecordRestore),
} satisfies Module;
