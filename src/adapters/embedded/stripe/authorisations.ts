import { err, ok, type Result } from 'neverthrow';
import { chargeRulesOf } from './chargeRules.ts';
import { errorAnswer, invalid, type StripeAnswer } from './errors.ts';
import type { StoredIntent } from './intents.ts';
import {
  onlyKnown,
  optionalText,
  parseMetadata,
  type Metadata,
  type Parameters,
} from './parameters.ts';

/** Most cards have this: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
const AUTHORISED_FOR_SECONDS = 7 * 86_400;

/** The time at which the authorisation of a payment expires, in seconds since the epoch. */
export const captureBefore = ({ created }: StoredIntent): number =>
  created + AUTHORISED_FOR_SECONDS;

export const cancelled = (
  intent: StoredIntent,
  reason: string | null,
  atMs: number,
): StoredIntent & Record<string, unknown> => ({
  ...intent,
  amount_capturable: 0,
  canceled_at: Math.floor(atMs / 1_000),
  cancellation_reason: reason,
  status: 'canceled',
});

export type Capture = { readonly amount: number | undefined; readonly metadata: Metadata };

const CAPTURE_PARAMETERS: ReadonlySet<string> = new Set(['amount_to_capture', 'metadata']);

/** https://docs.stripe.com/api/payment_intents/capture */
export const parseCapture = (parameters: Parameters): Result<Capture, StripeAnswer> =>
  onlyKnown(parameters, CAPTURE_PARAMETERS)
    .andThen(parseMetadata)
    .andThen((metadata) =>
      optionalText(parameters, 'amount_to_capture').andThen((text) =>
        text === undefined || /^\d{1,12}$/.test(text)
          ? ok({ amount: text === undefined ? undefined : Number(text), metadata })
          : err(invalid('Invalid non-negative integer', 'amount_to_capture')),
      ),
    );

/** Captures once; the rest of the authorised amount is released. */
export const capture = (
  { amount: asked, metadata }: Capture,
  intent: StoredIntent,
  { wrongAmount }: { readonly wrongAmount: boolean },
): StripeAnswer => {
  const { amount_capturable: capturable = 0, currency, status } = intent;
  if (status === 'succeeded') return unexpectedState(intent, RELEASED);
  if (status !== 'requires_capture') {
    const message =
      `This PaymentIntent could not be captured because it has a status of ${status}. Only a ` +
      'PaymentIntent with one of the following statuses may be captured: requires_capture.';
    return unexpectedState(intent, message);
  }
  const amount = asked ?? capturable;
  const { step = 1 } = chargeRulesOf(currency) ?? {};
  if (amount < 1) return refused(intent, NOT_POSITIVE);
  if (amount % step !== 0) {
    const message = `Amounts in ${currency} must be a multiple of ${step}`;
    return refused(intent, { ...NOT_POSITIVE, message, param: 'amount_to_capture' });
  }
  if (amount > capturable) return refused(intent, TOO_LARGE);
  const body = {
    ...intent,
    amount_capturable: 0,
    amount_received: amount + (wrongAmount ? step : 0),
    metadata: { ...intent.metadata, ...metadata },
    status: 'succeeded' as const,
  };
  return { status: 200, body };
};

const RELEASED =
  'The remaining amount on this PaymentIntent could not be captured because the remainder of the ' +
  'authorized amount has been released.';

const NOT_POSITIVE = {
  code: 'parameter_invalid_integer',
  message: 'This value must be greater than or equal to 1.',
  param: 'amount',
};

const TOO_LARGE = {
  code: 'amount_too_large',
  message:
    'The payment could not be captured because the requested capture amount is greater than the ' +
    'amount you can capture for this charge.',
};

const REASONS: readonly unknown[] = [
  'duplicate',
  'fraudulent',
  'requested_by_customer',
  'abandoned',
];

/** https://docs.stripe.com/api/payment_intents/cancel */
export const parseCancel = (parameters: Parameters): Result<string | null, StripeAnswer> =>
  onlyKnown(parameters, new Set(['cancellation_reason'])).andThen(
    ({ cancellation_reason: reason }) =>
      reason === undefined || REASONS.includes(reason)
        ? ok((reason as string) ?? null)
        : err(
            invalid(
              `Invalid cancellation_reason: must be one of ${REASONS.join(', ')}`,
              'cancellation_reason',
            ),
          ),
  );

const CANCELLABLE: readonly string[] = [
  'requires_payment_method',
  'requires_action',
  'requires_capture',
];

export const cancel = (reason: string | null, intent: StoredIntent, atMs: number): StripeAnswer => {
  if (CANCELLABLE.includes(intent.status)) {
    return { status: 200, body: cancelled(intent, reason, atMs) };
  }
  const message =
    `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a ` +
    'PaymentIntent with one of the following statuses may be canceled: requires_payment_method, ' +
    'requires_capture, requires_reauthorization, requires_confirmation, requires_action, ' +
    'expired, processing.';
  return unexpectedState(intent, message);
};

export const unexpectedState = (intent: StoredIntent, message: string): StripeAnswer =>
  refused(intent, { code: 'payment_intent_unexpected_state', message });

/** A refusal shows the payment as it stands. */
const refused = (
  payment_intent: StoredIntent,
  facts: { readonly code: string; readonly message: string; readonly param?: string },
): StripeAnswer =>
  errorAnswer({ status: 400, type: 'invalid_request_error', ...facts }, { payment_intent });
