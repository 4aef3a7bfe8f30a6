import { err, ok, ResultAsync } from 'neverthrow';
import { Stripe } from 'stripe';
import type { DependencyError } from '../../application/ports/failures.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { fieldsOf } from './rows.ts';

/**
 * Whether the key is accepted and names its account, and whether payments and refunds can be looked
 * up with it: a restricted key may lack the permission, and accounts in India have no search.
 */
export const inspectStripe = (stripe: Stripe): ResultAsync<void, DependencyError> =>
  identifyAccount(stripe)
    .andThen(() =>
      ask(() => stripe.paymentIntents.search({ query: "metadata['order_id']:'-'", limit: 1 })),
    )
    .andThen(() => ask(() => stripe.refunds.list({ limit: 1 })))
    .map(() => undefined);

/** https://docs.stripe.com/api/accounts/retrieve. A restricted key needs the right to read it. */
export const identifyAccount = (stripe: Stripe): ResultAsync<string, DependencyError> =>
  ask(() => stripe.rawRequest('GET', '/v1/account')).andThen((answer) => {
    const { object, id } = fieldsOf(answer);
    return object === 'account' && typeof id === 'string' && id !== ''
      ? ok(id)
      : err(unavailable('PaymentGateway', 'unreadable account'));
  });

/**
 * Whether charges are enabled. No money is moved with a key whose account is unknown: a key that
 * may not read it fails here too. In test mode charges always work, whatever live mode allows.
 */
export const probeStripe = (
  stripe: Stripe,
  { isLive }: { readonly isLive: boolean },
): ResultAsync<void, DependencyError> =>
  ask(() => stripe.accounts.retrieveCurrent()).andThen((account) =>
    isLive && fieldsOf(account)['charges_enabled'] === false
      ? err(misconfigured('PaymentGateway', 'charges are disabled for the account'))
      : ok(),
  );

const ask = (request: () => Promise<unknown>): ResultAsync<unknown, DependencyError> =>
  ResultAsync.fromThrowable(request, failureOf)();

const failureOf = (error: unknown): DependencyError => {
  const isThrottled = error instanceof Stripe.errors.StripeRateLimitError;
  const isRefused =
    error instanceof Stripe.errors.StripeAuthenticationError ||
    error instanceof Stripe.errors.StripePermissionError ||
    error instanceof Stripe.errors.StripeInvalidRequestError;
  // The message of a refusal repeats a part of the key.
  const cause = error instanceof Stripe.errors.StripeError ? error.type : 'unreadable answer';
  return isRefused
    ? misconfigured('PaymentGateway', cause)
    : unavailable('PaymentGateway', cause, isThrottled);
};
