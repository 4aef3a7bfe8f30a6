import { okAsync } from 'neverthrow';
import type { KeyItem, KeyTable } from '../encryption/keyTable.ts';

/** Keys in memory. What is to be removed later stays: its end counts without that. */
export const createMemoryKeyTable = (): KeyTable & { readonly items: readonly KeyItem[] } => {
  const items: KeyItem[] = [];
  const indexOf = ({ owner, name }: Pick<KeyItem, 'owner' | 'name'>): number =>
    items.findIndex((item) => item.owner === owner && item.name === name);
  return {
    items,
    list: (owner) => okAsync(items.filter((item) => item.owner === owner)),
    insert: (item) => {
      if (indexOf(item) !== -1) return okAsync('Duplicate');
      items.push(item);
      return okAsync('Inserted');
    },
    remove: (key) => {
      const index = indexOf(key);
      if (index !== -1) items.splice(index, 1);
      return okAsync(undefined);
    },
    removeAt: () => okAsync(undefined),
  };
};
