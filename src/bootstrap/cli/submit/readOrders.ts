import { err, Result } from 'neverthrow';
import { QUEUE_BYTES_MAX } from '../../../application/ports/messageQueue.ts';

/** One JSON value of a file, or why it is none. `place` says where it is, for people. */
export type JsonInput = { readonly place: string; readonly value: Result<unknown, string> };

/** A document is parsed as a whole; whatever is longer has to be written as lines. */
export const DOCUMENT_CHARACTERS_MAX = 2 ** 26;

/**
 * Reads one document, an object or an array of values, or JSON Lines. Lines are read one by one, so that a broken one
 * does not hide the next and a file of any length takes no memory.
 */
export async function* readOrders(
  chunks: AsyncIterable<string>,
): AsyncGenerator<JsonInput, void, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const { head, isDocument } = await readHead(iterator);
    const all = { [Symbol.asyncIterator]: () => withHead(head, iterator) };
    yield* isDocument ? valuesOf(all) : linesOf(all);
  } finally {
    await iterator.return?.();
  }
}

/** An array is a document, and so is an object that does not end on its first line. */
const readHead = async (
  iterator: AsyncIterator<string>,
): Promise<{ readonly head: string; readonly isDocument: boolean }> => {
  for (let head = ''; ;) {
    const text = head.trimStart();
    if (text.startsWith('[')) return { head, isDocument: true };
    const [line = '', ...others] = text.split('\n', 2);
    const next = others.length === 0 && text.length <= QUEUE_BYTES_MAX && (await iterator.next());
    if (next === false || next.done === true) {
      return { head, isDocument: line.startsWith('{') && parseLine(line) === BROKEN };
    }
    head += next.value;
  }
};

async function* withHead(
  head: string,
  rest: AsyncIterator<string>,
): AsyncGenerator<string, void, void> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const BROKEN: Result<unknown, string> = err('is not JSON');
const LINE_TOO_LONG: Result<unknown, string> = err('is longer than a message may be');
const DOCUMENT_TOO_LONG: Result<unknown, string> = err(
  `is longer than ${DOCUMENT_CHARACTERS_MAX} characters: put one order on each line`,
);

const parse = (text: string): Result<unknown, string> =>
  Result.fromThrowable((): unknown => JSON.parse(text))().orElse(() => BROKEN);

const parseLine = (line: string): Result<unknown, string> =>
  line.length > QUEUE_BYTES_MAX ? LINE_TOO_LONG : parse(line);

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<JsonInput, void, void> {
  let number = 1;
  let line = '';
  const value = (): readonly JsonInput[] => {
    const text = line.trim();
    return text === '' ? [] : [{ place: `line ${number}`, value: parseLine(text) }];
  };
  for await (const chunk of chunks) {
    const [rest = '', ...others] = chunk.split('\n');
    // One that is too long grows no more.
    if (line.length <= QUEUE_BYTES_MAX) line += rest;
    for (const next of others) {
      yield* value();
      [line, number] = [next, number + 1];
    }
  }
  yield* value();
}

async function* valuesOf(chunks: AsyncIterable<string>): AsyncGenerator<JsonInput, void, void> {
  let document = '';
  for await (const chunk of chunks) {
    document += chunk;
    if (document.length > DOCUMENT_CHARACTERS_MAX) break;
  }
  const parsed =
    document.length > DOCUMENT_CHARACTERS_MAX ? DOCUMENT_TOO_LONG : parse(document.trim());
  if (parsed.isErr() || !Array.isArray(parsed.value)) {
    yield { place: 'the document', value: parsed };
    return;
  }
  for (const [index, one] of parsed.value.entries()) {
    yield { place: `order ${index + 1}`, value: parsed.map((): unknown => one) };
  }
}
