import type { ResultAsync } from 'neverthrow';
import type { KeyPurpose, Owner } from '../../domain/personal/index.ts';
import type { CorruptStream, RecordedCommit, StoredEvent, StreamId } from './eventStore.ts';
import type { DependencyError } from './failures.ts';

export type KeyTrouble = DependencyError;

/** Events about to be appended, with the owner whose keys encrypt them. */
export type SealRequest = {
  readonly streamId: StreamId;
  /** The version of the first event. */
  readonly version: number;
  readonly owner: Owner;
  readonly events: readonly [StoredEvent, ...StoredEvent[]];
};

/** Encrypts personal data in events, and decrypts it while there is a key. */
export interface PersonalData {
  /**
   * Encrypts the personal data in events. The same request gives the same bytes, as long as the
   * owner has the same key.
   */
  seal(request: SealRequest): ResultAsync<SealRequest['events'], KeyTrouble>;

  /**
   * Decrypts the personal data in commits, with markers where the key was deleted. A key that is
   * missing and was never deleted is an error.
   */
  reveal(
    commits: readonly RecordedCommit[],
  ): ResultAsync<readonly RecordedCommit[], KeyTrouble | CorruptStream>;

  /**
   * Checks whether keys can be read, wrapped and unwrapped. `NotMadeYet`: they can be read, and
   * there is no key-encryption key yet, which the first customer's key brings about. The check
   * makes none.
   */
  check(): ResultAsync<'Works' | 'NotMadeYet', KeyTrouble>;
}

/** One key of a customer, as the table of keys has it. */
export type CustomerKey = {
  /** The key's name, such as `contact#1` or `invoice-2026#1`. */
  readonly name: string;
  readonly purpose: KeyPurpose;
  /** For a key for invoices: the year in which they were issued (UTC). */
  readonly year?: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /**
   * Set by an erasure: nothing new is encrypted with it, and from this moment on, in milliseconds
   * since the epoch, nothing is decrypted either.
   */
  readonly endsAt?: number;
};

/** The keys of people, for erasures. */
export interface CustomerKeys {
  /** The keys that are in the table. */
  list(owner: Owner): ResultAsync<readonly CustomerKey[], KeyTrouble>;
  /**
   * The names of the keys that have their end in the table, whether or not they are still there.
   */
  ended(owner: Owner): ResultAsync<ReadonlySet<string>, KeyTrouble>;
  /**
   * Has new data encrypted with another key, while this one decrypts as before. It may be repeated,
   * and holds for ever. Processes that hold the key may encrypt with it for KEY_CACHE_MS more.
   */
  close(owner: Owner, name: string): ResultAsync<void, KeyTrouble>;
  /** Ends a key at once, or later, and deletes it then. It may be repeated. */
  end(owner: Owner, name: string, endsAt: number): ResultAsync<void, KeyTrouble>;
}

/**
 * The time for which a process may use a key that it has read before. Once this time is over after
 * an erasure, nobody can decrypt any more, and new events are encrypted with a new key.
 */
export const KEY_CACHE_MS = 10_000;
