import type { FileHandle } from 'node:fs/promises';
import { err, errAsync, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import type { Unavailable } from '../../application/ports/failures.ts';
import {
  PAGE_BYTES_MAX,
  READ_UNIT_BYTES,
  type CommitTable,
  type ReadItem,
  type TablePageQuery,
} from '../eventStore/commitTable.ts';
import { decodeCommit, positionAfter } from '../eventStore/storedCommit.ts';
import { misconfigured, unavailable } from '../failures.ts';
import type { FileLine, LinePlace } from '../fileLines.ts';
import { fileError, itemFromJson, keyOf } from './format.ts';
import { parseJson } from '../../application/ports/json.ts';
import { readPlace } from './lines.ts';

type StoredPlace = LinePlace & { readonly streamId: string; readonly version: number };

/** Commits in the order of their versions, with three numbers each: version, offset and bytes. */
type StreamIndex = { readonly index: number; readonly places: number[]; headVersion: number };

const WIDTH = 3;

/** The place of each commit in `events.jsonl`. */
export class EventsIndex {
  readonly #file: FileHandle;
  readonly #report: (line: number, why: string) => void;
  readonly #streams = new Map<string, StreamIndex>();
  /** Streams in the order in which the file first names them. */
  readonly ids: string[] = [];
  /** The number of commits. */
  size = 0;

  constructor(file: FileHandle, report: (line: number, why: string) => void) {
    this.#file = file;
    this.#report = report;
  }

  async add({ number, text, place }: FileLine): Promise<void> {
    const key = keyOf(parseJson(text).unwrapOr(undefined));
    if (key === undefined) return this.#report(number, 'is not a commit');
    const { streamId, version } = key;
    const stream = this.#streams.get(streamId) ?? this.#addStream(streamId);
    const at = placeOf(stream, version);
    const there = this.#locatedAt(streamId, at);
    if (there?.version === version) {
      if ((await readPlace(this.#file, there)) === text) return;
      const why = `is another commit at the place of ${streamId}, version ${version}`;
      return this.#report(number, why);
    }
    stream.places.splice(at, 0, version, place.offset, place.bytes);
    this.size += 1;
  }

  async addHead({ text }: FileLine, complain: (why: string) => void): Promise<void> {
    const head = keyOf(parseJson(text).unwrapOr(undefined));
    if (head === undefined) return complain('is not a head');
    const { streamId, version, json } = head;
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return complain(`${streamId} is not among the events`);
    // What could not be read for the export cannot be read now either, which the audit finds.
    if (json['unreadable'] !== undefined) {
      stream.headVersion = Number.MAX_SAFE_INTEGER;
      return;
    }
    const last = this.#locatedAt(streamId, placeOf(stream, version + 1) - WIDTH);
    const isThere =
      last !== undefined &&
      decodeCommit(readItem(await readPlace(this.#file, last)))
        .map(positionAfter)
        .map((position) => position.version === version && position.hash === json['hash'])
        .unwrapOr(false);
    if (!isThere) return complain(`${streamId} has no commit that ends at version ${version} so`);
    stream.headVersion = Math.max(stream.headVersion, last.version);
  }

  /** A complaint about each stream whose last commit no head names. */
  headless(): readonly string[] {
    return this.ids
      .filter((id) => (this.last(id)?.version ?? 0) > (this.#streams.get(id)?.headVersion ?? 0))
      .map((id) => `no head names the last commit of ${id}`);
  }

  indexOf(streamId: string): number {
    return this.#streams.get(streamId)?.index ?? -1;
  }

  /** The commits of a stream from a version on, in order. */
  *commitsFrom(streamId: string, version: number): Generator<StoredPlace> {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    for (let at = placeOf(stream, version); at < stream.places.length; at += WIDTH) {
      const located = this.#locatedAt(streamId, at);
      if (located !== undefined) yield located;
    }
  }

  last(streamId: string): StoredPlace | undefined {
    return this.#locatedAt(streamId, (this.#streams.get(streamId)?.places.length ?? 0) - WIDTH);
  }

  #addStream(streamId: string): StreamIndex {
    const stream = { index: this.ids.length, places: [], headVersion: 0 };
    this.ids.push(streamId);
    this.#streams.set(streamId, stream);
    return stream;
  }

  #locatedAt(streamId: string, at: number): StoredPlace | undefined {
    const places = this.#streams.get(streamId)?.places.slice(at, at + WIDTH) ?? [];
    const [version, offset, bytes] = places;
    return version === undefined || offset === undefined || bytes === undefined
      ? undefined
      : { streamId, version, offset, bytes };
  }
}

/** The index in `places` of the first commit with at least this version. */
const placeOf = ({ places }: StreamIndex, version: number): number => {
  let [low, high] = [0, places.length / WIDTH];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle * WIDTH] ?? 0) < version) low = middle + 1;
    else high = middle;
  }
  return low * WIDTH;
};

const readItem = (text: string): ReadItem => {
  const key = keyOf(parseJson(text).unwrapOr(undefined));
  return key === undefined ? {} : itemFromJson(key.json);
};

/** The events of an evidence export, as the table that they were read from. */
export const createBundledTable = (file: FileHandle, index: EventsIndex): CommitTable => {
  const read = ResultAsync.fromThrowable(
    async (place: LinePlace) => readItem(await readPlace(file, place)),
    (error) => unavailable('EventStore', fileError('events.jsonl')(error).why),
  );

  const pageOf = async (
    located: Iterable<StoredPlace>,
    itemsMax = Infinity,
  ): Promise<Result<EventsPage, Unavailable>> => {
    const items: ReadItem[] = [];
    let pageBytes = 0;
    for (const { streamId, version, offset, bytes } of located) {
      const item = await read({ offset, bytes });
      if (item.isErr()) return err(item.error);
      items.push(item.value);
      pageBytes += bytes;
      if (pageBytes >= PAGE_BYTES_MAX || items.length === itemsMax) {
        return ok({ items, bytes: pageBytes, last: { streamId, version } });
      }
    }
    return ok({ items, bytes: pageBytes });
  };

  function* segmentOf({ segment, segments, after }: TablePageQuery): Generator<StoredPlace> {
    if (after !== undefined) yield* index.commitsFrom(after.streamId, after.version + 1);
    const begin = after === undefined ? segment : index.indexOf(after.streamId) + segments;
    const ids = index.ids;
    for (let at = begin; at < ids.length; at += segments) {
      yield* index.commitsFrom(ids[at] ?? '', Number.NEGATIVE_INFINITY);
    }
  }

  const readPlaced = (
    place: StoredPlace | undefined,
  ): ResultAsync<ReadItem | undefined, Unavailable> =>
    place === undefined ? okAsync(undefined) : read(place);

  return {
    insert: () => errAsync(misconfigured('EventStore', 'a bundle cannot be written to')),
    read: ({ streamId, version }) => {
      const [place] = index.commitsFrom(streamId, version);
      return readPlaced(place?.version === version ? place : undefined);
    },
    readPage: (streamId, from, itemsMax) =>
      new ResultAsync(pageOf(index.commitsFrom(streamId, from), itemsMax)).map(({ items, last }) =>
        last === undefined ? { items } : { items, nextFrom: last.version + 1 },
      ),
    readLast: (streamId) => readPlaced(index.last(streamId)),
    scanPage: (query) =>
      new ResultAsync(pageOf(segmentOf(query))).map(({ items, bytes, last }) => ({
        items,
        readUnits: Math.ceil(bytes / READ_UNIT_BYTES),
        ...(last === undefined ? {} : { next: last }),
      })),
    size: () => okAsync(index.size),
  };
};

type EventsPage = {
  readonly items: readonly ReadItem[];
  readonly bytes: number;
  readonly last?: { readonly streamId: string; readonly version: number };
};
