import { err, ok, type Result } from 'neverthrow';
import { unexpectedState } from './authorisations.ts';
import { invalid, type StripeAnswer } from './errors.ts';
import type { StoredIntent } from './intents.ts';
import { missing, onlyKnown, optionalText, type Parameters } from './parameters.ts';

/** A confirmation while the customer is there. */
export type Confirmation = { readonly paymentMethod: string; readonly returnUrl: string };

const KNOWN: ReadonlySet<string> = new Set(['payment_method', 'off_session', 'return_url']);

/** https://docs.stripe.com/api/payment_intents/confirm */
export const parseConfirmation = (parameters: Parameters): Result<Confirmation, StripeAnswer> =>
  onlyKnown(parameters, KNOWN)
    .andThen(() => text(parameters, 'payment_method'))
    .andThen((paymentMethod) =>
      text(parameters, 'return_url').map((returnUrl) => ({ paymentMethod, returnUrl })),
    )
    .andThen((confirmation) =>
      parameters['off_session'] === 'false'
        ? ok(confirmation)
        : err(invalid('This sandbox confirms on session alone.', 'off_session')),
    );

const text = (parameters: Parameters, name: string): Result<string, StripeAnswer> =>
  optionalText(parameters, name).andThen((value) =>
    value === undefined || value === '' ? missing(name) : ok(value),
  );

/**
 * Every payment that can be confirmed here was declined since it has to be authenticated, and its
 * customer always has to. The address leads nowhere: `settle` says what the customer does.
 */
export const confirmOnSession = (
  { paymentMethod, returnUrl }: Confirmation,
  intent: StoredIntent,
): StripeAnswer => {
  if (intent.status !== 'requires_payment_method') {
    const message =
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a ` +
      'PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, ' +
      'requires_action, requires_payment_method.';
    return unexpectedState(intent, message);
  }
  const url = `https://authenticate.sandbox.invalid/${intent.id}`;
  const body = {
    ...intent,
    payment_method: paymentMethod,
    next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } },
    last_payment_error: null,
    status: 'requires_action' as const,
  };
  return { status: 200, body };
};
