import { errAsync, okAsync } from 'neverthrow';
import {
  type CommitItem,
  type CommitKey,
  type CommitTable,
  ITEM_BYTES_MAX,
  PAGE_BYTES_MAX,
  READ_UNIT_BYTES,
  type TablePageQuery,
} from '../eventStore/commitTable.ts';
import { itemBytes } from '../eventStore/storedCommit.ts';

export type MemoryCommitTable = CommitTable & {
  /**
   * Overwrites an item, as only an operator with too many rights could. Tests of the log's checks
   * use it.
   */
  overwrite(item: CommitItem): void;
  /** Deletes an item, as only such an operator could. */
  remove(key: CommitKey): void;
};

/** A table that is lost with its process, with the same limits and pages as DynamoDB. */
export const createMemoryCommitTable = (): MemoryCommitTable => {
  const streams = new Map<string, Map<number, CommitItem>>();

  const put = (item: CommitItem): void => {
    const stream = streams.get(item.streamId) ?? new Map<number, CommitItem>();
    streams.set(item.streamId, stream.set(item.version, item));
  };

  const itemsFrom = (streamId: string, from: number): CommitItem[] =>
    [...(streams.get(streamId)?.values() ?? [])]
      .filter(({ version }) => version >= from)
      .toSorted((a, b) => a.version - b.version);

  /** Streams are in the order of their creation, and none ever leaves the map. */
  function* itemsOf({ segment, segments, after }: TablePageQuery): Generator<CommitItem> {
    let index = 0;
    let isBehind = after === undefined;
    for (const id of streams.keys()) {
      if (index++ % segments !== segment) continue;
      if (isBehind) yield* itemsFrom(id, 1);
      if (id !== after?.streamId) continue;
      isBehind = true;
      yield* itemsFrom(id, after.version + 1);
    }
  }

  return {
    insert: (item) => {
      if (itemBytes(item) > ITEM_BYTES_MAX) return errAsync(tooLarge());
      if (streams.get(item.streamId)?.has(item.version) === true) return okAsync('Duplicate');
      put(item);
      return okAsync('Inserted');
    },
    read: ({ streamId, version }) => okAsync(streams.get(streamId)?.get(version)),
    readPage: (streamId, from, itemsMax) => {
      const { items, last } = pageOf(itemsFrom(streamId, from), itemsMax);
      return okAsync(last === undefined ? { items } : { items, nextFrom: last.version + 1 });
    },
    readLast: (streamId) => okAsync(itemsFrom(streamId, 1).at(-1)),
    scanPage: (query) => {
      const { items, last, bytes } = pageOf(itemsOf(query));
      const readUnits = Math.ceil(bytes / READ_UNIT_BYTES);
      return okAsync(last === undefined ? { items, readUnits } : { items, readUnits, next: last });
    },
    size: () => okAsync([...streams.values()].reduce((sum, stream) => sum + stream.size, 0)),
    overwrite: put,
    remove: ({ streamId, version }) => void streams.get(streamId)?.delete(version),
  };
};

/** As many items as DynamoDB returns in one page; `last` is the page's end if more may follow. */
const pageOf = (
  all: Iterable<CommitItem>,
  itemsMax = Infinity,
): { items: CommitItem[]; bytes: number; last?: CommitKey } => {
  const items: CommitItem[] = [];
  let bytes = 0;
  for (const item of all) {
    items.push(item);
    bytes += itemBytes(item);
    if (bytes >= PAGE_BYTES_MAX || items.length === itemsMax) {
      return { items, bytes, last: { streamId: item.streamId, version: item.version } };
    }
  }
  return { items, bytes };
};

const tooLarge = () => ({
  type: 'Misconfigured' as const,
  dependency: 'EventStore' as const,
  cause: 'ValidationException: Item size has exceeded the maximum allowed size',
});
