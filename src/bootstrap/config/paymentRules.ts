import type { PaymentRules } from '../../application/orders/dependencies.ts';
import type { ProtocolSettings } from '../../application/registry/usedSettings.ts';
import { textOf } from '../../domain/series/index.ts';
import { sellerOf, type SellerSettings } from './seller.ts';
import type { Settings } from './settings.ts';

export const PAYMENT_RULE_SETTINGS = [
  'GATEWAY_TIMEOUT_MS',
  'GATEWAY_RUN_ON_MS',
  'GATEWAY_RESEND_HORIZON_MS',
  'GATEWAY_KEY_WINDOW_MS',
  'GATEWAY_SETTLE_DELAY_MS',
  'GATEWAY_PENDING_MAX_MS',
  'GATEWAY_AUTHENTICATION_MAX_MS',
  'CLOCK_SKEW_MAX_MS',
  'PAYMENT_ATTEMPTS_MAX',
  'CASH_ROUNDING',
  'INVOICE_SERIES',
  'INVOICE_NUMBER_FORMAT',
  'CREDIT_NOTE_SERIES',
  'CREDIT_NOTE_NUMBER_FORMAT',
  'INVOICE_TIME_ZONE',
  'INVOICE_YEAR_START',
] as const;

type PaymentTimeSettings = Pick<Settings, (typeof PAYMENT_RULE_SETTINGS)[number]>;

/**
 * L is the longest life of one request, from the socket write until it can take effect no more, in
 * milliseconds.
 */
export const requestLifeMs = (
  times: Pick<PaymentTimeSettings, 'GATEWAY_TIMEOUT_MS' | 'GATEWAY_RUN_ON_MS'>,
): number => times.GATEWAY_TIMEOUT_MS + times.GATEWAY_RUN_ON_MS;

export const CLOSE_SETTINGS = [
  'GATEWAY_TIMEOUT_MS',
  'GATEWAY_RUN_ON_MS',
  'GATEWAY_RESEND_HORIZON_MS',
  'GATEWAY_SETTLE_DELAY_MS',
  'CLOCK_SKEW_MAX_MS',
] as const;

type CloseTimes = Pick<PaymentTimeSettings, (typeof CLOSE_SETTINGS)[number]>;

/**
 * The time from the intent until a look-up that finds nothing is proof (R5): H + L + S + the
 * clocks' skew.
 */
export const closeMs = (times: CloseTimes): number =>
  times.GATEWAY_RESEND_HORIZON_MS +
  requestLifeMs(times) +
  times.GATEWAY_SETTLE_DELAY_MS +
  times.CLOCK_SKEW_MAX_MS;

/**
 * The time from the intent until a look-up that still fails is given up, and a person asked:
 * `isGivenUp` in the domain.
 */
export const giveUpMs = (times: CloseTimes): number =>
  closeMs(times) + times.GATEWAY_RESEND_HORIZON_MS;

/**
 * The latest horizon that a key window allows: what is sent at its end must arrive before the key
 * is forgotten.
 */
export const horizonMaxMs = (
  times: Pick<
    PaymentTimeSettings,
    'GATEWAY_TIMEOUT_MS' | 'GATEWAY_RUN_ON_MS' | 'GATEWAY_KEY_WINDOW_MS' | 'CLOCK_SKEW_MAX_MS'
  >,
): number => times.GATEWAY_KEY_WINDOW_MS - requestLifeMs(times) - times.CLOCK_SKEW_MAX_MS;

/**
 * The settings as text, by which workers and the doctor compare what they run with. None of them is
 * a secret.
 */
export const protocolSettings = (config: PaymentTimeSettings): ProtocolSettings =>
  Object.fromEntries(
    PAYMENT_RULE_SETTINGS.map((name) => {
      const value = config[name];
      return [name, typeof value === 'object' ? textOf(value) : String(value)];
    }),
  );

export const roundsToSteps = ({ CASH_ROUNDING: rule }: Pick<Settings, 'CASH_ROUNDING'>): boolean =>
  rule === 'gateway';

/** The rules by which the payment service decides. The seller is no setting of the protocol. */
export const paymentRules = (config: PaymentTimeSettings & SellerSettings): PaymentRules => {
  const seller = sellerOf(config);
  return {
    resendHorizonMs: config.GATEWAY_RESEND_HORIZON_MS,
    closeMs: closeMs(config),
    settleMs: config.GATEWAY_SETTLE_DELAY_MS,
    requestLifeMs: requestLifeMs(config),
    pendingMaxMs: config.GATEWAY_PENDING_MAX_MS,
    authenticationMaxMs: config.GATEWAY_AUTHENTICATION_MAX_MS,
    clockSkewMs: config.CLOCK_SKEW_MAX_MS,
    attemptsMax: config.PAYMENT_ATTEMPTS_MAX,
    roundsToSteps: roundsToSteps(config),
    invoices: { series: config.INVOICE_SERIES, format: config.INVOICE_NUMBER_FORMAT },
    creditNotes: { series: config.CREDIT_NOTE_SERIES, format: config.CREDIT_NOTE_NUMBER_FORMAT },
    timeZone: config.INVOICE_TIME_ZONE,
    ...(seller && { seller }),
  };
};
