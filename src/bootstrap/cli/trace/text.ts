import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/**
 * What a reader sees and no more: nothing that moves the cursor, turns the text around or breaks a
 * document.
 */
export const plainText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();

/** Lines of at most that many columns; what has no room ends in an ellipsis. */
export const linesOf = (
  text: string,
  { columns, max }: { readonly columns: number; readonly max: number },
): readonly string[] => {
  const lines = wrapAnsi(text, columns, { hard: true }).split('\n');
  if (lines.length <= max) return lines;
  const rest = lines.slice(max - 1).join(' ');
  return [...lines.slice(0, max - 1), `${fitting(rest, columns - 1)}…`];
};

const fitting = (line: string, columns: number): string => {
  // Hardly more can fit, of which each has a width.
  const characters = Array.from(line).slice(0, 2 * columns);
  while (stringWidth(characters.join('')) > columns) characters.pop();
  return characters.join('').trimEnd();
};
