export { type Event, type TableSwitch, codec } from './events.ts';
