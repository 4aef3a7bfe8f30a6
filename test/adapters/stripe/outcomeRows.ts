import { CAPTURE_TABLE, VOID_ANSWERED, VOID_TABLE } from '../../../src/adapters/stripe/captures.ts';
import { CONFIRMED } from '../../../src/adapters/stripe/confirmations.ts';
import { ERROR_TABLE } from '../../../src/adapters/stripe/errorTable.ts';
import { ANSWERED, FOUND } from '../../../src/adapters/stripe/intents.ts';
import { REFUND_TABLE } from '../../../src/adapters/stripe/refunds.ts';
import type { OutcomeRow } from '../../../src/adapters/stripe/rows.ts';

/**
 * These belong to webhooks, OAuth and API v2 and never answer a request of ours: they have no row,
 * and are therefore Unknown.
 */
const NO_ANSWERS: readonly string[] = [
  'StripeError',
  'StripeSignatureVerificationError',
  'StripeOAuthError',
  'StripeInvalidGrantError',
  'StripeInvalidClientError',
  'StripeOAuthInvalidRequestError',
  'StripeInvalidScopeError',
  'StripeUnsupportedGrantTypeError',
  'StripeUnsupportedResponseTypeError',
  'AlreadyCanceledError',
  'BlockedByStripeError',
  'CannotProceedError',
  'CapabilityNotEnabledError',
  'ControlledByAlternateResourceError',
  'FeatureNotEnabledError',
  'FinancialAccountNotOpenError',
  'FxQuoteNeedsRefreshError',
  'InsufficientFundsError',
  'InvalidPaymentMethodError',
  'InvalidPayoutMethodError',
  'InvalidVaultedCredentialError',
  'NotCancelableError',
  'QuotaExceededError',
  'RateLimitError',
  'RecipientNotNotifiableError',
  'TemporarySessionExpiredError',
  'VerificationAttemptFailedError',
  'VerificationExpiredError',
  'VerificationNotInitiatedError',
];

/** The error classes that the table knows, and those that it may do without. */
export const MAPPED_ERRORS: readonly string[] = [
  ...new Set([...ERROR_TABLE.map(({ error }) => error), ...NO_ANSWERS]),
];

/**
 * A decision, and no gap in a table: what Stripe calls by a name that is not documented is looked
 * up, since nothing may be guessed of a status about money (ADR 0003).
 */
const lookedUp = (when: string, source = 'ADR 0003'): OutcomeRow => ({
  when,
  outcome: 'Unknown',
  source,
});

/** Every table that turns an answer of Stripe into an outcome, as the documentation shows it. */
export const OUTCOME_ROWS: readonly OutcomeRow[] = [
  ...ANSWERED.map((row) => ({ ...row, when: `answered with \`${row.status}\`: ${row.when}` })),
  lookedUp('answered with any other status, or what is no PaymentIntent'),
  ...FOUND.map((row) => ({ ...row, when: `found as \`${row.status}\`: ${row.when}` })),
  lookedUp('found as any other status, or what is no PaymentIntent'),
  {
    ...VOID_ANSWERED,
    when: `release answered with \`${VOID_ANSWERED.status}\`: ${VOID_ANSWERED.when}`,
  },
  lookedUp('release answered with any other status, or what is no PaymentIntent'),
  ...CONFIRMED.rows.map((row) => ({
    ...row,
    when: `confirmation answered with \`${CONFIRMED.status}\`: ${row.when}`,
  })),
  ...REFUND_TABLE.map((row) => ({ ...row, when: `refund \`${row.status}\`: ${row.when}` })),
  lookedUp('refund in any other status, or what is no refund'),
  ...CAPTURE_TABLE.map((row) => ({ ...row, when: `to a capture: ${row.when}` })),
  ...VOID_TABLE.map((row) => ({ ...row, when: `to a release: ${row.when}` })),
  ...ERROR_TABLE.map((row) => ({ ...row, when: `\`${row.error}\`: ${row.when}` })),
  lookedUp('any other error class, today’s of webhooks, OAuth and API v2 or one of tomorrow'),
];
