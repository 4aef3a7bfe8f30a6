import type { ResultAsync } from 'neverthrow';
import * as Reconcile from '../../domain/reconcile/index.ts';
import { RECONCILER } from '../causes.ts';
import type { AppendError, LoadError, StreamId } from '../ports/eventStore.ts';
import {
  loadNewest,
  type LoadedState,
  type StreamDependencies,
  commitAboutAll,
} from '../log/eventStreams.ts';

export type LoadedCursor = LoadedState<Reconcile.State>;

/**
 * The stored position of the reconcilers of one series. It is appended to, like everything else.
 */
export const createCursor = (series: string, { store, ids }: StreamDependencies) => {
  const streamId: StreamId = `reconciler#${series}`;
  return {
    /** Loads the cursor in one read, however long the stream is. */
    load: (): ResultAsync<LoadedCursor, LoadError> =>
      loadNewest(store, streamId, Reconcile.codec).map(({ events, position }) => ({
        state: Reconcile.fold(events),
        position,
      })),
    save: (
      { position }: LoadedCursor,
      state: Reconcile.State,
    ): ResultAsync<LoadedCursor, AppendError> =>
      store
        .append(streamId, position, {
          commitId: ids.create(),
          idempotencyKey: `checked#${state.upTo}`,
          // The commit belongs to no order's chain: it is about many.
          correlationId: RECONCILER,
          causationId: RECONCILER,
          events: [Reconcile.codec.encode({ type: 'NumbersChecked', data: state })],
        })
        .map((next) => ({ state, position: next })),
  };
};

export type Cursor = ReturnType<typeof createCursor>;

/** The id of the stream. No series can have that name. */
export const GATEWAY_EVENTS_STREAM: StreamId = 'reconciler#gateway-events';

/** The time; undefined before anything was read. */
type LoadedTime = LoadedState<number | undefined>;

/**
 * The point up to which the reconcilers have read the gateway's list, in milliseconds since the
 * epoch.
 */
export const createGatewayEventCursor = ({ store, ids }: StreamDependencies) => ({
  load: (): ResultAsync<LoadedTime, LoadError> =>
    loadNewest(store, GATEWAY_EVENTS_STREAM, Reconcile.gatewayEventsCodec).map(
      ({ events, position }) => ({
        state: events.at(-1)?.data.upTo,
        position,
      }),
    ),
  save: ({ position }: LoadedTime, upTo: number): ResultAsync<LoadedTime, AppendError> =>
    store
      .append(
        GATEWAY_EVENTS_STREAM,
        position,
        commitAboutAll(GATEWAY_EVENTS_STREAM, ids, {
          idempotencyKey: `read#${upTo}`,
          events: [
            Reconcile.gatewayEventsCodec.encode({ type: 'GatewayEventsRead', data: { upTo } }),
          ],
        }),
      )
      .map((next) => ({ state: upTo, position: next })),
});
