import type { Stripe } from 'stripe';
import { codeOf } from './rows.ts';

/*
 * Whether a 400 or 404 concerns this request alone, or every request of this deployment. A wrong
 * "every request" stops all orders, so that known codes and parameters that differ between orders
 * are checked first. A wrong "this request" ends orders without a mistake, so that everything
 * unknown counts as "every request".
 */

/** The account, its key or its mode: https://docs.stripe.com/error-codes */
const ACCOUNT_CODES: ReadonlySet<string> = new Set([
  'account_closed',
  'account_country_invalid_address',
  'account_error_country_change_requires_additional_steps',
  'account_information_mismatch',
  'account_invalid',
  'account_token_required_for_v2_account',
  'action_blocked',
  'api_key_expired',
  'capability_not_active',
  'country_unsupported',
  'livemode_mismatch',
  'no_account',
  'not_allowed_on_standard_account',
  'payment_evaluation_on_api_version_not_supported',
  'payment_method_unactivated',
  'platform_account_required',
  'platform_api_key_expired',
  'secret_key_required',
  'sepa_unsupported_account',
  'storer_capability_missing',
  'storer_capability_not_active',
  'testmode_charges_only',
  'tls_version_unsupported',
]);

/** The order's own content, or the payment that it names: https://docs.stripe.com/error-codes */
const CONTENT_CODES: ReadonlySet<string> = new Set([
  'amount_too_large',
  'amount_too_small',
  'charge_already_refunded',
  'charge_disputed',
  'charge_exceeds_source_limit',
  'charge_exceeds_transaction_limit',
  'charge_not_refundable',
  'expired_card',
  'expired_payment_method',
  'incorrect_cvc',
  'incorrect_number',
  'incorrect_zip',
  'intent_invalid_state',
  'invalid_card_type',
  'invalid_charge_amount',
  'invalid_currency',
  'invalid_cvc',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'invalid_number',
  'invalid_source_usage',
  'payment_intent_authentication_failure',
  'payment_intent_incompatible_payment_method',
  'payment_intent_mandate_invalid',
  'payment_intent_payment_attempt_expired',
  'payment_intent_payment_attempt_failed',
  'payment_intent_unexpected_state',
  'payment_method_currency_mismatch',
  'payment_method_customer_decline',
  'payment_method_invalid_parameter',
  'payment_method_invalid_parameter_testmode',
  'payment_method_not_available',
  'payment_method_provider_decline',
  'payment_method_restricted',
  'payment_method_unexpected_state',
  'payment_method_unsupported_type',
  'refund_disputed_payment',
  'resource_missing',
  'token_already_used',
  'token_card_network_invalid',
  'token_in_use',
]);

/**
 * The parameters that differ between orders in bodies.ts and lookUps.ts. Stripe says `source` of a
 * payment method that is saved for a customer and came without one.
 */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  'amount',
  'amount_to_capture',
  'charge',
  'currency',
  'customer',
  'id',
  'intent',
  'mandate',
  'metadata',
  'payment_intent',
  'payment_method',
  'query',
  'refund',
  'source',
]);

/** Whether every order would be refused in the same way, and not this request's own content. */
export const isOfAccount = ({ code, param }: Stripe.errors.StripeError): boolean => {
  if (code !== undefined && ACCOUNT_CODES.has(code)) return true;
  if (code !== undefined && CONTENT_CODES.has(code)) return false;
  const [name = ''] = String(param).split('[');
  return !OWN_PARAMETERS.has(name);
};

/** The gateway's word for the mistake in the request, safe to store and show. */
export const refusalCode = ({ code, param }: Stripe.errors.StripeError): string => {
  if (code === 'parameter_missing' && param === 'source') return CUSTOMER_MISSING;
  return (
    codeOf(code) ??
    (param === undefined ? 'unspecified' : `invalid ${codeOf(param) ?? 'parameter'}`)
  );
};

/** Stripe's own code for it, `parameter_missing`, would not say what is missing. */
const CUSTOMER_MISSING = 'customer_missing';
