import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../../domain/order/index.ts';
import { codeOf, failed, misused, type CliFailure } from '../common/failure.ts';
import { checkEncoding } from './checkEncoding.ts';
import type { OrderInput, Place } from './orderInput.ts';
import { namingUnknownPart } from './unknownPart.ts';
import { CSV_COLUMNS } from './csvForms.ts';
import { readCsv, separatorOf } from './readCsv.ts';
import { readJson } from './readJson.ts';

/** A source of orders that can be read more than once. */
export type OrderSource = {
  /** Every order in turn, or the reason why one cannot be read. */
  orders(): AsyncGenerator<ParsedOrder, void, void>;
  close(): Promise<void>;
};

export type ParsedOrder = {
  readonly place: Place;
  /** The id of the order if it can be read, also of an order that is refused. */
  readonly orderId: string | undefined;
  readonly read: Result<Order.SentOrder, readonly string[]>;
};

/** Opens a file; `-` is standard input. */
export const openOrderSource = async (
  path: string,
  stdin: Readable,
): Promise<Result<OrderSource, CliFailure>> => {
  if (path === '-') return copied(stdin, 'standard input');
  const found = await stat(path).then(
    (stats): Result<Stats, string> => ok(stats),
    (error: unknown) => err(codeOf(error)),
  );
  if (found.isErr()) return err(unreadable(path, found.error));
  if (found.value.isDirectory()) return err(unreadable(path, 'EISDIR'));
  if (!found.value.isFile()) return copied(createReadStream(path), path);
  return sourceOf({ path, name: path, close: () => Promise.resolve() });
};

/**
 * What can be read only once is copied to a file, since it is read twice: all is checked before any
 * is sent.
 */
const copied = async (input: Readable, name: string): Promise<Result<OrderSource, CliFailure>> => {
  const folder = await mkdtemp(join(tmpdir(), 'paidonce-submit-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'orders');
  try {
    await pipeline(input, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await close();
    return err(unreadable(name, codeOf(error)));
  }
  const opened = await sourceOf({ path, name, close });
  if (opened.isErr()) await close();
  return opened;
};

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
  ENOSPC: `there is no room for a copy in ${tmpdir()}`,
};

const unreadable = (name: string, code: string): CliFailure =>
  misused(`${name} cannot be read: ${WORDS[code] ?? code}; nothing was sent`);

type OrderFile = {
  readonly path: string;
  /** The name by which the user gave it. */
  readonly name: string;
  readonly close: () => Promise<void>;
};

const sourceOf = async ({
  path,
  name,
  close,
}: OrderFile): Promise<Result<OrderSource, CliFailure>> => {
  const open = (): AsyncIterable<string> => createReadStream(path, 'utf8');
  try {
    const encoding = await checkEncoding(path);
    if (encoding.isErr()) {
      const { message, remedy } = encoding.error;
      return err(failed('Encoding', `${name} ${message}; nothing was sent`, [remedy]));
    }
    const read = await readerFor(open, name);
    return read.map((inputs) => ({
      close,
      orders: async function* () {
        for await (const input of inputs()) yield parsedOrder(input);
      },
    }));
  } catch (error) {
    return err(unreadable(name, codeOf(error)));
  }
};

const HEAD_CHARACTERS = 65_536;

/** JSON begins with a bracket; whatever has a line of columns is CSV. */
const readerFor = async (
  open: () => AsyncIterable<string>,
  name: string,
): Promise<Result<() => AsyncGenerator<OrderInput, void, void>, CliFailure>> => {
  let head = '';
  for await (const chunk of open()) {
    head = `${head}${chunk}`.trimStart();
    if (head.length >= HEAD_CHARACTERS) break;
  }
  const isNamedCsv = ['.csv', '.tsv'].includes(extname(name).toLowerCase());
  if (!isNamedCsv && (head === '' || /^[{[]/.test(head))) return ok(() => readJson(open));
  const { separator, known } = separatorOf(head);
  if (known > 0 || isNamedCsv) return ok(() => readCsv(open(), separator));
  return err(
    failed('NoOrders', `${name} is neither JSON nor CSV; nothing was sent`, [
      'JSON begins with { or [, and CSV with a line of these columns:',
      CSV_COLUMNS.join(','),
    ]),
  );
};

const parsedOrder = ({ place, orderId, value }: OrderInput): ParsedOrder => ({
  place,
  orderId: Order.isOrderId(orderId) ? orderId : undefined,
  read: value.andThen(orderOf),
});

/** An order as it is, or as the message PlaceOrder that carries it. */
const orderOf = (value: unknown): ParsedOrder['read'] => {
  const { type, v, ...order } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof type === 'string' && type !== 'PlaceOrder') {
    return err(['type: is not PlaceOrder; nothing but orders can be submitted']);
  }
  const isMessage = type === 'PlaceOrder' && (v === 1 || v === 2);
  const draft = isMessage ? order : value;
  // Without a version its prices show which one it is.
  const isV2 = isMessage ? v === 2 : 'priceMode' in Object(value);
  const parsed: Result<Order.SentOrder, Order.InvalidContent> = isV2
    ? Order.parse(draft)
    : Order.parseV1(draft);
  return parsed
    .mapErr(({ reasons }) => reasons.map((reason) => namingUnknownPart(reason, value)))
    .andThen((content) => {
      const lost = lostIn(content, '');
      return lost.length === 0 ? ok(content) : err(lost);
    });
};

/** The character that another program puts in the place of those that it could not read. */
const LOST = '\uFFFD';

const lostIn = (value: unknown, path: string): readonly string[] => {
  if (typeof value === 'string') {
    return value.includes(LOST) ? [`${path}: has U+FFFD in place of a character that is lost`] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const at = Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`;
    return lostIn(part, at.replace(/^\./, ''));
  });
};
