import { driveAuthentication } from './authentication.ts';
import { compareWithGateway } from './comparison.ts';
import type { DecisionContext } from './context.ts';
import { driveRequest } from './driveRequest.ts';
import { contradictionIn, type Evidence } from './evidence.ts';
import { askHinted, askHintedOfEnded } from './hinted.ts';
import type { OrderView } from './openRequest.ts';
import { paymentRequest } from './payment.ts';
import { isWaitedForElsewhere } from './pending.ts';
import { isRefusedAsDisputed } from './refundEvidence.ts';
import { refundRequest, refundRest } from './refunds.ts';
import { evidenceOf, isShopPayment, shopPaymentStep } from './shopPayment.ts';
import { driveStanding } from './standing.ts';
import {
  isOpen,
  isUndecidedReturn,
  type CapturedPayment,
  type OpenPayment,
  type OpenRefund,
  type State,
} from './state.ts';
import { inReview, type OrderStep } from './step.ts';

const SETTLED: OrderStep = { type: 'Settled' };

/**
 * The next step of a process that drives this order, whatever message came for it (R11). Read the
 * clock right before: a step that sends may be carried out only at once.
 */
export const nextStep = (state: State, evidence: Evidence, context: DecisionContext): OrderStep => {
  const { payment, placed } = state;
  const contradiction = contradictionIn(state, evidence);
  if (contradiction !== undefined) return contradiction;
  // Without an order there is at most a cancellation that came first.
  if (placed === undefined) return SETTLED;
  const view = { placed, state, evidence, context };
  switch (payment.status) {
    case 'requested':
    case 'review':
      return askHinted(payment, view) ?? drivePayment(payment, view) ?? SETTLED;
    case 'captured':
      return askHintedOfEnded(payment, view) ?? driveRefunds(payment, view);
    case 'declined':
    case 'failed':
      return askHintedOfEnded(payment, view) ?? SETTLED;
    case 'none':
      return SETTLED;
  }
};

const drivePayment = (payment: OpenPayment, view: OrderView): OrderStep | undefined => {
  const open = paymentRequest(payment, view);
  const { authentication } = payment;
  if (authentication !== undefined) {
    return driveAuthentication(open, { ...payment, authentication }, view);
  }
  if (!isShopPayment(payment)) return driveRequest(open, view.context);
  if (isWaitedForElsewhere(open, view.context)) return undefined;
  const answer = evidenceOf(payment, open);
  const { answer: _, ...known } = open.known;
  return (
    shopPaymentStep(open, payment, view) ??
    driveRequest(
      { ...open, known: answer === undefined ? known : { ...known, answer } },
      view.context,
    )
  );
};

/** A refund that has to wait holds up no other. */
const driveRefunds = (payment: CapturedPayment, view: OrderView): OrderStep => {
  const { state, context } = view;
  const standing = driveStanding(payment, view);
  // Nothing is decided, or sent, on what is older than that (I22).
  const asking = standing.find(({ type }) => type === 'LookUp');
  if (asking !== undefined) return asking;
  const isHeld = (refund: OpenRefund): boolean =>
    standing.some(({ type }) => type === 'RetryLater') && isRefusedAsDisputed(refund, view);
  const steps = [
    ...standing,
    ...compareWithGateway(payment, view),
    ...refundRest(payment, view),
    ...state.refunds
      .filter(isOpen)
      .filter((refund) => !isHeld(refund))
      .flatMap((refund) => driveRequest(refundRequest(refund, payment, view), context) ?? []),
    ...state.refunds
      .filter(isUndecidedReturn)
      .map(({ refundId, letter }) =>
        inReview(`refund#${refundId}`, { reason: 'refund-returned', letter }),
      ),
  ];
  const isWaiting = ({ type }: OrderStep): boolean =>
    type === 'RetryLater' || type === 'DeadLetter';
  // Whether a step is this message's own. Each review has a dead letter of its own: this message
  // stays one, whatever other parts are in review.
  const isOwn = (step: OrderStep): boolean =>
    step.type === 'DeadLetter' && step.letter !== undefined && step.letter === context.letter;
  return (
    // What is known is recorded before anything more is sent.
    steps.find(({ type }) => type === 'Append') ??
    steps.find((step) => !isWaiting(step)) ??
    steps.find(({ type }) => type === 'RetryLater') ??
    steps.find(isOwn) ??
    steps[0] ??
    SETTLED
  );
};
