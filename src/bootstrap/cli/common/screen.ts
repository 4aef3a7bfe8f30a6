import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { TextStream } from './lifecycle.ts';

/**
 * A text, or the function that lays it out on so many columns; Infinity if there is no terminal.
 */
export type ScreenText = string | ((columns: number) => string);

/** Nothing can be laid out on less. */
const COLUMNS_MIN = 20;

/** A pipe has no width: there a line stays a line, which other programs can search. */
export const columnsOf = ({ isTTY, columns = 0 }: TextStream): number =>
  isTTY === true && columns > 0 ? Math.max(columns, COLUMNS_MIN) : Infinity;

/** Wraps lines that are too wide between words, and goes on below the text of the first. */
export const fit = (text: string, columns: number): string =>
  columns === Infinity
    ? text
    : text
        .split('\n')
        .flatMap((line) => (stringWidth(line) <= columns ? [line] : fitLine(line, columns)))
        .join('\n');

/** A mark or a label with its blanks, and what stands before it. */
const LEAD = /^ *(?:- |\d+\. |\$ |\S+(?: \S+){0,2} {2,}(?=\S))?/;
const LEAD_MAX = 24;

const fitLine = (line: string, columns: number): readonly string[] => {
  const [lead = ''] = LEAD.exec(stripVTControlCharacters(line)) ?? [];
  const width = stringWidth(lead);
  const indent = lead.length - lead.trimStart().length;
  const isLead =
    width <= Math.min(LEAD_MAX, columns / 3) &&
    // A long id needs the whole width.
    wordsOf(line.slice(lead.length)).every(
      (word) => width + widthOfWord(word, columns - width) <= columns,
    );
  const hang = isLead ? width : Math.min(indent + 2, columns / 2);
  const first = isLead ? upTo(line, Array.from(lead).length) : ' '.repeat(Math.min(indent, hang));
  const rest = isLead ? line.slice(first.length) : line.trimStart();
  return wrapWords(rest, columns - hang).map(
    (part, at) => `${at === 0 ? first : ' '.repeat(hang)}${part}`,
  );
};

/** The first characters of a line; colours do not count. */
const upTo = (line: string, count: number): string =>
  new RegExp(`^(?:(?:\\u001B\\[\\d+m)*.){${count}}`, 'su').exec(line)?.[0] ?? '';

/** Matches what is read as one thing: amounts with their currency, numbers with their unit. */
const TOGETHER = /\b[A-Z]{3} -?\d[\d.]*|\b\d[\d.]* (?:ms|s|min|h|d|%)(?!\w)|\b\d+ of \d+\b/g;
const NO_BREAK = '\u00A0';

/** A word alone on its line may be wider still: ids are parted between their parts, not inside. */
export const wrapWords = (text: string, columns: number): readonly string[] => {
  const words = text
    .replaceAll(TOGETHER, (whole) => whole.replaceAll(' ', NO_BREAK))
    .split(' ')
    .map((word, at) => {
      if (stringWidth(word) <= columns) return word;
      return `${at === 0 ? '' : '\n'}${packed(partsOf(word), columns).join('\n')}`;
    });
  return wrapAnsi(words.join(' '), columns, { hard: true })
    .replaceAll(NO_BREAK, ' ')
    .split('\n')
    .map((line) => line.trimEnd());
};

/** The width that a word needs at least, when one of more than so many columns may be parted. */
export const widthOfWord = (word: string, columns: number): number =>
  stringWidth(word) <= columns
    ? stringWidth(word)
    : Math.max(...partsOf(word).map((part) => stringWidth(part)));

const partsOf = (word: string): readonly string[] =>
  word.match(/[^/&?=;|]*[/&?=;|]|[^/&?=;|]+/g) ?? [word];

const packed = (parts: readonly string[], columns: number): readonly string[] =>
  parts.reduce<readonly string[]>((lines, part) => {
    const last = lines.at(-1);
    return last !== undefined && stringWidth(last + part) <= columns
      ? [...lines.slice(0, -1), last + part]
      : [...lines, part];
  }, []);

/** Matches the words of a shell: a quoted text is one. */
const SHELL_WORD = /(?:"[^"]*"|'[^']*'|\S)+/g;

/** A command that can be copied and run as it is shown, also where it needs several lines. */
export const commandText = (command: string, columns: number): string => {
  if (stringWidth(command) + 2 <= columns) return `  ${command}`;
  let text = ' ';
  let width = 1;
  for (const word of command.match(SHELL_WORD) ?? []) {
    // Two columns are for the mark of a line that goes on.
    if (width > 1 && width + 1 + stringWidth(word) + 2 > columns) {
      text += ' \\\n   ';
      width = 3;
    }
    // The parts of one word go on where a line begins: blanks would part it.
    const parts =
      width + 1 + stringWidth(word) + 2 > columns
        ? packed(partsOf(word), columns - width - 3)
        : [word];
    text += ` ${parts.join('\\\n')}`;
    width = parts.length === 1 ? width + 1 + stringWidth(word) : stringWidth(parts.at(-1) ?? '');
  }
  return text;
};

/** A text that has no room on one line ends in an ellipsis, between two words if it can. */
export const shortened = (text: string, columns: number): string => {
  if (stringWidth(text) <= columns) return text;
  const [first = ''] = wrapWords(text, columns);
  return stringWidth(first) < columns ? `${first}…` : `${first.replace(/ \S*$|.$/u, '')}…`;
};

/** The words that `wrapWords` does not part. */
export const wordsOf = (text: string): readonly string[] =>
  text.replaceAll(TOGETHER, (whole) => whole.replaceAll(' ', NO_BREAK)).split(/[ \n]/);
