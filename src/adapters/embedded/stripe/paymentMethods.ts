import type { Fault } from './faultSettings.ts';
import type { DisputeOpening, EndStatus } from './outcomes.ts';

/** The result of a confirmation with a payment method. */
export type Behaviour =
  | { readonly type: 'Capture' }
  | {
      readonly type: 'Decline';
      readonly code: string;
      readonly declineCode: string;
      readonly message: string;
    }
  /** The payment is captured, and the fault occurs once for each key (docs/sandbox.md). */
  | { readonly type: 'Show'; readonly fault: Fault }
  /** The payment is processed for a time, and ends as `end` says; without it, it never ends. */
  | { readonly type: 'Process'; readonly end?: EndStatus }
  /** The payment is captured at once, and answered after the sandbox's `slowMs`. */
  | { readonly type: 'Slow' };

/** The method of a card that is declined while its customer is away. */
export const NEEDS_AUTHENTICATION = 'pm_card_authenticationRequired';

const CAPTURE: Behaviour = { type: 'Capture' };

const cardDeclined = (declineCode: string, message = 'Your card was declined.'): Behaviour => ({
  type: 'Decline',
  code: 'card_declined',
  declineCode,
  message,
});

const decline = (code: string, message: string): Behaviour => ({
  type: 'Decline',
  code,
  declineCode: code,
  message,
});

const show = (fault: Fault): Behaviour => ({ type: 'Show', fault });

/**
 * Stripe's test payment methods with its codes (https://docs.stripe.com/testing#declined-payments),
 * and those that only this sandbox has. Any other is "No such PaymentMethod".
 */
const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map([
  ['pm_card_visa', CAPTURE],
  ['pm_card_mastercard', CAPTURE],
  ['pm_card_amex', CAPTURE],
  ['pm_card_pendingRefund', CAPTURE],
  ['pm_card_refundFail', CAPTURE],
  ['pm_card_createDispute', CAPTURE],
  ['pm_card_createDisputeProductNotReceived', CAPTURE],
  ['pm_card_createDisputeInquiry', CAPTURE],
  ['pm_card_visa_chargeDeclined', cardDeclined('generic_decline')],
  [
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    cardDeclined('insufficient_funds', 'Your card has insufficient funds.'),
  ],
  ['pm_card_visa_chargeDeclinedLostCard', cardDeclined('lost_card')],
  ['pm_card_visa_chargeDeclinedStolenCard', cardDeclined('stolen_card')],
  ['pm_card_chargeDeclinedExpiredCard', decline('expired_card', 'Your card has expired.')],
  [
    'pm_card_chargeDeclinedIncorrectCvc',
    decline('incorrect_cvc', "Your card's security code is incorrect."),
  ],
  [
    'pm_card_chargeDeclinedProcessingError',
    decline(
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
    ),
  ],
  [
    NEEDS_AUTHENTICATION,
    decline(
      'authentication_required',
      'Your card was declined. This transaction requires authentication.',
    ),
  ],
  ['pm_sandbox_slow', { type: 'Slow' }],
  ['pm_sandbox_answer_lost', show('answer-lost')],
  ['pm_sandbox_dropped_before', show('dropped')],
  ['pm_sandbox_captured_late', show('captured-late')],
  ['pm_sandbox_server_error', show('server-error')],
  ['pm_sandbox_conflict', show('conflict')],
  ['pm_sandbox_refused', show('refused')],
  ['pm_sandbox_rate_limited', show('rate-limited')],
  ['pm_sandbox_wrong_amount', show('wrong-amount')],
  ['pm_sandbox_garbage_body', show('garbage-body')],
  ['pm_sandbox_key_forgotten', show('key-forgotten')],
  ['pm_sandbox_search_lag', show('search-lag')],
  ['pm_sandbox_processing_succeeds', { type: 'Process', end: 'succeeded' }],
  ['pm_sandbox_processing_fails', { type: 'Process', end: 'failed' }],
  ['pm_sandbox_processing_never_ends', { type: 'Process' }],
  ['pm_sandbox_refund_pending_fails', CAPTURE],
  ['pm_sandbox_refund_pending_never_ends', CAPTURE],
  ['pm_sandbox_refund_fails', CAPTURE],
  ['pm_sandbox_refund_answer_lost', CAPTURE],
]);

