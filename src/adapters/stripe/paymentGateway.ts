import { err, ok, ResultAsync, type Result } from 'neverthrow';
import type { Stripe } from 'stripe';
import type {
  ChargeOutcome,
  ChargeRequest,
  PaymentGateway,
  Unchargeable,
} from '../../application/ports/paymentGateway.ts';
import { toStripeAmount } from './amounts.ts';
import { outcomeOfAnswer, outcomeOfError } from './outcomes.ts';

/** What a metadata value may have: https://docs.stripe.com/api/metadata */
const TEXT_MAX = 500;
/** https://docs.stripe.com/api/idempotent_requests: up to 255 characters; these can stand in a header. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Charges by one "create and confirm" of a PaymentIntent, without the customer:
 *
 * - `confirm=true`, `off_session=true`: what the card's bank wants to have authenticated fails at once with
 *   a card error, instead of waiting for a customer who is not there
 *   (https://docs.stripe.com/api/payment_intents/create, https://docs.stripe.com/payments/save-during-payment).
 * - `payment_method_types[0]=card`: cards alone, so that no `return_url` is asked for and the answer is final;
 *   bank debits would be "processing" for days.
 * - `metadata`: our own reference, to find the payment by, and for people at Stripe's dashboard.
 *
 * A payment method that is attached to a customer of Stripe's cannot be charged, since Stripe then wants
 * that customer's id and orders do not carry it.
 */
export const createStripePaymentGateway = (stripe: Stripe): PaymentGateway => {
  const create = ResultAsync.fromThrowable(
    (key: string, parameters: Readonly<Record<string, string>>): Promise<unknown> =>
      stripe.rawRequest('POST', '/v1/payment_intents', parameters, { idempotencyKey: key }),
    outcomeOfError,
  );
  const charge = async (key: string, body: string): Promise<ChargeOutcome> => {
    const parameters = decode(body);
    // The SDK encodes by itself; only a body that comes out of that byte by byte may be sent (G9).
    if (encode(parameters) !== body) return notExecuted('malformed body');
    // Without a key the SDK would make one up, and no later request could be told to be the same.
    if (!KEY.test(key)) return notExecuted('malformed key');
    return create(key, parameters).match(outcomeOfAnswer, (outcome) => outcome);
  };
  return {
    prepare,
    // The SDK takes no signal: one that fires later does not end the request, but its time-out does.
    charge: ({ key, body, signal }) =>
      ResultAsync.fromSafePromise(
        signal?.aborted ? Promise.resolve(notExecuted('aborted')) : charge(key, body),
      ),
  };
};

const prepare = (request: ChargeRequest): Result<string, Unchargeable> => {
  const { orderId, attempt, amountMinor, currency, paymentMethod } = request;
  if (!isText(orderId) || !isText(paymentMethod)) {
    return err({
      type: 'Unchargeable',
      reason: 'the order id or payment method is not a text of 1 to 500 characters',
    });
  }
  return toStripeAmount(amountMinor, currency).andThen((stripe) =>
    ok(
      encode({
        amount: String(stripe.amount),
        currency: stripe.currency,
        confirm: 'true',
        off_session: 'true',
        payment_method: paymentMethod,
        'payment_method_types[0]': 'card',
        'metadata[order_id]': orderId,
        'metadata[attempt]': String(attempt),
      }),
    ),
  );
};

/** Half a surrogate pair cannot be encoded. */
const isText = (text: string): boolean =>
  text !== '' && text.length <= TEXT_MAX && text.isWellFormed();

/** Form encoding as the SDK does it (its utils.js): brackets stay as they are, in names and in values. */
const encode = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`)
    .join('&');

const encodePart = (part: string): string =>
  encodeURIComponent(part)
    .replace(/[!*()']/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']');

const decode = (body: string): Readonly<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(body));

const notExecuted = (reason: string): ChargeOutcome => ({ type: 'NotExecuted', reason });
