export type { Event } from './events.ts';
export { codec, evolve, initialState, type State } from './state.ts';
