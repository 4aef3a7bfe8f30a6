import { err, okAsync, type ResultAsync } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { CorruptRow, InvoiceTables, InvoiceView, ViewError } from '../ports/invoiceView.ts';
import { loadSwitch } from './switchTable.ts';

/** A process reads again which table holds the invoices when its knowledge is older than this. */
export const KNOWN_FOR_MS = 30_000;

type CurrentTableDependencies = {
  readonly store: Pick<EventStore, 'head'>;
  readonly tables: InvoiceTables;
  readonly clock: Pick<Clock, 'now'>;
};

type CurrentTableError = Exclude<ViewError, CorruptRow>;

export type CurrentTable = { readonly table: string; readonly view: InvoiceView };

/**
 * The invoices in the table that the log names, or in the table `home` until the first switch. The
 * log is read for it once in half a minute; between these reads nobody waits. If that read fails,
 * so does the request: a row written to a table that nobody reads any more would be lost.
 */
export const createCurrentTable = (
  { store, tables, clock }: CurrentTableDependencies,
  home: string,
): InvoiceView & { readonly current: () => ResultAsync<CurrentTable, CurrentTableError> } => {
  let cached: (CurrentTable & { readonly asOf: number }) | undefined;
  let reading: ResultAsync<CurrentTable, CurrentTableError> | undefined;

  const read = (): ResultAsync<CurrentTable, CurrentTableError> => {
    const asOf = clock.now();
    return loadSwitch(store)
      .map(({ switched }) => {
        const table = switched?.table ?? home;
        reading = undefined;
        cached = { table, view: tables.open(table), asOf };
        return cached;
      })
      .mapErr((error) => {
        reading = undefined;
        return toViewError(error);
      });
  };

  const current = (): ResultAsync<CurrentTable, CurrentTableError> => {
    const age = cached === undefined ? Infinity : clock.now() - cached.asOf;
    // If a clock was set back, the age of the knowledge is unknown.
    if (cached !== undefined && age >= 0 && age < KNOWN_FOR_MS) return okAsync(cached);
    reading ??= read();
    return reading;
  };

  return {
    current,
    putIfNewer: (row) => current().andThen(({ view }) => view.putIfNewer(row)),
    get: (orderId) => current().andThen(({ view }) => view.get(orderId)),
    getMany: (orderIds) => current().andThen(({ view }) => view.getMany(orderIds)),
    versionsOf: (orderIds) => current().andThen(({ view }) => view.versionsOf(orderIds)),
    list: async function* (options) {
      const found = await current();
      if (found.isErr()) yield err(found.error);
      else yield* found.value.view.list(options);
    },
  };
};

/** For a caller that needs rows, only a person can fix an unreadable switch stream. */
const toViewError = (error: LoadError): CurrentTableError =>
  error.type === 'CorruptStream'
    ? {
        type: 'Misconfigured',
        dependency: 'InvoiceView',
        cause: `${error.streamId}, version ${error.version}: ${error.why}`,
      }
    : error;
