import { okAsync, type ResultAsync } from 'neverthrow';
import { forgetOldest } from '../../application/forgetOldest.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { KEY_CACHE_MS, type KeyTrouble } from '../../application/ports/personalData.ts';
import type { DataKey } from './aead.ts';
import type { KeyItem, KeyTable } from './keyTable.ts';

/** Owners whose keys are held at once, some hundred bytes each. */
const OWNERS_MAX = 2_000;

/** All items that the table of keys has of one owner. */
export type KeyRing = {
  readonly items: readonly KeyItem[];
  /** The keys that were used, by their names. A key is unwrapped when it is first used. */
  readonly unwrapped: Map<string, DataKey>;
};

export type RingCache = {
  /** The ring that is held, or a new read if it is older than `KEY_CACHE_MS`. */
  ringOf(owner: string): ResultAsync<KeyRing, KeyTrouble>;
  /** Reads the table, whatever is held. */
  read(owner: string): ResultAsync<KeyRing, KeyTrouble>;
  /** Adds a key to a ring, which becomes no younger by it, and holds the new ring. */
  add(item: KeyItem, ring: KeyRing): KeyRing;
};

type HeldRing = { readonly since: number; readonly ring: ResultAsync<KeyRing, KeyTrouble> };

/** All keys of an owner come with one read, and are held for some seconds. */
export const createRingCache = (
  table: Pick<KeyTable, 'list'>,
  clock: Pick<Clock, 'now'>,
): RingCache => {
  const held = new Map<string, HeldRing>();

  const read = (owner: string): ResultAsync<KeyRing, KeyTrouble> => {
    const since = clock.now();
    const ring = table
      .list(owner)
      .map((items): KeyRing => ({ items, unwrapped: new Map() }))
      .mapErr((error) => {
        if (held.get(owner)?.since === since) held.delete(owner);
        return error;
      });
    held.delete(owner);
    held.set(owner, { since, ring });
    forgetOldest(held, OWNERS_MAX);
    return ring;
  };

  const isYoung = ({ since }: HeldRing): boolean => {
    const ageMs = clock.now() - since;
    // A clock that was set back makes nothing young again.
    return ageMs >= 0 && ageMs < KEY_CACHE_MS;
  };

  return {
    read,
    ringOf: (owner) => {
      const known = held.get(owner);
      return known !== undefined && isYoung(known) ? known.ring : read(owner);
    },
    add: (item, ring) => {
      const { owner } = item;
      const known = held.get(owner);
      const more = { ...ring, items: [...ring.items, item] };
      if (known !== undefined) held.set(owner, { ...known, ring: okAsync(more) });
      return more;
    },
  };
};
