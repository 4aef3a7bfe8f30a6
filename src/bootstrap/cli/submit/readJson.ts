import { err, ok } from 'neverthrow';
import { QUEUE_BYTES_MAX } from '../../../application/ports/messageQueue.ts';
import { lineAt, type OrderInput } from './orderInput.ts';
import { scanJson, type JsonFault } from './scanJson.ts';

/** A document is parsed as a whole; whatever is longer has to be written as lines. */
export const DOCUMENT_CHARACTERS_MAX = 2 ** 26;

/**
 * Reads one document, an object or a list of values, or JSON Lines. Lines are read one by one, so
 * that a broken one does not hide the next and a file of any length takes no memory. `open` is
 * called twice: first for as much as shows which of the two it is.
 */
export async function* readJson(
  open: () => AsyncIterable<string>,
): AsyncGenerator<OrderInput, void, void> {
  yield* (await isDocument(open())) ? valuesOf(open()) : linesOf(open());
}

/** A list is a document, and so is an object that does not end on its first line. */
const isDocument = async (chunks: AsyncIterable<string>): Promise<boolean> => {
  let head = '';
  for await (const chunk of chunks) {
    head = `${head}${chunk}`.trimStart();
    if (head.startsWith('[')) return true;
    if (head.includes('\n') || head.length > QUEUE_BYTES_MAX) break;
  }
  const [line = ''] = head.split('\n', 1);
  return line.startsWith('{') && scanJson(line).isErr();
};

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<OrderInput, void, void> {
  let number = 1;
  let line = '';
  const inputs = (): readonly OrderInput[] => {
    const text = line.trim();
    return text === '' ? [] : [{ place: lineAt(number), ...parseLine(text) }];
  };
  for await (const chunk of chunks) {
    const [rest = '', ...others] = chunk.split('\n');
    // One that is too long grows no more.
    if (line.length <= QUEUE_BYTES_MAX) line += rest;
    for (const next of others) {
      yield* inputs();
      [line, number] = [next, number + 1];
    }
  }
  yield* inputs();
}

type ReadValue = Omit<OrderInput, 'place'>;

const parseLine = (line: string): ReadValue => {
  if (line.length > QUEUE_BYTES_MAX) return { value: err(['is longer than a message may be']) };
  return scanJson(line).match(
    ([scanned]) => valueOf(scanned?.faults ?? [], JSON.parse(line)),
    ({ column, why }) => ({ value: err([`is not JSON: ${why}, at column ${column}`]) }),
  );
};

/** With a fault it is not read any further: it could be too deep for that. */
const valueOf = (faults: readonly JsonFault[], value: unknown): ReadValue => ({
  orderId: (Object(value) as { readonly orderId?: unknown }).orderId,
  value: faults.length === 0 ? ok(value) : err(faults.map(({ path, why }) => `${path}: ${why}`)),
});

async function* valuesOf(chunks: AsyncIterable<string>): AsyncGenerator<OrderInput, void, void> {
  let document = '';
  for await (const chunk of chunks) {
    document += chunk;
    if (document.length > DOCUMENT_CHARACTERS_MAX) break;
  }
  // A byte order mark is a blank too.
  const text = document.trim();
  const before = document.slice(0, document.indexOf(text)).split('\n').length;
  const wholeOf = (why: string): OrderInput => ({
    place: { unit: 'order', number: 1, text: 'the file' },
    value: err([why]),
  });
  if (document.length > DOCUMENT_CHARACTERS_MAX) {
    yield wholeOf(
      `is longer than ${DOCUMENT_CHARACTERS_MAX} characters: put one order on each line`,
    );
    return;
  }
  const scanned = scanJson(text);
  if (scanned.isErr()) {
    const { line, column, why } = scanned.error;
    yield wholeOf(`is not JSON: ${why}, at line ${line + before - 1}, column ${column}`);
    return;
  }
  const parsed: unknown = JSON.parse(text);
  const values: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const isOneLine = !text.includes('\n');
  for (const [index, value] of values.entries()) {
    const number = index + 1;
    const { line, faults } = scanned.value[index] ?? { line: 1, faults: [] };
    const at = isOneLine ? '' : ` (line ${line + before - 1})`;
    yield {
      place: { unit: 'order', number, text: `order ${number}${at}` },
      ...valueOf(faults, value),
    };
  }
}
