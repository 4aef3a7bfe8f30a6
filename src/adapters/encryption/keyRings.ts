import { err, ok, okAsync, ResultAsync, safeTry, type Result } from 'neverthrow';
import { forgetOldest } from '../../application/forgetOldest.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { KEY_CACHE_MS, type KeyTrouble } from '../../application/ports/personalData.ts';
import type { KeyPurpose } from '../../domain/personal/index.ts';
import { misconfigured } from '../failures.ts';
import { dataKeyOf, randomKey, type DataKey } from './aead.ts';
import type { KeyEncryption } from './keyEncryption.ts';
import {
  closeNameOf,
  endedBy,
  endNameOf,
  keyNameOf,
  readKeyName,
  type KeyItem,
  type KeyTable,
} from './keyTable.ts';

/** Owners whose keys are held at once, some hundred bytes each. */
const OWNERS_MAX = 2_000;
/** Others make the same key at the same moment; more rounds mean that something is wrong. */
const ROUNDS_MAX = 5;

/** A key by its name; undefined where it was deleted, or has its end. */
export type NamedKey = { readonly name: string; readonly key: DataKey };

type Ring = {
  readonly items: readonly KeyItem[];
  /** By the name. A key is unwrapped when it is first used. */
  readonly unwrapped: Map<string, DataKey>;
};

type HeldRing = { readonly since: number; readonly ring: ResultAsync<Ring, KeyTrouble> };

export type KeyRings = {
  /** The key that new data is encrypted with; makes it where there is none. */
  current(owner: string, purpose: KeyPurpose): ResultAsync<NamedKey, KeyTrouble>;
  /** Undefined where the key has its end: what it encrypted is erased. */
  named(owner: string, name: string): ResultAsync<DataKey | undefined, KeyTrouble>;
  /** Reads the table, wraps a key that nobody uses, and unwraps it. It makes nothing. */
  check(): ResultAsync<'Works' | 'NotMadeYet', KeyTrouble>;
};

type KeyRingDependencies = {
  readonly table: KeyTable;
  readonly encryption: KeyEncryption;
  readonly clock: Pick<Clock, 'now'>;
};

