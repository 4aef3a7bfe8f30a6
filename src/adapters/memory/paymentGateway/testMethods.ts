import type {
  NotExecutedOutcome,
  UnknownOutcome,
} from '../../../application/ports/paymentGateway.ts';

/** The result of a charge with a payment method, and of its refunds. */
export type TestBehaviour = {
  readonly result:
    | { readonly type: 'Capture' | 'CaptureOtherAmount' | 'ServerError' }
    | { readonly type: 'Decline'; readonly code: string };
  /** The answer to the first request with a key, before the key is looked up. */
  readonly limitedOnce?: NotExecutedOutcome;
  /** The answer to the first request with a key, in place of an execution. */
  readonly insteadOnce?: NotExecutedOutcome | UnknownOutcome;
  /** The answer to the first request with the key, after the execution. */
  readonly firstAnswer?: UnknownOutcome;
  /**
   * The answer to every request: to the first one as it is here, to the others as a stored failure.
   */
  readonly everyAnswer?: UnknownOutcome;
  /**
   * The first answer with the key is lost and its result forgotten: the same key charges a second
   * time.
   */
  readonly forgetsOnce?: true;
  readonly refunds?: 'Fail' | 'LoseAnswer';
};

/** An outcome that any request could have got. */
export const CONNECTION_LOST: UnknownOutcome = {
  type: 'Unknown',
  cause: 'connection lost',
  trouble: 'Unavailable',
};

export const SERVER_ERROR: UnknownOutcome = {
  type: 'Unknown',
  cause: 'status code 500',
  trouble: 'Unavailable',
};

/** An answer that is stored for the key and proves nothing, however often it is repeated. */
export const STORED_FAILURE: UnknownOutcome = {
  type: 'Unknown',
  cause: 'stored failure',
  stored: true,
};

/** A refusal for the request's content, with the gateway's code. */
export const refusedFor = (code: string): NotExecutedOutcome => ({
  type: 'NotExecuted',
  reason: `invalid request: ${code}`,
  refused: code,
});

const CAPTURE: TestBehaviour = { result: { type: 'Capture' } };

const decline = (code: string): TestBehaviour => ({ result: { type: 'Decline', code } });

/**
 * Stripe's test payment methods (https://docs.stripe.com/testing) and the sandbox's own, as far as
 * they need no time: `slow` is not slow here, since nothing in memory waits.
 */
const BEHAVIOURS: ReadonlyMap<string, TestBehaviour> = new Map<string, TestBehaviour>([
  ['pm_card_visa', CAPTURE],
  ['pm_card_mastercard', CAPTURE],
  ['pm_card_amex', CAPTURE],
  ['pm_card_visa_chargeDeclined', decline('generic_decline')],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', decline('insufficient_funds')],
  ['pm_card_visa_chargeDeclinedLostCard', decline('lost_card')],
  ['pm_card_visa_chargeDeclinedStolenCard', decline('stolen_card')],
  ['pm_card_chargeDeclinedExpiredCard', decline('expired_card')],
  ['pm_card_chargeDeclinedIncorrectCvc', decline('incorrect_cvc')],
  ['pm_card_chargeDeclinedProcessingError', decline('processing_error')],
  ['pm_card_authenticationRequired', decline('authentication_required')],
  ['pm_sandbox_slow', CAPTURE],
  ['pm_sandbox_answer_lost', { ...CAPTURE, firstAnswer: CONNECTION_LOST }],
  ['pm_sandbox_dropped_before', { ...CAPTURE, insteadOnce: CONNECTION_LOST }],
  ['pm_sandbox_wrong_amount', { result: { type: 'CaptureOtherAmount' } }],
  ['pm_sandbox_server_error', { result: { type: 'ServerError' } }],
  [
    'pm_sandbox_conflict',
    { ...CAPTURE, insteadOnce: { type: 'Unknown', cause: 'request in progress' } },
  ],
  ['pm_sandbox_refused', { ...CAPTURE, insteadOnce: refusedFor('resource_missing') }],
  [
    'pm_sandbox_rate_limited',
    {
      ...CAPTURE,
      limitedOnce: {
        type: 'NotExecuted',
        reason: 'rate limited',
        retryAfterMs: 1_000,
        trouble: 'Throttled',
      },
    },
  ],
  [
    'pm_sandbox_garbage_body',
    {
      ...CAPTURE,
      everyAnswer: { type: 'Unknown', cause: 'unreadable answer', trouble: 'Unavailable' },
    },
  ],
  ['pm_sandbox_key_forgotten', { ...CAPTURE, forgetsOnce: true }],
  ['pm_sandbox_refund_fails', { ...CAPTURE, refunds: 'Fail' }],
  ['pm_sandbox_refund_answer_lost', { ...CAPTURE, refunds: 'LoseAnswer' }],
]);

export const behaviourOf = (paymentMethod: string): TestBehaviour | undefined =>
  BEHAVIOURS.get(paymentMethod);
