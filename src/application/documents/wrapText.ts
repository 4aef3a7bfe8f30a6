import stringWidth from 'string-width';

/** For plain text: as wide as mail programs show without wrapping (RFC 5322, 2.1.1). */
export const TEXT_COLUMNS = 76;

/**
 * Each of these characters is one column wide: those of Latin, Greek and Cyrillic, and the blanks,
 * dashes and quotation marks of texts and amounts. Anything else is measured, which takes a second
 * of a receipt with many lines.
 */
const ALPHABETS = String.raw`\u00A0-\u00AC\u00AE-\u02FF\u0370-\u0482\u048A-\u052F`;
const PLAIN = new RegExp(String.raw`^[ -~${ALPHABETS}\u2010-\u2027\u202F\u20AC]*$`, 'u');

/** In columns, as a terminal or a mail program shows it in characters of one width. */
export const widthOf = (text: string): number =>
  PLAIN.test(text) ? text.length : stringWidth(text);

/** The text in lines of at most so many columns; only a word that is longer is parted. */
export const wrapText = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => partsOf(one, columns))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
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
