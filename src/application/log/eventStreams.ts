import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type { AnyEvent, Codec } from '../../domain/codec.ts';
import { firstIllegal } from '../../domain/history/legality.ts';
import * as Claim from '../../domain/claim/events.ts';
import * as Notification from '../../domain/notification/index.ts';
import * as Order from '../../domain/order/index.ts';
import type { Correlation } from '../messages/index.ts';
import {
  STREAM_START,
  type AppendError,
  type Commit,
  type CorruptStream,
  type EventStore,
  type LoadError,
  type RecordedCommit,
  type StoredEvent,
  type StreamId,
  type StreamPosition,
} from '../ports/eventStore.ts';
import { customerOwner, orderOwner, type Owner } from '../../domain/personal/index.ts';
import type { Ids } from '../ports/ids.ts';
import {
  dated,
  decodeCommits,
  locateEvents,
  type DatedEvent,
  type LocatedEvent,
} from './locatedEvents.ts';

export { dated, decodeCommits, locateEvents, type DatedEvent, type LocatedEvent };

/** A stream's state as this process knows it, and the end of what is known to be durable. */
export type LoadedState<S> = { readonly state: S; readonly position: StreamPosition };

/** The state, with every event that it was folded from. */
export type LoadedHistory<S, E> = LoadedState<S> & { readonly history: readonly DatedEvent<E>[] };

/** One kind of stream, typed: commits become a state, and events become commits. */
export type EventStream<S, E> = {
  readonly start: LoadedHistory<S, E>;
  load(id: string): ResultAsync<LoadedHistory<S, E>, LoadError>;
  /** Appends events that were decided on `loaded`; appending none changes nothing. */
  append(
    id: string,
    loaded: LoadedHistory<S, E>,
    commit: { readonly events: readonly E[]; readonly idempotencyKey: string } & Correlation,
  ): ResultAsync<LoadedHistory<S, E>, AppendError>;
};

/**
 * The last commit of a stream in which only the last one counts, and the position of the end. It
 * takes one read. An empty stream has no events.
 */
export const loadNewest = <E extends AnyEvent>(
  store: Pick<EventStore, 'head'>,
  streamId: StreamId,
  codec: Codec<E>,
): ResultAsync<{ readonly events: readonly E[]; readonly position: StreamPosition }, LoadError> =>
  store.head(streamId).andThen((commit) => {
    if (commit === undefined) return ok({ events: [], position: STREAM_START });
    const { version, events: stored, hash } = commit;
    const position = { version: version + stored.length - 1, hash };
    return decodeCommits([commit], codec).map((events) => ({ events, position }));
  });

/** A commit that belongs to no order's chain, since it is about all orders. */
export const commitAboutAll = (
  streamId: StreamId,
  ids: Pick<Ids, 'create'>,
  commit: Pick<Commit, 'idempotencyKey' | 'events'>,
): Commit => ({
  commitId: ids.create(),
  ...commit,
  correlationId: streamId,
  causationId: streamId,
});

/** Why a history may not be acted on, with the version of the first illegal event. */
export type IllegalHistory = { readonly version: number; readonly why: string };

/** The first illegal event of an order's history, judged independently of the order's own code. */
export const illegalInOrder = (
  orderId: string,
  located: readonly LocatedEvent<Order.StreamEvent>[],
): IllegalHistory | undefined => {
  const orderPlaced = located.find(({ event }) => event.type === 'OrderPlaced');
  if (orderPlaced?.event.type === 'OrderPlaced' && orderPlaced.event.data.orderId !== orderId) {
    return { version: orderPlaced.version, why: 'the order in it has another id' };
  }
  const commits: Order.StreamEvent[][] = [];
  for (const [at, { event, commit }] of located.entries()) {
    if (located[at - 1]?.commit === commit) commits.at(-1)?.push(event);
    else commits.push([event]);
  }
  const illegal = firstIllegal(commits);
  if (illegal === undefined) return undefined;
  const before = commits.slice(0, illegal.commit).flat().length;
  const { version = 1 } = located[before + illegal.event] ?? {};
  return { version, why: illegal.why };
};

/** Like `locateEvents`, for an order that will be acted on: an illegal history is an error. */
export const locateLegal = (
  orderId: string,
  commits: readonly RecordedCommit[],
): Result<readonly LocatedEvent<Order.StreamEvent>[], CorruptStream> =>
  locateEvents(commits, Order.codec).andThen((located) =>
    refuse(orderStreamId(orderId), illegalInOrder(orderId, located)).map(() => located),
  );

const refuse = (
  streamId: StreamId,
  illegal: IllegalHistory | undefined,
): Result<void, CorruptStream> =>
  illegal === undefined
    ? ok()
    : err({ type: 'CorruptStream', streamId, ...illegal, fault: 'illegal' });

