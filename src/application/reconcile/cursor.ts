import type { ResultAsync } from 'neverthrow';
import * as Reconcile from '../../domain/reconcile/index.ts';
import { type AppendError, type LoadError, type StreamId } from '../ports/eventStore.ts';
import { loadNewest, type LoadedState, type StreamDependencies } from '../log/eventStreams.ts';

export type LoadedCursor = LoadedState<Reconcile.State>;

const RECONCILER = 'reconciler';

/**
 * The stored position of the reconcilers of one series. It is appended to, like everything else.
 */
export const createCursor = (series: string, { store, ids }: StreamDependencies) => {
  const streamId: StreamId = `reconciler#${series}`;
  return {
    /** One read, however long the stream is. */
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
          // It belongs to no order's chain: it is about many.
          correlationId: RECONCILER,
          causationId: RECONCILER,
          events: [Reconcile.codec.encode({ type: 'NumbersChecked', data: state })],
        })
        .map((next) => ({ state, position: next })),
  };
};

export type Cursor = ReturnType<typeof createCursor>;
