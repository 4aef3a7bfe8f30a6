export type { Entry, Event, Numbered } from './events.ts';
export {
  continues,
  evolve,
  fold,
  initialState,
  placesOf,
  type Place,
  type State,
} from './state.ts';
export { nextCommit } from './decide.ts';
export { codec } from './codec.ts';
export {
  FORMAT_CHARACTERS_MAX,
  formatNumber,
  isSeriesName,
  parseFormat,
  type NumberFormat,
} from './format.ts';
