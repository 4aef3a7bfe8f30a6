import type { ResultAsync } from 'neverthrow';
import { gatewayEventsCodec } from '../../domain/reconcile/index.ts';
import {
  commitAboutAll,
  loadNewest,
  type LoadedState,
  type StreamDependencies,
} from '../log/eventStreams.ts';
import type { AppendError, LoadError, StreamId } from '../ports/eventStore.ts';

/** No series can have that name. */
export const GATEWAY_EVENTS_STREAM: StreamId = 'reconciler#gateway-events';

/** Undefined before anything was read. */
type LoadedTime = LoadedState<number | undefined>;

/** How far the reconcilers have read the gateway's list, in milliseconds since the epoch. */
export const createGatewayEventCursor = ({ store, ids }: StreamDependencies) => ({
  load: (): ResultAsync<LoadedTime, LoadError> =>
    loadNewest(store, GATEWAY_EVENTS_STREAM, gatewayEventsCodec).map(({ events, position }) => ({
      state: events.at(-1)?.data.upTo,
      position,
    })),
  save: ({ position }: LoadedTime, upTo: number): ResultAsync<LoadedTime, AppendError> =>
    store
      .append(
        GATEWAY_EVENTS_STREAM,
        position,
        commitAboutAll(GATEWAY_EVENTS_STREAM, ids, {
          idempotencyKey: `read#${upTo}`,
          events: [gatewayEventsCodec.encode({ type: 'GatewayEventsRead', data: { upTo } })],
        }),
      )
      .map((next) => ({ state: upTo, position: next })),
});
