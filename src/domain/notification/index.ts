export { type Event, codec, evolve, fold, initialState, type State } from './events.ts';
export { nextStep, type Kind, type NoticeStep } from './nextStep.ts';
