import { currencyExponent } from './currencies.ts';

/**
 * An amount is an integer number of minor units (cents, yen, fils). Greater ones than this cannot
 * be told apart in JSON or in a double, so they are refused as overflow.
 */
export const AMOUNT_MINOR_MAX = Number.MAX_SAFE_INTEGER;

/** `KWD 12.345`: the same in every locale, for documents and for people. */
export const formatAmount = (amountMinor: number, currency: string): string => {
  const exponent = currencyExponent(currency) ?? 0;
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${currency} ${amountMinor < 0 ? '-' : ''}${whole}${fraction}`;
};
