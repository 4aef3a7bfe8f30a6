import { err, ok, type Result } from 'neverthrow';
import type { Unchargeable } from '../../application/ports/paymentGateway.ts';
import type { StripeAmount } from './amounts.ts';

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
 * In Stripe's units, both included. For a currency that Stripe does not charge in, the limits of
 * any currency.
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
 * The amount, if it may be charged; a refund may be smaller. The reason names the limit and not the
 * amount.
 */
export const withinChargeLimits = (stripe: StripeAmount): Result<StripeAmount, Unchargeable> => {
  const { least, most } = chargeLimits(stripe.currency);
  const code = stripe.currency.toUpperCase();
  const unchargeable = (reason: string) => err({ type: 'Unchargeable' as const, reason });
  if (stripe.amount < least) {
    return unchargeable(`the total is below the least that Stripe charges in ${code}, ${least}`);
  }
  return stripe.amount > most
    ? unchargeable(`the total is above the most that Stripe charges in ${code}, ${most}`)
    : ok(stripe);
};
