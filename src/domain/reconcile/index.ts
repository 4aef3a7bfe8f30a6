export {
  type AwaitedNumber,
  type Event,
  codec,
  advance,
  AWAITED_MAX,
  fold,
  initialState,
  type CheckedRange,
  type State,
} from './events.ts';
export { gatewayEventsCodec } from './events.ts';
export { subjectOf, verdictOn } from './verdict.ts';