/** The faults of refunds for a payment that was captured with the method. */
const REFUND_BEHAVIOURS: ReadonlyMap<string | null, Behaviour> = new Map([
  ['pm_sandbox_refund_fails', show('refund-fails')],
  ['pm_sandbox_refund_answer_lost', show('refund-lost')],
]);

type RefundCourse = { readonly status: 'succeeded' | 'pending'; readonly end?: EndStatus };

/** The course of a refund: how it begins, and what becomes of it later. */
const REFUND_COURSES: ReadonlyMap<string | null, RefundCourse> = new Map([
  ['pm_card_pendingRefund', { status: 'pending', end: 'succeeded' }],
  ['pm_card_refundFail', { status: 'succeeded', end: 'failed' }],
  ['pm_sandbox_refund_pending_fails', { status: 'pending', end: 'failed' }],
  ['pm_sandbox_refund_pending_never_ends', { status: 'pending' }],
]);

export const refundCourseOf = (paymentMethod: string | null): RefundCourse =>
  REFUND_COURSES.get(paymentMethod) ?? { status: 'succeeded' };

/**
 * Payments by these methods are disputed some time after the capture:
 * https://docs.stripe.com/testing#disputes
 */
const DISPUTES: ReadonlyMap<string | null, DisputeOpening> = new Map([
  ['pm_card_createDispute', { reason: 'fraudulent', isInquiry: false }],
  ['pm_card_createDisputeProductNotReceived', { reason: 'product_not_received', isInquiry: false }],
  ['pm_card_createDisputeInquiry', { reason: 'fraudulent', isInquiry: true }],
]);

const disputeOf = (paymentMethod: string | null): DisputeOpening | undefined =>
  DISPUTES.get(paymentMethod);

export const paymentEndOf = (paymentMethod: string | null): EndStatus | undefined => {
  const behaviour = BEHAVIOURS.get(paymentMethod ?? '');
  return behaviour?.type === 'Process' ? behaviour.end : undefined;
};

export const PAYMENT_METHODS: readonly string[] = [...BEHAVIOURS.keys()];

export const behaviourOf = (paymentMethod: string): Behaviour | undefined =>
  BEHAVIOURS.get(paymentMethod);

export const refundBehaviourOf = (paymentMethod: string | null): Behaviour =>
  REFUND_BEHAVIOURS.get(paymentMethod) ?? CAPTURE;

/**
 * The behaviour for a payment that the shop makes while its customer is there: 3-D Secure is
 * passed, and what the sandbox's own methods show comes later, when Paidonce asks for something.
 */
export const behaviourAtCheckout = (behaviour: Behaviour): Behaviour =>
  behaviour.type === 'Process' ||
  (behaviour.type === 'Decline' && behaviour.code !== 'authentication_required')
    ? behaviour
    : CAPTURE;

/**
 * A change that time alone brings. It is decided when the request is executed, and written with its
 * result.
 */
export type LaterChange = {
  /** The time after the request, in milliseconds. */
  readonly afterMs: number;
} & ({ readonly status: EndStatus } | { readonly dispute: DisputeOpening });

type MadeObject = { readonly object: string; readonly status?: string };

/** The later changes, by the test method that the payment was made with. */
export const laterOf = (
  made: MadeObject | undefined,
  method: string | null,
  afterMs: number,
): readonly LaterChange[] => {
  if (made === undefined) return [];
  const dispute = disputeOf(method);
  if (made.object === 'payment_intent' && made.status === 'succeeded') {
    return dispute === undefined ? [] : [{ afterMs, dispute }];
  }
  const end =
    made.object === 'payment_intent' && made.status === 'processing'
      ? paymentEndOf(method)
      : made.object === 'refund' && made.status !== 'failed'
        ? refundCourseOf(method).end
        : undefined;
  return end === undefined ? [] : [{ afterMs, status: end }];
};
