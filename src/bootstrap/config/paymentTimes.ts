import type { PaymentRules } from '../../application/payment/dependencies.ts';
import type { Config } from '../config.ts';

/**
 * How long the gateway may go on with a request after the client has given it up: Stripe's own client library
 * waits 80 s by default (https://github.com/stripe/stripe-node#configuration), so that nothing takes longer.
 */
export const GATEWAY_RUNS_ON_MS = 120_000;
/** How far apart the clocks of two workers may be. The SDK warns, and `doctor` fails, long before that. */
export const CLOCK_SKEW_MAX_MS = 60_000;

export const PAYMENT_RULE_SETTINGS = [
  'GATEWAY_TIMEOUT_MS',
  'GATEWAY_RESEND_HORIZON_MS',
  'GATEWAY_KEY_WINDOW_MS',
  'GATEWAY_SETTLE_DELAY_MS',
  'PAYMENT_ATTEMPTS_MAX',
  'INVOICE_SERIES',
  'INVOICE_NUMBER_FORMAT',
  'CREDIT_NOTE_SERIES',
  'CREDIT_NOTE_NUMBER_FORMAT',
] as const;

type Times = Config<(typeof PAYMENT_RULE_SETTINGS)[number]>;

/** L: the longest life of one request, from the socket write until it can take effect no more. */
export const requestLifeMs = ({
  GATEWAY_TIMEOUT_MS: timeoutMs,
}: Pick<Times, 'GATEWAY_TIMEOUT_MS'>) => timeoutMs + GATEWAY_RUNS_ON_MS;

/** From the intent until a look-up that finds nothing is proof (R5): H + L + S + the clocks' skew. */
export const closeMs = (
  times: Pick<
    Times,
    'GATEWAY_TIMEOUT_MS' | 'GATEWAY_RESEND_HORIZON_MS' | 'GATEWAY_SETTLE_DELAY_MS'
  >,
): number =>
  times.GATEWAY_RESEND_HORIZON_MS +
  requestLifeMs(times) +
  times.GATEWAY_SETTLE_DELAY_MS +
  CLOCK_SKEW_MAX_MS;

/** The latest horizon that a key window allows: what is sent at its end must arrive before the key is forgotten. */
export const horizonMaxMs = (
  times: Pick<Times, 'GATEWAY_TIMEOUT_MS' | 'GATEWAY_KEY_WINDOW_MS'>,
): number => times.GATEWAY_KEY_WINDOW_MS - requestLifeMs(times) - CLOCK_SKEW_MAX_MS;

export const paymentRules = (config: Times): PaymentRules => ({
  resendHorizonMs: config.GATEWAY_RESEND_HORIZON_MS,
  closeMs: closeMs(config),
  attemptsMax: config.PAYMENT_ATTEMPTS_MAX,
  invoices: { series: config.INVOICE_SERIES, format: config.INVOICE_NUMBER_FORMAT },
  creditNotes: { series: config.CREDIT_NOTE_SERIES, format: config.CREDIT_NOTE_NUMBER_FORMAT },
});
