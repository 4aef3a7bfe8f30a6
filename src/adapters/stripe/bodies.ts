import { err, type Result, ok } from 'neverthrow';
import type {
  ChargeRequest,
  RefundRequest,
  Unchargeable,
  CaptureRequest,
  VoidRequest,
} from '../../application/ports/paymentGateway.ts';
import { inStripeUnits, type StripeAmount } from './amounts.ts';
import { toStripeCharge, toStripeRefund } from './limits.ts';
import { kindOf } from './rules.ts';

/*
 * Frozen bodies of requests that move money: they are written once, and sent byte for byte.
 */

/**
 * Form encoding like the SDK's (its utils.js): brackets stay as they are everywhere. Parameters
 * that are undefined are left out.
 */
export const encode = (parameters: Readonly<Record<string, string | undefined>>): string => {
  let form = '';
  for (const name of Object.keys(parameters)) {
    const value = parameters[name];
    if (value === undefined) continue;
    form += `${form === '' ? '' : '&'}${encodePart(name)}=${encodePart(value)}`;
  }
  return form;
};

const encodePart = (part: string): string => (PLAIN.test(part) ? part : encodeSigns(part));

/** The characters that stay as they are: nearly all texts of a request have no others. */
const PLAIN = /^[\w.~[\]-]*$/;

const encodeSigns = (part: string): string =>
  encodeURIComponent(part.toWellFormed())
    .replace(/[!*()']/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']');

/** Whether a frozen body is a form as `encode` writes it, and each name stands there once (G9). */
export const isForm = (body: string): boolean => {
  if (!FORM.test(body)) return false;
  const names = body.split('&').map((pair) => pair.slice(0, pair.indexOf('=')));
  return new Set(names).size === names.length;
};

/** No name has anything to escape, and an escaped one could be another name once more. */
const FORM_PAIR = String.raw`[\w.~[\]-]+=(?:[\w.~[\]-]|%[\dA-F]{2})*`;
const FORM = new RegExp(`^${FORM_PAIR}(?:&${FORM_PAIR})*$`);

/**
 * One "create and confirm" of a PaymentIntent, without the customer being there:
 *
 * - `confirm=true`, `off_session=true`: what the card's bank wants to have authenticated fails at
 *   once with a card error, instead of waiting for a customer who is not there
 *   (https://docs.stripe.com/api/payment_intents/create,
 *   https://docs.stripe.com/payments/save-during-payment).
 * - `payment_method_types[0]=card`: cards alone, so that no `return_url` is asked for and the
 *   answer is final.
 * - `automatic_payment_methods[enabled]=true`, `[allow_redirects]=never`, of a method that is saved
 *   for a customer: whatever the account takes, and the customer does not have to be there for. A
 *   bank debit is "processing" for days (R19).
 * - `metadata`: our own reference, to find the payment by, and for people at Stripe's dashboard.
 *
 * A payment method that is attached to a customer of Stripe's is charged with that customer's id,
 * and no other (https://docs.stripe.com/api/payment_intents/create#create_payment_intent-customer).
 */
export const prepareCharge = (request: ChargeRequest): Result<string, Unchargeable> => {
  const { orderId, amountMinor, currency, paymentMethod, customer, mandate } = request;
  if (!isText(orderId) || !isText(paymentMethod)) return notText('order id or payment method');
  const saved = [customer, mandate].filter((text) => text !== undefined);
  if (!saved.every(isText)) return notText('customer or mandate');
  return toStripeCharge({ amountMinor, currency }).map((stripe) => writeCharge(request, stripe));
};

const writeCharge = (
  { deployment, orderId, attempt, paymentMethod, customer, mandate }: ChargeRequest,
  { amount, currency }: StripeAmount,
  isByCardAlone = customer === undefined,
): string =>
  encode({
    amount: String(amount),
    currency,
    confirm: 'true',
    off_session: 'true',
    payment_method: paymentMethod,
    'payment_method_types[0]': isByCardAlone ? 'card' : undefined,
    'automatic_payment_methods[enabled]': isByCardAlone ? undefined : 'true',
    'automatic_payment_methods[allow_redirects]': isByCardAlone ? undefined : 'never',
    customer,
    mandate,
    'metadata[order_id]': orderId,
    'metadata[attempt]': String(attempt),
    'metadata[deployment]': deploymentOf(deployment),
  });

/**
 * The refund is in its payment's currency, which Stripe knows:
 * https://docs.stripe.com/api/refunds/create
 */
export const prepareRefund = (request: RefundRequest): Result<string, Unchargeable> => {
  const { orderId, refundId, paymentReference, amountMinor, currency } = request;
  if (![orderId, refundId, paymentReference].every(isText)) {
    return notText('order id, refund id or payment reference');
  }
  return toStripeRefund({ amountMinor, currency }).map((stripe) => writeRefund(request, stripe));
};

const writeRefund = (
  { deployment, orderId, refundId, paymentReference }: RefundRequest,
  { amount }: StripeAmount,
): string =>
  encode({
    payment_intent: paymentReference,
    amount: String(amount),
    'metadata[order_id]': orderId,
    'metadata[refund_id]': refundId,
    'metadata[deployment]': deploymentOf(deployment),
  });

/** A release that writes a request in another way must still recognize the form of earlier ones. */
export const isPreparedCharge = (body: string, request: ChargeRequest): boolean =>
  isWritten(body, request, (amount) => writeCharge(request, amount)) ||
  // Saved methods were cards at first.
  isWritten(body, request, (amount) => writeCharge(request, amount, true));

export const isPreparedRefund = (body: string, request: RefundRequest): boolean =>
  isWritten(body, request, (amount) => writeRefund(request, amount));

const isWritten = (
  body: string,
  { amountMinor, currency }: Pick<ChargeRequest, 'amountMinor' | 'currency'>,
  write: (amount: StripeAmount) => string,
): boolean => {
  const amount = inStripeUnits(amountMinor, currency);
  return amount !== undefined && write(amount) === body;
};

/** Releases before 0.2 named no deployment, and their frozen requests are sent as they are. */
const deploymentOf = (deployment: string): string | undefined =>
  deployment === '' ? undefined : deployment;

/** The limit of a metadata value: https://docs.stripe.com/api/metadata */
const TEXT_MAX = 500;

/** Whether the text can be encoded: half a surrogate pair cannot. */
export const isText = (text: string): boolean =>
  text !== '' && text.length <= TEXT_MAX && text.isWellFormed();

export const notText = (what: string): Result<never, Unchargeable> =>
  err({ type: 'Unchargeable', reason: `the ${what} is not a text of 1 to 500 characters` });

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
    'metadata[deployment]': deploymentOf(deployment),
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

/** Whether a reference names a payment, by its form alone; nothing else may stand in a path. */
export const isPayment = (reference: string): boolean => kindOf(reference) === 'payment';
