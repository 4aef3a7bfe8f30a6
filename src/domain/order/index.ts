/**
 * One order: its payment, its refunds, and what its customer is notified of. Read it in this order;
 * each file uses only those before it.
 *
 * - `content`: an order as a customer sends it. `rules`: those that its parts must keep.
 * - `pricing`: what it comes to.
 * - `contentV1`, `sentOrder`: one of a message of version 1, and the same in terms of version 2.
 * - `eventParts`, `gatewayEvents`, `events`: everything that can have happened to it.
 * - `placedCodec`: how a placed order is stored.
 * - `reader`, `readPrices`, `parse`: how an order of version 2 is read from what a shop sends, and
 *   how large it may be.
 * - `state`: where it stands. `sums`: what moved, what is held, and what disputes have taken.
 *   `status`: `statusOf` in a word, `progressOf` (what it still needs).
 * - `evolveRefunds`, `evolveDisputes`, `evolve`: how each event changes the state.
 * - `hints`: what the gateway says of itself, and whether the log has it already.
 * - `context`: what else a decision needs: the time, the rules, the gateway's pure parts.
 * - `ways`: what differs between the ways to pay it. `gatewaySteps`: amounts that the
 *   gateway takes.
 * - `requests`: the intents to charge and to refund, with key, body and seal.
 * - `sameOrder`: whether an order that comes again is the one that was placed, and a correction of
 *   its address is known.
 * - `decide`: the events that a command adds. `refusal`: those of an order that no rule takes.
 * - `step`: what a process may do next. `evidence`: what it has learned and not yet recorded.
 * - `openRequest`: a request without an outcome, and whether the payment service wrote it.
 *   `requestTimes`: when it may be sent and looked up. `requestNumber`: its document's number.
 * - `confirmation`: what a customer is asked for. `pending`: what the gateway settles later.
 *   `disputes`: what the log lacks of them.
 * - `shopPaymentFit`, `shopPayment`: a payment that the shop has made and that the order names.
 * - `payment`, `refundEvidence`, `refunds`: what differs between a charge and a refund. `outside`,
 *   `comparison`: refunds that others have made, or that came back.
 * - `hinted`, `standing`: what an event of the gateway has asked.
 * - `mayCharge`: may the gateway be asked to move money now. `driveRequest`: the table of evidence.
 *   `authentication`: what waits for its customer. `process`: the next step.
 * - `review`: what only a person can find out, and the decision. `notices`: what the customer is
 *   notified of.
 * - `gatewayCodec`, `upcasts`, `codec`: how events are stored, and those of older
 *   releases read.
 */
export {
  customerIn,
  DESCRIPTION_CHARACTERS_MAX,
  isCustomerId,
  isOrderId,
  isRefundId,
  QUANTITY_MAX,
  SKU_CHARACTERS_MAX,
  type Customer,
  type InvalidContent,
} from './rules.ts';
export { LINES_MAX, type Content } from './content.ts';
export { LINES_V1_MAX, parseV1, type ContentV1 } from './contentV1.ts';
export {
  ADJUSTMENTS_MAX,
  CASH_STEP_MINOR_MAX,
  CHARGES_MAX,
  LINE_PARTS,
  PREPAID_MAX,
  TAXES_MAX,
} from './readPrices.ts';
export { ORDER_PARTS, parse } from './parse.ts';
export { ORDER_BYTES_MAX } from './parse.ts';
export { contentOf, isOfV1, type SentOrder } from './sentOrder.ts';
export { priceOf } from './pricing.ts';
export {
  FAILURE_PROOFS,
  isMovement,
  isNote,
  PAYMENT_WAYS,
  REVIEW_REASONS,
  type ReviewReason,
  type CaptureSource,
  type PaymentWay,
  type EventData,
  type EventOf,
  type GatewayEventData,
  type MoneyMovement,
  type MovementEvent,
  type StreamEvent,
  type Subject,
} from './events.ts';
export {
  RECORDED_BEFORE,
  initialState,
  isMade,
  isOpen,
  isRecorded,
  isUndecidedReturn,
  uncreditedOf,
  type Dispute,
  type Payment,
  type Refund,
  type RequestedRefund,
  type ReturnedRefund,
  type SendingStop,
  type State,
} from './state.ts';
export { goneOf, heldOf, isDisputed, sumsOf } from './sums.ts';
export * from './status.ts';
export { DISPUTE_STAGES, DISPUTE_VERDICTS, isLaterStage } from './gatewayEvents.ts';
export { takenForGood } from './disputes.ts';
export { isKnownHint, type Hint } from './hints.ts';
export { evolve, evolveAt, fold, withoutComparison } from './evolve.ts';
export * from './context.ts';
export { CANCEL_REFUNDS_MAX, paymentKey, refundKey, sealTextOf } from './requests.ts';
export { isRefundedByShop } from './ways.ts';
export { CORRECTIONS_MAX, decide, REFUNDS_MAX, type Command, type Rejection } from './decide.ts';
export { isKnownCorrection, isSameMailbox } from './sameOrder.ts';
export { isOrderRefused, refuse, type OrderRefusal } from './refusal.ts';
export {
  learn,
  learnClaim,
  NO_EVIDENCE,
  type Evidence,
  type StandingPayment,
  type ListedDispute,
  type ListedRefund,
  type Observation,
  type RequestKnowledge,
  type PaymentStanding,
} from './evidence.ts';
export {
  reviewIn,
  type OpenReviewReason,
  type CaptureLookUp,
  type LookUpRequest,
  type OrderStep,
  type StepOf,
} from './step.ts';
export { nextStep } from './process.ts';
export { askToCompare } from './comparison.ts';
export {
  decideReturn,
  decideReview,
  openReviews,
  type OpenReview,
  type ReturnDecision,
  type ReviewDecision,
} from './review.ts';
export { noticesOf, type NoticeSubject } from './notices.ts';
export { upcasts } from './upcasts.ts';
export { codec, codecs } from './codec.ts';
