import stringWidth from 'string-width';

/** The width of plain text: what mail programs show without wrapping (RFC 5322, 2.1.1). */
export const TEXT_COLUMNS = 76;

/**
 * Each of these characters is one column wide: those of Latin, Greek and Cyrillic, and the blanks,
 * dashes and quotation marks of texts and amounts.
 */
const ALPHABETS = String.raw`\u00A0-\u00AC\u00AE-\u02FF\u0370-\u0482\u048A-\u052F`;
const NARROW = String.raw` -~${ALPHABETS}\u2010-\u2027\u202F\u20AC`;
/** Each of these is two columns wide: ideographs, kana, Hangul, and full-width forms. */
const WIDE =
  String.raw`\u3000-\u3029\u3030-\u303E\u3041-\u3096\u309B-\u30FF\u3400-\u4DBF\u4E00-\u9FFF` +
  String.raw`\uAC00-\uD7A3\uFF01-\uFF60`;
const COUNTED = new RegExp(`^[${NARROW}${WIDE}]*$`, 'u');
const EACH_WIDE = new RegExp(`[${WIDE}]`, 'gu');

/**
 * The width in columns, as a terminal or a mail program shows a text in characters of one width.
 */
export const widthOf = (text: string): number =>
  COUNTED.test(text) ? text.length + (text.match(EACH_WIDE)?.length ?? 0) : measured(text);

/**
 * Widths are remembered: measuring takes seconds for a receipt with many lines, whose words are the
 * same ones.
 */
const measured = (text: string): number => {
  const words = text.split(' ');
  if (words.length > 1) {
    return words.reduce((sum, word) => sum + widthOf(word), words.length - 1);
  }
  const known = WIDTHS.get(text);
  if (known !== undefined) return known;
  const width = stringWidth(text);
  if (text.length <= KNOWN_UNITS_MAX) {
    if (WIDTHS.size >= WIDTHS_MAX) WIDTHS.clear();
    WIDTHS.set(text, width);
  }
  return width;
};

const WIDTHS = new Map<string, number>();
/** With the length of each, this bounds the memory: two megabytes and a half at most. */
const WIDTHS_MAX = 5_000;
/**
 * The longest texts that are remembered: characters with their marks, words, and a description in a
 * script without blanks.
 */
const KNOWN_UNITS_MAX = 256;

/** The text in lines of at most so many columns; only a word that is longer is parted. */
export const wrapText = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let [line, width] = ['', 0];
  for (const word of text.split(' ').flatMap((one) => partsOf(one, columns))) {
    const added = widthOf(word);
    if (line === '') {
      [line, width] = [word, added];
    } else if (width + 1 + added > columns) {
      lines.push(line);
      [line, width] = [word, added];
    } else {
      line += ` ${word}`;
      width += 1 + added;
    }
  }
  return [...lines, line];
};

/** A word in parts of at most so many columns; marks stay with their character. */
const partsOf = (word: string, columns: number): readonly string[] => {
  if (widthOf(word) <= columns) return [word];
  const parts: string[] = [];
  let [part, width] = ['', 0];
  for (const character of word.match(CHARACTERS) ?? []) {
    const added = widthOf(character);
    if (part !== '' && width + added > columns) {
      parts.push(part);
      [part, width] = ['', 0];
    }
    part += character;
    width += added;
  }
  return [...parts, part];
};

const CHARACTERS = /\P{M}\p{M}*|\p{M}/gu;

export const padRight = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - widthOf(text)));

export const padLeft = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - widthOf(text))) + text;

/** Characters that are written from right to left, by the blocks of their scripts. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * A text with such characters keeps its own direction and changes that of nothing beside it: the
 * figures behind a Hebrew description stay where they are (Unicode Standard Annex 9, 2.4).
 */
export const isolated = (text: string): string =>
  RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
