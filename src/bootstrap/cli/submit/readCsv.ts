import { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { err, ok, type Result } from 'neverthrow';
import { QUEUE_BYTES_MAX } from '../../../application/ports/messageQueue.ts';
import { LINES_MAX } from '../../../domain/order/index.ts';
import { didYouMean } from '../common/didYouMean.ts';
import { lineAt, type OrderInput } from './orderInput.ts';

/** Columns of an order, which its further rows repeat or leave empty. */
const ORDER_COLUMNS = [
  'orderId',
  'customer.id',
  'customer.email',
  'currency',
  'paymentMethod',
] as const;
/** Columns of one of its lines. */
const LINE_COLUMNS = ['sku', 'description', 'quantity', 'unitPriceMinor', 'taxRateBps'] as const;
const NUMBERS: ReadonlySet<string> = new Set(['quantity', 'unitPriceMinor', 'taxRateBps']);

/** By their names as the messages have them (docs/messages.md). */
export const CSV_COLUMNS: readonly string[] = [...ORDER_COLUMNS, ...LINE_COLUMNS];

const SEPARATORS = [',', ';', '\t'] as const;

type CsvRow = { readonly line: number; readonly cells: ReadonlyMap<string, string> };

/** What Excel takes as the separator, in a line before the header: `sep=;`. */
const SEPARATOR_LINE = /^\uFEFF?sep=/i;

/** The separator with which the first line has the most columns that are known. */
export const separatorOf = (
  head: string,
): { readonly separator: string; readonly known: number } => {
  const header = head.split(/[\r\n]+/).find((line) => !SEPARATOR_LINE.test(line)) ?? '';
  return SEPARATORS.map((separator) => ({
    separator,
    known: namesIn(header.split(separator)).filter((name) => CSV_COLUMNS.includes(name)).length,
  })).reduce((best, other) => (other.known > best.known ? other : best));
};

const namesIn = (cells: readonly string[]): readonly string[] =>
  cells.map((cell) => cell.replace(/^\uFEFF/, '').replaceAll(/^[\s"]+|[\s"]+$/g, ''));

/**
 * Reads CSV with a header: a row for each line of an order, those of one order one after the other.
 */
export async function* readCsv(
  chunks: AsyncIterable<string>,
  separator: string,
): AsyncGenerator<OrderInput, void, void> {
  const source = Readable.from(chunks);
  // Of the rows that were read when one cannot be, the last few are not seen by the loop.
  let parsedLines = 0;
  const parser = parse({
    delimiter: separator,
    bom: true,
    info: true,
    relax_column_count: true,
    max_record_size: QUEUE_BYTES_MAX,
    on_record: (row, { lines }) => {
      parsedLines = lines;
      return row;
    },
  });
  source.on('error', (error) => parser.destroy(error));
  let columns: readonly string[] | undefined;
  let rows: CsvRow[] = [];
  let line = 1;
  try {
    for await (const { info, record } of source.pipe(parser) as AsyncIterable<CsvRecord>) {
      const startedAt = line;
      line = info.lines + 1;
      if (record.every((cell) => cell.trim() === '')) continue;
      if (columns === undefined && SEPARATOR_LINE.test(record[0] ?? '')) continue;
      if (columns === undefined) {
        const names = namesIn(record);
        const faults = faultsOfHeader(names);
        if (faults.length > 0) return yield { place: lineAt(startedAt), value: err(faults) };
        columns = names;
        continue;
      }
      const row = rowOf(record, columns, startedAt);
      if (row.isErr()) {
        yield { place: lineAt(startedAt), value: err([row.error]) };
        continue;
      }
      if (rows.length > 0 && !isSameOrder(rows, row.value)) {
        yield orderOf(rows);
        rows = [];
      }
      // One more than there may be: the rules of an order refuse it.
      if (rows.length <= LINES_MAX) rows.push(row.value);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield { place: lineAt(parsedLines + 1), value: err([brokenText(error)]) };
    return;
  } finally {
    source.destroy();
  }
  if (rows.length > 0) yield orderOf(rows);
}

type CsvRecord = { readonly info: Info; readonly record: readonly string[] };

const faultsOfHeader = (names: readonly string[]): readonly string[] => [
  ...names.flatMap((name, index) => {
    if (name === '') return [`column ${index + 1}: has no name`];
    if (names.indexOf(name) !== index) return [`column ${index + 1}: ${name} is given twice`];
    if (CSV_COLUMNS.includes(name)) return [];
    return [`column ${index + 1}: ${name} is not known${didYouMean(name, CSV_COLUMNS)}`];
  }),
  ...CSV_COLUMNS.filter((name) => !names.includes(name)).map((name) => `${name}: is missing`),
];

const rowOf = (
  record: readonly string[],
  columns: readonly string[],
  line: number,
): Result<CsvRow, string> => {
  if (record.length !== columns.length) {
    return err(`has ${record.length} cells, and the first line has ${columns.length} columns`);
  }
  const cells = columns.map((name, index) => [name, (record[index] ?? '').trim()] as const);
  return ok({ line, cells: new Map(cells.filter(([, cell]) => cell !== '')) });
};

/** A row without an id goes on with the order before. */
const isSameOrder = ([first]: readonly CsvRow[], { cells }: CsvRow): boolean =>
  [undefined, first?.cells.get('orderId')].includes(cells.get('orderId'));

const orderOf = (rows: readonly CsvRow[]): OrderInput => {
  const [first, last] = [rows[0]?.line ?? 1, rows.at(-1)?.line ?? 1];
  const place = lineAt(first, first === last ? `line ${first}` : `lines ${first} to ${last}`);
  const differing = rows.flatMap(({ cells, line }) =>
    ORDER_COLUMNS.filter((name) => {
      const cell = cells.get(name);
      return cell !== undefined && cell !== rows[0]?.cells.get(name);
    }).map((name) => `${name}: is another on line ${line} than on line ${first}`),
  );
  const part = (name: string): string | undefined => rows[0]?.cells.get(name);
  const orderId = part('orderId');
  if (differing.length > 0) return { place, orderId, value: err(differing) };
  return {
    place,
    orderId,
    value: ok({
      orderId,
      customer: { id: part('customer.id'), email: part('customer.email') },
      currency: part('currency'),
      paymentMethod: part('paymentMethod'),
      lines: rows.map(({ cells }) =>
        Object.fromEntries(LINE_COLUMNS.map((name) => [name, cellValue(name, cells.get(name))])),
      ),
    }),
  };
};

/** What is no whole number is left as it is: the rules of an order say what is wrong with it. */
const cellValue = (name: string, cell: string | undefined): string | number | undefined =>
  cell !== undefined && NUMBERS.has(name) && /^-?\d{1,16}$/.test(cell) ? Number(cell) : cell;

const BROKEN: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote that opens here is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; a quote inside a cell is doubled',
  INVALID_OPENING_QUOTE: 'a quote is inside a cell that is not quoted as a whole',
  CSV_MAX_RECORD_SIZE: 'a row is longer than a message may be',
};

const brokenText = ({ code }: CsvError): string => `is not CSV: ${BROKEN[code] ?? code}`;
