import { currencyExponent } from '../../domain/money/index.ts';

/**
 * The presentment currencies that Stripe's API names in its answer to an unknown one, without the
 * withdrawn ones, and with XCG beside ANG
 * (https://docs.stripe.com/currencies#presentment-currencies). An account may be allowed fewer;
 * then Stripe itself refuses.
 */
const TWO_DECIMALS =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD ' +
  'CDF CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL ' +
  'HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP ' +
  'MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR ' +
  'SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD ' +
  'XCG YER ZAR ZMW';
/** https://docs.stripe.com/currencies#zero-decimal; MGA has two decimals in ISO 4217. */
const ZERO_DECIMALS = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF';
/** https://docs.stripe.com/currencies#three-decimal: networks carry two, so the last is 0. */
const THREE_DECIMALS = 'BHD JOD KWD OMR TND';
/** Written with two decimals, which must be 00: https://docs.stripe.com/currencies#special-cases */
const WHOLE_UNITS_ONLY: ReadonlySet<string> = new Set(['ISK', 'UGX']);

const DECIMALS: ReadonlyMap<string, number> = new Map(
  (
    [
      [0, ZERO_DECIMALS],
      [2, TWO_DECIMALS],
      [3, THREE_DECIMALS],
    ] as const
  ).flatMap(([decimals, codes]) => codes.split(' ').map((code) => [code, decimals] as const)),
);

/**
 * No page has more digits (https://docs.stripe.com/currencies#maximum-charge-amounts). The limit
 * for charges is lower; see limits.ts.
 */
export const STRIPE_AMOUNT_MAX = 999_999_999_999;

/** An amount in Stripe's API: in its own smallest unit, with the currency in lower case. */
export type StripeAmount = { readonly amount: number; readonly currency: string };

/** Stripe's amounts are multiples of it. Undefined if Stripe cannot charge in the currency. */
export const stripeAmountStep = (currency: string): number | undefined => {
  const decimals = DECIMALS.get(currency.toUpperCase());
  if (decimals === undefined) return undefined;
  if (WHOLE_UNITS_ONLY.has(currency.toUpperCase())) return 100;
  return decimals === 3 ? 10 : 1;
};

/**
 * Converts ISO 4217 minor units to Stripe's amount, whatever Stripe takes (limits.ts). Undefined if
 * Stripe does not have the currency.
 */
export const inStripeUnits = (amountMinor: number, currency: string): StripeAmount | undefined => {
  const decimals = DECIMALS.get(currency);
  const exponent = currencyExponent(currency);
  if (decimals === undefined || exponent === undefined) return undefined;
  const amount =
    decimals >= exponent
      ? amountMinor * 10 ** (decimals - exponent)
      : amountMinor / 10 ** (exponent - decimals);
  return { amount, currency: currency.toLowerCase() };
};

/** Converts Stripe's amount to ISO 4217 minor units; undefined if they cannot express it. */
export const fromStripeAmount = (
  stripe: StripeAmount,
): { readonly amountMinor: number; readonly currency: string } | undefined => {
  const currency = stripe.currency.toUpperCase();
  const decimals = DECIMALS.get(currency);
  const exponent = currencyExponent(currency);
  if (decimals === undefined || exponent === undefined) return undefined;
  const amountMinor =
    exponent >= decimals
      ? stripe.amount * 10 ** (exponent - decimals)
      : stripe.amount / 10 ** (decimals - exponent);
  return Number.isSafeInteger(amountMinor) ? { amountMinor, currency } : undefined;
};
