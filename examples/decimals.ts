/*
 * Shops write amounts as texts, since 19.99 is no exact number in JSON. Here they become whole
 * minor units, by moving the point: no floating point is calculated with.
 */

/** Currencies of ISO 4217 whose minor unit is not a hundredth. */
const EXPONENTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'
      .split(' ')
      .map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
};

const exponentOf = (currency: string): number => EXPONENTS[currency] ?? 2;

/** `-1.50` of EUR is -150. Zeros behind the currency's decimals are nothing: `1000.00` of JPY. */
export const minorOf = (amount: string, currency: string): number => {
  const decimals = exponentOf(currency);
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/u.exec(amount) ?? [];
  const rest = fraction.slice(decimals);
  if (whole === undefined || !/^0*$/u.test(rest)) {
    throw new Error(`an amount in ${currency} is not written with its ${decimals} decimals`);
  }
  const minor = Number(`${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(minor)) throw new Error(`an amount in ${currency} is too great`);
  return sign === '-' && minor !== 0 ? -minor : minor;
};

/** The price of one of so many: exact, or undefined where it has more than ten decimals. */
export const unitPriceOf = (
  amountMinor: number,
  quantity: number,
  currency: string,
): string | undefined => {
  const [, , fraction = ''] = /^(\d+)(?:\.(\d+))?$/u.exec(String(quantity)) ?? [];
  const units = BigInt(String(quantity).replace('.', ''));
  const digits = 10;
  const scaled =
    BigInt(amountMinor) * 10n ** BigInt(digits - exponentOf(currency) + fraction.length);
  if (units === 0n || scaled % units !== 0n) return undefined;
  const text = String(scaled / units).padStart(digits + 1, '0');
  return trimmed(`${text.slice(0, -digits)}.${text.slice(-digits)}`);
};

/** A rate such as 0.08875 in per cent: `8.875`. */
export const percentOf = (rate: number): string => {
  const [, whole = '0', fraction = ''] = /^(\d+)(?:\.(\d+))?$/u.exec(String(rate)) ?? [];
  const digits = fraction.padEnd(2, '0');
  return trimmed(`${Number(`${whole}${digits.slice(0, 2)}`)}.${digits.slice(2)}`);
};

const trimmed = (decimal: string): string => decimal.replace(/\.?0*$/u, '');