/** The state of an order, with the version of the log, also where stored events were split. */
export const foldOrder = (located: readonly LocatedEvent<Order.StreamEvent>[]): Order.State =>
  located.reduce(
    (state, { event, version }) => Order.evolveAt(state, event, version),
    Order.initialState,
  );

type StreamKind<S, E extends AnyEvent> = {
  readonly streamId: (id: string) => StreamId;
  readonly codec: Codec<E>;
  readonly initialState: S;
  /** `version` is the version of the stored event that the event came from. */
  readonly evolve: (state: S, event: E, version: number) => S;
  /** Whether its events may stand where they stand. Required for a stream that causes effects. */
  readonly illegalIn?: (
    id: string,
    located: readonly LocatedEvent<E>[],
  ) => IllegalHistory | undefined;
  /**
   * The owner of the keys that encrypt personal data in its events. Required where there is any.
   */
  readonly ownerOf?: (id: string, state: S) => Owner;
};

export const createStream = <S, E extends AnyEvent>(
  { store, ids }: StreamDependencies,
  { streamId, codec, initialState, evolve, illegalIn, ownerOf }: StreamKind<S, E>,
): EventStream<S, E> => {
  const start = { state: initialState, position: STREAM_START, history: [] };

  const append = async (
    ...[id, loaded, { events, ...commit }]: Parameters<EventStream<S, E>['append']>
  ): Promise<Result<LoadedHistory<S, E>, AppendError>> => {
    const [first, ...rest] = events.map((event): StoredEvent => codec.encode(event));
    if (first === undefined) return ok(loaded);
    const after = loaded.position.version;
    const state = events.reduce(
      (before, event, index) => evolve(before, event, after + index + 1),
      loaded.state,
    );
    const appended = await store.append(streamId(id), loaded.position, {
      ...commit,
      ...(ownerOf && { owner: ownerOf(id, state) }),
      commitId: ids.create(),
      events: [first, ...rest],
    });
    return appended.map(({ committedAt: at, ...position }) => {
      const added = events.map((event, index) => ({ event, version: after + index + 1, at }));
      return { state, position, history: [...loaded.history, ...added] };
    });
  };

  return {
    start,
    load: (id) =>
      store.load(streamId(id)).andThen(({ commits, position }) =>
        locateEvents(commits, codec).andThen((located) =>
          refuse(streamId(id), illegalIn?.(id, located)).map(() => ({
            state: located.reduce(
              (state, { event, version }) => evolve(state, event, version),
              initialState,
            ),
            position,
            history: located.map(dated),
          })),
        ),
      ),
    append: (...given) => new ResultAsync(append(...given)),
  };
};

export type StreamDependencies = { readonly store: EventStore; readonly ids: Ids };

export type OrderStream = EventStream<Order.State, Order.StreamEvent>;

export const orderStreamId = (orderId: string): StreamId => `order#${orderId}`;

/**
 * The stream of an order. It does not load an illegal history, since a caller may act on the order
 * (ADR 0027).
 */
export const createOrderStream = (dependencies: StreamDependencies): OrderStream =>
  createStream(dependencies, {
    streamId: orderStreamId,
    codec: Order.codec,
    initialState: Order.initialState,
    evolve: Order.evolveAt,
    illegalIn: illegalInOrder,
    ownerOf: ownerOfOrder,
  });

const ownerOfOrder = (orderId: string, { placed, refused }: Order.State): Owner => {
  const customerId = placed?.customer.id ?? refused?.customerId ?? '';
  return customerId === '' ? orderOwner(orderId) : customerOwner(customerId);
};

export type ClaimStream = EventStream<Claim.State, Claim.Event>;

/** The id is `<account>#<payment>`: the gateway's names are those of one account. */
export const claimStreamId = (id: string): StreamId => `payment#${id}`;

export const createClaimStream = (dependencies: StreamDependencies): ClaimStream =>
  createStream(dependencies, {
    streamId: claimStreamId,
    codec: Claim.codec,
    initialState: Claim.initialState,
    evolve: Claim.evolve,
  });

export type NotificationStream = EventStream<Notification.State, Notification.Event>;

/** The id is `<orderId>#<noticeId>`. Each notice has a stream, since another service writes it. */
export const noticeStreamId = (id: string): StreamId => `notification#${id}`;

export const createNotificationStream = (dependencies: StreamDependencies): NotificationStream =>
  createStream(dependencies, {
    streamId: noticeStreamId,
    codec: Notification.codec,
    initialState: Notification.initialState,
    evolve: Notification.evolve,
  });
