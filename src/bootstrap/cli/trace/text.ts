import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** What a reader sees and no more: nothing that moves the cursor, turns the text around or breaks a document. */
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
  const kept = lines.slice(0, max);
  return [...kept.slice(0, -1), `${fitting(kept.at(-1) ?? '', columns - 1)}…`];
};

const fitting = (line: string, columns: number): string => {
  const characters = Array.from(line);
  while (stringWidth(characters.join('')) > columns) characters.pop();
  return characters.join('').trimEnd();
};
