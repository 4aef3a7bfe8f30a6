import type { Entry, Event, Numbered } from './events.ts';

/** Where a series stands after its newest commit: what the next one depends on. */
export type State = {
  /** Of the newest commit, in milliseconds since the epoch. */
  readonly date: number;
  readonly year: number;
  /** The number after the last one given, if the year stays. */
  readonly next: number;
};

export const initialState: State = { date: 0, year: 0, next: 1 };

export const evolve = (_state: State, event: Event): State => {
  switch (event.type) {
    case 'DocumentsNumbered': {
      const { first, date, year, entries } = event.data;
      return { date, year, next: first + entries.length };
    }
  }
};

export const fold = (events: readonly Event[]): State => events.reduce(evolve, initialState);

/** Whether a commit continues a series as `nextCommit` makes it: no gap, no number twice, no step back in time. */
export const continues = (state: State, { data }: Event): boolean =>
  data.date >= state.date &&
  data.year === yearOf(data.date) &&
  data.first === firstOf(state, data.year);

/** Numbers restart with the year of the commit's own date, so that two clerks cannot differ about it. */
export const firstOf = (state: State, year: number): number =>
  year === state.year ? state.next : 1;

export const yearOf = (date: number): number => new Date(date).getUTCFullYear();

/** An entry with the number that its place in the list gives it. */
export type Place = Entry & { readonly numbered: Numbered };

export const placesOf = (
  { data: { first, date, year, entries } }: Event,
  { series, seriesVersion }: Pick<Numbered, 'series' | 'seriesVersion'>,
): readonly Place[] =>
  entries.map(({ id, reference }, at) => ({
    id,
    reference,
    numbered: { series, year, number: first + at, date, seriesVersion },
  }));
