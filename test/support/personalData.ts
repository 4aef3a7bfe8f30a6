import { createHash } from 'node:crypto';
import { createLocalKeyEncryption } from '../../src/adapters/encryption/keyEncryption.ts';
import { createKeyRings } from '../../src/adapters/encryption/keyRings.ts';
import type { KeyTable } from '../../src/adapters/encryption/keyTable.ts';
import { createPersonalData } from '../../src/adapters/encryption/personalData.ts';
import type { StoredEvent } from '../../src/application/ports/eventStore.ts';

const KEK = createHash('sha256').update('a key of the tests').digest();

type Process = {
  readonly table: KeyTable;
  readonly clock: { now(): number };
  readonly kek?: Uint8Array;
};

/** What one process has of a table of keys that it may share with others. */
export const processWith = ({ table, clock, kek = KEK }: Process) => {
  const rings = createKeyRings({ table, encryption: createLocalKeyEncryption(kek), clock });
  return { rings, personalData: createPersonalData(rings) };
};

/** A table that counts what is asked of it. */
export const counting = (table: KeyTable) => {
  const asked = { list: 0, insert: 0 };
  const counted: KeyTable = {
    ...table,
    list: (owner) => {
      asked.list += 1;
      return table.list(owner);
    },
    insert: (item) => {
      asked.insert += 1;
      return table.insert(item);
    },
  };
  return { table: counted, asked };
};

export const placedBy = (customerId: string, email: string): StoredEvent => ({
  type: 'OrderPlaced',
  v: 1,
  data: {
    orderId: 'o-1',
    customer: [customerId, email],
    currency: 'EUR',
    lines: [['sku', 'A thing', 1, 1000, 1900]],
    paymentMethod: 'pm_card_visa',
    totalMinor: 1190,
    fingerprint: 'a-fingerprint-of-all-of-it',
  },
});
