import { htmlEscape } from 'escape-goat';

/**
 * HTML that no text can change: only `html` makes it, and it escapes every text that it is given. A
 * text is broken into lines too, since a mail with a line of more than 998 octets is no mail (RFC
 * 5322, 2.1.1).
 */
export type Html = { readonly markup: string };

export const html = (
  parts: TemplateStringsArray,
  ...values: readonly (string | Html | readonly Html[])[]
): Html => ({
  markup: parts
    .map((part, at) => {
      const value = values[at];
      if (value === undefined) return part;
      if (typeof value !== 'string') {
        return (
          part + ('markup' in value ? value.markup : value.map(({ markup }) => markup).join('\n'))
        );
      }
      return part + (UNBROKEN.test(part) ? htmlEscape(value) : brokenText(value));
    })
    .join(''),
});

/** Attributes and titles hold texts alone: a reader would see the tag that breaks a word. */
const UNBROKEN = /="$|<title>$/u;

/**
 * The source as it is sent or stored: without the indentation that the templates have in the code.
 */
export const sourceOf = ({ markup }: Html): string => markup.replaceAll(/\n\s+/gu, '\n');

export const NOTHING: Html = { markup: '' };

/** Begins a line of the source where two texts in one line would make it too long. */
export const LINE: Html = { markup: '\n' };

/** A word has at most 60 characters of 6 octets, if all are escaped. */
const WORD_CHARACTERS_MAX = 60;
const LINE_CHARACTERS_MAX = 72;
/** A word is never parted between a character and the marks on it. */
const PIECES = new RegExp(`(?:\\P{M}\\p{M}{0,8}|\\p{M}){1,${WORD_CHARACTERS_MAX}}`, 'gu');
/**
 * A place where a line may be broken. The line break in the source is within the tag and no blank.
 */
const BREAK = '<wbr\n>';

/** Escapes a text, with a line break for a blank wherever a line would get too long. */
const brokenText = (text: string): string => {
  let line = 0;
  return text
    .split(' ')
    .map((word, at) => {
      const pieces = word.length > WORD_CHARACTERS_MAX ? (word.match(PIECES) ?? []) : [word];
      const isFull = line + word.length > LINE_CHARACTERS_MAX;
      line = isFull ? word.length : line + 1 + word.length;
      const blank = at === 0 ? '' : isFull ? '\n' : ' ';
      return blank + pieces.map((piece) => htmlEscape(piece)).join(BREAK);
    })
    .join('');
};
