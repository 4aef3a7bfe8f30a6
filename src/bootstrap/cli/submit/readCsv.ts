import { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { err, ok, type Result } from 'neverthrow';
import { QUEUE_BYTES_MAX } from '../../../application/ports/messageQueue.ts';
import { LINES_MAX } from '../../../domain/order/index.ts';
import { didYouMean } from '../common/didYouMean.ts';
import { columnsOf, CSV_COLUMNS, CSV_COLUMNS_V2, formOf, type CsvForm } from './csvForms.ts';
import { lineAt, type OrderInput } from './orderInput.ts';

const SEPARATORS = [',', ';', '\t'] as const;

type CsvRow = { readonly line: number; readonly cells: ReadonlyMap<string, string> };

/** Excel takes the separator from a line before the header: `sep=;`. */
const SEPARATOR_LINE = /^\uFEFF?sep=/i;

/** The separator with which the first line has the most columns that are known. */
export const separatorOf = (
  head: string,
): { readonly separator: string; readonly known: number } => {
  const header = head.split(/[\r\n]+/).find((line) => !SEPARATOR_LINE.test(line)) ?? '';
  return SEPARATORS.map((separator) => ({
    separator,
    known: namesIn(header.split(separator)).filter(isKnown).length,
  })).reduce((best, other) => (other.known > best.known ? other : best));
};

const isKnown = (name: string): boolean =>
  CSV_COLUMNS.includes(name) || CSV_COLUMNS_V2.includes(name);

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
  // When a row cannot be read, the loop does not see the last few of those before it.
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
        yield orderOf(rows, formOf(columns ?? []));
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
  if (rows.length > 0) yield orderOf(rows, formOf(columns ?? []));
}

type CsvRecord = { readonly info: Info; readonly record: readonly string[] };

const faultsOfHeader = (names: readonly string[]): readonly string[] => {
  const form = formOf(names);
  const columns = columnsOf(form);
  return [
    ...names.flatMap((name, index) => {
      if (name === '') return [`column ${index + 1}: has no name`];
      if (names.indexOf(name) !== index) return [`column ${index + 1}: ${name} is given twice`];
      if (columns.includes(name)) return [];
      return [`column ${index + 1}: ${name} is not known${didYouMean(name, columns)}`];
    }),
    ...columns
      .filter((name) => !names.includes(name) && !form.optional.includes(name))
      .map((name) => `${name}: is missing`),
  ];
};

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

const orderOf = (rows: readonly CsvRow[], { orderColumns, orderOf: read }: CsvForm): OrderInput => {
  const [first, ...others] = rows;
  if (first === undefined) throw new Error('Broken invariant: an order has a row');
  const last = others.at(-1) ?? first;
  const [from, to] = [first.line, last.line];
  const place = lineAt(from, from === to ? `line ${from}` : `lines ${from} to ${to}`);
  const differing = others.flatMap(({ cells, line }) =>
    orderColumns
      .filter((name) => {
        const cell = cells.get(name);
        return cell !== undefined && cell !== first.cells.get(name);
      })
      .map((name) => `${name}: is another on line ${line} than on line ${from}`),
  );
  const value = read([first.cells, ...others.map(({ cells }) => cells)]);
  const orderId = first.cells.get('orderId');
  return { place, orderId, value: differing.length > 0 ? err(differing) : ok(value) };
};

const BROKEN: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote that opens here is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; a quote inside a cell is doubled',
  INVALID_OPENING_QUOTE: 'a quote is inside a cell that is not quoted as a whole',
  CSV_MAX_RECORD_SIZE: 'a row is longer than a message may be',
};

const brokenText = ({ code }: CsvError): string => `is not CSV: ${BROKEN[code] ?? code}`;
