/** The place of one decimal digit in its text, in UTF-16 units. */
export type Digit = {
  readonly from: number;
  readonly to: number;
  /** Whether it is the first of a group: no digit stands directly before it. */
  readonly begins: boolean;
  readonly before: string;
};

/** Digits of one run, the newest last: `values` has one character for each of `places`. */
export type DigitRun = {
  readonly values: string;
  readonly places: readonly Digit[];
  /** The place where the newest group begins; below zero where that is no longer held. */
  readonly groupAt: number;
};

/** A longer separator divides two numbers, and not the groups of one. */
const SEPARATORS_MAX = 3;
/** Nobody asks for more digits behind the last one. */
const KEPT = 24;

type CharacterReading =
  | { readonly type: 'Digits'; readonly digits: string }
  | { readonly type: 'Separator'; readonly character: string }
  /** It cannot be seen. */
  | { readonly type: 'Nothing' }
  | { readonly type: 'Break' };

/**
 * Reads a text once from its beginning to its end. `next` returns the digits up to the end of the
 * next group: at most the last 48 of a run, and undefined at the end of the text. A run goes on
 * over short separators and what cannot be seen, and ends at anything else.
 */
export const createReader = (text: string) => {
  let at = 0;
  let values = '';
  let places: Digit[] = [];
  let before = '';
  let separators = 0;
  let grows = false;
  let groupAt = 0;

  const end = (): void => {
    values = '';
    places = [];
    before = '';
    separators = 0;
  };

  const add = (digits: string, from: number, to: number): void => {
    for (const value of digits) {
      if (!grows) groupAt = places.length;
      values += value;
      places.push({ from, to, begins: !grows, before });
      before = '';
      separators = 0;
      grows = true;
    }
    if (places.length <= 2 * KEPT) return;
    groupAt -= places.length - KEPT;
    values = values.slice(-KEPT);
    places = places.slice(-KEPT);
  };

  /** The reader reuses the places: they are valid until it is asked again. */
  const next = (): DigitRun | undefined => {
    while (at < text.length) {
      const code = text.codePointAt(at) ?? 0;
      const to = at + (code > 0xffff ? 2 : 1);
      const read = readOf(code);
      const from = at;
      const hasEnded = grows && read.type !== 'Digits' && read.type !== 'Nothing';
      if (hasEnded) {
        // The same character is read again, behind the group.
        grows = false;
        return { values, places, groupAt };
      }
      at = to;
      if (read.type === 'Digits') add(read.digits, from, to);
      if (read.type === 'Break') end();
      if (read.type === 'Separator' && places.length > 0) {
        separators += 1;
        // A sign before a number begins another one: +49.
        const isSign = read.character === '+' && separators > 1;
        if (separators > SEPARATORS_MAX || isSign) end();
        else before += read.character;
      }
    }
    if (!grows) return undefined;
    grows = false;
    return { values, places, groupAt };
  };

  return { next };
};

const readOf = (code: number): CharacterReading => {
  if (code < 0x80) {
    if (code >= 48 && code <= 57) return ASCII_DIGITS[code - 48] ?? BREAK;
    const isDeadLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    return isDeadLetter ? BREAK : (ASCII_SEPARATORS[code] ?? BREAK);
  }
  const character = String.fromCodePoint(code);
  if (/[\p{Cf}\p{M}]/u.test(character)) return NOTHING;
  if (/\p{L}/u.test(character)) return BREAK;
  return /\p{N}/u.test(character) ? readNumber(character) : OTHER_SEPARATOR;
};

const OTHER_SEPARATOR: CharacterReading = { type: 'Separator', character: ' ' };

const BREAK: CharacterReading = { type: 'Break' };
const NOTHING: CharacterReading = { type: 'Nothing' };
const ASCII_DIGITS: readonly CharacterReading[] = Array.from({ length: 10 }, (_, value) => ({
  type: 'Digits',
  digits: String(value),
}));
const ASCII_SEPARATORS: readonly CharacterReading[] = Array.from({ length: 0x80 }, (_, code) => ({
  type: 'Separator',
  character: String.fromCharCode(code),
}));

/** It cannot grow for ever, since Unicode has some two thousand digits. */
const numbersRead = new Map<string, CharacterReading>();

const readNumber = (character: string): CharacterReading => {
  const known = numbersRead.get(character);
  if (known !== undefined) return known;
  const read = numberOf(character);
  numbersRead.set(character, read);
  return read;
};

/** NFKC turns full-width, circled and raised digits into plain ones. */
const numberOf = (character: string): CharacterReading => {
  const normal = Array.from(character.normalize('NFKC'), decimalOf).join('');
  return /^\d+$/.test(normal) ? { type: 'Digits', digits: normal } : BREAK;
};

/** A script's ten digits are in a row, the zero first (Unicode, chapter 4.6). */
const decimalOf = (character: string): string => {
  if (!/\p{Nd}/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return character;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
};
