export type { AwaitedNumber, Event } from './events.ts';
export {
  advance,
  AWAITED_MAX,
  fold,
  initialState,
  type CheckedRange,
  type State,
} from './state.ts';
export { codec } from './codec.ts';
export { subjectOf, verdictOn } from './verdict.ts';
