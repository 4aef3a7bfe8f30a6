import { parseDecimal } from '../money/index.ts';
import type { TextRule } from './rules.ts';

export type DraftParts = Readonly<Record<string, unknown>>;

/** A decimal in plain digits. The bounds are in its own unit, and themselves allowed. */
export type DecimalRule = {
  readonly decimalsMax: number;
  readonly isAboveZero?: boolean;
  readonly max?: number;
  /** Whether a whole number of JSON is accepted as well. */
  readonly isNumberToo?: boolean;
};

/**
 * Reads the parts of a draft. It goes on after a mistake, so that all of them are reported at once.
 */
export type DraftReader = {
  readonly reasons: readonly string[];
  report(path: string, why: string): void;
  /** Reads an object without any other part. Returns an empty one where it is none. */
  object(value: unknown, path: string, keys: readonly string[]): DraftParts;
  text(value: unknown, path: string, rule: TextRule): string;
  /** Returns an empty text where it is absent or empty. */
  optionalText(value: unknown, path: string, rule: TextRule): string;
  /** Reads a whole number within these bounds, both included. */
  whole(value: unknown, path: string, bounds: readonly [min: number, max: number]): number;
  decimal(value: unknown, path: string, rule: DecimalRule): string;
  oneOf<const T extends string>(value: unknown, path: string, words: readonly T[]): T;
  /** Returns an empty list where it is absent, unless there must be one. */
  list<T>(value: unknown, path: string, { min, max, read }: ListRule<T>): readonly T[];
};

type ListRule<T> = {
  readonly min?: number;
  readonly max: number;
  readonly read: (value: unknown, path: string) => T;
};

export const createDraftReader = (): DraftReader => {
  const reasons: string[] = [];
  const report = (path: string, why: string): void => void reasons.push(`${path}: ${why}`);
  const wrong = (value: unknown, path: string, why: string): void =>
    report(path, value === undefined ? 'is missing' : why);

  const reader: DraftReader = {
    reasons,
    report,
    object: (value, path, keys) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        wrong(value, path, 'is not an object');
        return {};
      }
      const found: DraftParts = { ...value };
      const isKnown = Object.keys(found).every((key) => keys.includes(key));
      if (!isKnown) report(path, 'has a part that is not known');
      return found;
    },
    text: (value, path, [rule, says]) => {
      if (typeof value === 'string' && value.isWellFormed() && rule.test(value)) return value;
      wrong(value, path, `is not ${says}`);
      return '';
    },
    optionalText: (value, path, rule) =>
      value === undefined || value === '' ? '' : reader.text(value, path, rule),
    whole: (value, path, [min, max]) => {
      if (typeof value !== 'number') wrong(value, path, 'is not a number');
      else if (Number.isFinite(value) && !Number.isInteger(value)) {
        report(path, 'has a fraction; amounts and counts are whole (amounts in minor units)');
      } else if (!Number.isSafeInteger(value) || value < min || value > max) {
        report(path, `is not from ${min} to ${max}`);
      } else return value;
      return 0;
    },
    decimal: (value, path, rule) => {
      const { decimalsMax, isAboveZero = false, max = Infinity, isNumberToo = false } = rule;
      const isWhole = isNumberToo && typeof value === 'number' && Number.isSafeInteger(value);
      const text = isWhole ? String(value) : value;
      if (typeof text !== 'string' || parseDecimal(text, decimalsMax) === undefined) {
        const form = `a decimal in plain digits as a text, with up to ${decimalsMax} decimals`;
        wrong(value, path, `is not ${isNumberToo ? 'a whole number, or ' : ''}${form}`);
        return '';
      }
      const isZero = /^[0.]+$/u.test(text);
      if (isAboveZero && isZero) report(path, 'is not above 0');
      // Each bound is far below the numbers that a double cannot distinguish.
      else if (Number(text) > max) report(path, `is above ${max}`);
      else return text;
      return '';
    },
    oneOf: (value, path, words) => {
      const word = words.find((known) => known === value);
      if (word !== undefined) return word;
      wrong(value, path, `is not one of ${words.join(', ')}`);
      return words[0] ?? reader.oneOf(value, path, words);
    },
    list: (value, path, { min = 0, max, read }) => {
      if (value === undefined && min === 0) return [];
      if (!Array.isArray(value)) {
        wrong(value, path, 'is not a list');
        return [];
      }
      if (value.length < min) report(path, 'is empty');
      if (value.length > max) report(path, `has ${value.length} parts; at most ${max}`);
      return value.slice(0, max).map((one, index) => read(one, `${path}[${index}]`));
    },
  };
  return reader;
};
