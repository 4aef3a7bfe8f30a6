import { errAsync, ok, okAsync, type Result } from 'neverthrow';
import {
  ROW_BYTES_MAX,
  rowBytes,
  type InvoiceRow,
  type InvoiceView,
  type ViewError,
  type InvoiceTables,
} from '../../application/ports/invoiceView.ts';
import { PAGE_BYTES_MAX } from '../eventStore/commitTable.ts';
import { itemBytes } from '../eventStore/storedCommit.ts';

/** A read model that is lost with its process, with the same limits as DynamoDB. */
export const createMemoryInvoiceView = (): InvoiceView => {
  const rows = new Map<string, InvoiceRow>();
  const rowsOf = (orderIds: readonly string[]): readonly InvoiceRow[] =>
    orderIds.flatMap((orderId) => rows.get(orderId) ?? []);
  return {
    putIfNewer: (row) => {
      const bytes = rowBytes(row);
      if (bytes > ROW_BYTES_MAX) {
        return errAsync({ type: 'RowTooLarge', orderId: row.orderId, bytes });
      }
      const there = rows.get(row.orderId);
      if (there !== undefined && there.version >= row.version) return okAsync('AlreadyThere');
      rows.set(row.orderId, row);
      return okAsync('Written');
    },
    get: (orderId) => okAsync(rows.get(orderId)),
    getMany: (orderIds) =>
      okAsync(new Map(rowsOf(orderIds).map((row) => [row.orderId, ok(row)] as const))),
    versionsOf: (orderIds) =>
      okAsync(new Map(rowsOf(orderIds).map(({ orderId, version }) => [orderId, version]))),
    list: (options) => pages([...rows.values()], options?.signal),
  };
};

async function* pages(
  rows: readonly InvoiceRow[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Result<readonly InvoiceRow[], ViewError>, void, void> {
  let page: InvoiceRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (signal?.aborted === true) return;
    page.push(row);
    bytes += itemBytes(row);
    if (bytes < PAGE_BYTES_MAX) continue;
    yield ok(page);
    page = [];
    bytes = 0;
  }
  if (page.length > 0 && signal?.aborted !== true) yield ok(page);
}

/** Tables that are lost with their process. A table that nobody created holds rows too. */
export const createMemoryInvoiceTables = (): InvoiceTables => {
  const made = new Set<string>();
  const views = new Map<string, InvoiceView>();
  return {
    ensure: (table) => {
      const outcome = made.has(table) ? 'AlreadyThere' : 'Created';
      made.add(table);
      return okAsync(outcome);
    },
    open: (table) => {
      const view = views.get(table) ?? createMemoryInvoiceView();
      views.set(table, view);
      return view;
    },
  };
};
