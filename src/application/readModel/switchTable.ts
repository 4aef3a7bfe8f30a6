import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import type * as View from '../../domain/readModel/index.ts';
import type { AppendError, EventStore, LoadError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { appendSwitch, loadSwitch, type LoadedSwitch } from './switchStream.ts';

/** Somebody has switched meanwhile, so that what was compared is not what would be replaced. */
export type OtherSwitch = {
  readonly type: 'SwitchedElsewhere';
  readonly table: string;
  readonly by: string;
};

export type SwitchError = OtherSwitch | AppendError | LoadError;

/** Records where the invoices are from now on, if nobody has since `held` was read. */
export const switchTable = (
  dependencies: {
    readonly store: Pick<EventStore, 'append' | 'tip'>;
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
