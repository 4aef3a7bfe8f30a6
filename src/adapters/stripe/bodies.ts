import { err, type Result, ok } from 'neverthrow';
import type {
  ChargeRequest,
  RefundRequest,
  Unchargeable,
} from '../../application/ports/paymentGateway.ts';
import { inStripeUnits, toStripeAmount, type StripeAmount } from './amounts.ts';

/**
 * The minimum charge, in Stripe's units
 * (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). Stripe may require more
 * of an account that is paid out in another currency; then Stripe itself refuses.
 */
const LEAST: Readonly<Record<number, string>> = {
  30: 'GBP',
  50: 'ARS AUD BRL CAD CHF COP EUR IDR ILS INR JPY KRW NZD PHP RUB SGD USD ZAR',
  200: 'AED MYR PLN RON',
  250: 'DKK',
  300: 'NOK SEK',
  400: 'HKD',
  1_000: 'MXN THB',
  1_500: 'CZK',
  17_500: 'HUF',
};

/**
 * The maximum number of digits: eight, according to the pinned SDK for a PaymentIntent's `amount`,
 * with the exceptions of the page above. That page allows twelve for most card networks; whoever
 * needs them must ask Stripe first (ADR 0024).
 */
const DIGITS = 8;
const MORE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['INR', 9],
  ['COP', 10],
  ['IDR', 12],
]);

const LEAST_OF: ReadonlyMap<string, number> = new Map(
  Object.entries(LEAST).flatMap(([least, codes]) =>
    codes.split(' ').map((code) => [code, Number(least)] as const),
  ),
);

/** In Stripe's units, both included; for a currency that Stripe lacks, those of any other. */
export const chargeLimits = (
  currency: string,
): { readonly least: number; readonly most: number } => {
  const code = currency.toUpperCase();
  return {
    least: LEAST_OF.get(code) ?? 1,
    most: 10 ** (MORE_DIGITS.get(code) ?? DIGITS) - 1,
  };
};

/** For charges; a refund may be smaller. The reason names the limit and not the amount. */
const withinChargeLimits = (stripe: StripeAmount): Result<StripeAmount, Unchargeable> => {
  const { least, most } = chargeLimits(stripe.currency);
  const code = stripe.currency.toUpperCase();
  const unchargeable = (reason: string) => err({ type: 'Unchargeable' as const, reason });
  if (stripe.amount < least) {
    return unchargeable(`the total is below the least that Stripe charges in ${code}, ${least}`);
  }
  return stripe.amount > most
    ? unchargeable(`the total is above the most that Stripe charges in ${code}, ${most}`)
    : ok(stripe);
};

/** The limit of a metadata value: https://docs.stripe.com/api/metadata */
const TEXT_MAX = 500;

/**
 * One "create and confirm" of a PaymentIntent, without the customer:
 *
 * - `confirm=true`, `off_session=true`: what the card's bank wants to have authenticated fails at
 *   once with a card error, instead of waiting for a customer who is not there
 *   (https://docs.stripe.com/api/payment_intents/create,
 *   https://docs.stripe.com/payments/save-during-payment).
 * - `payment_method_types[0]=card`: cards alone, so that no `return_url` is asked for and the
 *   answer is final; bank debits would be "processing" for days.
 * - `metadata`: our own reference, to find the payment by, and for people at Stripe's dashboard.
 *
 * A payment method that is attached to a customer of Stripe's cannot be charged, since Stripe then
 * wants that customer's id and orders do not carry it.
 */
export const prepareCharge = (request: ChargeRequest): Result<string, Unchargeable> => {
  const { orderId, amountMinor, currency, paymentMethod } = request;
  if (!isText(orderId) || !isText(paymentMethod)) return notText('order id or payment method');
  return toStripeAmount(amountMinor, currency)
    .andThen(withinChargeLimits)
    .map((stripe) => writeCharge(request, stripe));
};

const writeCharge = (
  { deployment, orderId, attempt, paymentMethod }: ChargeRequest,
  { amount, currency }: StripeAmount,
): string =>
  encode({
    amount: String(amount),
    currency,
    confirm: 'true',
    off_session: 'true',
    payment_method: paymentMethod,
    'payment_method_types[0]': 'card',
    'metadata[order_id]': orderId,
    'metadata[attempt]': String(attempt),
    ...deploymentOf(deployment),
  });

/** In its payment's currency, which Stripe knows: https://docs.stripe.com/api/refunds/create */
export const prepareRefund = (request: RefundRequest): Result<string, Unchargeable> => {
  const { orderId, refundId, paymentReference, amountMinor, currency } = request;
  if (![orderId, refundId, paymentReference].every(isText)) {
    return notText('order id, refund id or payment reference');
  }
  return toStripeAmount(amountMinor, currency).map((stripe) => writeRefund(request, stripe));
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
    ...deploymentOf(deployment),
  });

/** A release that writes a request in another way must still recognize the form of earlier ones. */
export const isPreparedCharge = (body: string, request: ChargeRequest): boolean =>
  isWritten(body, request, (amount) => writeCharge(request, amount));

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
const deploymentOf = (deployment: string): Readonly<Record<string, string>> =>
  deployment === '' ? {} : { 'metadata[deployment]': deployment };

/** Whether a frozen body is a form as `encode` writes it, and each name stands there once (G9). */
export const isForm = (body: string): boolean => {
  if (!FORM.test(body)) return false;
  const names = body.split('&').map((pair) => pair.slice(0, pair.indexOf('=')));
  return new Set(names).size === names.length;
};

/** No name has anything to escape, and an escaped one could be another name once more. */
const FORM_PAIR = String.raw`[\w.~[\]-]+=(?:[\w.~[\]-]|%[\dA-F]{2})*`;
const FORM = new RegExp(`^${FORM_PAIR}(?:&${FORM_PAIR})*$`);

/** Half a surrogate pair cannot be encoded. */
const isText = (text: string): boolean =>
  text !== '' && text.length <= TEXT_MAX && text.isWellFormed();

const notText = (what: string): Result<never, Unchargeable> =>
  err({ type: 'Unchargeable', reason: `the ${what} is not a text of 1 to 500 characters` });

/** Form encoding like the SDK's (its utils.js): brackets stay as they are everywhere. */
const encode = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`)
    .join('&');

const encodePart = (part: string): string => (PLAIN.test(part) ? part : encodeSigns(part));

/** The characters that stay as they are: nearly all texts of a request have no others. */
const PLAIN = /^[\w.~[\]-]*$/;

const encodeSigns = (part: string): string =>
  encodeURIComponent(part.toWellFormed())
    .replace(/[!*()']/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']');
