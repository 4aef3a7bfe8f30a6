import { QUEUE_BYTES_MAX } from '../../../application/ports/messageQueue.ts';

/** One piece of JSON in a file, and the line on which it begins. */
export type Piece = { readonly line: number; readonly text: string };

/** A message holds no more, and so no order does; it bounds what one piece takes of the memory. */
const PIECE_CHARACTERS_MAX = QUEUE_BYTES_MAX;

/**
 * Cuts a text into its orders: one object, an array of them, or an object on each line. Where the first
 * object ends on its own line, every line counts for itself, so that a broken one does not hide the next.
 * What is too long is cut, and then is no JSON.
 */
export async function* readPieces(
  chunks: AsyncIterable<string>,
): AsyncGenerator<Piece, void, void> {
  let line = 1;
  let piece = { line, text: '' };
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let layout: 'unknown' | 'lines' | 'free' = 'unknown';

  const end = (): Piece => {
    const ended = piece;
    piece = { line, text: '' };
    [depth, isInString, isEscaped] = [0, false, false];
    return ended;
  };

  const take = (character: string): void => {
    if (piece.text === '') piece = { line, text: '' };
    if (piece.text.length <= PIECE_CHARACTERS_MAX) piece.text += character;
    if (isEscaped) isEscaped = false;
    else if (isInString) {
      if (character === '\\') isEscaped = true;
      if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
  };

  for await (const chunk of chunks) {
    for (const character of chunk) {
      const isBlank = /\s/.test(character);
      if (piece.text === '' && layout === 'unknown' && character === '[') layout = 'free';
      else if (piece.text === '' && (isBlank || isBetween(character, layout))) {
        // Nothing of an order.
      } else if (character === '\n' && layout === 'lines') yield end();
      else {
        if (character === '\n') layout = 'free';
        take(character);
        if (layout !== 'lines' && depth <= 0 && !isInString && /[}\]]/.test(character)) {
          if (layout === 'unknown') layout = 'lines';
          else yield end();
        }
      }
      if (character === '\n') line += 1;
    }
  }
  if (piece.text.trim() !== '') yield end();
}

/** In an array, what stands between its elements and after them. */
const isBetween = (character: string, layout: 'unknown' | 'lines' | 'free'): boolean =>
  layout === 'free' && (character === ',' || character === ']');
