export type { AwaitedNumber, Event } from './events.ts';
export {
  advance,
  AWAITED_MAX,
  fold,
  initialState,
  type CheckedRange,
  type State,
} from './state.ts';
export { codec } from './codec.ts';
export { subjectOf, verdictOn } from './verdict.ts';
export { openReviews, statusOf, type OpenReview, type OrderStatus } from '../order/review.ts';
