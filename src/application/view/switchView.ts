import { errAsync, okAsync, type ResultAsync } from 'neverthrow';
import type * as View from '../../domain/view/index.ts';
import type { AppendError, EventStore, LoadError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { appendSwitch, loadSwitch, type HeldSwitch } from './viewStream.ts';

/** Somebody has switched meanwhile, so that what was compared is not what would be replaced. */
export type SwitchedElsewhere = {
  readonly type: 'SwitchedElsewhere';
  readonly table: string;
  readonly by: string;
};

export type SwitchError = SwitchedElsewhere | AppendError | LoadError;

/** Records where the invoices are from now on, if nobody has since `held` was read. */
export const switchView = (
  dependencies: {
    readonly store: Pick<EventStore, 'append' | 'tip'>;
    readonly ids: Pick<Ids, 'create'>;
  },
  held: HeldSwitch,
  to: View.Switched,
): ResultAsync<View.Switched, SwitchError> =>
  appendSwitch(dependencies, held, to)
    .map(() => to)
    .orElse((error) => {
      if (error.type !== 'Conflict') return errAsync<View.Switched, SwitchError>(error);
      return loadSwitch(dependencies.store).andThen(({ switched }) => {
        if (switched?.table === to.table) return okAsync(switched);
        const { table = to.from, by = '' } = switched ?? {};
        return errAsync<View.Switched, SwitchError>({ type: 'SwitchedElsewhere', table, by });
      });
    });
