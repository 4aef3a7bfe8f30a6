import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { err, ok, ResultAsync, type Result, okAsync } from 'neverthrow';
import { unavailable } from '../failures.ts';
import { bundleError, fileError, type BundleError, type FileFacts } from './format.ts';
import type { InvoiceRow, InvoiceView, ViewError } from '../../application/ports/invoiceView.ts';
import { object, string, whole } from '../../domain/decode.ts';
import { parseJson } from '../../application/ports/json.ts';

/** An item of 400 KB with each byte escaped, and some more. */
const LINE_BYTES_MAX = 4_194_304;
const NEWLINE = 0x0a;

export type FileLine = {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
  readonly place: LinePlace;
};

/** The place of a line in its file, without its newline. */
export type LinePlace = { readonly offset: number; readonly bytes: number };

/** Shows each line with its place, holding one in memory; returns the facts of the file. */
export const readLines = (
  path: string,
  name: string,
  see: (line: FileLine) => Promise<void> | void,
): ResultAsync<FileFacts, BundleError> =>
  ResultAsync.fromThrowable(() => readThrough(path, name, see), fileError(name))().andThen(
    (result) => result,
  );

const readThrough = async (
  path: string,
  name: string,
  see: (line: FileLine) => Promise<void> | void,
): Promise<Result<FileFacts, BundleError>> => {
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      lines += 1;
      const place = { offset, bytes: end };
      await see({ number: lines, text: rest.toString('utf8', 0, end), place });
      offset += end + 1;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > LINE_BYTES_MAX) {
      return err(bundleError(`${name}, line ${lines + 1}, is longer than any line of a bundle`));
    }
  }
  if (rest.length > 0) {
    const place = { offset, bytes: rest.length };
    await see({ number: lines + 1, text: rest.toString('utf8'), place });
  }
  return ok({ name, bytes, lines, sha256: hash.digest('hex') });
};

/** One line that was indexed before. */
export const readPlace = async (
  file: FileHandle,
  { offset, bytes }: LinePlace,
): Promise<string> => {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return buffer.toString('utf8', 0, bytesRead);
};

const PAGE_ROWS = 100;

const rowOf = object({ orderId: string, version: whole, document: string });
const corruptOf = object({ orderId: string, corrupt: string });

type ArchivedRow = InvoiceRow | { readonly orderId: string; readonly corrupt: string };

export const readRow = (text: string): Result<ArchivedRow, string> =>
  parseJson(text).andThen((value) =>
    rowOf(value, 'it')
      .orElse((error) => corruptOf(value, 'it').mapErr(() => error))
      .mapErr(({ path, why }) => `is not a row: ${path} ${why}`),
  );

/** The rows of an export, as the read model that they were read from. */
export const createBundledView = (
  file: FileHandle,
  /** The place of each order's row; if a row was read twice, that of the last one. */
  places: ReadonlyMap<string, LinePlace>,
): Pick<InvoiceView, 'get' | 'list'> => {
  const readText = ResultAsync.fromThrowable(
    (place: LinePlace) => readPlace(file, place),
    (error) => unavailable('InvoiceView', fileError('rows.jsonl')(error).why),
  );
  const read = (place: LinePlace): ResultAsync<InvoiceRow, ViewError> =>
    readText(place)
      .andThen((text) => readRow(text).mapErr((why) => unavailable('InvoiceView', why)))
      .andThen((row): Result<InvoiceRow, ViewError> =>
        'corrupt' in row
          ? err({ type: 'CorruptRow', orderId: row.orderId, why: row.corrupt })
          : ok(row),
      );
  return {
    get: (orderId) => {
      const place = places.get(orderId);
      return place === undefined ? okAsync(undefined) : read(place);
    },
    async *list({ signal } = {}) {
      const orderIds = [...places.keys()];
      for (let from = 0; from < orderIds.length; from += PAGE_ROWS) {
        if (signal?.aborted === true) return;
        const rows: InvoiceRow[] = [];
        for (const orderId of orderIds.slice(from, from + PAGE_ROWS)) {
          const place = places.get(orderId);
          const row = place && (await read(place));
          if (row?.isErr() === true) yield err(row.error);
          if (row?.isOk() === true) rows.push(row.value);
        }
        yield ok(rows);
      }
    },
  };
};
