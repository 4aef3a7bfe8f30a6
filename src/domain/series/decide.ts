import type { Entry, Event } from './events.ts';
import { firstOf, yearOf, type State } from './state.ts';

/**
 * Numbers these documents after all that were numbered before. A clock that is behind does not turn the
 * dates of a series back: a later number never bears an earlier date, nor the year before.
 */
export const nextCommit = (
  state: State,
  { entries, now }: { readonly entries: readonly Entry[]; readonly now: number },
): Event => {
  const date = Math.max(state.date, now);
  const year = yearOf(date);
  return { type: 'DocumentsNumbered', data: { first: firstOf(state, year), date, year, entries } };
};
