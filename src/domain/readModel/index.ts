export type { Event, TableSwitch } from './events.ts';
export { codec } from './codec.ts';
