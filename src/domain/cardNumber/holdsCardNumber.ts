import { containsCardNumber, hasEnoughDigits } from './cardNumber.ts';

/**
 * Names of parts that hold an identifier: its digits are nobody's card, whatever their check digit
 * says. A value with a blank in it is no identifier, except a SKU, which may be a printed GTIN.
 */
const IDENTIFIER =
  /^(?:id|account|fingerprint)$|I[dD]s?$|[rR]eference$|[kK]ey$|A[rR][nN]$|U[rR][lL]$/;
const SKU = 'sku';

export const isIdentifier = (name: string, value: string): boolean =>
  name === SKU || (IDENTIFIER.test(name) && IDENTIFYING.test(value));

const IDENTIFYING = /^[!-~]{1,1024}$/;

/** An object or a list, and the name that its texts have where they have none of their own. */
type TextHolder = { readonly name: string; readonly held: object; readonly depth: number };

/** A message may hold another as a text, as SNS sends it; both are read. */
const TEXTS_IN_TEXTS_MAX = 2;

/**
 * Whether any text of a parsed value passes `says`. Names of parts, and JSON within texts, are read
 * too. Each part is read once and without recursion: whoever sent the value chose how deep it is.
 */
const someText = (value: unknown, says: (text: string, name: string) => boolean): boolean => {
  const unread: TextHolder[] = [];
  const isSaid = (part: unknown, name: string, depth: number): boolean => {
    if (typeof part === 'number') return says(String(part), name);
    if (typeof part === 'string') {
      const inner = depth < TEXTS_IN_TEXTS_MAX ? jsonIn(part) : undefined;
      if (inner === undefined) return says(part, name);
      unread.push({ name, held: inner, depth: depth + 1 });
    } else if (typeof part === 'object' && part !== null) {
      unread.push({ name, held: part, depth });
    }
    return false;
  };
  if (isSaid(value, '', 0)) return true;
  for (let holder = unread.pop(); holder !== undefined; holder = unread.pop()) {
    const { name, held, depth } = holder;
    if (Array.isArray(held)) {
      for (const part of held) if (isSaid(part, name, depth)) return true;
    } else {
      for (const key of Object.keys(held)) {
        if (says(key, '') || isSaid(Reflect.get(held, key), key, depth)) return true;
      }
    }
  }
  return false;
};

const jsonIn = (text: string): object | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = LONG_NUMBER.test(text) ? JSON.parse(text, asWritten) : JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const LONG_NUMBER = /\d{16}/;

/** Keeps the written form of a number that has more digits than a double holds exactly. */
const asWritten = (...[, value, context]: readonly unknown[]): unknown => {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source =
    typeof context === 'object' && context !== null && 'source' in context && context.source;
  return typeof source === 'string' ? source : value;
};

/** An escape such as `\u0034` in a text that as a whole is no JSON. */
const ESCAPE = /\\u([0-9a-f]{4})/gi;

const unescaped = (text: string): string =>
  text.replaceAll(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * Whether a card number stands in any text of a parsed value, or of a body, which may be no JSON.
 * Identifiers are not looked at (ADR 0021).
 */
export const holdsCardNumber = (value: unknown): boolean =>
  someText(value, (text, name) => {
    const isEscaped = text.includes('\\u');
    if ((!isEscaped && !hasEnoughDigits(text)) || isIdentifier(name, text)) return false;
    return containsCardNumber(text) || (isEscaped && containsCardNumber(unescaped(text)));
  });

/** Matches what an earlier release masked as a card number: 14 characters or more. */
const MASKED = '*'.repeat(12);

/** Whether a part of it was masked, so that it is not what was sent (ADR 0021). */
export const wasMasked = (value: unknown): boolean =>
  someText(value, (text) => text.includes(MASKED));
