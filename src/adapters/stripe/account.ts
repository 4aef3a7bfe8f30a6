import { ResultAsync } from 'neverthrow';
import { Stripe } from 'stripe';
import type { Misconfigured, Unavailable } from '../../application/ports/failures.ts';

/**
 * Whether the key is taken, and payments and refunds can be looked up with it: a restricted key may lack the
 * permission, and search is not available to accounts in India. Changes nothing.
 */
export const inspectStripe = (stripe: Stripe): ResultAsync<void, Unavailable | Misconfigured> =>
  ask(() => stripe.paymentIntents.search({ query: "metadata['order_id']:'-'", limit: 1 }))
    .andThen(() => ask(() => stripe.refunds.list({ limit: 1 })))
    .map(() => undefined);

const ask = (request: () => Promise<unknown>): ResultAsync<unknown, Unavailable | Misconfigured> =>
  ResultAsync.fromThrowable(request, (error): Unavailable | Misconfigured => {
    const isThrottled = error instanceof Stripe.errors.StripeRateLimitError;
    const isRefused =
      error instanceof Stripe.errors.StripeAuthenticationError ||
      error instanceof Stripe.errors.StripePermissionError ||
      error instanceof Stripe.errors.StripeInvalidRequestError;
    // The message of a refusal repeats a part of the key.
    const cause = error instanceof Stripe.errors.StripeError ? error.type : 'unreadable answer';
    return isRefused
      ? { type: 'Misconfigured', dependency: 'PaymentGateway', cause }
      : { type: 'Unavailable', dependency: 'PaymentGateway', cause, throttled: isThrottled };
  })();
