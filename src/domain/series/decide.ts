import type { SeriesEntry, Event, NumberingEvent } from './events.ts';
import { firstOf, yearOf, type State } from './state.ts';

/**
 * Numbers these documents after all that were numbered before. A clock that is behind does not turn
 * the dates of a series back: a later number never bears an earlier date, nor the year before.
 */
export const nextCommit = (
  state: State,
  {
    entries,
    now,
    format,
  }: { readonly entries: readonly SeriesEntry[]; readonly now: number; readonly format: string },
): NumberingEvent => {
  const { date, year, next: first } = goesOn(state, now);
  return { type: 'DocumentsNumbered', data: { first, date, year, entries, format } };
};

/** The year and number that whatever is numbered now gets. */
export const goesOn = (
  state: State,
  now: number,
): { readonly date: number; readonly year: number; readonly next: number } => {
  const date = Math.max(state.date, now);
  const year = yearOf(date);
  return { date, year, next: firstOf(state, year) };
};

/**
 * So many digits at most, as a format can fill up: more is a slip of the finger, and would be for
 * ever.
 */
export const FLOOR_MAX = 10 ** 12 - 1;

/**
 * Keeps every number up to `above` from being given in the year in which the series goes on.
 * Nothing where it gives none of them anyway: a floor is never lowered.
 */
export const setFloor = (
  state: State,
  {
    above,
    now,
    by,
    reason,
  }: Readonly<Record<'above' | 'now', number> & Record<'by' | 'reason', string>>,
): Event | undefined => {
  const { date, year, next: before } = goesOn(state, now);
  const next = above + 1;
  return before >= next ? undefined : { type: 'FloorSet', data: { next, date, year, by, reason } };
};
