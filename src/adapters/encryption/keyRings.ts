import { err, ok, okAsync, ResultAsync, safeTry, type Result } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { KeyTrouble } from '../../application/ports/personalData.ts';
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
import { createRingCache, type KeyRing, type RingCache } from './ringCache.ts';

/** Others make the same key at the same moment. More rounds mean that something is wrong. */
const ROUNDS_MAX = 5;

/** A data key, and the name that the table has it by. */
export type NamedKey = { readonly name: string; readonly key: DataKey };

export type KeyRings = {
  /** The key that new data is encrypted with. It is made if there is none. */
  current(owner: string, purpose: KeyPurpose): ResultAsync<NamedKey, KeyTrouble>;
  /** A key by its name; undefined if the key has its end: what it encrypted is erased. */
  named(owner: string, name: string): ResultAsync<DataKey | undefined, KeyTrouble>;
  /** Reads the table, wraps a key that nobody uses, and unwraps it. It makes nothing. */
  check(): ResultAsync<'Works' | 'NotMadeYet', KeyTrouble>;
};

type KeyRingDependencies = {
  readonly table: KeyTable;
  readonly encryption: KeyEncryption;
  readonly clock: Pick<Clock, 'now'>;
};

type RingParts = KeyRingDependencies & { readonly cache: RingCache };

/** The data keys of owners, by a cache of what the table of keys has. */
export const createKeyRings = ({ table, encryption, clock }: KeyRingDependencies): KeyRings => {
  const parts = { table, encryption, clock, cache: createRingCache(table, clock) };
  return {
    current: (owner, purpose) => new ResultAsync(currentKey(parts, owner, purpose)),
    named: (owner, name) => namedKey(parts, owner, name),
    check: () => checkKeys(parts),
  };
};

/** Another process may make the same key at the same moment, and then its key is used. */
const currentKey = async (
  { table, encryption, clock, cache }: RingParts,
  owner: string,
  purpose: KeyPurpose,
): Promise<Result<NamedKey, KeyTrouble>> => {
  let found = await cache.ringOf(owner);
  const wanted = wantedFor(purpose, clock.now());
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
    if (found.isErr()) return err(found.error);
    const ring = found.value;
    const usable = usableIn(ring, wanted);
    if (usable !== undefined) {
      return (await unwrapIn(ring, usable, encryption)).map((key) => ({ name: usable.name, key }));
    }
    const name = keyNameOf({ ...wanted, generation: 1 + newestOf(ring, wanted) });
    const made = await makeKey({ table, encryption, clock }, owner, name);
    if (made.isErr()) return err(made.error);
    found = made.value === undefined ? await cache.read(owner) : ok(cache.add(made.value, ring));
  }
  const cause = 'others made and ended keys of one customer again and again';
  return err(misconfigured('CustomerKeys', cause));
};

/** Undefined if another process has made it first. */
const makeKey = (
  { table, encryption, clock }: KeyRingDependencies,
  owner: string,
  name: string,
): ResultAsync<KeyItem | undefined, KeyTrouble> =>
  encryption.wrap(randomKey(), aboutKey({ owner, name })).andThen((wrapped) => {
    const item = { owner, name, ...wrapped, at: clock.now() };
    return table.insert(item).map((done) => (done === 'Inserted' ? item : undefined));
  });

const namedKey = (
  { encryption, clock, cache }: RingParts,
  owner: string,
  name: string,
): ResultAsync<DataKey | undefined, KeyTrouble> =>
  safeTry(async function* () {
    let ring = yield* cache.ringOf(owner);
    // Another process may have made it since.
    if (findIn(ring, name, clock.now()).isErr()) ring = yield* cache.read(owner);
    const item = yield* findIn(ring, name, clock.now());
    return ok(item === undefined ? undefined : yield* unwrapIn(ring, item, encryption));
  });

/** Undefined if the key has its end by now; an error if nothing says what became of it. */
const findIn = (
  ring: KeyRing,
  name: string,
  now: number,
): Result<KeyItem | undefined, KeyTrouble> => {
  const endsAt = endOf(ring, name);
  if (endsAt !== undefined && endsAt <= now) return ok(undefined);
  const item = ring.items.find((one) => one.name === name);
  if (item !== undefined) return ok(item);
  // The mark alone is enough, whatever this machine's clock says: the key is deleted.
  return endsAt === undefined ? err(MISSING) : ok(undefined);
};

const unwrapIn = (
  { unwrapped }: KeyRing,
  item: KeyItem,
  encryption: KeyEncryption,
): ResultAsync<DataKey, KeyTrouble> => {
  const known = unwrapped.get(item.name);
  if (known !== undefined) return okAsync(known);
  return encryption.unwrap(item, aboutKey(item)).map((secret) => {
    const key = dataKeyOf(secret);
    unwrapped.set(item.name, key);
    return key;
  });
};

const checkKeys = ({
  table,
  encryption,
}: KeyRingDependencies): ResultAsync<'Works' | 'NotMadeYet', KeyTrouble> =>
  safeTry(async function* () {
    yield* table.list(NOBODY);
    if (!(yield* encryption.isMade())) return ok<'NotMadeYet' | 'Works'>('NotMadeYet');
    const about = aboutKey({ owner: NOBODY, name: '' });
    yield* encryption.unwrap(yield* encryption.wrap(randomKey(), about), about);
    return ok<'NotMadeYet' | 'Works'>('Works');
  });

/** No customer and no order has this id. */
const NOBODY = 'customer#';

/** A key that is moved to another owner or name cannot be unwrapped. */
const aboutKey = ({ owner, name }: Pick<KeyItem, 'owner' | 'name'>): string =>
  JSON.stringify(['paidonce-customer-key-1', owner, name]);

/** The parts of a key's name besides its generation. Keys of contacts are for all years. */
type WantedKey = { readonly purpose: KeyPurpose; readonly year?: number };

const wantedFor = (purpose: KeyPurpose, now: number): WantedKey =>
  purpose === 'contact' ? { purpose } : { purpose, year: new Date(now).getUTCFullYear() };

/** The key that new data is encrypted with, if the ring has one. */
const usableIn = (ring: KeyRing, wanted: WantedKey): KeyItem | undefined =>
  ring.items.find(({ name }) => isFor(wanted, name) && isForNew(ring, name));

const isFor = (wanted: WantedKey, name: string): boolean => {
  const read = readKeyName(name);
  return read?.purpose === wanted.purpose && read.year === wanted.year;
};

const endOf = ({ items }: KeyRing, name: string): number | undefined =>
  items.find((item) => item.name === endNameOf(name))?.at;

const isForNew = (ring: KeyRing, name: string): boolean =>
  endOf(ring, name) === undefined && !ring.items.some((item) => item.name === closeNameOf(name));

/** The newest generation of keys and of ends, since a name is never given twice. */
const newestOf = ({ items }: KeyRing, wanted: WantedKey): number =>
  Math.max(
    0,
    ...items
      .map(({ name }) => endedBy(name) ?? name)
      .filter((name) => isFor(wanted, name))
      .map((name) => readKeyName(name)?.generation ?? 0),
  );

const MISSING: KeyTrouble = misconfigured(
  'CustomerKeys',
  'a key is not in the table KEYS_TABLE, and nobody has erased it: is that another deployment’s?',
);
