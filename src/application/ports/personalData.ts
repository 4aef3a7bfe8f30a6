import type { ResultAsync } from 'neverthrow';
import type { KeyPurpose, Owner } from '../../domain/personal/index.ts';
import type { CorruptStream, RecordedCommit, StoredEvent, StreamId } from './eventStore.ts';
import type { DependencyError } from './failures.ts';

export type KeyTrouble = DependencyError;

/** Events about to be appended, with whose keys encrypt them. */
export type SealRequest = {
  readonly streamId: StreamId;
  /** Of the first event. */
  readonly version: number;
  readonly owner: Owner;
  readonly events: readonly [StoredEvent, ...StoredEvent[]];
};

/** Encrypts what is personal in events, and decrypts it while there is a key. */
export interface PersonalData {
  /**
   * The events with their personal data encrypted. The same request gives the same bytes, as long
   * as the owner has the same key.
   */
  seal(request: SealRequest): ResultAsync<SealRequest['events'], KeyTrouble>;

  /**
   * The commits with their personal data in them, or with markers where the key was deleted. A key
   * that is missing and was never deleted is an error.
   */
  reveal(
    commits: readonly RecordedCommit[],
  ): ResultAsync<readonly RecordedCommit[], KeyTrouble | CorruptStream>;

  /**
   * Whether keys can be read, wrapped and unwrapped; `NotMadeYet`: read, and no key-encryption key
   * is there, which the first customer's key brings about. It makes none.
   */
  check(): ResultAsync<'Works' | 'NotMadeYet', KeyTrouble>;
}

/** One key of a customer, as the table of keys has it. */
export type CustomerKey = {
  /** Such as `contact#1` or `invoice-2026#1`. */
  readonly name: string;
  readonly purpose: KeyPurpose;
  /** Of a key for invoices: that in which they were issued (UTC). */
  readonly year?: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /**
   * Set by an erasure: nothing new is encrypted with it, and from this moment on, in milliseconds
   * since the epoch, nothing is decrypted either.
   */
  readonly endsAt?: number;
};

/** The keys of people, for whoever erases. */
export interface CustomerKeys {
  /** Those that are in the table. */
  list(owner: Owner): ResultAsync<readonly CustomerKey[], KeyTrouble>;
  /** The names of those that have their end by the table, whether or not they are still there. */
  ended(owner: Owner): ResultAsync<ReadonlySet<string>, KeyTrouble>;
  /**
   * Has new data encrypted with another key, while this one decrypts as before. Repeatable, and
   * for ever. Processes that hold the key may encrypt with it for KEY_CACHE_MS more.
   */
  close(owner: Owner, name: string): ResultAsync<void, KeyTrouble>;
  /** Ends a key at once, or later, and deletes it then. Repeatable. */
  end(owner: Owner, name: string, endsAt: number): ResultAsync<void, KeyTrouble>;
}

/**
 * For how long a process may use a key that it has read before. Once so much time is over after an
 * erasure, nobody can decrypt any more, and new events are encrypted with a new key.
 */
export const KEY_CACHE_MS = 10_000;
