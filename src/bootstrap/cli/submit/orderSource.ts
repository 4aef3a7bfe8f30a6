import * as Order from '../../../domain/order/index.ts';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Result, err } from 'neverthrow';
import { QUEUE_BYTES_MAX } from '../../../application/ports/messageQueue.ts';

/** A source of orders that can be read more than once. */
export type OrderSource = {
  /** Every order in turn, or why one is none. */
  orders(): AsyncGenerator<ParsedOrder, void, void>;
  close(): Promise<void>;
};

export type ParsedOrder = {
  /** Its place in the file, for people. */
  readonly place: string;
  readonly read: Result<Order.Content, readonly string[]>;
};

/**
 * Standard input is copied to a file, since it has to be read twice: all is checked before any is
 * sent.
 */
export const openOrderSource = async (path: string, stdin: Readable): Promise<OrderSource> => {
  if (path !== '-') return sourceOf(path, () => Promise.resolve());
  const folder = await mkdtemp(join(tmpdir(), 'paidonce-submit-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const copy = join(folder, 'orders');
  try {
    await pipeline(stdin, createWriteStream(copy, { mode: 0o600 }));
  } catch (error) {
    await close();
    throw error;
  }
  return sourceOf(copy, close);
};

const sourceOf = (path: string, close: () => Promise<void>): OrderSource => ({
  close,
  orders: async function* () {
    for await (const { place, value } of readOrders(() => createReadStream(path, 'utf8'))) {
      yield { place, read: value.mapErr((reason) => [reason]).andThen(orderOf) };
    }
  },
});

/** An order as it is, or as the message PlaceOrder that carries it. */
const orderOf = (value: unknown): ParsedOrder['read'] => {
  const { type, v, ...order } = Object(value) as Readonly<Record<string, unknown>>;
  const isMessage = type === 'PlaceOrder' && v === 1;
  return Order.parse(isMessage ? order : value).mapErr(({ reasons }) => reasons);
};

/** One JSON value of a file, or why it is none. `place` says where it is, for people. */
export type JsonInput = { readonly place: string; readonly value: Result<unknown, string> };

/** A document is parsed as a whole; whatever is longer has to be written as lines. */
export const DOCUMENT_CHARACTERS_MAX = 2 ** 26;

/**
 * Reads one document, an object or an array of values, or JSON Lines. Lines are read one by one, so
 * that a broken one does not hide the next and a file of any length takes no memory. `open` is
 * called twice: first for as much as shows which of the two it is.
 */
export async function* readOrders(
  open: () => AsyncIterable<string>,
): AsyncGenerator<JsonInput, void, void> {
  yield* (await isDocument(open())) ? valuesOf(open()) : linesOf(open());
}

/** An array is a document, and so is an object that does not end on its first line. */
const isDocument = async (chunks: AsyncIterable<string>): Promise<boolean> => {
  let head = '';
  for await (const chunk of chunks) {
    head = `${head}${chunk}`.trimStart();
    if (head.startsWith('[')) return true;
    if (head.includes('\n') || head.length > QUEUE_BYTES_MAX) break;
  }
  const [line = ''] = head.split('\n', 1);
  return line.startsWith('{') && parseLine(line) === BROKEN;
};

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
