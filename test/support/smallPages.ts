import { err, ok } from 'neverthrow';
import type {
  CorruptStream,
  EventStore,
  RecordedCommit,
  ScanOptions,
  ScanResult,
} from '../../src/application/ports/eventStore.ts';
import { must } from './commits.ts';

export const THROTTLED = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: 'slow down',
  throttled: true,
} as const;

type SmallPages = EventStore & {
  /** Every page that was asked for, as `segment: first key shown`. */
  readonly asked: readonly string[];
};

type Shown = { readonly commit: RecordedCommit } | { readonly corrupt: CorruptStream };

/**
 * The same store with pages of so few commits, each of which costs so much, and which may be
 * refused: the nth request meets `refuses(n)`. The log is read once at the start, in the order of
 * its table.
 */
export const inSmallPages = async (
  store: EventStore,
  {
    perPage,
    readUnits = 1,
    refuses = () => false,
  }: {
    readonly perPage: number;
    readonly readUnits?: number;
    readonly refuses?: (request: number) => boolean;
  },
): Promise<SmallPages> => {
  const all: Shown[] = [];
  const corruptIds = new Map<string, readonly CorruptStream[]>();
  for await (const page of store.scan({ segment: 0, segments: 1 })) {
    const { commits, corrupt } = await must(page);
    all.push(...commits.map((commit) => ({ commit })));
    for (const one of corrupt) {
      corruptIds.set(one.streamId, [...(corruptIds.get(one.streamId) ?? []), one]);
    }
  }
  for (const list of corruptIds.values()) {
    for (const corrupt of list) all.splice(placeOf(all, corrupt), 0, { corrupt });
  }
  const ids = [...new Set(all.map(idOf))];
  const asked: string[] = [];

  async function* scan({
    segment,
    segments,
    after,
    signal,
  }: ScanOptions): AsyncGenerator<ScanResult, void, void> {
    const mine = all.filter((shown) => ids.indexOf(idOf(shown)) % segments === segment);
    const behind = mine.findIndex(
      (shown) => idOf(shown) === after?.streamId && versionOf(shown) === after.version,
    );
    for (let from = behind + 1; from < mine.length; from += perPage) {
      if (signal?.aborted === true) return;
      const page = mine.slice(from, from + perPage);
      asked.push(`${segment}: ${page.map((one) => `${idOf(one)}@${versionOf(one)}`)[0]}`);
      if (refuses(asked.length)) {
        yield err(THROTTLED);
        return;
      }
      yield ok({
        commits: page.flatMap((one) => ('commit' in one ? [one.commit] : [])),
        corrupt: page.flatMap((one) => ('corrupt' in one ? [one.corrupt] : [])),
        readUnits,
      });
    }
  }
  return { ...store, scan, asked };
};

const placeOf = (all: readonly Shown[], corrupt: CorruptStream): number => {
  const behind = all.findLastIndex(
    (shown) => idOf(shown) === corrupt.streamId && versionOf(shown) < corrupt.version,
  );
  return behind === -1 ? all.length : behind + 1;
};

const idOf = (shown: Shown): string =>
  'commit' in shown ? shown.commit.streamId : shown.corrupt.streamId;

const versionOf = (shown: Shown): number =>
  'commit' in shown ? shown.commit.version : shown.corrupt.version;
