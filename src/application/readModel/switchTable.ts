import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import * as View from '../../domain/readModel/events.ts';
import type {
  AppendError,
  EventStore,
  LoadError,
  StreamId,
  StreamPosition,
} from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { commitAboutAll, loadNewest } from '../log/eventStreams.ts';

/** The table that holds the invoices is named by an event in the log like any other (ADR 0017). */
const STREAM: StreamId = 'view#invoices';

export type LoadedSwitch = {
  readonly switched: View.TableSwitch | undefined;
  readonly position: StreamPosition;
};

/** Loads the switch in one read, regardless of the number of switches. */
export const loadSwitch = (store: Pick<EventStore, 'head'>): ResultAsync<LoadedSwitch, LoadError> =>
  loadNewest(store, STREAM, View.codec).map(({ events, position }) => ({
    switched: events.at(-1)?.data,
    position,
  }));

export const appendSwitch = (
  { store, ids }: { readonly store: Pick<EventStore, 'append'>; readonly ids: Pick<Ids, 'create'> },
  { position }: LoadedSwitch,
  switched: View.TableSwitch,
): ResultAsync<StreamPosition, AppendError> =>
  store.append(
    STREAM,
    position,
    commitAboutAll(STREAM, ids, {
      idempotencyKey: `switch#${switched.table}#${position.version}`,
      events: [View.codec.encode({ type: 'ViewSwitched', data: switched })],
    }),
  );

/** Another process has switched meanwhile: the comparison was with a former table. */
export type OtherSwitch = {
  readonly type: 'SwitchedElsewhere';
  readonly table: string;
  readonly by: string;
};

export type SwitchError = OtherSwitch | AppendError | LoadError;

/** Records where the invoices are from now on, unless there was a switch since `loaded`. */
export const switchTable = (
  dependencies: {
    readonly store: Pick<EventStore, 'append' | 'head'>;
    readonly ids: Pick<Ids, 'create'>;
  },
  loaded: LoadedSwitch,
  to: View.TableSwitch,
): ResultAsync<View.TableSwitch, SwitchError> =>
  appendSwitch(dependencies, loaded, to)
    .map(() => to)
    .orElse((error) => {
      if (error.type !== 'Conflict') return errAsync<View.TableSwitch, SwitchError>(error);
      return loadSwitch(dependencies.store).andThen(({ switched }) => {
        if (switched?.table === to.table) return okAsync(switched);
        const { table = to.from, by = '' } = switched ?? {};
        return errAsync<View.TableSwitch, SwitchError>({ type: 'SwitchedElsewhere', table, by });
      });
    });
