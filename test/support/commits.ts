import type { Result, ResultAsync } from 'neverthrow';
import type {
  Commit,
  EventStore,
  RecordedCommit,
  StreamId,
  StreamPosition,
} from '../../src/application/ports/eventStore.ts';
import type { CommitItem, CommitTable } from '../../src/adapters/eventStore/commitTable.ts';

export type EventStoreHarness = {
  /** Empty. */
  readonly table: CommitTable;
  /** Puts an item over whatever is under its key, as no part of the product can. */
  overwrite(item: CommitItem): Promise<void>;
  /** It never knows how many items it has, and says 0 (dynalite). */
  readonly countsNothing?: true;
  /** It reports half of what a strongly consistent scan costs (dynalite). */
  readonly halvesReadUnits?: true;
};

export const STREAM: StreamId = 'order#o-1';
export const clock = { now: () => 1_795_449_838_620 };

export const commitOf = (commitId: string, ...types: readonly string[]): Commit => {
  const [first = 'OrderPlaced', ...rest] = types;
  return {
    commitId,
    idempotencyKey: `place#${commitId}`,
    events: [eventOf(first), ...rest.map(eventOf)],
    correlationId: `correlation-${commitId}`,
    causationId: `causation-${commitId}`,
  };
};

/** A commit whose item takes at least so many bytes. */
export const bigCommit = (commitId: string, bytes: number): Commit => ({
  ...commitOf(commitId),
  events: [{ type: 'OrderPlaced', v: 1, data: { text: 'x'.repeat(bytes) } }],
});

/** Appends one after the other; each must succeed. */
export const appendAll = async (
  store: EventStore,
  streamId: StreamId,
  ...commits: readonly Commit[]
): Promise<StreamPosition> => {
  let position = await loadPosition(store, streamId);
  for (const commit of commits) {
    const { version, hash } = await must(store.append(streamId, position, commit));
    position = { version, hash };
  }
  return position;
};

export const loadPosition = async (
  store: EventStore,
  streamId: StreamId,
): Promise<StreamPosition> => (await must(store.load(streamId))).position;

export const loadIds = async (store: EventStore, streamId: StreamId): Promise<string[]> =>
  (await must(store.load(streamId))).commits.map(({ commitId }) => commitId);

/** All commits of one segment, whatever the pages. */
export const scanAll = async (
  store: EventStore,
  options: { readonly segment: number; readonly segments: number },
): Promise<RecordedCommit[]> => {
  const commits: RecordedCommit[] = [];
  for await (const page of store.scan(options)) {
    if (page.isErr()) throw new Error(JSON.stringify(page.error));
    commits.push(...page.value.commits);
  }
  return commits;
};

export const must = async <T, E>(result: ResultAsync<T, E> | Result<T, E>): Promise<T> => {
  const settled = await result;
  if (settled.isErr()) throw new Error(JSON.stringify(settled.error));
  return settled.value;
};

const eventOf = (type: string) => ({ type, v: 1, data: { at: 1, note: 'Grüße, 你好 😀' } });
