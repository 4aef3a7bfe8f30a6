import { err, ok, type Result } from 'neverthrow';
import type { Unchargeable } from '../../application/ports/paymentGateway.ts';
import { limitRefusal, type AmountLimits } from '../../domain/money/index.ts';
import {
  fromStripeAmount,
  inStripeUnits,
  STRIPE_AMOUNT_MAX,
  stripeAmountStep,
  type StripeAmount,
} from './amounts.ts';

/**
 * The minimum charge, in Stripe's units
 * (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). Stripe may require more
 * of an account that is paid out in another currency; then Stripe itself refuses.
 */
const LEAST: Readonly<Record<number, string>> = {
  30: 'GBP',
  50: 'ARS AUD BRL CAD CHF COP EUR IDR ILS INR JPY KRW NZD PHP RUB SGD USD ZAR',
  200: 'AED MYR PLN RON',
  250: 'DKK',
  300: 'NOK SEK',
  400: 'HKD',
  1_000: 'MXN THB',
  1_500: 'CZK',
  17_500: 'HUF',
};

/**
 * The maximum number of digits: eight, according to the pinned SDK for a PaymentIntent's `amount`,
 * with the exceptions of the page above. That page allows twelve for most card networks; whoever
 * needs them must ask Stripe first (ADR 0024).
 */
const DIGITS = 8;
const MORE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['INR', 9],
  ['COP', 10],
  ['IDR', 12],
]);

const LEAST_OF: ReadonlyMap<string, number> = new Map(
  Object.entries(LEAST).flatMap(([least, codes]) =>
    codes.split(' ').map((code) => [code, Number(least)] as const),
  ),
);

/**
 * The limits in Stripe's units, both included; for a currency that Stripe lacks, those of any
 * other.
 */
export const chargeLimits = (
  currency: string,
): { readonly least: number; readonly most: number } => {
  const code = currency.toUpperCase();
  return {
    least: LEAST_OF.get(code) ?? 1,
    most: 10 ** (MORE_DIGITS.get(code) ?? DIGITS) - 1,
  };
};

/**
 * The amounts that can be charged and captured in a currency, in minor units of ISO 4217. Undefined
 * if Stripe does not charge in it.
 */
export const stripeChargeLimits = (currency: string): AmountLimits | undefined =>
  limitsIn(currency, chargeLimits(currency));

/** Refunds have the same steps, and may be smaller. */
const stripeRefundLimits = (currency: string): AmountLimits | undefined =>
  limitsIn(currency, { least: 1, most: STRIPE_AMOUNT_MAX });

const limitsIn = (
  currency: string,
  { least, most }: ReturnType<typeof chargeLimits>,
): AmountLimits | undefined => {
  const step = stripeAmountStep(currency);
  if (step === undefined) return undefined;
  const minorOf = (amount: number): number =>
    fromStripeAmount({ amount, currency })?.amountMinor ?? Number.NaN;
  return {
    leastMinor: minorOf(Math.ceil(least / step) * step),
    mostMinor: minorOf(Math.floor(most / step) * step),
    stepMinor: minorOf(step),
  };
};

/** An amount in minor units of ISO 4217. */
type IsoAmount = { readonly amountMinor: number; readonly currency: string };

export const toStripeCharge = (amount: IsoAmount): Result<StripeAmount, Unchargeable> =>
  within('paid', amount, stripeChargeLimits(amount.currency));

export const toStripeRefund = (amount: IsoAmount): Result<StripeAmount, Unchargeable> =>
  within('refunded', amount, stripeRefundLimits(amount.currency));

const within = (
  use: 'paid' | 'refunded',
  amount: IsoAmount,
  limits: AmountLimits | undefined,
): Result<StripeAmount, Unchargeable> => {
  const stripe = inStripeUnits(amount.amountMinor, amount.currency);
  if (stripe === undefined || limits === undefined) {
    return unchargeable(`Stripe does not charge in ${amount.currency}`);
  }
  const refusal = limitRefusal(use, amount, limits);
  return refusal === undefined ? ok(stripe) : unchargeable(refusal);
};

const unchargeable = (reason: string): Result<never, Unchargeable> =>
  err({ type: 'Unchargeable', reason });
