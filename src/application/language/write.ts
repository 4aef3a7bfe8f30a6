import { currencyExponent, inMajorUnits } from '../../domain/money/index.ts';
import type { Language } from './language.ts';

/*
 * Figures and dates as the language writes them. `Intl` is not used: what it writes changes with
 * the ICU of each Node, and a document has to be the same bytes for ever (ADR 0045).
 */

/** Writes `EUR 1,234.50` from minor units, which may be below zero. */
export const writeAmount = (language: Language, amountMinor: number, currency: string): string =>
  language.signs.amount(currency, writeFigures(language, amountMinor, currency));

/** Writes the same without its currency, where that is at the head of the column: `1,234.50`. */
export const writeFigures = (language: Language, amountMinor: number, currency: string): string =>
  writeFigure(language, read(inMajorUnits(amountMinor, currency)));

/**
 * Writes a price in major units with at least the currency's decimals: `9.5` is `9.50` in euros.
 */
export const writePriceFigures = (
  language: Language,
  decimal: string,
  currency: string,
): string => {
  const figure = read(decimal);
  const fraction = figure.fraction.padEnd(currencyExponent(currency) ?? 0, '0');
  return writeFigure(language, { ...figure, fraction });
};

/** Writes a decimal with its own digits and no more: `1234.50` is `1,234.5`. */
export const writeDecimal = (language: Language, decimal: string): string =>
  writeFigure(language, withoutZeros(decimal));

/** Writes a percentage: `19.0` is `19%`. */
export const writeRate = (language: Language, rate: string): string =>
  language.signs.percent(writeDecimal(language, rate));

/** Writes `0.5 kg` or `2 days`, and the number alone for pieces. */
export const writeQuantity = (language: Language, quantity: string, unit: string): string => {
  const figure = writeDecimal(language, quantity);
  if (unit === '' || PIECES.has(unit)) return figure;
  const { whole, fraction } = withoutZeros(quantity);
  const plain = fraction === '' ? whole : `${whole}.${fraction}`;
  const { units } = language.document;
  const word = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return `${figure}\u00A0${word?.(plain) ?? unit}`;
};

/** Writes a local date, such as `2026-11-29`, in the language. */
export const writeDate = (language: Language, date: string): string => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return language.signs.date(day, month, year);
};

/** UN/ECE Recommendation 20: piece, one, and item. */
const PIECES: ReadonlySet<string> = new Set(['H87', 'C62', 'EA']);

type Figure = { readonly isNegative: boolean; readonly whole: string; readonly fraction: string };

const read = (decimal: string): Figure => {
  const isNegative = decimal.startsWith('-');
  const [whole = '', fraction = ''] = decimal.slice(isNegative ? 1 : 0).split('.');
  return { isNegative, whole, fraction };
};

const withoutZeros = (decimal: string): Figure => {
  const figure = read(decimal);
  return { ...figure, fraction: figure.fraction.replace(/0+$/u, '') };
};

const GROUP_DIGITS = 3;

const writeFigure = ({ signs }: Language, { isNegative, whole, fraction }: Figure): string => {
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= GROUP_DIGITS) {
    groups.unshift(whole.slice(Math.max(0, end - GROUP_DIGITS), end));
  }
  const decimals = fraction === '' ? '' : `${signs.decimal}${fraction}`;
  return `${isNegative ? '-' : ''}${groups.join(signs.group)}${decimals}`;
};
