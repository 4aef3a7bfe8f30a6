import { Stripe } from 'stripe';
import type { NotExecutedOutcome, UnknownOutcome } from '../../application/ports/paymentGateway.ts';
import { ERROR_TABLE, type StripeFailure } from './errorTable.ts';
import { declined, notExecuted, textOf, unknown } from './rows.ts';

/** The outcome of a charge for any exception of the SDK. */
export const chargeFailure = (thrown: unknown): StripeFailure => {
  if (!(thrown instanceof Stripe.errors.StripeError)) return unknown('unreadable answer');
  const row = ERROR_TABLE.find(
    ({ error, holds }) => error === thrown.type && (holds?.(thrown) ?? true),
  );
  if (row === undefined) return unknown(`unexpected ${thrown.type}`, retryAfter(thrown));
  const says = typeof row.says === 'string' ? row.says : row.says(thrown);
  const more = { ...(row.trouble && { trouble: row.trouble }), ...retryAfter(thrown) };
  switch (row.outcome) {
    case 'Declined':
      return declined(says, textOf(thrown.payment_intent?.id));
    case 'NotExecuted':
      return notExecuted(says, { ...more, ...(row.refused && { refused: row.refused(thrown) }) });
    case 'Unknown':
      return unknown(says, {
        ...more,
        ...(row.stored && { stored: row.stored }),
        ...(row.keyOfAnother && { keyOfAnother: row.keyOfAnother }),
      });
  }
};

/**
 * The outcome of a refund in the same way. No card error is documented for a refund, so that one is
 * no refusal.
 */
export const refundFailure = (thrown: unknown): NotExecutedOutcome | UnknownOutcome => {
  const failure = chargeFailure(thrown);
  return failure.type === 'Declined' ? unknown('card error for a refund') : failure;
};

/** The outcome of a look-up in the same way. It proves nothing, however it fails. */
export const lookUpFailure = (thrown: unknown): UnknownOutcome => {
  const failure = refundFailure(thrown);
  if (failure.type === 'Unknown') return failure;
  const { reason, type: _type, refused: _refused, ...more } = failure;
  return unknown(reason, more);
};

/** Whole seconds, as Stripe sends it; the other form, a date, is not supported. */
const retryAfter = (error: Stripe.errors.StripeError): { readonly retryAfterMs?: number } => {
  const seconds = error.headers?.['retry-after'];
  return seconds !== undefined && /^\d{1,5}$/.test(seconds)
    ? { retryAfterMs: Number(seconds) * 1_000 }
    : {};
};
