import type { DeclinedAnswer } from './evidence.ts';
import { forgery, isOfOurAccount, type OpenRequest, type OrderView } from './openRequest.ts';
import { confirmSealText } from './requests.ts';
import type { Authentication, OpenPayment, PlacedOrder } from './state.ts';
import { append, forged, type OrderStep } from './step.ts';

/*
 * The intent to confirm a payment again with its customer there, whose bank wants it authenticated.
 */

/**
 * Stripe's code (https://docs.stripe.com/declines/codes); another gateway's adapter uses the same
 * word.
 */
export const AUTHENTICATION_REQUIRED = 'authentication_required';

/**
 * Appends the intent to ask the customer, before anything is sent. Undefined where the customer is
 * not to be asked.
 */
export const askCustomer = (
  open: OpenRequest,
  { attempt }: OpenPayment,
  { code, reference }: DeclinedAnswer,
  { placed, context }: OrderView,
): OrderStep | undefined => {
  const { now: at, authenticationMaxMs, resendHorizonMs, letter, seal } = context;
  const isAsked = code === AUTHENTICATION_REQUIRED && open.isWanted && authenticationMaxMs > 0;
  const confirmation = isAsked ? confirmationOf(reference, placed) : undefined;
  if (confirmation === undefined || !isOfOurAccount(open.request, context)) return undefined;
  return context.prepareConfirm(confirmation).match(
    (body): OrderStep => {
      const times = { at, sendUntil: at + resendHorizonMs, until: at + authenticationMaxMs };
      const asked = { attempt, reference: confirmation.payment, body, ...times, letter };
      const sealed = { ...asked, seal: seal(confirmSealText(placed.orderId, open.key, asked)) };
      const event = { type: 'PaymentAuthenticationRequested', data: sealed } as const;
      return forgery(open, context) ?? append(event);
    },
    () => undefined,
  );
};

const confirmationOf = (payment: string | undefined, { payment: paid }: PlacedOrder) => {
  if (payment === undefined || paid.type !== 'saved' || paid.returnUrl === undefined) {
    return undefined;
  }
  const { paymentMethod, returnUrl } = paid;
  return { payment, paymentMethod, returnUrl };
};

/**
 * The step where one of the two intents is not the payment service's own, or not of this order (ADR
 * 0027).
 */
export const forgedConfirmation = (
  open: OpenRequest,
  authentication: Authentication,
  { placed, context }: OrderView,
): OrderStep | undefined => {
  const { subject, key } = open;
  const { seal, body, reference } = authentication;
  const text = confirmSealText(placed.orderId, key, authentication);
  if (!context.isSeal(text, seal)) {
    return forged(`the confirmation of ${subject} bears no seal of the payment service`);
  }
  const confirmation = confirmationOf(reference, placed);
  return confirmation !== undefined && context.isPreparedConfirm(body, confirmation)
    ? forgery(open, context)
    : forged(`the confirmation of ${subject} is frozen with another request than its own`);
};
