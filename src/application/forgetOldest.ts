/**
 * Keeps a cache within its size. Maps and sets keep the order of insertion, so that the first key
 * is the oldest; a key that is to count as new must be deleted before it is set again.
 */
export const forgetOldest = <Key>(
  entries: { readonly size: number; keys(): Iterable<Key>; delete(key: Key): boolean },
  entriesMax: number,
): void => {
  for (const key of entries.keys()) {
    if (entries.size <= entriesMax) return;
    entries.delete(key);
  }
};
