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
import { fileError, itemFromJson, keyOf } from './format.ts';
import { parseJson } from '../../application/ports/json.ts';
import { readPlace, type FileLine, type LinePlace } from './lines.ts';

type StoredPlace = LinePlace & { readonly streamId: string; readonly version: number };

/** Commits in the order of their versions, with three numbers each: version, offset and bytes. */
type StreamIndex = { readonly index: number; readonly places: number[]; headVersion: number };

const WIDTH = 3;

export type EventsIndex = {
  readonly add: (line: FileLine) => Promise<void>;
  readonly addHead: (line: FileLine, report: (why: string) => void) => Promise<void>;
  /** The streams whose last commit no head names. */
  readonly headless: () => readonly string[];
  readonly ids: () => readonly string[];
  readonly indexOf: (streamId: string) => number;
  /** The commits of a stream from a version on, in order. */
  readonly commitsFrom: (streamId: string, version: number) => Iterable<StoredPlace>;
  readonly last: (streamId: string) => StoredPlace | undefined;
  readonly size: () => number;
};

/** The place of each commit in `events.jsonl`. */
export const createEventsIndex = (
  file: FileHandle,
  report: (line: number, why: string) => void,
): EventsIndex => {
  const streams = new Map<string, StreamIndex>();
  const ids: string[] = [];
  let size = 0;

  const locatedAt = (streamId: string, at: number): StoredPlace | undefined => {
    const [version, offset, bytes] = streams.get(streamId)?.places.slice(at, at + WIDTH) ?? [];
    return version === undefined || offset === undefined || bytes === undefined
      ? undefined
      : { streamId, version, offset, bytes };
  };

  const add = async ({ number, text, place }: FileLine): Promise<void> => {
    const key = keyOf(parseJson(text).unwrapOr(undefined));
    if (key === undefined) return report(number, 'is not a commit');
    const { streamId, version } = key;
    const stream = streams.get(streamId) ?? { index: ids.length, places: [], headVersion: 0 };
    if (stream.index === ids.length) {
      ids.push(streamId);
      streams.set(streamId, stream);
    }
    const at = placeOf(stream, version);
    const there = locatedAt(streamId, at);
    if (there?.version === version) {
      if ((await readPlace(file, there)) === text) return;
      return report(number, `is another commit at the place of ${streamId}, version ${version}`);
    }
    stream.places.splice(at, 0, version, place.offset, place.bytes);
    size += 1;
  };

  const addHead = async ({ text }: FileLine, complain: (why: string) => void): Promise<void> => {
    const head = keyOf(parseJson(text).unwrapOr(undefined));
    if (head === undefined) return complain('is not a head');
    const { streamId, version, json } = head;
    const stream = streams.get(streamId);
    if (stream === undefined) return complain(`${streamId} is not among the events`);
    // Items that could not be read when the export was made cannot be read now either, which the
    // audit finds.
    if (json['unreadable'] !== undefined) {
      stream.headVersion = Number.MAX_SAFE_INTEGER;
      return;
    }
    const last = locatedAt(streamId, placeOf(stream, version + 1) - WIDTH);
    const isThere =
      last !== undefined &&
      decodeCommit(readItem(await readPlace(file, last)))
        .map(positionAfter)
        .map((position) => position.version === version && position.hash === json['hash'])
        .unwrapOr(false);
    if (!isThere) return complain(`${streamId} has no commit that ends at version ${version} so`);
    stream.headVersion = Math.max(stream.headVersion, last.version);
  };

  const last = (streamId: string): StoredPlace | undefined =>
    locatedAt(streamId, (streams.get(streamId)?.places.length ?? 0) - WIDTH);

  return {
    add,
    addHead,
    headless: () =>
      ids
        .filter((id) => (last(id)?.version ?? 0) > (streams.get(id)?.headVersion ?? 0))
        .map((id) => `no head names the last commit of ${id}`),
    ids: () => ids,
    indexOf: (streamId) => streams.get(streamId)?.index ?? -1,
    *commitsFrom(streamId, version) {
      const stream = streams.get(streamId);
      if (stream === undefined) return;
      for (let at = placeOf(stream, version); at < stream.places.length; at += WIDTH) {
        const located = locatedAt(streamId, at);
        if (located !== undefined) yield located;
      }
    },
    last,
    size: () => size,
  };
};

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
    const ids = index.ids();
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
    size: () => okAsync(index.size()),
  };
};

type EventsPage = {
  readonly items: readonly ReadItem[];
  readonly bytes: number;
  readonly last?: { readonly streamId: string; readonly version: number };
};
