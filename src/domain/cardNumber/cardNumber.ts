import { createReader, type DigitRun } from './digits.ts';

/** A scheme: the first digits of its numbers, and how many digits they have. */
type Scheme = readonly [name: string, prefix: RegExp, lengths: readonly number[]];

const upTo19 = [16, 17, 18, 19] as const;
const DINERS = [14, 15, ...upTo19] as const;

/**
 * The prefixes and lengths in use, from the table of issuer identification numbers in
 * https://en.wikipedia.org/wiki/Payment_card_number (the registry of ISO/IEC 7812-2 is not public).
 * Three groups are left out: Visa's numbers of 13 digits, which nobody issues any more and which
 * would make card numbers of EAN codes; Maestro's numbers of fewer than 16; and the part of 56 to
 * 58 that Maestro never issued, with which marketplaces begin their ids.
 */
const SCHEMES: readonly Scheme[] = [
  ['Visa', /^4/, [16, 19]],
  ['Mastercard', /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  ['American Express', /^3[47]/, [15]],
  ['Diners Club', /^3(?:0[0-5]|095|[689])/, DINERS],
  ['JCB', /^35(?:2[89]|[3-8])/, upTo19],
  ['Discover', /^6(?:011|4[4-9]|5)/, upTo19],
  ['UnionPay', /^(?:62|81[0-7])/, upTo19],
  ['Maestro, Dankort, Elo, Verve', /^(?:50|5893|63|67)/, upTo19],
  ['RuPay', /^(?:60|8[12])/, [16]],
  ['Mir, Borica', /^220[0-5]/, upTo19],
  ['Troy, Napas, Humo, Uzcard', /^(?:9792|9704|9860|8600)/, [16, 19]],
];

const CARD_DIGITS = { min: 14, max: 19 } as const;

/**
 * Checks the check digit of ISO/IEC 7812-1. One number in ten passes, so alone it proves nothing.
 */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

/** Whether a scheme issues these ASCII digits and their check digit is right. */
const isCardNumber = (digits: string): boolean =>
  passesLuhn(digits) &&
  SCHEMES.some(([, prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits));

/** The place of a card number in a text, in UTF-16 units. */
type Span = { readonly from: number; readonly to: number };

/**
 * People write the code of a card (3 or 4 digits), its expiry (MMYY), or both right behind its
 * number.
 */
const TAILS: readonly RegExp[] = [/^\d{3,4}$/, /^(?:0[1-9]|1[0-2])\d{2}\d{3,4}$/];
/** Nearly all numbers have these lengths. With the others, too many texts would look like cards. */
const GLUED = [15, 16] as const;
const GLUED_MIN = 18;
const GLUED_MAX = 24;

/**
 * Finds every card number of a text, in the order in which they end; some overlap. It reads any
 * text once: for each group of digits that ends, it tries the few numbers that begin with a group
 * and end here.
 */
function* cardNumbersIn(text: string): Generator<Span, void, void> {
  const reader = createReader(text);
  for (let run = reader.next(); run !== undefined; run = reader.next()) {
    const end = run.places.length;
    const sizeMax = Math.min(CARD_DIGITS.max, end);
    for (let size = CARD_DIGITS.min; size <= sizeMax; size += 1) {
      const found = spanOf(text, run, end - size, end);
      if (found !== undefined) yield found;
    }
    yield* gluedIn(text, run);
  }
}

/**
 * Finds the number at the beginning of a group of digits that has a tail and is no number by
 * itself.
 */
function* gluedIn(text: string, run: DigitRun): Generator<Span, void, void> {
  const end = run.places.length;
  const groupSize = end - run.groupAt;
  if (groupSize < GLUED_MIN || groupSize > GLUED_MAX) return;
  for (const size of GLUED) {
    const cut = run.groupAt + size;
    if (!TAILS.some((form) => form.test(run.values.slice(cut, end)))) continue;
    const found = spanOf(text, run, run.groupAt, cut);
    if (found !== undefined) yield { from: found.from, to: run.places[end - 1]?.to ?? found.to };
  }
}

const spanOf = (text: string, run: DigitRun, start: number, end: number): Span | undefined => {
  const [first, last] = [run.places[start], run.places[end - 1]];
  if (first?.begins !== true || last === undefined) return undefined;
  if (!isCardNumber(run.values.slice(start, end))) return undefined;
  const span = { from: first.from, to: last.to };
  const written = run.places
    .slice(start, end)
    .map(({ before }, at) => before + (run.values[start + at] ?? ''))
    .join('');
  const isNone = isDateOrList(written) || isOfHexId(text, span) || isOfIban(text, span);
  return isNone ? undefined : span;
};

/** Whether it is a date, or sizes from small to large: prose that passes the check digit. */
const isDateOrList = (written: string): boolean => {
  if (DATE.test(written)) return true;
  const groups = written.split(/\D+/).filter((group) => group !== '');
  return groups.length >= LIST_MIN && groups.every((group, at) => isGreater(group, groups[at - 1]));
};

const [MONTH, DAY, YEAR] = ['(?:0[1-9]|1[0-2])', '(?:0[1-9]|[12]\\d|3[01])', '(?:19|20)\\d\\d'];
/** A day of the calendar: other digits with two such marks between them may be a card's. */
const DATE = new RegExp(
  String.raw`(?<!\d)(?:${YEAR}([-./])${MONTH}\1${DAY}|` +
    String.raw`(?:${DAY}([-./])${MONTH}\2|${MONTH}([-./])${DAY}\3)${YEAR})(?!\d)`,
);
const LIST_MIN = 5;

const isGreater = (group: string, before = '-1'): boolean => Number(group) > Number(before);

/** A UUID has this many hexadecimal digits; hashes have more. */
const HEX_DIGITS_MIN = 32;
const REACH = 64;
/** In the form of RFC 9562, which may have nothing but digits. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Whether the digits belong to a UUID or a hash. One UUID in some thousands, and one hash in some
 * hundreds, would pass for a card.
 */
const isOfHexId = (text: string, { from, to }: Span): boolean => {
  if (to - from > REACH) return false;
  let [begin, end] = [from, to];
  while (begin > Math.max(0, from - REACH) && isOfHex(text[begin - 1])) begin -= 1;
  while (end < Math.min(text.length, to + REACH) && isOfHex(text[end])) end += 1;
  const word = text.slice(begin, end);
  if (UUID.test(word)) return true;
  return /[a-f]/i.test(word) && word.replaceAll(/[^0-9a-f]/gi, '').length >= HEX_DIGITS_MIN;
};

/** A printed IBAN has groups of four behind the country and two check digits (ISO 13616-1). */
const IBAN_BEGINS = /(?:^|[^\p{L}\p{N}])[A-Z]{2}\d{2} (?:[A-Z\d]{4} )*$/u;
const IBAN_CHARACTERS_MAX = 42;

const isOfIban = (text: string, { from }: Span): boolean =>
  IBAN_BEGINS.test(text.slice(Math.max(0, from - IBAN_CHARACTERS_MAX), from));

const isOfHex = (character = ''): boolean => /^[0-9a-f-]$/i.test(character);

const MASK = '*';

/** Masks every payment card number in the text, and changes nothing otherwise. */
export const maskCardNumbers = (text: string): string => {
  if (!hasEnoughDigits(text)) return text;
  const parts: string[] = [];
  let done = 0;
  for (const { from, to } of cardNumbersIn(text)) {
    const begin = Math.max(from, done);
    if (to <= begin) continue;
    parts.push(text.slice(done, begin), MASK.repeat(to - begin));
    done = to;
  }
  return done === 0 ? text : parts.join('') + text.slice(done);
};

/** Whether a text that people write holds a card number. The digits of an id are nobody's card. */
export const containsCardNumber = (text: string): boolean =>
  hasEnoughDigits(text) && cardNumbersIn(text).next().done !== true;

/** False for nearly all texts, which then hold no card number: A to Z end every number. */
export const hasEnoughDigits = (text: string): boolean => {
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Other scripts have digits too, and there are characters that cannot be seen.
    if (code >= 0x80) return true;
    if (code >= 48 && code <= 57) {
      digits += 1;
      if (digits === CARD_DIGITS.min) return true;
    } else if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) digits = 0;
  }
  return false;
};
