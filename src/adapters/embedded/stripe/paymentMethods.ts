/** What becomes of a confirmation with a payment method. */
export type Behaviour =
  | { readonly type: 'Capture' }
  | {
      readonly type: 'Decline';
      readonly code: string;
      readonly declineCode: string;
      readonly message: string;
    }
  /** Captured and in the ledger; the first answer for the key is withheld and its connection closed. */
  | { readonly type: 'LoseAnswer' }
  /** The first request with the key is dropped before anything is done or remembered of its result. */
  | { readonly type: 'Drop' }
  /** Captured at once, answered after the sandbox's `slowMs`. */
  | { readonly type: 'Slow' };

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

/**
 * Stripe's test payment methods with its codes (https://docs.stripe.com/testing#declined-payments), and those
 * that only this sandbox has. Whatever else is "No such PaymentMethod".
 */
const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map([
  ['pm_card_visa', CAPTURE],
  ['pm_card_mastercard', CAPTURE],
  ['pm_card_amex', CAPTURE],
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
    'pm_card_authenticationRequired',
    decline(
      'authentication_required',
      'Your card was declined. This transaction requires authentication.',
    ),
  ],
  ['pm_sandbox_answer_lost', { type: 'LoseAnswer' }],
  ['pm_sandbox_dropped_before', { type: 'Drop' }],
  ['pm_sandbox_slow', { type: 'Slow' }],
]);

export const behaviourOf = (paymentMethod: string): Behaviour | undefined =>
  BEHAVIOURS.get(paymentMethod);
