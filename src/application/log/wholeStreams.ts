import { err, ok, type Result, type ResultAsync } from 'neverthrow';
import { forgetOldest } from '../forgetOldest.ts';
import type {
  CorruptStream,
  LoadedStream,
  LoadError,
  RecordedCommit,
} from '../ports/eventStore.ts';

export type ScannedStream = {
  /** The id as it is in the table, so that it need not be an id of this system. */
  readonly streamId: string;
  /**
   * The commits from the first on: in order, contiguous, chained. Empty where the stream cannot be
   * read. A scan has no snapshot, so that commits appended meanwhile may be missing.
   */
  readonly commits: readonly RecordedCommit[];
  /** It is reported once for each stream; nothing may be decided from it. */
  readonly corrupt?: CorruptStream;
  /** The scan shows the stream in pieces, and another piece is the one that counts. */
  readonly again: boolean;
};

/** Undefined where it was reported before that the stream cannot be read. */
type WholeStream = ScannedStream | undefined;

/** Unreadable streams that are remembered, to report each once: a few MB. */
const CORRUPT_IDS_MAX = 100_000;

export type WholeStreams = {
  /**
   * Returns the stream of a group. Nearly all are whole, and waiting for each would cost more than
   * reading it.
   */
  readonly streamOf: (
    group: readonly RecordedCommit[],
  ) => WholeStream | Promise<Result<WholeStream, LoadError>>;
  readonly unreadable: (corrupt: CorruptStream) => WholeStream;
};

/** Turns what a scan shows of a stream into the whole stream. Reports each unreadable one once. */
export const createWholeStreams = (
  load: (streamId: RecordedCommit['streamId']) => ResultAsync<LoadedStream, LoadError>,
): WholeStreams => {
  const corruptIds = new Set<string>();

  const unreadable: WholeStreams['unreadable'] = (corrupt) => {
    const { streamId } = corrupt;
    if (corruptIds.has(streamId)) return undefined;
    corruptIds.add(streamId);
    forgetOldest(corruptIds, CORRUPT_IDS_MAX);
    return { streamId, commits: [], corrupt, again: false };
  };

  const streamOf: WholeStreams['streamOf'] = (group) => {
    const [first] = group;
    if (first === undefined) return undefined;
    const { streamId } = first;
    // The part of a stream before its damaged item looks whole, but is not the whole stream.
    if (corruptIds.has(streamId)) return undefined;
    if (isWhole(group)) return { streamId, commits: group, again: false };
    return loadWhole(first, group);
  };

  const loadWhole = async (
    { streamId }: RecordedCommit,
    group: readonly RecordedCommit[],
  ): Promise<Result<WholeStream, LoadError>> => {
    const loaded = await load(streamId);
    if (loaded.isErr()) {
      return loaded.error.type === 'CorruptStream'
        ? ok(unreadable(loaded.error))
        : err(loaded.error);
    }
    const again = group.every(({ version }) => version !== 1);
    return ok({ streamId, commits: loaded.value.commits, again });
  };
  return { streamOf, unreadable };
};

const isWhole = (commits: readonly RecordedCommit[]): boolean => {
  let next = 1;
  let hash: string | undefined;
  for (const commit of commits) {
    if (commit.version !== next || commit.previousHash !== (hash ?? commit.previousHash)) {
      return false;
    }
    next += commit.events.length;
    ({ hash } = commit);
  }
  return true;
};
