import type { FileHandle } from 'node:fs/promises';
import { err, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import type { Unavailable } from '../../application/ports/failures.ts';
import type { InvoiceRow, InvoiceView, ViewError } from '../../application/ports/invoiceView.ts';
import { object, string, whole } from '../../domain/decode.ts';
import { fileError } from './format.ts';
import { parseJson } from '../../application/ports/json.ts';
import { readPlace, type FileLine, type LinePlace } from './lines.ts';

const PAGE_ROWS = 100;

const rowOf = object({ orderId: string, version: whole, document: string });
const corruptOf = object({ orderId: string, corrupt: string });

type ArchivedRow = InvoiceRow | { readonly orderId: string; readonly corrupt: string };

export type RowsIndex = {
  readonly add: (line: FileLine) => void;
  readonly placeOf: (orderId: string) => LinePlace | undefined;
  readonly orderIds: () => readonly string[];
};

/** The place of each order's row; if a row was read twice, of the last one. */
export const createRowsIndex = (tell: (line: number, why: string) => void): RowsIndex => {
  const places = new Map<string, LinePlace>();
  return {
    add: ({ number, text, place }) =>
      readRow(text).match(
        ({ orderId }) => void places.set(orderId, place),
        (why) => tell(number, why),
      ),
    placeOf: (orderId) => places.get(orderId),
    orderIds: () => [...places.keys()],
  };
};

const readRow = (text: string): Result<ArchivedRow, string> =>
  parseJson(text).andThen((value) =>
    rowOf(value, 'it')
      .orElse((error) => corruptOf(value, 'it').mapErr(() => error))
      .mapErr(({ path, why }) => `is not a row: ${path} ${why}`),
  );

/** The rows of an export, as the read model that they were read from. */
export const createBundledView = (
  file: FileHandle,
  index: RowsIndex,
): Pick<InvoiceView, 'get' | 'list'> => {
  const readText = ResultAsync.fromThrowable(
    (place: LinePlace) => readPlace(file, place),
    (error) => unavailable(fileError('rows.jsonl')(error).why),
  );
  const read = (place: LinePlace): ResultAsync<InvoiceRow, ViewError> =>
    readText(place)
      .andThen((text) => readRow(text).mapErr(unavailable))
      .andThen((row): Result<InvoiceRow, ViewError> =>
        'corrupt' in row
          ? err({ type: 'CorruptRow', orderId: row.orderId, why: row.corrupt })
          : ok(row),
      );
  return {
    get: (orderId) => {
      const place = index.placeOf(orderId);
      return place === undefined ? okAsync(undefined) : read(place);
    },
    async *list({ signal } = {}) {
      const orderIds = index.orderIds();
      for (let from = 0; from < orderIds.length; from += PAGE_ROWS) {
        if (signal?.aborted === true) return;
        const rows: InvoiceRow[] = [];
        for (const orderId of orderIds.slice(from, from + PAGE_ROWS)) {
          const place = index.placeOf(orderId);
          const row = place && (await read(place));
          if (row?.isErr() === true) yield err(row.error);
          if (row?.isOk() === true) rows.push(row.value);
        }
        yield ok(rows);
      }
    },
  };
};

const unavailable = (cause: string): Unavailable => ({
  type: 'Unavailable',
  dependency: 'InvoiceView',
  cause,
  throttled: false,
});
