import { err, ok, type Result } from 'neverthrow';
import type { Unchargeable } from '../../application/ports/paymentGateway.ts';
import type { StripeAmount } from './amounts.ts';

/**
 * The least that Stripe charges, in its units (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
 * Of an account that is paid out in another currency it may want more, and says so itself then.
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
 * The most digits: eight, as the pinned SDK says of a PaymentIntent's `amount`, and the exceptions of the page above.
 * That page lets most card networks have twelve; whoever needs them asks Stripe first (ADR 0024).
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

/** In Stripe's units, both included; of what Stripe does not charge in, what any currency has. */
export const chargeLimits = (
  currency: string,
): { readonly least: number; readonly most: number } => {
  const code = currency.toUpperCase();
  return {
    least: LEAST_OF.get(code) ?? 1,
    most: 10 ** (MORE_DIGITS.get(code) ?? DIGITS) - 1,
  };
};

/** The amount, if it may be charged; a refund may be smaller. The reason names the limit and not the amount. */
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
