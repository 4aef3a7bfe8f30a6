export type { Awaited, Event } from './events.ts';
export { advance, AWAITED_MAX, fold, initialState, type Checked, type State } from './state.ts';
export { codec } from './codec.ts';
export { subjectOf, verdictOn } from './verdict.ts';
export { reviewsOf, standingOf, type Review, type Standing } from './standing.ts';
