import type { Result, ResultAsync } from 'neverthrow';
import type { Owner, SealedData } from '../../domain/personal/index.ts';
import type { DependencyError } from './failures.ts';
import type { JsonObject } from './json.ts';

/** An event as it is stored: a literal name, the version of its shape, and its data. */
export type StoredEvent = {
  readonly type: string;
  readonly v: number;
  /** Markers replace personal data where `sealed` is present and was not decrypted. */
  readonly data: JsonObject;
  /** The personal data as it is stored; only this is written of it. */
  readonly sealed?: SealedData;
};

/** The kinds of streams: the part of a stream's id before the first `#`. */
export const STREAM_KINDS = [
  'order',
  'notification',
  /** Claims of the shop's payments by orders: one stream for each account and payment. */
  'payment',
  'series',
  'reconciler',
  /** A dead letter that names no order. */
  'letter',
  /** The identity of the deployment that the table belongs to. */
  'deployment',
  /** The table that holds the read model. */
  'view',
  /** Settings of the whole deployment: its series, and the settings with which workers started. */
  'registry',
  /** Erasures of one customer, or of an order that names no customer. */
  'person',
] as const;

export type StreamId = `${(typeof STREAM_KINDS)[number]}#${string}`;

/**
 * The end of a stream, as far as this process knows it to be durable: the version of the last event
 * and the hash of the last commit. An append names the position that it follows.
 */
export type StreamPosition = { readonly version: number; readonly hash: string };

export const STREAM_START: StreamPosition = { version: 0, hash: '' };

/**
 * The events of a commit are appended together. A commitId is for one content: another content
 * needs a new id.
 */
export type Commit = {
  readonly commitId: string;
  /** The command that this commit answers, such as `place#<orderId>`. */
  readonly idempotencyKey: string;
  readonly events: readonly [StoredEvent, ...StoredEvent[]];
  readonly correlationId: string;
  readonly causationId: string;
  /** The owner of the keys that encrypt personal data in the events. It is not stored by itself. */
  readonly owner?: Owner;
};

/** A commit as it is stored in the log. `version` is the version of its first event. */
export type RecordedCommit = Omit<Commit, 'owner'> & {
  readonly streamId: StreamId;
  readonly version: number;
  /** Milliseconds since the epoch, by the writer's clock. It determines no order. */
  readonly committedAt: number;
  /** SHA-256 over the previous hash and this commit, in hexadecimal. */
  readonly hash: string;
  readonly previousHash: string;
};

export type LoadedStream = {
  readonly commits: readonly RecordedCommit[];
  readonly position: StreamPosition;
};

/** Another process has written a commit at this version. Reload and decide again. */
export type Conflict = {
  readonly type: 'Conflict';
  readonly streamId: StreamId;
  readonly version: number;
};

/** An item that this system cannot have written. Nothing may be decided from its stream. */
export type CorruptStream = {
  readonly type: 'CorruptStream';
  /** The id as it is in the table, so that it need not be an id of this system. */
  readonly streamId: string;
  readonly version: number;
  readonly why: string;
  /**
   * It is present where each item by itself is one that this system writes. `gap`, `overlap`,
   * `chain`: the items do not follow each other; a version is missing, two commits claim the same
   * version, or a commit is chained to another than the one before it. `unknown`: this code does
   * not know the event's type or version, as when an older worker reads what a newer one wrote (ADR
   * 0015). `illegal`: the event may not stand where it stands, so that its writer did not decide by
   * the rules (ADR 0027).
   */
  readonly fault?: 'gap' | 'overlap' | 'chain' | 'unknown' | 'illegal';
};

/** The append may or may not have taken effect, and reading back did not show which. */
export type Uncertain = {
  readonly type: 'Uncertain';
  readonly streamId: StreamId;
  readonly cause: string;
};

/** The commit is larger than an item may be (400 KB); nothing was sent. */
export type CommitTooLarge = {
  readonly type: 'CommitTooLarge';
  readonly streamId: StreamId;
  readonly bytes: number;
};

/** The end of the stream after the append, and when the commit was written, as it is stored. */
export type AppendedCommit = StreamPosition & { readonly committedAt: number };

export type AppendError = Conflict | CorruptStream | Uncertain | CommitTooLarge | DependencyError;

export type LoadError = CorruptStream | DependencyError;

/** Why something is not recorded, where a conflict means to decide and to append again. */
export type RecordError = Exclude<AppendError, Conflict> | LoadError;

export type LoadOptions = { readonly after?: number; readonly commitsMax?: number };

export type CommitKey = { readonly streamId: string; readonly version: number };

/** The commits of one stream usually, but not always, follow each other. */
export type ScanPage = {
  /** The list belongs to the reader, which empties it to hold the commits no longer. */
  readonly commits: RecordedCommit[];
  readonly corrupt: readonly CorruptStream[];
  /** The cost of the page in read units, one for each 4 KB. */
  readonly readUnits: number;
  /** Whether more of what was read follows, which costs nothing. */
  readonly goesOn?: boolean;
};

export type ScanOptions = {
  /** The part of this reader, 0 … segments − 1. */
  readonly segment: number;
  readonly segments: number;
  /** The place where an earlier scan of this segment, with as many segments, stopped. */
  readonly after?: CommitKey;
  readonly signal?: AbortSignal;
};

/** The append-only log. Nobody updates or deletes what is in it. */
export interface EventStore {
  /**
   * Appends after `after` if and only if nothing stands there yet. An append that is refused
   * because its own earlier try took effect, and only the answer was lost, succeeds.
   */
  append(
    streamId: StreamId,
    after: StreamPosition,
    commit: Commit,
  ): ResultAsync<AppendedCommit, AppendError>;

  /**
   * Reads the stream with strong consistency, contiguous versions and a verified hash chain. An
   * unknown stream is empty. With `after`, which must be the last version of a commit, only the
   * commits behind that version are read. The chain is then verified from the first of them on; if
   * there is none, `position` has the version `after` and an empty hash, since the real one is not
   * known. With `commitsMax` the result ends after that many commits, and `position` is the end of
   * the last one.
   */
  load(streamId: StreamId, options?: LoadOptions): ResultAsync<LoadedStream, LoadError>;

  /** The last commit of a stream, strongly consistent, in one read whatever its length. */
  head(streamId: StreamId): ResultAsync<RecordedCommit | undefined, LoadError>;

  /**
   * Every commit of one segment, page by page, in no guaranteed order and without a snapshot. Ends
   * with an error if a page cannot be read; unreadable items are part of their page.
   */
  scan(options: ScanOptions): AsyncGenerator<ScanResult, void, void>;

  /**
   * The approximate number of commits, for progress reports. DynamoDB counts every six hours, and
   * says 0 before.
   */
  size(): ResultAsync<number, DependencyError>;
}

export type ScanResult = Result<ScanPage, DependencyError>;
