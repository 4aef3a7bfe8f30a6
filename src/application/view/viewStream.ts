import { ok, type ResultAsync } from 'neverthrow';
import * as View from '../../domain/view/index.ts';
import {
  STREAM_START,
  type AppendError,
  type EventStore,
  type LoadError,
  type StreamId,
  type StreamPosition,
} from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { decodeCommits } from '../streams.ts';

/** Where the invoices are: a fact in the log like any other (ADR 0017). */
const STREAM: StreamId = 'view#invoices';

export type HeldSwitch = {
  /** Nothing as long as nobody has switched. */
  readonly switched: View.Switched | undefined;
  readonly position: StreamPosition;
};

/** One read, however often somebody has switched. */
export const loadSwitch = (store: Pick<EventStore, 'tip'>): ResultAsync<HeldSwitch, LoadError> =>
  store.tip(STREAM).andThen((commit) => {
    if (commit === undefined) return ok({ switched: undefined, position: STREAM_START });
    const { version, events, hash } = commit;
    return decodeCommits([commit], View.codec).map((decoded) => ({
      switched: decoded.at(-1)?.data,
      position: { version: version + events.length - 1, hash },
    }));
  });

export const appendSwitch = (
  { store, ids }: { readonly store: Pick<EventStore, 'append'>; readonly ids: Pick<Ids, 'create'> },
  { position }: HeldSwitch,
  switched: View.Switched,
): ResultAsync<StreamPosition, AppendError> =>
  store.append(STREAM, position, {
    commitId: ids.create(),
    idempotencyKey: `switch#${switched.table}#${position.version}`,
    // It belongs to no order's chain: it is about all of them.
    correlationId: STREAM,
    causationId: STREAM,
    events: [View.codec.encode({ type: 'ViewSwitched', data: switched })],
  });
