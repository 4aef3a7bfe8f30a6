export type { Awaited, Event } from './events.ts';
export {
  advance,
  AWAITED_MAX,
  evolve,
  fold,
  initialState,
  type Checked,
  type State,
} from './state.ts';
export { codec } from './codec.ts';
export { subjectOf, verdictOn, type Verdict } from './verdict.ts';
export { reviewsOf, standingOf, type Review, type Standing } from './standing.ts';
