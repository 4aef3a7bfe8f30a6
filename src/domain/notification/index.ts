export type { Event } from './events.ts';
export { codec, evolve, fold, initialState, type State } from './state.ts';
export { nextStep, type Kind, type NoticeStep } from './nextStep.ts';