/** All keys of an owner come with one read, and are held for some seconds. */
export const createKeyRings = ({ table, encryption, clock }: KeyRingDependencies): KeyRings => {
  const held = new Map<string, HeldRing>();

  const read = (owner: string): ResultAsync<Ring, KeyTrouble> => {
    const since = clock.now();
    const ring = table
      .list(owner)
      .map((items): Ring => ({ items, unwrapped: new Map() }))
      .mapErr((error) => {
        if (held.get(owner)?.since === since) held.delete(owner);
        return error;
      });
    held.delete(owner);
    held.set(owner, { since, ring });
    forgetOldest(held, OWNERS_MAX);
    return ring;
  };

  const ringOf = (owner: string): ResultAsync<Ring, KeyTrouble> => {
    const known = held.get(owner);
    const ageMs = known === undefined ? Infinity : clock.now() - known.since;
    // A clock that was set back makes nothing young again.
    return known !== undefined && ageMs >= 0 && ageMs < KEY_CACHE_MS ? known.ring : read(owner);
  };

  const unwrap = (ring: Ring, item: KeyItem): ResultAsync<DataKey, KeyTrouble> => {
    const known = ring.unwrapped.get(item.name);
    if (known !== undefined) return okAsync(known);
    return encryption.unwrap(item, aboutKey(item)).map((secret) => {
      const key = dataKeyOf(secret);
      ring.unwrapped.set(item.name, key);
      return key;
    });
  };

  /** Undefined where another process has made it first. */
  const make = (owner: string, name: string): ResultAsync<KeyItem | undefined, KeyTrouble> =>
    encryption.wrap(randomKey(), aboutKey({ owner, name })).andThen((wrapped) => {
      const item = { owner, name, ...wrapped, at: clock.now() };
      return table.insert(item).map((done) => (done === 'Inserted' ? item : undefined));
    });

  /** The same ring with a key more, as old as it was. */
  const withKey = (owner: string, ring: Ring, item: KeyItem): Ring => {
    const known = held.get(owner);
    const more = { ...ring, items: [...ring.items, item] };
    if (known !== undefined) held.set(owner, { ...known, ring: okAsync(more) });
    return more;
  };

  const current = async (
    owner: string,
    purpose: KeyPurpose,
  ): Promise<Result<NamedKey, KeyTrouble>> => {
    let found = await ringOf(owner);
    const year = new Date(clock.now()).getUTCFullYear();
    const of = purpose === 'contact' ? { purpose } : { purpose, year };
    const isWanted = isFor(of);
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
      if (found.isErr()) return err(found.error);
      const ring = found.value;
      const usable = ring.items.find(({ name }) => isWanted(name) && isForNew(ring, name));
      if (usable !== undefined) {
        return (await unwrap(ring, usable)).map((key) => ({ name: usable.name, key }));
      }
      const generation = 1 + newestOf(ring, isWanted);
      const made = await make(owner, keyNameOf({ ...of, generation }));
      if (made.isErr()) return err(made.error);
      found = made.value === undefined ? await read(owner) : ok(withKey(owner, ring, made.value));
    }
    const cause = 'others made and ended keys of one customer again and again';
    return err(misconfigured('CustomerKeys', cause));
  };

  const find = (ring: Ring, name: string): Result<KeyItem | undefined, KeyTrouble> => {
    const endsAt = endOf(ring, name);
    if (endsAt !== undefined && endsAt <= clock.now()) return ok(undefined);
    const item = ring.items.find((one) => one.name === name);
    if (item !== undefined) return ok(item);
    // By the mark alone, whatever this machine's clock says: the key is deleted.
    return endsAt === undefined ? err(MISSING) : ok(undefined);
  };

  const named: KeyRings['named'] = (owner, name) =>
    safeTry(async function* () {
      let ring = yield* ringOf(owner);
      // Another process may have made it since.
      if (find(ring, name).isErr()) ring = yield* read(owner);
      const item = yield* find(ring, name);
      return ok(item === undefined ? undefined : yield* unwrap(ring, item));
    });

  const check: KeyRings['check'] = () =>
    safeTry(async function* () {
      yield* table.list(NOBODY);
      if (!(yield* encryption.isMade())) return ok<'NotMadeYet' | 'Works'>('NotMadeYet');
      const about = aboutKey({ owner: NOBODY, name: '' });
      yield* encryption.unwrap(yield* encryption.wrap(randomKey(), about), about);
      return ok<'NotMadeYet' | 'Works'>('Works');
    });

  return {
    current: (owner, purpose) => new ResultAsync(current(owner, purpose)),
    named,
    check,
  };
};

/** No customer and no order has this id. */
const NOBODY = 'customer#';

/** A key that is moved to another owner or name cannot be unwrapped. */
const aboutKey = ({ owner, name }: Pick<KeyItem, 'owner' | 'name'>): string =>
  JSON.stringify(['paidonce-customer-key-1', owner, name]);

const isFor =
  (wanted: { readonly purpose: KeyPurpose; readonly year?: number }) =>
  (name: string): boolean => {
    const read = readKeyName(name);
    return read?.purpose === wanted.purpose && read.year === wanted.year;
  };

const endOf = ({ items }: Ring, name: string): number | undefined =>
  items.find((item) => item.name === endNameOf(name))?.at;

const isForNew = (ring: Ring, name: string): boolean =>
  endOf(ring, name) === undefined && !ring.items.some((item) => item.name === closeNameOf(name));

/** Of keys and ends: a name is never given twice. */
const newestOf = ({ items }: Ring, isWanted: (name: string) => boolean): number =>
  Math.max(
    0,
    ...items
      .map(({ name }) => endedBy(name) ?? name)
      .filter(isWanted)
      .map((name) => readKeyName(name)?.generation ?? 0),
  );

const MISSING: KeyTrouble = misconfigured(
  'CustomerKeys',
  'a key is not in the table KEYS_TABLE, and nobody has erased it: is that another deployment’s?',
);
