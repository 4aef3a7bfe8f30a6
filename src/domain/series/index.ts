export * from './events.ts';
export * from './state.ts';
export { codec } from './codec.ts';
export * from './format.ts';
export * from './alike.ts';
