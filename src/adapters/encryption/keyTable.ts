import type { ResultAsync } from 'neverthrow';
import type { KeyTrouble } from '../../application/ports/personalData.ts';
import type { KeyPurpose } from '../../domain/personal/index.ts';

/** One item of the table of keys: a key that is wrapped, or a mark about one. */
export type KeyItem = {
  readonly owner: string;
  /** `contact#1` for a key, `end contact#1` for its end, `close contact#1` before that. */
  readonly name: string;
  /** The key-encryption key that wrapped it; empty in a mark. */
  readonly kek: string;
  readonly wrapped: Uint8Array;
  /** Milliseconds since the epoch: when a key was made, or from when on it is at an end. */
  readonly at: number;
};

/** The operations that keys need of a technology. */
export interface KeyTable {
  /** All items of an owner, strongly consistent. */
  list(owner: string): ResultAsync<readonly KeyItem[], KeyTrouble>;
  /** Writes the item if and only if nothing has its owner and name. */
  insert(item: KeyItem): ResultAsync<'Inserted' | 'Duplicate', KeyTrouble>;
  remove(key: Pick<KeyItem, 'owner' | 'name'>): ResultAsync<void, KeyTrouble>;
  /** Has the item removed at a moment in milliseconds since the epoch, or some days after it. */
  removeAt(key: Pick<KeyItem, 'owner' | 'name'>, at: number): ResultAsync<void, KeyTrouble>;
}

/** `contact#1`, or `invoice-2026#1`: what was kept by law ends year by year. */
type KeyName = {
  readonly purpose: KeyPurpose;
  readonly year?: number;
  readonly generation: number;
};

const KEY_NAME = /^(?:(contact)|(invoice)-(\d{4}))#([1-9]\d{0,8})$/;

export const keyNameOf = ({ purpose, year, generation }: KeyName): string =>
  `${purpose}${year === undefined ? '' : `-${year}`}#${generation}`;

export const readKeyName = (name: string): KeyName | undefined => {
  const [, contact, , year, generation] = KEY_NAME.exec(name) ?? [];
  if (generation === undefined) return undefined;
  return contact === undefined
    ? { purpose: 'invoice', year: Number(year), generation: Number(generation) }
    : { purpose: 'contact', generation: Number(generation) };
};

const END = 'end ';

/** The name of the mark that a key has its end. */
export const endNameOf = (name: string): string => `${END}${name}`;

export const endedBy = (name: string): string | undefined =>
  name.startsWith(END) ? name.slice(END.length) : undefined;

/** The name of the mark that nothing new is encrypted with a key. */
export const closeNameOf = (name: string): string => `close ${name}`;
