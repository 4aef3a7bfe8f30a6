export { codec, evolve, initialState, type Event, type State } from './events.ts';
