import { err, ResultAsync, type Result } from 'neverthrow';
import type { Conflict } from '../ports/eventStore.ts';

/** Two writers meet once or twice; more often means that something else is wrong. */
export const CONFLICTS_MAX = 5;

export type ConflictsExhausted = { readonly type: 'ConflictsExhausted' };

/** Decides and appends again after each conflict, on the state that is there then. */
export const retryConflicts = <T, E extends { readonly type: string }>(
  decideAndAppend: () => PromiseLike<Result<T, E | Conflict>>,
): ResultAsync<T, Exclude<E, Conflict> | ConflictsExhausted> => {
  const repeat = async (): Promise<Result<T, Exclude<E, Conflict> | ConflictsExhausted>> => {
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      const done = await decideAndAppend();
      if (done.isOk() || !isConflict(done.error)) return done as Result<T, Exclude<E, Conflict>>;
    }
    return err({ type: 'ConflictsExhausted' });
  };
  return new ResultAsync(repeat());
};

const isConflict = ({ type }: { readonly type: string }): boolean => type === 'Conflict';
