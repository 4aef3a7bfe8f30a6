export type { Event, Switched } from './events.ts';
export { codec } from './codec.ts';
