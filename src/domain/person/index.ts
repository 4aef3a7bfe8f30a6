export { codec, evolve, initialState, type EndedKey, type Event, type State } from './events.ts';
export { endOf } from './retention.ts';
