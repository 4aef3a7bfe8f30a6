import { err, ok, okAsync, type Result, type ResultAsync } from 'neverthrow';
import type { AnyEvent, Codec } from '../domain/codec.ts';
import * as Notification from '../domain/notification/index.ts';
import * as Order from '../domain/order/index.ts';
import type { Correlation } from './messages/index.ts';
import { STREAM_START } from './ports/eventStore.ts';
import type {
  AppendError,
  CorruptStream,
  EventStore,
  LoadError,
  RecordedCommit,
  StoredEvent,
  StreamId,
  StreamPosition,
} from './ports/eventStore.ts';
import type { Ids } from './ports/ids.ts';

/** A stream's state as this process knows it, and where the stream ends as far as it is known to be durable. */
export type Held<S> = { readonly state: S; readonly position: StreamPosition };

/** One kind of stream, typed: the store's commits through a codec into a state, and back. */
export type Stream<S, E> = {
  readonly start: Held<S>;
  load(id: string): ResultAsync<Held<S>, LoadError>;
  /** Appends what was decided on `held`; appending nothing changes nothing. */
  append(
    id: string,
    held: Held<S>,
    commit: { readonly events: readonly E[]; readonly idempotencyKey: string } & Correlation,
  ): ResultAsync<Held<S>, AppendError>;
};

/** An event with its place in the log. Events that were split out of one share a version. */
export type LocatedEvent<E> = {
  readonly event: E;
  readonly version: number;
  readonly commit: RecordedCommit;
};

/** Reads commits in order; the first event that cannot be read ends it, and names its place. */
export const locateEvents = <E extends AnyEvent>(
  commits: readonly RecordedCommit[],
  codec: Codec<E>,
): Result<readonly LocatedEvent<E>[], CorruptStream> => {
  const located: LocatedEvent<E>[] = [];
  for (const commit of commits) {
    for (const [index, stored] of commit.events.entries()) {
      const version = commit.version + index;
      const decoded = codec.decode(stored);
      if (decoded.isErr()) {
        const { why } = decoded.error;
        return err({ type: 'CorruptStream', streamId: commit.streamId, version, why });
      }
      for (const event of decoded.value) located.push({ event, version, commit });
    }
  }
  return ok(located);
};

/** As `locateEvents`, without the places. */
export const decodeCommits = <E extends AnyEvent>(
  commits: readonly RecordedCommit[],
  codec: Codec<E>,
): Result<readonly E[], CorruptStream> =>
  locateEvents(commits, codec).map((located) => located.map(({ event }) => event));

const createStream = <S, E extends AnyEvent>(
  { store, ids }: { readonly store: EventStore; readonly ids: Ids },
  kind: {
    readonly streamId: (id: string) => StreamId;
    readonly codec: Codec<E>;
    readonly initialState: S;
    readonly evolve: (state: S, event: E) => S;
  },
): Stream<S, E> => {
  const start = { state: kind.initialState, position: STREAM_START };
  return {
    start,
    load: (id) =>
      store.load(kind.streamId(id)).andThen(({ commits, position }) =>
        decodeCommits(commits, kind.codec).map((events) => ({
          state: events.reduce(kind.evolve, kind.initialState),
          position,
        })),
      ),
    append: (id, held, { events, ...commit }) => {
      const [first, ...rest] = events.map((event): StoredEvent => kind.codec.encode(event));
      if (first === undefined) return okAsync(held);
      return store
        .append(kind.streamId(id), held.position, {
          ...commit,
          commitId: ids.create(),
          events: [first, ...rest],
        })
        .map((position) => ({ state: events.reduce(kind.evolve, held.state), position }));
    },
  };
};

type Dependencies = { readonly store: EventStore; readonly ids: Ids };

export type OrderStream = Stream<Order.State, Order.StreamEvent>;

export const orderStreamId = (orderId: string): StreamId => `order#${orderId}`;

/** Another codec is that of another release on the same log (ADR 0015). */
export const createOrderStream = (
  dependencies: Dependencies,
  codec: Codec<Order.StreamEvent> = Order.codec,
): OrderStream =>
  createStream(dependencies, {
    streamId: orderStreamId,
    codec,
    initialState: Order.initialState,
    evolve: Order.evolve,
  });

export type NotificationStream = Stream<Notification.State, Notification.Event>;

/** `id` is `<orderId>#<kind>`: each notice has a stream of its own, since another service writes it. */
export const createNotificationStream = (dependencies: Dependencies): NotificationStream =>
  createStream(dependencies, {
    streamId: (id) => `notification#${id}`,
    codec: Notification.codec,
    initialState: Notification.initialState,
    evolve: Notification.evolve,
  });
