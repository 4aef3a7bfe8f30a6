import { err, ok, type Result } from 'neverthrow';
import { AMOUNT_MINOR_MAX, currencyExponent } from './currencies.ts';

/** Why a text is no amount that may be acted on. */
export type AmountMistake =
  | { readonly type: 'NotAnAmount' }
  | { readonly type: 'OtherCurrency' }
  /** The amount is zero, or below. */
  | { readonly type: 'NotPositive' }
  | { readonly type: 'WrongDecimals'; readonly expected: number; readonly found: number }
  | { readonly type: 'TooGreat' }
  /** Each amount that it could mean, as `1234.00`. */
  | { readonly type: 'Unclear'; readonly meant: readonly string[] };

const CHARACTERS_MAX = 64;
const CODE = '[A-Za-z]{3}';
const BLANK = '[ \u00A0\u2009\u202F]';
/** A code before or after the number, with or without a blank between. */
const AMOUNT = new RegExp(`^(${CODE})?${BLANK}?([^A-Za-z]*?)${BLANK}?(${CODE})?$`, 'u');
const NEGATIVE = /^[-\u2212]/u;

/**
 * Reads an amount as a person writes it, such as `12.34`, `EUR 12.34`, `12,34 EUR` or `1.234,56`,
 * in minor units of the currency. What could be read in two ways is refused, and so is whatever is
 * not above zero. A whole number without a currency could be minor units, where there are any.
 */
export const parseAmount = (text: string, currency: string): Result<number, AmountMistake> => {
  const asked = text.trim();
  if (asked.length > CHARACTERS_MAX) return err({ type: 'NotAnAmount' });
  const [, before, number = '', after] = AMOUNT.exec(asked) ?? [];
  if (number === '' || (before !== undefined && after !== undefined))
    return err({ type: 'NotAnAmount' });
  const named = (before ?? after)?.toUpperCase();
  if (named !== undefined && named !== currency) return err({ type: 'OtherCurrency' });
  if (NEGATIVE.test(number)) return err({ type: 'NotPositive' });

  const exponent = currencyExponent(currency) ?? 0;
  const all = readingsOf(number);
  // No yen has a fraction, so that `1,234` can only be a group of thousands.
  const possible = exponent === 0 && all.length > 1 ? all.filter(isWhole) : all;
  const [reading, other] = possible;
  if (reading === undefined) return err({ type: 'NotAnAmount' });
  if (/^[^1-9]*$/u.test(number)) return err({ type: 'NotPositive' });
  const isBare = named === undefined && exponent > 0 && isWhole(reading);
  if (other !== undefined) return unclear(possible, exponent);
  if (isBare) return unclear([reading, asMinorUnits(reading, exponent)], exponent);
  return minorOf(reading, exponent);
};

/** The digits before and after the decimal separator. */
type AmountReading = { readonly whole: string; readonly fraction: string };

const isWhole = ({ fraction }: AmountReading): boolean => fraction === '';

/**
 * Thousands come in groups of three, with one mark throughout and another one before the decimals.
 */
const GROUPINGS: readonly (readonly [mark: string, decimal: string])[] = [
  [',', String.raw`\.`],
  [String.raw`\.`, ','],
  ["[ \u00A0\u2009\u202F'\u2019]", '[.,]'],
];
const FORMS = [
  /^(\d+)(?:[.,](\d+))?$/u,
  ...GROUPINGS.map(
    ([mark, decimal]) =>
      new RegExp(`^([1-9]\\d{0,2}(?:${mark}\\d{3})+)(?:${decimal}(\\d+))?$`, 'u'),
  ),
];

/** Every way to read the digits: a mark is a decimal separator, or separates thousands. */
const readingsOf = (number: string): readonly AmountReading[] =>
  FORMS.flatMap((form) => {
    const [, whole, fraction = ''] = form.exec(number) ?? [];
    return whole === undefined ? [] : [{ whole: whole.replaceAll(/\D/gu, ''), fraction }];
  });

const minorOf = (
  { whole, fraction }: AmountReading,
  exponent: number,
): Result<number, AmountMistake> => {
  if (fraction !== '' && fraction.length !== exponent) {
    return err({ type: 'WrongDecimals', expected: exponent, found: fraction.length });
  }
  const minor = BigInt(`${whole}${fraction.padEnd(exponent, '0')}`);
  return minor > BigInt(AMOUNT_MINOR_MAX) ? err({ type: 'TooGreat' }) : ok(Number(minor));
};

const asMinorUnits = ({ whole }: AmountReading, exponent: number): AmountReading => {
  const digits = whole.padStart(exponent + 1, '0');
  return { whole: digits.slice(0, -exponent), fraction: digits.slice(-exponent) };
};

const unclear = (
  readings: readonly AmountReading[],
  exponent: number,
): Result<never, AmountMistake> => {
  const meant = readings.map(({ whole, fraction }) => `${whole}.${fraction.padEnd(exponent, '0')}`);
  return err({ type: 'Unclear', meant });
};
