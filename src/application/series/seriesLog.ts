import { err, ok, Result, type ResultAsync } from 'neverthrow';
import { ALLOCATOR } from '../causes.ts';
import * as Series from '../../domain/series/index.ts';
import {
  STREAM_START,
  type AppendError,
  type CorruptStream,
  type EventStore,
  type LoadError,
  type RecordedCommit,
  type StreamId,
} from '../ports/eventStore.ts';
import type { LoadedState, StreamDependencies } from '../log/eventStreams.ts';

/**
 * A commit with numbers, a floor, or closed documents. It holds one event, so that its version is
 * its place.
 */
export type SeriesCommit = Pick<RecordedCommit, 'version' | 'hash' | 'previousHash'> & {
  readonly event: Series.Event;
};

export type SeriesHead = LoadedState<Series.State>;

export const SERIES_START: SeriesHead = { state: Series.initialState, position: STREAM_START };

/** The reads of a series, for code that numbers nothing. */
export type SeriesReads = {
  /** The newest commit, or the start of a series that has none. */
  head(): ResultAsync<SeriesHead, LoadError>;
  page(after: number, commitsMax: number): ResultAsync<readonly SeriesCommit[], LoadError>;
};

export type SeriesLog = SeriesReads & {
  append(head: SeriesHead, event: Series.Event): ResultAsync<SeriesCommit, AppendError>;
};

export const seriesStreamId = (series: string): StreamId => `series#${series}`;

export const createSeriesReads = (
  series: string,
  store: Pick<EventStore, 'head' | 'load'>,
): SeriesReads => {
  const streamId = seriesStreamId(series);
  return {
    head: () =>
      store
        .head(streamId)
        .andThen((commit) =>
          commit === undefined ? ok(SERIES_START) : read(commit).map(headAfter),
        ),
    page: (after, commitsMax) =>
      store.load(streamId, { after, commitsMax }).andThen(({ commits }) => readAll(commits)),
  };
};

export const createSeriesLog = (series: string, { store, ids }: StreamDependencies): SeriesLog => {
  const streamId = seriesStreamId(series);
  return {
    ...createSeriesReads(series, store),
    append: ({ position }, event) =>
      store
        .append(streamId, position, {
          // R2: one content has one id. A request that is repeated after a conflict has another
          // content.
          commitId: ids.create(),
          // Its entries are the idempotency keys. The commit belongs to no order's chain, as it
          // serves many.
          idempotencyKey: `number#${position.version + 1}`,
          correlationId: ALLOCATOR,
          causationId: ALLOCATOR,
          events: [Series.codec.encode(event)],
        })
        .map(({ version, hash }) => ({ version, hash, previousHash: position.hash, event })),
  };
};

export const headAfter = ({ version, hash, event }: SeriesCommit): SeriesHead => ({
  state: Series.evolve(Series.initialState, event),
  position: { version, hash },
});

export const placesIn = (
  series: string,
  { event, version }: Pick<SeriesCommit, 'event' | 'version'>,
): readonly Series.SeriesPlace[] => Series.placesOf(event, { series, seriesVersion: version });

/** The standing of a document in its series: its number, or that it gets none any more (R25). */
export type DocumentStanding = Series.SeriesPlace | 'closed';

export const standingsIn = (
  series: string,
  commit: Pick<SeriesCommit, 'event' | 'version'>,
): readonly (readonly [id: string, DocumentStanding])[] => {
  const { event } = commit;
  return event.type === 'DocumentsClosed'
    ? event.data.entries.map(({ id }) => [id, 'closed'])
    : placesIn(series, commit).map((place) => [place.id, place]);
};

const readAll = (
  commits: readonly RecordedCommit[],
): Result<readonly SeriesCommit[], CorruptStream> => Result.combine(commits.map(read));

const read = (commit: RecordedCommit): Result<SeriesCommit, CorruptStream> => {
  const { streamId, version, hash, previousHash, events } = commit;
  const [stored, ...more] = events;
  const corrupt = (why: string): CorruptStream => ({
    type: 'CorruptStream',
    streamId,
    version,
    why,
  });
  if (more.length > 0) return err(corrupt('holds more than one event'));
  return Series.codec
    .decode(stored)
    .mapErr(({ why }) => corrupt(why))
    .andThen(([event]) =>
      event === undefined
        ? err(corrupt('holds no event'))
        : ok({ version, hash, previousHash, event }),
    );
};
