import { hash } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import {
  STREAM_KINDS,
  type Commit,
  type CorruptStream,
  type RecordedCommit,
  type StreamId,
  type StreamPosition,
} from '../../application/ports/eventStore.ts';
import { writeUnitsOf } from '../../application/ports/usage.ts';
import { type Decoder, object, REFUSED, string, whole, withQuick } from '../../domain/decode.ts';
import type { CommitItem, ReadItem } from './commitTable.ts';
import { decodeEvents, positive, toStored } from './storedEvent.ts';
import { PACKED_TEXT_BYTES_MAX, packText, unpackText } from './packing.ts';

const HASH_BYTES = 32;
/** The previous hash of a first commit, so that all items have one shape. */
const NO_HASH = '0'.repeat(HASH_BYTES * 2);
/** The first part of the hashed text, which distinguishes this hash scheme from another one. */
const HASH_SCHEME = 'paidonce-commit-1';

export const encodeCommit = (
  streamId: StreamId,
  after: StreamPosition,
  commit: Commit,
  committedAt: number,
): CommitItem & { readonly hash: Uint8Array } => {
  const unhashed = {
    streamId,
    version: after.version + 1,
    events: JSON.stringify(commit.events.map(toStored)),
    commitId: commit.commitId,
    idempotencyKey: commit.idempotencyKey,
    committedAt,
    correlationId: commit.correlationId,
    causationId: commit.causationId,
    previousHash: after.hash === '' ? NO_HASH : after.hash,
  };
  const item = {
    ...unhashed,
    previousHash: Buffer.from(unhashed.previousHash, 'hex'),
    hash: Buffer.from(hashOf(unhashed), 'hex'),
  };
  return unitsOf(item) === 1 ? item : smallerOf(item, unhashed.events);
};

/** Events are only packed where that saves a write unit: as text they can be read in the table. */
const smallerOf = <Item extends CommitItem>(item: Item, text: string): Item => {
  if (Buffer.byteLength(text) > PACKED_TEXT_BYTES_MAX) return item;
  const packed = { ...item, events: packText(text) };
  return unitsOf(packed) < unitsOf(item) ? packed : item;
};

const unitsOf = (item: CommitItem): number => writeUnitsOf(itemBytes(item));

/** Accepts only what `encodeCommit` writes: exact attributes, readable events, the right hash. */
export const decodeCommit = (item: ReadItem): Result<RecordedCommit, CorruptStream> => {
  const corrupt = (why: string) => err(corruptItem(item, why));
  const decoded = itemOf(item, 'item');
  if (decoded.isErr()) return corrupt(`${decoded.error.path} ${decoded.error.why}`);
  const parts = decoded.value;
  const events = decodeEvents(parts.events);
  if (events.isErr()) return corrupt(events.error);
  const { streamId } = parts;
  if (!isStreamId(streamId)) return corrupt('item.streamId names no known kind of stream');
  if (hashOf(parts) !== parts.hash) return corrupt('the content does not match its hash');
  return ok({
    streamId,
    version: parts.version,
    events: events.value,
    commitId: parts.commitId,
    idempotencyKey: parts.idempotencyKey,
    committedAt: parts.committedAt,
    correlationId: parts.correlationId,
    causationId: parts.causationId,
    previousHash: parts.previousHash === NO_HASH ? '' : parts.previousHash,
    hash: parts.hash,
  });
};

export const hashIn = (item: { readonly hash: Uint8Array }): string =>
  Buffer.from(item.hash).toString('hex');

/** The end of the stream after a commit. */
export const positionAfter = (commit: RecordedCommit): StreamPosition => ({
  version: commit.version + commit.events.length - 1,
  hash: commit.hash,
});

/**
 * Whether a commit that was read is the one that `item` was to write. The time of writing does not
 * count: a caller that repeats an uncertain append does so later, and means the same commit.
 */
export const isSameCommit = (read: ReadItem, item: CommitItem): boolean =>
  COMPARED.every((name) => {
    const [there, mine] = [read[name], item[name]];
    if (name === 'events') return isSameText(there, mine);
    return there instanceof Uint8Array && mine instanceof Uint8Array
      ? Buffer.from(there).equals(mine)
      : there === mine;
  });

