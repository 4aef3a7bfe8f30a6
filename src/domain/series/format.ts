import { err, ok, type Result } from 'neverthrow';
import type { AllocatedNumber } from './events.ts';

const SERIES_NAME = /^[A-Za-z0-9_]{1,16}$/;

/** A name has no separator in it, so that it ends where a format says. */
export const isSeriesName = (value: unknown): value is string =>
  typeof value === 'string' && SERIES_NAME.test(value);

type FormatPart =
  | { readonly type: 'Text'; readonly text: string }
  | { readonly type: 'Value'; readonly name: 'series' | 'year' }
  | { readonly type: 'Value'; readonly name: 'number'; readonly digitsMin: number };

/** The format of a series' numbers, checked by `parseFormat`. */
export type NumberFormat = readonly FormatPart[];

/** It has every reason at once, for whoever configures the format. */
export type InvalidFormat = { readonly type: 'InvalidFormat'; readonly reasons: readonly string[] };

export const FORMAT_CHARACTERS_MAX = 40;
const TOKENS = /\{[^{}]*\}|[^{}]+|[{}]/g;
const TEXT = /^[A-Za-z0-9_./# -]+$/;
const PLACEHOLDER = /^\{(?:(?<name>series|year|number)|number:(?<digits>[1-9]|1[0-2]))\}$/;

/**
 * Reads a format such as `{series}-{year}-{number:6}`, where 6 is the least count of digits. Two
 * documents of a series must never be written alike: number and year are both there, since numbers
 * restart with the year, and neither touches the other, the series' name, or a digit that could be
 * read as part of it.
 */
export const parseFormat = (format: string): Result<NumberFormat, InvalidFormat> => {
  const reasons: string[] = [];
  if (format.length > FORMAT_CHARACTERS_MAX) {
    // The rest is not read: the reasons would be as long.
    return err(invalid([`it is longer than ${FORMAT_CHARACTERS_MAX} characters`]));
  }
  const parts = (format.match(TOKENS) ?? []).flatMap((token): readonly FormatPart[] => {
    const found = PLACEHOLDER.exec(token)?.groups;
    if (found !== undefined) return [valueOf(found)];
    if (TEXT.test(token)) return [{ type: 'Text', text: token }];
    reasons.push(
      /[{}]/.test(token)
        ? `${token} is none of {series}, {year}, {number} and {number:1} to {number:12}`
        : `${JSON.stringify(token)} has characters other than letters, digits, blanks and ` +
            '_ . / # -',
    );
    return [];
  });
  for (const name of ['number', 'year', 'series'] as const) {
    const count = parts.filter((part) => part.type === 'Value' && part.name === name).length;
    if (count === 0 && name !== 'series') reasons.push(`{${name}} is missing`);
    if (count > 1) reasons.push(`{${name}} is there ${count} times`);
  }
  if (reasons.length === 0)
    reasons.push(...parts.flatMap((part, at) => touching(part, parts[at + 1])));
  return reasons.length === 0 ? ok(parts) : err(invalid(reasons));
};

/** Writes a number. One that needs more digits than the format's least has them. */
export const formatNumber = (
  format: NumberFormat,
  { series, year, number }: Pick<AllocatedNumber, 'series' | 'year' | 'number'>,
): string =>
  format.reduce((label, part) => {
    if (part.type === 'Text') return label + part.text;
    switch (part.name) {
      case 'series':
        return label + series;
      case 'year':
        return label + String(year).padStart(4, '0');
      case 'number':
        return label + String(number).padStart(part.digitsMin, '0');
    }
  }, '');

/** A format as text, which `parseFormat` reads back: two texts that print alike are one. */
export const textOf = (format: NumberFormat): string =>
  format
    .map((part) => {
      if (part.type === 'Text') return part.text;
      return part.name === 'number' && part.digitsMin > 1
        ? `{number:${part.digitsMin}}`
        : `{${part.name}}`;
    })
    .join('');

const valueOf = ({ name, digits }: Record<string, string | undefined>): FormatPart =>
  name === 'series' || name === 'year'
    ? { type: 'Value', name }
    : { type: 'Value', name: 'number', digitsMin: Number(digits ?? 1) };

/** Whether two neighbours could be read as one: `{year}{number}`, `{series}A`, `{number}0`. */
const touching = (left: FormatPart, right: FormatPart | undefined): readonly string[] =>
  right !== undefined &&
  (reachesInto(left, edgesOf(right).start) || reachesInto(right, edgesOf(left).end))
    ? [`${nameOf(left)} and ${nameOf(right)} need a separator between them`]
    : [];

const reachesInto = (part: FormatPart, character: string): boolean => {
  if (part.type === 'Text') return false;
  return part.name === 'series' ? isSeriesName(character) : /\d/.test(character);
};

/** The first and the last character of a part, or one that stands for all that can be there. */
const edgesOf = (part: FormatPart): { readonly start: string; readonly end: string } => {
  if (part.type === 'Text') return { start: part.text.slice(0, 1), end: part.text.slice(-1) };
  const any = part.name === 'series' ? 'A' : '0';
  return { start: any, end: any };
};

const nameOf = (part: FormatPart): string =>
  part.type === 'Text' ? `"${part.text}"` : `{${part.name}}`;

const invalid = (reasons: readonly string[]): InvalidFormat => ({ type: 'InvalidFormat', reasons });
