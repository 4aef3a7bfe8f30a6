import type { ResultAsync } from 'neverthrow';
import type { CommitKey } from '../../application/ports/eventStore.ts';
import type { Misconfiguration, Unavailable } from '../../application/ports/failures.ts';

/** One commit as a table stores it: attributes of text, whole number or bytes. */
export type CommitItem = Readonly<Record<string, string | number | Uint8Array>> & CommitKey;

export type { CommitKey };
export { READ_UNIT_BYTES } from '../../application/ports/usage.ts';

/** An item that was read. Anybody with access may have written it, so that its shape is unknown. */
export type ReadItem = Readonly<Record<string, unknown>>;

/** DynamoDB refuses an item of more than 400 KB, including the attributes' names. */
export const ITEM_BYTES_MAX = 409_600;
/** DynamoDB ends a page of a Query or Scan after 1 MB. */
export const PAGE_BYTES_MAX = 1_048_576;
/** The item may be in the table now, or later, or never: time-out, 5xx, lost answer. */
export type Ambiguous = { readonly type: 'Ambiguous'; readonly cause: string };

/** `Duplicate`: an item has this key, which may be this very item from an earlier try. */
export type InsertOutcome = 'Inserted' | 'Duplicate';

/** This item will never be accepted, but any other may be; nothing was written. */
export type ItemRefused = { readonly type: 'ItemRefused'; readonly cause: string };

export type InsertError = Ambiguous | ItemRefused | Unavailable | Misconfiguration;
export type ReadError = Unavailable | Misconfiguration;

export type StreamPage = {
  readonly items: readonly ReadItem[];
  /**
   * The version at which to continue reading; undefined at the end. An empty page may have a next
   * one.
   */
  readonly nextFrom?: number;
};

export type TablePage = {
  /** May be read once: an item may be made as it is read, and nobody keeps it afterwards. */
  readonly items: Iterable<ReadItem>;
  readonly readUnits: number;
  /** The key at which to continue reading; undefined at the end. */
  readonly next?: CommitKey;
};

export type TablePageQuery = {
  readonly segment: number;
  readonly segments: number;
  readonly after?: CommitKey;
  readonly signal?: AbortSignal;
};

/**
 * The operations that the event log needs of a technology: it inserts and reads, and can neither
 * overwrite nor delete. `createEventStore` judges the meaning of every answer.
 */
export interface CommitTable {
  /** Writes the item if and only if no item has its key. */
  insert(item: CommitItem): ResultAsync<InsertOutcome, InsertError>;

  /** Reads one item, strongly consistent. */
  read(key: CommitKey): ResultAsync<ReadItem | undefined, ReadError>;

  /**
   * Reads items from a version on, strongly consistent and in order of version. There are at most
   * `itemsMax`, and fewer if a page is full.
   */
  readPage(streamId: string, from: number, itemsMax?: number): ResultAsync<StreamPage, ReadError>;

  /** The item with the highest version of a stream. Strongly consistent. */
  readLast(streamId: string): ResultAsync<ReadItem | undefined, ReadError>;

  /** One page of one segment; every item is in exactly one segment. */
  scanPage(query: TablePageQuery): ResultAsync<TablePage, ReadError>;

  /** The approximate number of items. */
  size(): ResultAsync<number, ReadError>;
}
