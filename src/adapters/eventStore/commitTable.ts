import type { ResultAsync } from 'neverthrow';
import type { CommitKey } from '../../application/ports/eventStore.ts';
import type { Misconfiguration, Unavailable } from '../../application/ports/failures.ts';

/** One commit as a table keeps it: attributes of text, whole number or bytes. */
export type CommitItem = Readonly<Record<string, string | number | Uint8Array>> & CommitKey;

export type { CommitKey };

/** What was read. Anybody with access may have written it, so nothing is known of its shape. */
export type ReadItem = Readonly<Record<string, unknown>>;

/** DynamoDB refuses an item of more than 400 KB, the attributes' names included. */
export const ITEM_BYTES_MAX = 409_600;
/** DynamoDB ends a page of a Query or Scan after 1 MB. */
export const PAGE_BYTES_MAX = 1_048_576;
/** A strongly consistent read costs one unit for each 4 KB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
export const READ_UNIT_BYTES = 4_096;

/** The item may lie in the table now, or later, or never: time-out, 5xx, lost answer. */
export type Ambiguous = { readonly type: 'Ambiguous'; readonly cause: string };

/** `Duplicate`: an item stands under this key, which may be this very item from an earlier try. */
export type InsertOutcome = 'Inserted' | 'Duplicate';

/** This item will never be taken, and any other may be; nothing was written. */
export type ItemRefused = { readonly type: 'ItemRefused'; readonly cause: string };

export type InsertError = Ambiguous | ItemRefused | Unavailable | Misconfiguration;
export type ReadError = Unavailable | Misconfiguration;

export type StreamPage = {
  readonly items: readonly ReadItem[];
  /** The version to read on from; undefined at the end. A page may be empty and still have a next one. */
  readonly nextFrom?: number;
};

export type TablePage = {
  readonly items: readonly ReadItem[];
  readonly readUnits: number;
  /** Where to read on; undefined at the end. */
  readonly next?: CommitKey;
};

export type TablePageQuery = {
  readonly segment: number;
  readonly segments: number;
  readonly after?: CommitKey;
  readonly signal?: AbortSignal;
};

/**
 * What the event log needs of a technology, and no more: it inserts and reads, and can neither overwrite
 * nor delete. All judgement about what an answer means is in `createEventStore`.
 */
export interface CommitTable {
  /** Writes the item if and only if nothing stands under its key. */
  insert(item: CommitItem): ResultAsync<InsertOutcome, InsertError>;

  /** Strongly consistent. */
  read(key: CommitKey): ResultAsync<ReadItem | undefined, ReadError>;

  /** Strongly consistent; in ascending order of version; at most `itemsMax`, and less where a page is full. */
  readPage(streamId: string, from: number, itemsMax?: number): ResultAsync<StreamPage, ReadError>;

  /** The item of the highest version of a stream. Strongly consistent. */
  readLast(streamId: string): ResultAsync<ReadItem | undefined, ReadError>;

  /** One page of one segment; every item is in exactly one segment. */
  scanPage(query: TablePageQuery): ResultAsync<TablePage, ReadError>;

  /** Roughly how many items there are. */
  size(): ResultAsync<number, ReadError>;
}
