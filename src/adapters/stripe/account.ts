import { ResultAsync } from 'neverthrow';
import { Stripe } from 'stripe';
import type { Misconfigured, Unavailable } from '../../application/ports/failures.ts';

/** Whether the key is taken and payments can be seen with it. Changes nothing. */
export const inspectStripe = (stripe: Stripe): ResultAsync<void, Unavailable | Misconfigured> =>
  ResultAsync.fromThrowable(
    () => stripe.paymentIntents.list({ limit: 1 }),
    (error): Unavailable | Misconfigured => {
      const isRefused =
        error instanceof Stripe.errors.StripeAuthenticationError ||
        error instanceof Stripe.errors.StripePermissionError;
      // The message of a refusal repeats a part of the key.
      const cause = error instanceof Stripe.errors.StripeError ? error.type : 'unreadable answer';
      return isRefused
        ? { type: 'Misconfigured', dependency: 'PaymentGateway', cause }
        : { type: 'Unavailable', dependency: 'PaymentGateway', cause, throttled: false };
    },
  )().map(() => undefined);
