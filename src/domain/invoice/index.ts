export type { Event } from './events.ts';
export { evolve, initialState, toText, type Document, type State } from './state.ts';
export { issue } from './decide.ts';
export { codecs } from './codec.ts';
