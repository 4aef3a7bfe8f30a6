import type { Result, ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';
import type { JsonObject } from './json.ts';

/** A fact as it is stored: a literal name, the version of its shape, and its data. */
export type StoredEvent = { readonly type: string; readonly v: number; readonly data: JsonObject };

/** The kinds of streams there are: the part of a stream's id before the first `#`. */
export const STREAM_KINDS = [
  'order',
  'notification',
  'series',
  'reconciler',
  /** A dead letter that names no order. */
  'letter',
  /** Which deployment this table is of. */
  'deployment',
  /** Which table the read model is in. */
  'view',
  /** What holds for the whole deployment: which series there are, and with which settings workers began. */
  'registry',
] as const;

export type StreamId = `${(typeof STREAM_KINDS)[number]}#${string}`;

/**
 * Where a stream ends, as far as the holder knows it to be durable: the version of its last event
 * and the hash of its last commit. An append names the position it follows.
 */
export type StreamPosition = { readonly version: number; readonly hash: string };

export const STREAM_START: StreamPosition = { version: 0, hash: '' };

/** What is appended at once. One commitId stands for one content: changed content takes a new id. */
export type Commit = {
  readonly commitId: string;
  /** The command that this commit answers, such as `place#<orderId>`. */
  readonly idempotencyKey: string;
  readonly events: readonly [StoredEvent, ...StoredEvent[]];
  readonly correlationId: string;
  readonly causationId: string;
};

/** A commit as it lies in the log. `version` is the version of its first event. */
export type RecordedCommit = Commit & {
  readonly streamId: StreamId;
  readonly version: number;
  /** Milliseconds since the epoch, by the writer's clock; orders nothing. */
  readonly committedAt: number;
  /** SHA-256 over the previous hash and this commit, in hexadecimal. */
  readonly hash: string;
  readonly previousHash: string;
};

export type LoadedStream = {
  readonly commits: readonly RecordedCommit[];
  readonly position: StreamPosition;
};

/** Somebody else's commit stands at the version that was to be written. Reload and decide again. */
export type Conflict = {
  readonly type: 'Conflict';
  readonly streamId: StreamId;
  readonly version: number;
};

/** An item that cannot be what this system wrote. Nothing may be decided from its stream. */
export type CorruptStream = {
  readonly type: 'CorruptStream';
  /** As it is in the table, which need not be one of this system's. */
  readonly streamId: string;
  readonly version: number;
  readonly why: string;
  /**
   * Where each item is what this system writes. They do not follow each other: versions are missing, two
   * commits claim one, or a commit is chained to another than the one before it. Or one is of a type or version
   * that this code does not know, as an older worker sees what a newer one wrote (ADR 0015). Or one may not stand
   * where it stands: whoever inserted it did not decide by the rules (ADR 0027).
   */
  readonly fault?: 'gap' | 'overlap' | 'chain' | 'unknown' | 'illegal';
};

/** The append may or may not have taken effect, and reading back did not tell either. */
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

export type AppendError =
  Conflict | CorruptStream | Uncertain | CommitTooLarge | Unavailable | Misconfiguration;

export type LoadError = CorruptStream | Unavailable | Misconfiguration;

export type LoadOptions = { readonly after?: number; readonly commitsMax?: number };

/** The key of a commit in the log. */
export type CommitKey = { readonly streamId: string; readonly version: number };

/** One page of a scan; `commits` of one stream usually, but not surely, follow each other. */
export type ScanPage = {
  readonly commits: readonly RecordedCommit[];
  /** What lies on the page and is no commit of this system's. */
  readonly corrupt: readonly CorruptStream[];
  /** What the page cost, in read units: one for each 4 KB. */
  readonly readUnits: number;
};

export type ScanOptions = {
  /** This reader's part, 0 … segments − 1. */
  readonly segment: number;
  readonly segments: number;
  /** Where an earlier scan of the same segment, of as many, had come to. */
  readonly after?: CommitKey;
  readonly signal?: AbortSignal;
};

/** The append-only log. Nobody updates or deletes what is in it. */
export interface EventStore {
  /**
   * Appends after `after`, if and only if nothing stands there yet. An append that was refused because
   * its own earlier try took effect (the answer was lost) is a success.
   */
  append(
    streamId: StreamId,
    after: StreamPosition,
    commit: Commit,
  ): ResultAsync<StreamPosition, AppendError>;

  /**
   * The stream, strongly consistent, versions contiguous, hash chain verified. Unknown stream: empty. With
   * `after`, only the commits behind that version, which must be the last of a commit: the chain is verified
   * from the first of them on, and where there is none the position is not known and `after` stands in it
   * with an empty hash. With `commitsMax` it ends after so many commits, and `position` stands behind them.
   */
  load(streamId: StreamId, options?: LoadOptions): ResultAsync<LoadedStream, LoadError>;

  /** The last commit of a stream, strongly consistent, in one read however long the stream is. */
  tip(streamId: StreamId): ResultAsync<RecordedCommit | undefined, LoadError>;

  /**
   * Every commit of one segment, page by page, in no promised order and without a snapshot. Ends with an
   * error result if a page cannot be had; what cannot be read on a page is part of it.
   */
  scan(options: ScanOptions): AsyncGenerator<ScanResult, void, void>;

  /**
   * Roughly how many commits there are, to show progress by: DynamoDB counts every six hours, and says 0 until
   * then.
   */
  size(): ResultAsync<number, Unavailable | Misconfiguration>;
}

export type ScanResult = Result<ScanPage, Unavailable | Misconfiguration>;