/**
 * Another release may pack what this one does not, and another zlib may pack it into other bytes.
 */
const isSameText = (there: unknown, mine: unknown): boolean => {
  const text = eventsText(there, '');
  return text.isOk() && text.value === eventsText(mine, '').unwrapOr(undefined);
};

const COMPARED = [
  'streamId',
  'version',
  'events',
  'commitId',
  'idempotencyKey',
  'correlationId',
  'causationId',
  'previousHash',
] as const;

export const corruptItem = (
  item: ReadItem,
  why: string,
  more: Pick<CorruptStream, 'fault'> = {},
): CorruptStream => ({
  type: 'CorruptStream',
  // It is only named here and never trusted: whoever fixes it must be able to find the item.
  streamId: String(item['streamId']),
  version: Number(item['version']),
  why,
  ...more,
});

type HashedFields = {
  readonly [K in 'streamId' | 'events' | 'commitId' | 'idempotencyKey']: string;
} & { readonly [K in 'correlationId' | 'causationId' | 'previousHash']: string } & {
  readonly [K in 'version' | 'committedAt']: number;
};

/**
 * SHA-256 over one JSON array of texts and whole numbers, in this order: scheme, previous hash (64
 * hex digits, zeros for the first commit), stream, version, time, commit id, idempotency key,
 * correlation id, causation id, and the events exactly as the text that their attribute holds,
 * packed or not. JSON quotes every text, so that no part can run into the next. This system's texts
 * are well-formed, so that UTF-8 carries them unchanged.
 */
const hashOf = (parts: HashedFields): string =>
  hash(
    'sha256',
    JSON.stringify([
      HASH_SCHEME,
      parts.previousHash,
      parts.streamId,
      parts.version,
      parts.committedAt,
      parts.commitId,
      parts.idempotencyKey,
      parts.correlationId,
      parts.causationId,
      parts.events,
    ]),
    'hex',
  );

const hashText: Decoder<string> = withQuick<string>(
  (value) =>
    value instanceof Uint8Array && value.byteLength === HASH_BYTES ? hexOf(value) : REFUSED,
  (_value, path) => err({ path, why: `is not ${HASH_BYTES} bytes` }),
);

const hexOf = (bytes: Uint8Array): string =>
  (Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  ).toString('hex');

const eventsText: Decoder<string> = withQuick<string>(
  (value) => {
    if (typeof value === 'string') return value;
    return value instanceof Uint8Array ? unpackText(value).unwrapOr(REFUSED) : REFUSED;
  },
  (value, path) =>
    value instanceof Uint8Array
      ? unpackText(value).mapErr((why) => ({ path, why }))
      : string(value, path),
);

const itemOf = object({
  streamId: string,
  version: positive,
  events: eventsText,
  commitId: string,
  idempotencyKey: string,
  committedAt: whole,
  correlationId: string,
  causationId: string,
  previousHash: hashText,
  hash: hashText,
});

const PREFIXES = STREAM_KINDS.map((kind) => `${kind}#`);

const isStreamId = (value: string): value is StreamId =>
  PREFIXES.some((prefix) => value.startsWith(prefix) && value.length > prefix.length);

/** The size of the item that holds a commit. It determines the cost of writing and reading it. */
export const commitBytes = ({
  streamId,
  version,
  previousHash,
  committedAt,
  ...commit
}: RecordedCommit): number =>
  itemBytes(
    encodeCommit(streamId, { version: version - 1, hash: previousHash }, commit, committedAt),
  );

/**
 * The size of an item by DynamoDB's rules: the UTF-8 bytes of names and values. A number takes one
 * byte for two digits, plus one; it is rounded up, so that what passes is never refused later.
 */
export const itemBytes = (item: Readonly<Record<string, unknown>>): number => {
  let bytes = 0;
  for (const name of Object.keys(item)) bytes += Buffer.byteLength(name) + valueBytes(item[name]);
  return bytes;
};

const valueBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 2;
  if (value instanceof Uint8Array) return value.byteLength;
  return Buffer.byteLength(JSON.stringify(value) ?? '');
};
