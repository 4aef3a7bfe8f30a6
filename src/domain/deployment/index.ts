export { type Event, codec, evolve, initialState, type State } from './events.ts';
