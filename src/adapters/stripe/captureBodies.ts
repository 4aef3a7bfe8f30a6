import { ok, type Result } from 'neverthrow';
import type {
  CaptureRequest,
  Unchargeable,
  VoidRequest,
} from '../../application/ports/paymentGateway.ts';
import type { StripeAmount } from './amounts.ts';
import { deploymentOf, isText, isWritten, notText } from './bodies.ts';
import { encode } from './form.ts';
import { toStripeCharge } from './limits.ts';
import { kindOf } from './names.ts';

/**
 * One capture of a PaymentIntent that the shop had authorised, to the path that names it:
 *
 * - `amount_to_capture`: what is below the authorised amount is released, as `final_capture` is
 *   true by default (https://docs.stripe.com/api/payment_intents/capture);
 * - `metadata`: added to what the shop has written there, so that from now on the payment shows
 *   whose it is, to look-ups, to audits and at Stripe's dashboard.
 */
export const prepareCapture = (request: CaptureRequest): Result<string, Unchargeable> => {
  const { orderId, payment, amountMinor, currency } = request;
  if (!isText(orderId) || !isPayment(payment)) return notText('order id or payment');
  return toStripeCharge({ amountMinor, currency }).map((stripe) => writeCapture(request, stripe));
};

const writeCapture = (
  { deployment, orderId, attempt }: CaptureRequest,
  { amount }: StripeAmount,
): string =>
  encode({
    amount_to_capture: String(amount),
    'metadata[order_id]': orderId,
    'metadata[attempt]': String(attempt),
    ...deploymentOf(deployment),
  });

export const isPreparedCapture = (body: string, request: CaptureRequest): boolean =>
  isWritten(body, request, (amount) => writeCapture(request, amount));

/**
 * One release of an authorised PaymentIntent. Stripe takes no metadata here
 * (https://docs.stripe.com/api/payment_intents/cancel).
 */
export const prepareVoid = ({ payment }: VoidRequest): Result<string, Unchargeable> =>
  isPayment(payment) ? ok(VOID) : notText('payment');

export const isPreparedVoid = (body: string, _request: VoidRequest): boolean => body === VOID;

const VOID = encode({ cancellation_reason: 'requested_by_customer' });

/** By its form alone; nothing else may stand in a path. */
export const isPayment = (reference: string): boolean => kindOf(reference) === 'payment';
