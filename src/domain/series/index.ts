export type {
  SeriesEntry,
  Event,
  AllocatedNumber,
  NumberingEvent,
  PrintedNumber,
} from './events.ts';
export {
  closingCommit,
  continues,
  entriesOf,
  numberedIn,
  evolve,
  fold,
  initialState,
  isAhead,
  placesOf,
  type SeriesPlace,
  sideOf,
  type State,
  FLOOR_MAX,
  goesOn,
  nextCommit,
  setFloor,
} from './state.ts';
export { codec } from './codec.ts';
export {
  FORMAT_CHARACTERS_MAX,
  formatNumber,
  isSeriesName,
  parseFormat,
  textOf,
  type NumberFormat,
} from './format.ts';
export {
  formatOf,
  placePrinted,
  placesNamed,
  printedByBoth,
  type NumberPlace,
  type PrintFormat,
} from './alike.ts';
