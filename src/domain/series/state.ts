import { yearAt, type Calendar } from '../calendar.ts';
import type {
  AllocatedNumber,
  ClosingEvent,
  Event,
  NumberingEvent,
  SeriesEntry,
} from './events.ts';
import { formatNumber, parseFormat } from './format.ts';

/** The state of a series after its newest commit: what the next one depends on. */
export type State = {
  /** The date of the newest commit, in milliseconds since the epoch. */
  readonly date: number;
  readonly year: number;
  /** The number after the last one allocated, if the year stays. */
  readonly next: number;
  /** The format of the newest numbers; '' where that is not known. */
  readonly format: string;
};

export const initialState: State = { date: 0, year: 0, next: 1, format: '' };

/** Each event states where numbers continue, so that the newest one suffices. */
export const evolve = (state: State, event: Event): State => {
  switch (event.type) {
    case 'DocumentsNumbered': {
      const { first, date, year, entries, format } = event.data;
      return { date, year, next: first + entries.length, format };
    }
    case 'FloorSet': {
      const { next, date, year } = event.data;
      return { ...state, date, year, next };
    }
    case 'DocumentsClosed': {
      const { next, date, year, format } = event.data;
      return { next, date, year, format };
    }
  }
};

export const fold = (events: readonly Event[]): State => events.reduce(evolve, initialState);

/**
 * Whether a commit continues a series as `nextCommit` or `setFloor` makes it: no gap without a
 * floor, no number twice, no step back in time, and printed like the number before it.
 */
export const continues = (state: State, event: Event): boolean => {
  const { date, year } = event.data;
  if (event.type === 'DocumentsClosed') {
    const { next, format } = event.data;
    // A floor before it does not say how numbers are printed.
    const isPrintedAlike = format === state.format || state.format === '';
    return date === state.date && year === state.year && next === state.next && isPrintedAlike;
  }
  if (date < state.date || year !== yearAfter(state, date, event.data)) return false;
  switch (event.type) {
    case 'DocumentsNumbered': {
      const { first, format } = event.data;
      return first === firstOf(state, year) && (state.format === '' || format === state.format);
    }
    case 'FloorSet':
      return event.data.next > firstOf(state, year);
  }
};

/** The first number of a commit. Its own date decides, so that two allocators cannot disagree. */
const firstOf = (state: State, year: number): number => (year === state.year ? state.next : 1);

/**
 * The year by the calendar, or that of the commit before it where it is later. Two allocators may
 * have different calendars while settings change: a year that was left never comes again, so that
 * no number of it is allocated twice.
 */
const yearAfter = (state: State, date: number, calendar: Calendar): number =>
  Math.max(state.year, yearAt(date, calendar));

/**
 * Whether the newest commit is dated later than the clocks of two workers may differ. Then its
 * writer's clock or this one is wrong, and every number after it would bear its date.
 */
export const isAhead = (
  { date }: State,
  { now, skewMaxMs }: { readonly now: number; readonly skewMaxMs: number },
): boolean => date > now + skewMaxMs;

/** The side of a commit of the series on which a number is. */
export type PlaceSide = 'before' | 'in' | 'behind';

/** Numbers never fall within a year, nor years within a series: it can be searched by halves. */
export const sideOf = (
  { data }: Event,
  { year, number }: Pick<AllocatedNumber, 'year' | 'number'>,
): PlaceSide => {
  if (year !== data.year) return year < data.year ? 'before' : 'behind';
  const next = 'next' in data ? data.next : data.first + data.entries.length;
  if (number >= next) return 'behind';
  return 'first' in data && number >= data.first ? 'in' : 'before';
};

export const numberedIn = (event: Event): readonly SeriesEntry[] =>
  event.type === 'DocumentsNumbered' ? event.data.entries : [];

/** The documents that a commit is about, numbered or closed. */
export const entriesOf = (event: Event): readonly SeriesEntry[] =>
  event.type === 'FloorSet' ? [] : event.data.entries;

/** An entry with the number that its place in the list gives it. */
export type SeriesPlace = SeriesEntry & {
  readonly numbered: AllocatedNumber;
  /** The number as its document has to show it; '' where the commit does not say. */
  readonly label: string;
};

export const placesOf = (
  event: Event,
  { series, seriesVersion }: Pick<AllocatedNumber, 'series' | 'seriesVersion'>,
): readonly SeriesPlace[] => {
  if (event.type !== 'DocumentsNumbered') return [];
  const { first, date, year, entries, format } = event.data;
  const parsed = format === '' ? undefined : parseFormat(format).unwrapOr(undefined);
  return entries.map(({ id, reference }, at) => {
    const numbered = { series, year, number: first + at, date, seriesVersion };
    return {
      id,
      reference,
      numbered,
      label: parsed === undefined ? '' : formatNumber(parsed, numbered),
    };
  });
};

/**
 * Numbers these documents after all that were numbered before. A clock that is behind does not turn
 * the dates of a series back: a later number never bears an earlier date or year.
 */
export const nextCommit = (
  state: State,
  {
    entries,
    now,
    format,
    calendar,
  }: {
    readonly entries: readonly SeriesEntry[];
    readonly now: number;
    readonly format: string;
    readonly calendar: Calendar;
  },
): NumberingEvent => {
  const { date, year, next: first } = goesOn(state, now, calendar);
  const { timeZone, yearStart } = calendar;
  const data = { first, date, year, timeZone, yearStart, entries, format };
  return { type: 'DocumentsNumbered', data };
};

/**
 * Closes these documents. Whoever comes to number one of them meets this commit, or was there
 * before it.
 */
export const closingCommit = (
  { next, date, year, format }: State,
  { entries, now: at }: { readonly entries: readonly SeriesEntry[]; readonly now: number },
): ClosingEvent => ({
  type: 'DocumentsClosed',
  data: { next, date, year, format, entries, at },
});

export const goesOn = (
  state: State,
  now: number,
  calendar: Calendar,
): { readonly date: number; readonly year: number; readonly next: number } => {
  const date = Math.max(state.date, now);
  const year = yearAfter(state, date, calendar);
  return { date, year, next: firstOf(state, year) };
};

/**
 * The maximum floor has as many digits as a format can fill up. A greater one would be a typing
 * mistake, for ever.
 */
export const FLOOR_MAX = 10 ** 12 - 1;

/**
 * Keeps every number up to `above` from being allocated in the year in which the series goes on.
 * Undefined where the series allocates none of them anyway: a floor is never lowered.
 */
export const setFloor = (
  state: State,
  {
    above,
    now,
    by,
    reason,
    calendar,
  }: Readonly<
    Record<'above' | 'now', number> & Record<'by' | 'reason', string> & { calendar: Calendar }
  >,
): Event | undefined => {
  const { date, year, next: before } = goesOn(state, now, calendar);
  const next = above + 1;
  if (before >= next) return undefined;
  const { timeZone, yearStart } = calendar;
  return { type: 'FloorSet', data: { next, date, year, timeZone, yearStart, by, reason } };
};
