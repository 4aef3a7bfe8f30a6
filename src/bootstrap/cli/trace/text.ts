import { shortened, wrapWords } from '../common/screen.ts';

/**
 * The text that a reader sees, without what moves the cursor, turns the text around or breaks a
 * document.
 */
export const plainText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();

/**
 * Lines of at most that many columns; a text that has no room ends in an ellipsis, between two
 * words.
 */
export const linesOf = (
  text: string,
  { columns, max }: { readonly columns: number; readonly max: number },
): readonly string[] => {
  const lines = wrapWords(text, columns);
  const last = lines[max - 1];
  if (last === undefined || lines.length <= max) return lines;
  return [...lines.slice(0, max - 1), shortened(lines.slice(max - 1).join(' '), columns)];
};
