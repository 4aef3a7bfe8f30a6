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
export { holdsCardNumber, isIdentifier, wasMasked } from './heldCardNumber.ts';
export type { Moved, ReviewReason, Source } from './events.ts';
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
  type Stopped,
} from './state.ts';
export { isOpen, sumsOf } from './sums.ts';
export {
  claimed,
  learn,
  NO_EVIDENCE,
  type Answer,
  type Evidence,
  type Known,
  type ListedRefund,
  type Subject,
} from './evidence.ts';
export type {
  ChargeRequest,
  DeploymentFacts,
  Facts,
  RefundRequest,
  Unchargeable,
} from './facts.ts';
export { CANCEL_REFUNDS_MAX, paymentKey, refundKey, sealTextOf } from './requests.ts';
export {
  CORRECTIONS_MAX,
  isKnownCorrection,
  isSameMailbox,
  record,
  REFUNDS_MAX,
  type Command,
  type Rejection,
} from './record.ts';
export { isRefused, refuse, type Refusal } from './refuse.ts';
export { reviewIn, type LookedUp, type LookedUpCapture, type Step } from './step.ts';
export { nextStep } from './nextStep.ts';
export { resolve, type Decision } from './resolve.ts';
export { askToCompare } from './compare.ts';
export { noticesOf, type Notice } from './notices.ts';
