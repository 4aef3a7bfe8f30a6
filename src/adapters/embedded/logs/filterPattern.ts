import { err, ok, Result } from 'neverthrow';
import { invalid, type ServiceError } from './rules.ts';

/*
 * The only form of CloudWatch's "Filter pattern syntax" that this project sends: a JSON pattern
 * that compares members of the event with texts, `{ $.orderId = "a" }` or `{ ($.orderId = "a") ||
 * ($.service = "b") }`. The comparison is exact and case-sensitive. Other forms that CloudWatch
 * accepts are refused and not misread; so is a `*` in a text, which stands for any text in
 * CloudWatch.
 */
const PATTERN_CHARACTERS_MAX = 1_024;
const COMPARISON = String.raw`\$\.(\w+)\s*=\s*"([^"*\\]*)"`;
const ONE = new RegExp(String.raw`^\{\s*${COMPARISON}\s*\}$`, 'u');
const SEVERAL = new RegExp(
  String.raw`^\{\s*\(\s*${COMPARISON}\s*\)(?:\s*\|\|\s*\(\s*${COMPARISON}\s*\))*\s*\}$`,
  'u',
);
const EACH = new RegExp(COMPARISON, 'gu');

type IsMatch = (message: string) => boolean;

/** Without a pattern every event matches. */
export const parseFilterPattern = (pattern: unknown): Result<IsMatch, ServiceError> => {
  if (pattern === undefined || pattern === '') return ok(() => true);
  if (typeof pattern !== 'string' || pattern.length > PATTERN_CHARACTERS_MAX) {
    return err(invalid("Value at 'filterPattern' failed to satisfy constraint"));
  }
  if (!ONE.test(pattern) && !SEVERAL.test(pattern)) {
    return err(invalid('Invalid filter pattern, or one that this server does not know.'));
  }
  const wanted = [...pattern.matchAll(EACH)].map(([, name = '', text = '']) => ({ name, text }));
  return ok((message) => {
    const event = parseJson(message);
    return event.isOk() && wanted.some(({ name, text }) => event.value[name] === text);
  });
};

const parseJson = Result.fromThrowable((message: string): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(message);
  return typeof value === 'object' && value !== null ? { ...value } : {};
});
