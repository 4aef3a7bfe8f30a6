export {
  customerIn,
  DESCRIPTION_CHARACTERS_MAX,
  isOrderId,
  isRefundId,
  LINES_MAX,
  parse,
  QUANTITY_MAX,
  SKU_CHARACTERS_MAX,
  type Content,
  type Customer,
} from './content.ts';
export { containsCardNumber, maskCardNumbers } from './cardNumber.ts';
export { holdsCardNumber, isIdentifier, wasMasked } from './holdsCardNumber.ts';
export type { MoneyMovement, ReviewReason, CaptureSource } from './events.ts';
export { codec, codecs, type StreamEvent } from './codec.ts';
export {
  evolve,
  evolveAt,
  fold,
  initialState,
  type Payment,
  type Refund,
  type RequestedRefund,
  type State,
  type SendingStop,
} from './state.ts';
export { isOpen, sumsOf } from './sums.ts';
export {
  claimed,
  learn,
  NO_EVIDENCE,
  type Observation,
  type Evidence,
  type RequestKnowledge,
  type ListedRefund,
  type Subject,
} from './evidence.ts';
export type {
  ChargeRequest,
  DeploymentFacts,
  DecisionContext,
  RefundRequest,
  Unchargeable,
} from './context.ts';
export { CANCEL_REFUNDS_MAX, paymentKey, refundKey, sealTextOf } from './requests.ts';
export {
  CORRECTIONS_MAX,
  isKnownCorrection,
  isSameMailbox,
  decide,
  REFUNDS_MAX,
  type Command,
  type Rejection,
} from './decide.ts';
export { isOrderRefused, refuse, type OrderRefusal } from './refusal.ts';
export { reviewIn, type LookUpRequest, type CaptureLookUp, type OrderStep } from './step.ts';
export { nextStep } from './nextStep.ts';
export { decideReview, type ReviewDecision } from './resolve.ts';
export { askToCompare } from './compare.ts';
export { noticesOf, type NoticeSubject } from './notices.ts';
