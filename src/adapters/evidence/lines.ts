import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { err, ok, ResultAsync, type Result, okAsync } from 'neverthrow';
import { unavailable } from '../failures.ts';
import { readFileLines, type FileLine, type FileLinesError, type LinePlace } from '../fileLines.ts';
import { bundleError, fileError, type BundleError, type FileFacts } from './format.ts';
import type { InvoiceRow, InvoiceView, ViewError } from '../../application/ports/invoiceView.ts';
import { object, string, whole } from '../../domain/decode.ts';
import { parseJson } from '../../application/ports/json.ts';

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
  for await (const some of readFileLines(path)) {
    if (some.isErr()) return err(errorOf(some.error, name));
    const { value } = some;
    hash.update(value.bytes);
    bytes += value.bytes.length;
    for (const line of value.lines) await see(line);
    lines += value.isCutOff ? 0 : value.lines.length;
  }
  return ok({ name, bytes, lines, sha256: hash.digest('hex') });
};

const errorOf = (error: FileLinesError, name: string): BundleError =>
  error.type === 'NotRead'
    ? fileError(name)(error.cause)
    : bundleError(`${name}, line ${error.number}, is longer than any line of a bundle`);

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
